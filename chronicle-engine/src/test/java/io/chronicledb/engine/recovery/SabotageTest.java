package io.chronicledb.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.reliability.SabotagedEngine;
import io.chronicledb.engine.storage.FaultyDisk;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Breaks one rule at a time and expects the tests to notice: a guard that never barks guards nothing. Half of the rules are broken by the
 * disk, the others in a copy of the engine of which one method was changed.
 */
class SabotageTest {

  private static final int LIVES_MAX = 300;

  @ParameterizedTest
  @EnumSource(FaultyDisk.Sabotage.class)
  void crashesShowARuleThatTheDiskBreaks(FaultyDisk.Sabotage rule) {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("sabotage." + rule.name().toLowerCase()).seed(seed);
    int crashes = 0;
    for (int life = 0; life < LIVES_MAX; life++) {
      CrashRun.Result result = life % 2 == 0
          ? CrashRun.live(seed + life, 5, Set.of(rule))
          : CrashRun.fork(seed + life, 40, 10, 100, Set.of(rule));
      crashes += result.crashes();
      if (!result.violations().isEmpty()) {
        evidence
            .figure("crash points", crashes)
            .note("what", result.violations().get(0))
            .passed();
        return;
      }
    }
    throw new AssertionError(rule + " was not noticed in " + crashes + " crashes, -Dseed=" + seed);
  }

  @ParameterizedTest
  @EnumSource(SabotagedEngine.Rule.class)
  void testsShowARuleThatTheEngineBreaks(SabotagedEngine.Rule rule) throws Exception {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("sabotage." + rule.name().toLowerCase()).seed(seed);
    SabotagedEngine.Caught caught = SabotagedEngine.run(rule, seed);
    assertThat(caught.violation()).as("%s, -Dseed=%d", rule, seed).isNotNull();
    evidence.figure("trials", caught.trials()).note("what", caught.violation()).passed();
  }
}
