package io.chronicledb.engine.codec;

import java.util.Arrays;

/**
 * About how many bits the entropy stage takes for some residuals: the entropy of their magnitudes in steps of a quarter of a power
 * of two, on either side of a value in their middle, and the bits within such a step. Costs one pass.
 */
final class EntropyEstimate {

  private static final int SAMPLES = 33;
  /** A value that occurs so often among the samples is a better middle than their median. */
  private static final int FREQUENT = 4;

  private static final int HEADER_BITS = 150;
  private static final int SYMBOL_BITS = 5;
  /** Magnitudes below are steps of their own. */
  private static final int EXACT = 8;

  private static final int STEPS = 4 * 62;

  private final int[] counts = new int[2 * STEPS];
  private final long[] sample = new long[SAMPLES];

  /** Of {@code residuals[from..to)}; {@link Long#MAX_VALUE} for so few that the stage is no use. */
  long bits(long[] residuals, int from, int to) {
    int count = to - from;
    if (count < SAMPLES) {
      return Long.MAX_VALUE;
    }
    for (int i = 0; i < SAMPLES; i++) {
      sample[i] = residuals[from + i * (count - 1) / (SAMPLES - 1)];
    }
    Arrays.sort(sample);
    long middle = middle();
    Arrays.fill(counts, 0);
    for (int i = from; i < to; i++) {
      long offset = residuals[i] - middle;
      long sign = offset >> 63;
      long magnitude = offset ^ sign;
      int below = Math.max(0, IntegerPacking.width(magnitude) - 3);
      counts[(below << 2) + (int) (magnitude >>> below) + ((int) sign & STEPS)]++;
    }
    float bits = HEADER_BITS + count * EntropyTable.log2(count);
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        int step = i % STEPS;
        int extra = step < EXACT ? 0 : (step >> 2) - 1;
        bits += Math.min(SYMBOL_BITS, counts[i] * 2)
            + counts[i] * (float) extra
            - EntropyTable.countTimesLog2(counts[i]);
      }
    }
    return (long) bits;
  }

  private long middle() {
    long middle = sample[SAMPLES / 2];
    int most = FREQUENT - 1;
    for (int i = 0, run = 1; i < SAMPLES; i++) {
      run = i > 0 && sample[i] == sample[i - 1] ? run + 1 : 1;
      if (run > most) {
        most = run;
        middle = sample[i];
      }
    }
    return middle;
  }
}
