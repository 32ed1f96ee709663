package io.chronicledb.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.wal.SyncMode;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CrashTest {

  private static final int CRASHES_PER_LIFE = 5;

  /** -Dcrash.points sets how many crashes all modes live through together. */
  private static final int CRASHES = Integer.getInteger("crash.points", 450);

  @ParameterizedTest
  @EnumSource(SyncMode.class)
  void keepsItsPromiseThroughRandomCrashes(SyncMode mode) {
    long seed = TestDatabase.seed();
    int lives = (CRASHES + 3 * CRASHES_PER_LIFE - 1) / (3 * CRASHES_PER_LIFE);
    for (int life = 0; life < lives; life++) {
      assertThat(CrashRun.run(seed + life, CRASHES_PER_LIFE, mode, Set.of()))
          .as("repeat with -Dseed=%d -Dcrash.points=1", seed + life)
          .isEmpty();
    }
  }
}
