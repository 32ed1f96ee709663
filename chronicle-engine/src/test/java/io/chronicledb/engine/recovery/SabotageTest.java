package io.chronicledb.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.storage.FaultyDisk.Sabotage;
import io.chronicledb.engine.wal.SyncMode;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Breaks one rule of durability at a time and expects {@link CrashRun} to notice: a guard that never barks guards nothing. */
class SabotageTest {

  private static final int LIVES_MAX = 60;

  @ParameterizedTest
  @EnumSource(Sabotage.class)
  void crashRunsNoticeABrokenRule(Sabotage rule) {
    long seed = TestDatabase.seed();
    List<String> violations = List.of();
    int lives = 0;
    while (violations.isEmpty() && lives < LIVES_MAX) {
      violations = CrashRun.run(seed + lives++, 5, SyncMode.SYNC, Set.of(rule));
    }
    assertThat(violations)
        .as("%s within %d lives of 5 crashes, -Dseed=%d", rule, LIVES_MAX, seed)
        .isNotEmpty();
  }
}
