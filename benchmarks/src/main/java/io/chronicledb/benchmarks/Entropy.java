package io.chronicledb.benchmarks;

import io.chronicledb.benchmarks.DataSets.Single;
import io.chronicledb.benchmarks.DataSets.Source;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How many bits a sample of a data set holds on average, timestamp and value, to a reader who knows how the data is made and all samples
 * before. No lossless encoding is smaller; what a series costs once, such as its level, is left out.
 */
final class Entropy {

  private static final double LOG2 = Math.log(2);
  /** The walk's places within a unit, followed by its two ends, 0 and 100, where it may stay. */
  private static final int CELLS = 64;

  private static final int LOW = CELLS;
  private static final int HIGH = CELLS + 1;

  private Entropy() {}

  static double bitsPerSample(DataSets data, List<Source> sources) {
    return switch (data) {
      case CPU -> walk(100_000);
      case GAUGE3 ->
        sources.stream().mapToDouble(s -> gauge((Single) s)).average().orElse(0);
      case COUNTER ->
        jitter()
            + sources.stream()
                .mapToDouble(s -> increments((Single) s))
                .average()
                .orElse(0);
      case CONSTANT -> 0;
      case RANDOM -> 53; // nextDouble() is a random integer of 53 bits, scaled.
    };
  }

  /** Noise of a normal distribution, rounded to a thousandth of which its deviation is many. */
  private static double gauge(Single source) {
    return log2(source.noise * 1000 * Math.sqrt(2 * Math.PI * Math.E));
  }

  /** A fifth of the increments is 0, the others are uniform from 0 to below the level. */
  private static double increments(Single source) {
    int choices = (int) source.level;
    double one = 0.8 / choices;
    return information(0.2 + one) + (choices - 1) * information(one);
  }

  /** A rounded normal distribution of deviation 2; with 1 in 50, uniform from 0 to 79 on top of it. */
  private static double jitter() {
    double bits = 0;
    for (int at = -30; at < 120; at++) {
      double late = 0;
      for (int by = 0; by < 80; by++) {
        late += rounded(at - by) / 80;
      }
      bits += information(0.98 * rounded(at) + 0.02 * late);
    }
    return bits;
  }

  private static double rounded(int at) {
    return cumulative((at + 0.5) / 2) - cumulative((at - 0.5) / 2);
  }

  /**
   * The walk is known only by its whole part, so the next one depends on all before. A filter carries along how likely each place within the
   * present unit is, and thereby how likely the next whole part was: the mean of its logarithm over a long walk is the entropy.
   */
  private static double walk(int steps) {
    var random = new SplittableRandom(7);
    double state = 50.5;
    int unit = (int) state;
    var likely = new double[CELLS + 2];
    Arrays.fill(likely, 0, CELLS, 1.0 / CELLS);
    // How likely a step leads from one cell to another, by the distance.
    int reach = 9 * CELLS;
    var step = new double[2 * reach + 1];
    for (int i = -reach; i <= reach; i++) {
      step[i + reach] = cumulative((i + 0.5) / CELLS) - cumulative((i - 0.5) / CELLS);
    }
    double bits = 0;
    for (int n = 0; n < steps; n++) {
      state = Math.max(0, Math.min(100, state + random.nextGaussian()));
      int next = (int) state;
      var reached = new double[CELLS + 2];
      for (int from = 0; from < likely.length; from++) {
        if (likely[from] == 0) {
          continue;
        }
        boolean atEnd = from >= CELLS;
        double place = from == LOW ? 0 : from == HIGH ? 100 : unit + (from + 0.5) / CELLS;
        for (int to = 0; to < CELLS && next < 100; to++) {
          double start = next + (double) to / CELLS - place;
          int distance = reach + (next - unit) * CELLS + to - from;
          reached[to] += likely[from]
              * (atEnd
                  ? cumulative(start + 1.0 / CELLS) - cumulative(start)
                  : distance >= 0 && distance < step.length ? step[distance] : 0);
        }
        if (next == 0) {
          reached[LOW] += likely[from] * cumulative(-place);
        }
        if (next == 100) {
          reached[HIGH] += likely[from] * (1 - cumulative(100 - place));
        }
      }
      double sum = Arrays.stream(reached).sum();
      bits -= log2(sum);
      for (int i = 0; i < reached.length; i++) {
        likely[i] = reached[i] / sum;
      }
      unit = next;
    }
    return bits / steps;
  }

  private static double information(double probability) {
    return probability <= 0 ? 0 : -probability * log2(probability);
  }

  private static double log2(double x) {
    return Math.log(x) / LOG2;
  }

  /** The standard normal distribution's, by Zelen and Severo's approximation, good to 1e-7. */
  private static double cumulative(double x) {
    double t = 1 / (1 + 0.2316419 * Math.abs(x));
    double tail = Math.exp(-x * x / 2)
        / Math.sqrt(2 * Math.PI)
        * t
        * (0.319381530
            + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return x >= 0 ? 1 - tail : tail;
  }
}
