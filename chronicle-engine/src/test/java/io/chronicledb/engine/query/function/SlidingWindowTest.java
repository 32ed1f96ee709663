package io.chronicledb.engine.query.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A window that slides says, bit by bit, what the same samples say without a window before. */
class SlidingWindowTest {

  private static final long SEED = Long.getLong("chronicle.test.seed", System.nanoTime());
  private static final long SECOND = 1_000_000_000;

  @ParameterizedTest
  @EnumSource(WindowFunction.class)
  void slidesAsIfEachWindowWereTheFirst(WindowFunction function) {
    var random = new Random(SEED);
    WindowFunction.Accumulator sliding = function.accumulator();
    for (int series = 0; series < 200; series++) {
      sliding.restart();
      int count = 1 + random.nextInt(120);
      var timestamps = new long[count];
      var values = new double[count];
      fill(timestamps, values, random);
      long range = (1 + random.nextInt(60)) * 5 * SECOND;
      long step = (1 + random.nextInt(40)) * 3 * SECOND;
      int from = 0;
      int to = 0;
      int known = 0;
      for (long end = 0; from < count; end += step) {
        while (to < count && timestamps[to] <= end) {
          to++;
        }
        while (from < to && timestamps[from] <= end - range) {
          from++;
        }
        if (from < to) {
          WindowFunction.Accumulator fresh = function.accumulator();
          begin(fresh, end, range);
          fresh.add(timestamps, values, from, to);
          begin(sliding, end, range);
          // The arrays may move between windows.
          int moved = random.nextInt(from + 1);
          sliding.slide(
              Arrays.copyOfRange(timestamps, moved, count),
              Arrays.copyOfRange(values, moved, count),
              from - moved,
              to - moved,
              Math.max(from, known) - moved);
          known = to;
          assertThat(Double.doubleToLongBits(sliding.result()))
              .as("%s of samples %s to %s, -Dchronicle.test.seed=%s", function, from, to, SEED)
              .isEqualTo(Double.doubleToLongBits(fresh.result()));
        } else if (to == count) {
          break;
        }
      }
    }
  }

  private static void begin(WindowFunction.Accumulator accumulator, long end, long range) {
    accumulator.evaluateAt(end, 0.9, 0.5);
    accumulator.start(end - range, end);
  }

  /** Counters with resets, gauges with repeats, numbers that are none, sums beyond what a double holds. */
  private static void fill(long[] timestamps, double[] values, Random random) {
    int kind = random.nextInt(5);
    boolean regular = random.nextBoolean();
    long time = random.nextInt(20) * SECOND;
    double value = 0;
    for (int i = 0; i < values.length; i++) {
      timestamps[i] = time;
      time += regular ? 10 * SECOND : 1 + random.nextInt(30) * SECOND;
      value = switch (kind) {
        case 0 -> random.nextInt(15) == 0 ? random.nextInt(3) : value + random.nextInt(50);
        case 1 -> random.nextGaussian() * 1e3;
        case 2 -> random.nextInt(4) - 2;
        case 3 ->
          switch (random.nextInt(6)) {
            case 0 -> Double.NaN;
            case 1 -> Double.NEGATIVE_INFINITY;
            case 2 -> Double.POSITIVE_INFINITY;
            case 3 -> -0.0;
            default -> random.nextInt(3);
          };
        default -> (random.nextBoolean() ? 1.7e308 : -1.5e308) * random.nextDouble();
      };
      values[i] = value;
    }
  }
}
