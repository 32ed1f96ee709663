package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.StaleMarker;
import java.util.function.DoubleFunction;

/**
 * What is computed from the samples of one series in one window of time. Each constant makes accumulators, which see the samples in slices
 * of arrays, in order; so the cost of a virtual call is paid per slice.
 *
 * <p>The functions of PromQL follow Prometheus 3 ({@code promql/functions.go}); results without enough samples are {@linkplain
 * StaleMarker absent}.
 */
public enum WindowFunction {
  /** The newest sample; absent where that is a stale marker. An instant vector selector. */
  LATEST(true, true, parameter -> new RangeFunctions.Latest()),
  /** The timestamp of the newest sample in seconds; absent where that is a stale marker. */
  LATEST_TIMESTAMP(true, false, parameter -> new RangeFunctions.LatestTimestamp()),
  RATE(false, false, parameter -> new RangeFunctions.Extrapolated(true, true)),
  INCREASE(false, false, parameter -> new RangeFunctions.Extrapolated(true, false)),
  DELTA(false, false, parameter -> new RangeFunctions.Extrapolated(false, false)),
  IRATE(false, false, parameter -> new RangeFunctions.LastTwo(true)),
  IDELTA(false, false, parameter -> new RangeFunctions.LastTwo(false)),
  CHANGES(false, false, parameter -> new RangeFunctions.Transitions(false)),
  RESETS(false, false, parameter -> new RangeFunctions.Transitions(true)),
  SUM_OVER_TIME(false, false, parameter -> new RangeFunctions.Finished(Statistic.SUM)),
  AVG_OVER_TIME(false, false, parameter -> new RangeFunctions.Finished(Statistic.MEAN)),
  MIN_OVER_TIME(false, false, parameter -> new RangeFunctions.Finished(Statistic.MIN)),
  MAX_OVER_TIME(false, false, parameter -> new RangeFunctions.Finished(Statistic.MAX)),
  COUNT_OVER_TIME(false, false, parameter -> new RangeFunctions.Finished(Statistic.COUNT)),
  LAST_OVER_TIME(false, true, parameter -> new RangeFunctions.Finished(Statistic.LAST)),
  FIRST_OVER_TIME(false, true, parameter -> new RangeFunctions.Finished(Statistic.FIRST)),
  PRESENT_OVER_TIME(false, false, parameter -> new RangeFunctions.Present()),
  STDDEV_OVER_TIME(
      false, false, parameter -> new RangeFunctions.Finished(Statistic.POPULATION_STDDEV)),
  STDVAR_OVER_TIME(
      false, false, parameter -> new RangeFunctions.Finished(Statistic.POPULATION_VARIANCE)),
  /** The parameter is the quantile, 0 to 1. */
  QUANTILE_OVER_TIME(false, false, parameter -> new RangeFunctions.QuantileOfWindow(parameter));

  private final boolean seesStaleMarkers;
  private final boolean keepsMetric;

  @SuppressWarnings("ImmutableEnumChecker") // A function without state.
  private final DoubleFunction<Accumulator> accumulators;

  WindowFunction(
      boolean seesStaleMarkers, boolean keepsMetric, DoubleFunction<Accumulator> accumulators) {
    this.accumulators = accumulators;
    this.seesStaleMarkers = seesStaleMarkers;
    this.keepsMetric = keepsMetric;
  }

  /** A fresh accumulator; for one thread. */
  public Accumulator accumulator(double parameter) {
    return accumulators.apply(parameter);
  }

  /** Whether stale markers are among the samples; elsewhere they are left out. */
  public boolean seesStaleMarkers() {
    return seesStaleMarkers;
  }

  /** Whether the result is still a value of the metric, so that it keeps the metric's name. */
  public boolean keepsMetric() {
    return keepsMetric;
  }

  /** Computes one window after another. */
  public interface Accumulator {

    /** Starts a window: the range selector's bounds in nanoseconds, the left one open, the right one closed. */
    void start(long windowStart, long windowEnd);

    /** Adds the samples from {@code from} to {@code to}, at least one; later than all before. */
    void add(long[] timestamps, double[] values, int from, int to);

    /** Moves the right bound of the window before its result is asked for, where only the samples told it. */
    default void endAt(long windowEnd) {}

    /** The result of the window, absent where there is none. */
    double result();
  }
}
