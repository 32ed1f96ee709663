package io.chronicledb.engine.reliability;

import io.chronicledb.engine.recovery.CrashRun;
import io.chronicledb.engine.recovery.DamageRun;
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

  public static Object[] damage(long seed) {
    var run = new DamageRun(seed);
    List<String> violations = run.violations();
    while (violations.isEmpty() && run.mutations() < 100_000) {
      run.mutate();
    }
    return new Object[] {run.mutations(), violations.isEmpty() ? null : violations.get(0)};
  }
}
