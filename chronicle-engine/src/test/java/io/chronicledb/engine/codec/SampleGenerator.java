package io.chronicledb.engine.codec;

import io.chronicledb.engine.column.StaleMarker;
import java.util.Random;
import java.util.TreeSet;

/** Columns of every kind that a codec treats in its own way, and of some that none expects. */
final class SampleGenerator {

  static final int TIMESTAMP_KINDS = 9;
  static final int VALUE_KINDS = 23;

  private static final double[] ODD_VALUES = {
    0.0,
    -0.0,
    1,
    -1,
    Double.NaN,
    Double.longBitsToDouble(0x7FF0_0000_0000_0001L),
    Double.longBitsToDouble(0xFFF8_DEAD_BEEF_0001L),
    StaleMarker.value(),
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MIN_NORMAL,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    0x1p53,
    0x1p62,
    0x1p63,
    -0x1p63,
    Math.PI
  };

  private static final long[] STEPS = {1, 7, 1_000, 1_000_000, 15_000_000_000L, 1L << 50};

  private SampleGenerator() {}

  static long[] timestamps(Random random, int kind, int count) {
    var times = new long[count];
    long step = STEPS[random.nextInt(STEPS.length)];
    long start = random.nextLong() >> (4 + random.nextInt(30));
    switch (kind) {
      case 0 -> fill(times, start, step);
      case 1 -> { // Jitter around a grid, in milliseconds.
        for (int i = 0; i < count; i++) {
          times[i] = 1_000_000L * (15_000L * i + Math.round(2 * random.nextGaussian()));
        }
      }
      case 2 -> { // Jitter in nanoseconds, some of it large.
        for (int i = 0; i < count; i++) {
          times[i] = start + 1_000_000_000L * i + random.nextInt(900_000_000);
        }
      }
      case 3 -> { // A grid with gaps.
        long time = start;
        step = Math.min(step, 15_000_000_000L);
        for (int i = 0; i < count; i++) {
          times[i] = time;
          time += step * (random.nextInt(20) == 0 ? 1 + random.nextInt(500) : 1);
        }
      }
      case 4 -> { // A step that is no whole number of units.
        for (int i = 0; i < count; i++) {
          times[i] = 1_000_000L * Math.round(i * 50 / 3.0);
        }
      }
      case 5 -> { // Anything.
        var any = new TreeSet<Long>();
        while (any.size() < count) {
          any.add(Math.min(random.nextLong() >> random.nextInt(52), Long.MAX_VALUE - 1));
        }
        int i = 0;
        for (long time : any) {
          times[i++] = time;
        }
      }
      case 6 -> { // From one end of the range.
        fill(times, Long.MIN_VALUE, 1 + random.nextInt(3));
      }
      case 7 -> { // Up to the other end.
        fill(times, Long.MAX_VALUE - 1 - (long) (count - 1) * step, step);
        if (count > 2 && random.nextBoolean()) {
          times[0] = Long.MIN_VALUE;
        }
      }
      default -> { // From end to end in equal steps.
        long widest = count < 3 ? Long.MAX_VALUE : Long.divideUnsigned(-2L, count - 1);
        fill(times, Long.MIN_VALUE, widest);
      }
    }
    return times;
  }

  private static void fill(long[] times, long start, long step) {
    for (int i = 0; i < times.length; i++) {
      times[i] = start + i * step;
    }
  }

  static double[] values(Random random, int kind, int count) {
    var values = new double[count];
    double scale = Math.pow(10, random.nextInt(6));
    double start = Math.rint(random.nextGaussian() * 1000);
    long factor = 1 + random.nextInt(5000);
    double state = start;
    for (int i = 0; i < count; i++) {
      double before = i == 0 ? start : values[i - 1];
      values[i] = switch (kind) {
        case 0 -> start / 8;
        case 1 -> before + random.nextInt(7) - 3;
        case 2 -> { // A counter that rests and is reset.
          state = random.nextInt(300) == 0 ? 0 : state + (i % 3 == 0 ? 0 : random.nextInt(500));
          yield state;
        }
        case 3 -> Math.rint((50 + random.nextGaussian()) * scale) / scale;
        case 4 -> random.nextDouble();
        case 5 -> Double.longBitsToDouble(random.nextLong());
        case 6 -> ODD_VALUES[random.nextInt(ODD_VALUES.length)];
        case 7 -> Math.sin(i / 50.0);
        case 8 -> (float) random.nextGaussian();
        case 9 -> random.nextInt(40) == 0 ? ODD_VALUES[random.nextInt(ODD_VALUES.length)] : i;
        case 10 -> i == count - 1 ? StaleMarker.value() : start + i % 10;
        case 11 -> i * 4096.0 * factor;
        case 12 -> 1.7e18 + 1e9 * i;
        case 13 -> i == 0 || random.nextInt(3) == 0 ? random.nextGaussian() : before;
        case 14 -> i / 100 % 2 == 0 ? Double.NaN : random.nextInt(100) / 100.0;
        case 15 -> Math.exp(20 * random.nextGaussian());
        case 16 -> random.nextInt(10) == 0 ? Math.rint(Math.exp(40 * random.nextDouble())) : 3;
        case 17 -> (random.nextInt(3) - 1) * Double.MIN_VALUE;
        case 18 -> random.nextInt(100) == 0 ? -0.0 : random.nextInt(3);
        case 19 -> random.nextBoolean() ? 0x1p62 : -0x1p63;
        case 20 -> random.nextInt(9) == 0 ? 1e9 * random.nextInt(50) : random.nextInt(20);
        case 21 -> Math.rint(1e15 * random.nextDouble()) / 1e15;
        default -> ODD_VALUES[(int) factor % ODD_VALUES.length];
      };
    }
    return values;
  }
}
