package io.chronicledb.engine.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.model.TimeRange;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionWindowsTest {

  private static final long HOUR = 3_600_000_000_000L;

  @Test
  void aWindowStartsAtItsBorderAndEndsBeforeTheNext() {
    var windows = new PartitionWindows(HOUR);
    assertThat(windows.window(0)).isEqualTo(new TimeRange(0, HOUR));
    assertThat(windows.window(HOUR - 1)).isEqualTo(new TimeRange(0, HOUR));
    assertThat(windows.window(HOUR)).isEqualTo(new TimeRange(HOUR, 2 * HOUR));
    assertThat(windows.window(-1)).isEqualTo(new TimeRange(-HOUR, 0));
    assertThat(windows.window(-HOUR)).isEqualTo(new TimeRange(-HOUR, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {60_000_000_000L, HOUR, 24 * HOUR, 1L << 62, Long.MAX_VALUE, 3})
  void theEndsOfTimeLieInWindowsToo(long width) {
    var windows = new PartitionWindows(width);
    for (long time : new long[] {
      Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1, Long.MAX_VALUE - 2, Long.MAX_VALUE - 1
    }) {
      TimeRange window = windows.window(time);
      assertThat(window.contains(time)).as("%d in %s", time, window).isTrue();
      assertThat(windows.window(window.start())).isEqualTo(window);
      assertThat(windows.window(window.end() - 1)).isEqualTo(window);
    }
  }

  @Test
  void anyTimesFallIntoABoundedNumberOfWindowsThatDoNotOverlap() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      var times = new long[5_000];
      int shift = random.nextInt(64);
      for (int i = 0; i < times.length; i++) {
        times[i] = Math.min(random.nextLong() >> shift, Long.MAX_VALUE - 1);
      }
      var windows = new PartitionWindows(60_000_000_000L);
      windows.add(times, times.length);
      var found = new HashSet<TimeRange>();
      for (long time : times) {
        TimeRange window = windows.window(time);
        assertThat(window.contains(time)).as("-Dseed=%d", seed).isTrue();
        found.add(window);
      }
      assertThat(found).hasSizeLessThanOrEqualTo(PartitionWindows.WINDOWS_MAX);
      for (TimeRange a : found) {
        for (TimeRange b : found) {
          assertThat(a.equals(b) || !a.overlaps(b))
              .as("-Dseed=%d, %s %s", seed, a, b)
              .isTrue();
        }
      }
    }
  }
}
