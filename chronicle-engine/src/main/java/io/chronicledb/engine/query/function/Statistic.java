package io.chronicledb.engine.query.function;

import io.chronicledb.engine.block.ChunkStatistics;
import io.chronicledb.engine.column.StaleMarker;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Statistics whose partial results can be merged: over slices of a series, over series of a group. A partial result is a state of {@link
 * #width()} doubles, kept in columns; {@link #finish} turns it into the value. Values that are NaN count and spread as in floating point,
 * but {@code min} and {@code max} prefer any number to them.
 */
public enum Statistic {
  COUNT(1, Count::new, Statistic::mergeCounts, Statistic::only),
  SUM(2, () -> new Sum(false), Statistic::mergeSums, Statistic::sumOf),
  MEAN(3, () -> new Sum(true), Statistic::mergeCountedSums, Statistic::meanOf),
  MIN(1, () -> new Extreme(true), Statistic::mergeMin, Statistic::only),
  MAX(1, () -> new Extreme(false), Statistic::mergeMax, Statistic::only),
  /** The largest value less the smallest. */
  SPREAD(2, MinMax::new, Statistic::mergeMinMax, (state, at) -> state[at + 1] - state[at]),
  /** The value with the smallest timestamp; of several series, the first in order. */
  FIRST(2, () -> new Edge(true), Statistic::mergeFirst, Statistic::only),
  /** The value with the largest timestamp; of several series, the last in order. */
  LAST(2, () -> new Edge(false), Statistic::mergeLast, Statistic::only),
  /** Divided by the count. */
  POPULATION_VARIANCE(3, Moments::new, Statistic::mergeMoments, Statistic::populationVariance),
  POPULATION_STDDEV(
      3,
      Moments::new,
      Statistic::mergeMoments,
      (state, at) -> Math.sqrt(populationVariance(state, at))),
  /** Divided by the count less one; absent for a single value. */
  SAMPLE_VARIANCE(3, Moments::new, Statistic::mergeMoments, Statistic::sampleVariance),
  SAMPLE_STDDEV(3, Moments::new, Statistic::mergeMoments, Statistic::sampleDeviation);

  /** Merges one state into another. */
  private interface Merger {
    void merge(double[] into, int at, double[] other, int from);
  }

  /** Turns a state into its value. */
  private interface Finisher {
    double finish(double[] state, int at);
  }

  private final int width;

  @SuppressWarnings("ImmutableEnumChecker") // Functions without state.
  private final Supplier<Accumulator> accumulators;

  @SuppressWarnings("ImmutableEnumChecker") // Functions without state.
  private final Merger merger;

  @SuppressWarnings("ImmutableEnumChecker") // Functions without state.
  private final Finisher finisher;

  Statistic(int width, Supplier<Accumulator> accumulators, Merger merger, Finisher finisher) {
    this.width = width;
    this.accumulators = accumulators;
    this.merger = merger;
    this.finisher = finisher;
  }

  /** The name in SQL. */
  public String sqlName() {
    return switch (this) {
      case SAMPLE_VARIANCE -> "variance";
      case SAMPLE_STDDEV -> "stddev";
      default -> name().toLowerCase(Locale.ROOT);
    };
  }

  /** Doubles of a state. */
  public int width() {
    return width;
  }

  /** A fresh accumulator; for one thread. */
  public Accumulator accumulator() {
    return accumulators.get();
  }

  /** Whether a chunk's statistics can stand for its samples, so that they need not be decoded. */
  public boolean isDescribed() {
    return switch (this) {
      case COUNT, SUM, MEAN, MIN, MAX, SPREAD, FIRST, LAST -> true;
      default -> false;
    };
  }

  /** Merges a state into another. Of states from several series, the earlier series' is {@code into}. */
  public void merge(double[] into, int at, double[] other, int from) {
    merger.merge(into, at, other, from);
  }

  /** The value of a state to which at least one sample contributed. */
  public double finish(double[] state, int at) {
    return finisher.finish(state, at);
  }

  /** Gathers samples into a state. */
  public interface Accumulator {

    void reset();

    /** Adds the samples from {@code from} to {@code to}, at least one; later than all before. */
    void add(long[] timestamps, double[] values, int from, int to);

    /** Adds a chunk by its statistics; called only where {@link Statistic#isDescribed()}. */
    default void addDescribed(ChunkStatistics chunk) {
      throw new IllegalStateException("needs the samples");
    }

    /** Writes the state of everything since the reset, at least one sample. */
    void state(double[] into, int at);
  }

  private static double only(double[] state, int at) {
    return state[at];
  }

  private static double meanOf(double[] state, int at) {
    return sumOf(state, at) / state[at + 2];
  }

  private static double populationVariance(double[] state, int at) {
    return state[at + 2] / state[at];
  }

  private static double sampleVariance(double[] state, int at) {
    return state[at] < 2 ? StaleMarker.value() : state[at + 2] / (state[at] - 1);
  }

  private static double sampleDeviation(double[] state, int at) {
    // A square root would keep NaN, and might not keep its bits.
    return state[at] < 2 ? StaleMarker.value() : Math.sqrt(sampleVariance(state, at));
  }

  private static void mergeCounts(double[] into, int at, double[] other, int from) {
    into[at] += other[from];
  }

  private static void mergeCountedSums(double[] into, int at, double[] other, int from) {
    mergeSums(into, at, other, from);
    into[at + 2] += other[from + 2];
  }

  private static void mergeMin(double[] into, int at, double[] other, int from) {
    into[at] = lesser(into[at], other[from]);
  }

  private static void mergeMax(double[] into, int at, double[] other, int from) {
    into[at] = greater(into[at], other[from]);
  }

  private static void mergeMinMax(double[] into, int at, double[] other, int from) {
    mergeMin(into, at, other, from);
    mergeMax(into, at + 1, other, from + 1);
  }

  private static void mergeFirst(double[] into, int at, double[] other, int from) {
    if (timeOf(other, from) < timeOf(into, at)) {
      System.arraycopy(other, from, into, at, 2);
    }
  }

  private static void mergeLast(double[] into, int at, double[] other, int from) {
    if (timeOf(other, from) >= timeOf(into, at)) {
      System.arraycopy(other, from, into, at, 2);
    }
  }

  private static double lesser(double a, double b) {
    return b < a || Double.isNaN(a) ? b : a;
  }

  private static double greater(double a, double b) {
    return b > a || Double.isNaN(a) ? b : a;
  }

  /** A time rides in a double's bits: as a number it would lose nanoseconds. */
  private static long timeOf(double[] state, int at) {
    return Double.doubleToRawLongBits(state[at + 1]);
  }

  private static double sumOf(double[] state, int at) {
    return Double.isInfinite(state[at]) ? state[at] : state[at] + state[at + 1];
  }

  /** Adds compensated sums: the parts' own compensations, and what their addition loses. */
  private static void mergeSums(double[] into, int at, double[] other, int from) {
    double a = into[at];
    double b = other[from];
    double sum = a + b;
    double lost =
        Double.isInfinite(sum) ? 0 : Math.abs(a) >= Math.abs(b) ? (a - sum) + b : (b - sum) + a;
    into[at] = sum;
    into[at + 1] += other[from + 1] + lost;
  }

  /** Chan, Golub and LeVeque's parallel update of count, mean and sum of squared differences. */
  private static void mergeMoments(double[] into, int at, double[] other, int from) {
    double count = into[at] + other[from];
    double delta = other[from + 1] - into[at + 1];
    into[at + 2] += other[from + 2] + delta * delta * into[at] * other[from] / count;
    into[at + 1] += delta * other[from] / count;
    into[at] = count;
  }

  private static final class Count implements Accumulator {
    private double count;

    @Override
    public void reset() {
      count = 0;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      count += to - from;
    }

    @Override
    public void addDescribed(ChunkStatistics chunk) {
      count += chunk.count();
    }

    @Override
    public void state(double[] into, int at) {
      into[at] = count;
    }
  }

  /** State: sum, compensation, and for the mean the count. */
  private static final class Sum implements Accumulator {
    private static final long[] NO_TIMES = {};

    private final boolean counts;
    private final double[] one = new double[1];
    private double sum;
    private double compensation;
    private double count;

    Sum(boolean counts) {
      this.counts = counts;
    }

    @Override
    public void reset() {
      sum = 0;
      compensation = 0;
      count = 0;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      double s = sum;
      double c = compensation;
      for (int i = from; i < to; i++) {
        double value = values[i];
        double next = s + value;
        // Neumaier's compensation, without a branch on the values' order where both are finite.
        c += Math.abs(s) >= Math.abs(value) ? (s - next) + value : (value - next) + s;
        s = next;
      }
      sum = s;
      compensation = Double.isNaN(c) || Double.isInfinite(c) ? 0 : c;
      count += to - from;
    }

    @Override
    public void addDescribed(ChunkStatistics chunk) {
      one[0] = chunk.sum();
      add(NO_TIMES, one, 0, 1);
      count += chunk.count() - 1;
    }

    @Override
    public void state(double[] into, int at) {
      into[at] = sum;
      into[at + 1] = compensation;
      if (counts) {
        into[at + 2] = count;
      }
    }
  }

  private static final class Extreme implements Accumulator {
    private final boolean least;
    private double extreme;

    Extreme(boolean least) {
      this.least = least;
    }

    @Override
    public void reset() {
      extreme = Double.NaN;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      double best = extreme;
      if (least) {
        for (int i = from; i < to; i++) {
          best = lesser(best, values[i]);
        }
      } else {
        for (int i = from; i < to; i++) {
          best = greater(best, values[i]);
        }
      }
      extreme = best;
    }

    @Override
    public void addDescribed(ChunkStatistics chunk) {
      extreme = least ? lesser(extreme, chunk.min()) : greater(extreme, chunk.max());
    }

    @Override
    public void state(double[] into, int at) {
      into[at] = extreme;
    }
  }

  private static final class MinMax implements Accumulator {
    private final Extreme least = new Extreme(true);
    private final Extreme greatest = new Extreme(false);

    @Override
    public void reset() {
      least.reset();
      greatest.reset();
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      least.add(timestamps, values, from, to);
      greatest.add(timestamps, values, from, to);
    }

    @Override
    public void addDescribed(ChunkStatistics chunk) {
      least.addDescribed(chunk);
      greatest.addDescribed(chunk);
    }

    @Override
    public void state(double[] into, int at) {
      least.state(into, at);
      greatest.state(into, at + 1);
    }
  }

  private static final class Edge implements Accumulator {
    private final boolean first;
    private boolean any;
    private double value;
    private long time;

    Edge(boolean first) {
      this.first = first;
    }

    @Override
    public void reset() {
      any = false;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      if (!any || !first) {
        int at = first ? from : to - 1;
        value = values[at];
        time = timestamps[at];
        any = true;
      }
    }

    @Override
    public void addDescribed(ChunkStatistics chunk) {
      if (!any || !first) {
        value = first ? chunk.first() : chunk.last();
        time = first ? chunk.minTime() : chunk.maxTime();
        any = true;
      }
    }

    @Override
    public void state(double[] into, int at) {
      into[at] = value;
      into[at + 1] = Double.longBitsToDouble(time);
    }
  }

  /** Count, mean and sum of squared differences by Welford's method (Technometrics 4, 1962). */
  private static final class Moments implements Accumulator {
    private double count;
    private double mean;
    private double squares;

    @Override
    public void reset() {
      count = 0;
      mean = 0;
      squares = 0;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      for (int i = from; i < to; i++) {
        count++;
        double delta = values[i] - mean;
        mean += delta / count;
        squares += delta * (values[i] - mean);
      }
    }

    @Override
    public void state(double[] into, int at) {
      into[at] = count;
      into[at + 1] = mean;
      into[at + 2] = squares;
    }
  }
}
