package io.chronicledb.benchmarks;

import java.util.SplittableRandom;

/**
 * Series of one sample each 10 or 15 seconds for a day, as the benchmarks of other time-series databases make them, with the entropy
 * of what is random in them.
 */
enum CodecData {

  /** TSBS devops: a walk with normal steps, kept within 0 and 100 and cut to an integer. */
  CPU(10),
  /** Three decimals: a slow wave with normal noise. */
  GAUGE(15),
  /** A counter, scraped some milliseconds early or late. */
  COUNTER(15),
  CONSTANT(15),
  /** Uniform in [0, 1). */
  RANDOM(15);

  private static final long SECOND = 1_000_000_000L;
  private static final long MILLISECOND = 1_000_000L;
  private static final long START = 1_767_225_600L * SECOND;
  private static final double LOG2 = Math.log(2);

  private final int interval;

  CodecData(int interval) {
    this.interval = interval;
  }

  int samples() {
    return 24 * 3600 / interval;
  }

  /**
   * Fills the arrays with one series.
   *
   * @return the entropy of a sample in bits; NaN where it has to be estimated
   */
  double fill(int series, long[] timestamps, double[] values) {
    var random = new SplittableRandom(123 * 1_000_003L + series * 7919L + ordinal());
    double a = 10 + random.nextDouble() * 500;
    double b = a * 0.2 * random.nextDouble();
    double c = a * 0.02;
    double total = random.nextInt(1_000_000);
    double state = random.nextDouble() * 100;
    for (int i = 0; i < timestamps.length; i++) {
      timestamps[i] = START + i * interval * SECOND;
      switch (this) {
        case CPU -> {
          values[i] = (long) state;
          state = Math.max(0, Math.min(100, state + random.nextGaussian()));
        }
        case GAUGE ->
          values[i] =
              Math.round((a + b * Math.sin(i / 400.0) + c * random.nextGaussian()) * 1000) / 1000.0;
        case COUNTER -> {
          timestamps[i] += jitter(random) * MILLISECOND;
          total += random.nextInt(10) < 2 ? 0 : random.nextInt((int) a);
          values[i] = total;
        }
        case CONSTANT -> values[i] = Math.round(a * 10) / 10.0;
        case RANDOM -> values[i] = random.nextDouble();
      }
    }
    return switch (this) {
      case CPU -> Double.NaN;
      case GAUGE -> Math.log(c * 1000 * Math.sqrt(2 * Math.PI * Math.E)) / LOG2;
      case COUNTER -> jitterEntropy() + incrementEntropy((int) a);
      case CONSTANT -> 0;
      case RANDOM -> 53;
    };
  }

  private static long jitter(SplittableRandom random) {
    return Math.round(random.nextGaussian() * 2)
        + (random.nextInt(50) == 0 ? random.nextInt(80) : 0);
  }

  /** From the distribution itself: a million draws tell it well enough. */
  private static double jitterEntropy() {
    return JitterEntropy.BITS;
  }

  private static final class JitterEntropy {
    static final double BITS = measure();

    private static double measure() {
      var random = new SplittableRandom(7);
      var counts = new int[256];
      int draws = 1 << 20;
      for (int i = 0; i < draws; i++) {
        counts[(int) jitter(random) + 64]++;
      }
      return entropy(counts, draws);
    }
  }

  private static double incrementEntropy(int a) {
    double zero = 0.2 + 0.8 / a;
    double other = 0.8 / a;
    return -(zero * Math.log(zero) + (a - 1) * other * Math.log(other)) / LOG2;
  }

  static double entropy(int[] counts, int total) {
    double bits = 0;
    for (int n : counts) {
      if (n > 0) {
        bits -= (double) n / total * Math.log((double) n / total) / LOG2;
      }
    }
    return bits;
  }
}
