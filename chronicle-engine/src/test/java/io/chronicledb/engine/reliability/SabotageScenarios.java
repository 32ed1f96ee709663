package io.chronicledb.engine.reliability;

import io.chronicledb.engine.ConsistentReadTest;
import io.chronicledb.engine.InterruptTest;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.recovery.CrashRun;
import io.chronicledb.engine.recovery.DamageRun;
import io.chronicledb.engine.recovery.FaultRun;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.wal.SyncMode;
import java.util.List;
import java.util.Set;

/** What {@link SabotagedEngine} runs in its copy. The answers are the number of trials and the violation, null for none. */
public final class SabotageScenarios {

  private static final int LIVES_MAX = 300;

  private SabotageScenarios() {}

  public static Object[] crashes(long seed) {
    long crashes = 0;
    for (int life = 0; life < LIVES_MAX; life++) {
      CrashRun.Result result = life % 2 == 0
          ? CrashRun.live(seed + life, 5, Set.of())
          : CrashRun.fork(seed + life, 40, 10, 100, Set.of());
      crashes += result.crashes();
      if (!result.violations().isEmpty()) {
        return new Object[] {crashes, result.violations().get(0)};
      }
    }
    return new Object[] {crashes, null};
  }

  public static Object[] faults(long seed) {
    long runs = 0;
    String[] violation = {null};
    for (FaultRun.Work work : FaultRun.Work.values()) {
      var run = new FaultRun(work, SyncMode.SYNC, seed);
      for (int call = 1; call <= run.calls() && violation[0] == null; call++) {
        for (int lasting = 0; lasting < 2 && violation[0] == null; lasting++) {
          if (run.concerns(call, Fault.IO_ERROR)) {
            int at = call;
            boolean forEver = lasting == 1;
            TestDatabase.quietly(() -> violation[0] = run.fail(at, Fault.IO_ERROR, forEver));
            runs++;
          }
        }
      }
    }
    return new Object[] {runs, violation[0]};
  }

  public static Object[] readers(long seed) {
    return until(() -> ConsistentReadTest.run(seed, 5));
  }

  public static Object[] interrupts(long seed) {
    return until(() -> InterruptTest.run(seed, 500));
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private static Object[] until(Attempt attempt) {
    String[] violation = {null};
    TestDatabase.quietly(() -> {
      try {
        attempt.run();
      } catch (Throwable e) {
        violation[0] = String.valueOf(e);
      }
    });
    return new Object[] {1L, violation[0]};
  }

  public static Object[] damage(long seed) {
    var run = new DamageRun(seed);
    List<String> violations = run.violations();
    while (violations.isEmpty() && run.mutations() < 100_000) {
      run.mutate();
    }
    return new Object[] {run.mutations(), violations.isEmpty() ? null : violations.get(0)};
  }
}
