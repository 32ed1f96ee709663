package io.chronicledb.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.reliability.Trials;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.wal.SyncMode;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Fails each call of the disk, once and from then on, in every way that such a call fails. {@code -Dseed} repeats a run. */
class FaultTest {

  /** How many kinds of work, of those in {@link FaultRun.Work}. */
  private static final int WORKS = Integer.getInteger("fault.works", 5);

  /** Each with so many seeds. */
  private static final int SEEDS = Integer.getInteger("fault.seeds", 1);

  private static final List<Fault> FAULTS = List.of(
      Fault.IO_ERROR,
      Fault.NO_SPACE,
      Fault.SHORT_WRITE,
      Fault.SHORT_READ,
      Fault.TOO_MANY_FILES,
      Fault.PERMISSION);

  @Test
  void losesNothingAndInventsNothingWhicheverCallFails() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("F1").seed(seed);
    var calls = new AtomicLong();
    var runs = new AtomicLong();
    for (int i = 0; i < WORKS * SEEDS; i++) {
      FaultRun.Work work = FaultRun.Work.values()[i % WORKS];
      SyncMode mode = SyncMode.values()[(int) Math.floorMod(seed + i + i / WORKS, 3L)];
      var run = new FaultRun(work, mode, seed + i);
      calls.addAndGet(run.calls());
      assertThat(run.calls()).isGreaterThan(10);
      Trials.run(run.calls(), number -> {
        int call = (int) number + 1;
        for (Fault fault : FAULTS) {
          if (run.concerns(call, fault)) {
            assertThat(run.fail(call, fault, false)).isNull();
            assertThat(run.fail(call, fault, true)).isNull();
            runs.addAndGet(2);
          }
        }
      });
    }
    evidence
        .figure("kinds of work", WORKS)
        .figure("calls, each failed", calls.get())
        .figure("runs", runs.get())
        .passed();
  }
}
