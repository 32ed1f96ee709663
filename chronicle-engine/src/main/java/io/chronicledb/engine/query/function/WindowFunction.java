package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.StaleMarker;
import java.util.function.Supplier;

/**
 * What is computed from the samples of one series in one window of time. Each constant makes accumulators, which see the samples in slices
 * of arrays, in order; so the cost of a virtual call is paid per slice.
 *
 * <p>The functions of PromQL follow Prometheus 3; results without enough samples are {@linkplain StaleMarker absent}.
 */
public enum WindowFunction {
  /** The newest sample; absent where that is a stale marker. An instant vector selector. */
  LATEST(SampleSelection.Latest::new),
  /** The timestamp of the newest sample in seconds; absent where that is a stale marker. */
  LATEST_TIMESTAMP(SampleSelection.LatestTimestamp::new),
  /** The value at the end of the range, between the samples around it. A smoothed instant vector selector. */
  INTERPOLATED(SampleSelection.Interpolated::new),
  RATE(() -> new CounterChange.Extrapolated(true, true)),
  INCREASE(() -> new CounterChange.Extrapolated(true, false)),
  DELTA(() -> new CounterChange.Extrapolated(false, false)),
  ANCHORED_RATE(() -> new CounterChange.Bounded(true, true, false)),
  ANCHORED_INCREASE(() -> new CounterChange.Bounded(true, false, false)),
  ANCHORED_DELTA(() -> new CounterChange.Bounded(false, false, false)),
  SMOOTHED_RATE(() -> new CounterChange.Bounded(true, true, true)),
  SMOOTHED_INCREASE(() -> new CounterChange.Bounded(true, false, true)),
  SMOOTHED_DELTA(() -> new CounterChange.Bounded(false, false, true)),
  IRATE(() -> new CounterChange.LastTwo(true)),
  IDELTA(() -> new CounterChange.LastTwo(false)),
  CHANGES(() -> new CounterChange.Transitions(false)),
  RESETS(() -> new CounterChange.Transitions(true)),
  ANCHORED_CHANGES(() -> new CounterChange.AnchoredTransitions(false)),
  ANCHORED_RESETS(() -> new CounterChange.AnchoredTransitions(true)),
  SUM_OVER_TIME(() -> new WindowStatistics.Finished(Statistic.SUM)),
  AVG_OVER_TIME(WindowStatistics.Mean::new),
  MIN_OVER_TIME(() -> new WindowExtreme(true)),
  MAX_OVER_TIME(() -> new WindowExtreme(false)),
  COUNT_OVER_TIME(() -> new WindowStatistics.Finished(Statistic.COUNT)),
  LAST_OVER_TIME(() -> new WindowStatistics.Finished(Statistic.LAST)),
  FIRST_OVER_TIME(() -> new WindowStatistics.Finished(Statistic.FIRST)),
  PRESENT_OVER_TIME(WindowStatistics.Present::new),
  STDDEV_OVER_TIME(() -> new WindowStatistics.Variance(true)),
  STDVAR_OVER_TIME(() -> new WindowStatistics.Variance(false)),
  /** The parameter is the quantile, 0 to 1. */
  QUANTILE_OVER_TIME(WindowStatistics.QuantileOfWindow::new),
  MAD_OVER_TIME(WindowStatistics.MedianDeviation::new),
  TS_OF_FIRST_OVER_TIME(SampleSelection.FirstTimestamp::new),
  TS_OF_LAST_OVER_TIME(SampleSelection.LatestTimestamp::new),
  TS_OF_MIN_OVER_TIME(() -> new SampleSelection.ExtremeTimestamp(true)),
  TS_OF_MAX_OVER_TIME(() -> new SampleSelection.ExtremeTimestamp(false)),
  /** The slope of the regression line, per second. */
  DERIV(() -> new WindowTrend.Line(false)),
  /** The parameter is how many seconds after the instant of evaluation. */
  PREDICT_LINEAR(() -> new WindowTrend.Line(true)),
  /** The parameters are the smoothing factor and the trend factor, both between 0 and 1. */
  DOUBLE_EXPONENTIAL_SMOOTHING(WindowTrend.DoubleSmoothing::new);

  @SuppressWarnings("ImmutableEnumChecker") // A function without state.
  private final Supplier<Accumulator> accumulators;

  WindowFunction(Supplier<Accumulator> accumulators) {
    this.accumulators = accumulators;
  }

  /** A fresh accumulator; for one thread. */
  public Accumulator accumulator() {
    return accumulators.get();
  }

  /** Whether stale markers are among the samples; elsewhere they are left out. */
  public boolean seesStaleMarkers() {
    return this == LATEST || this == LATEST_TIMESTAMP;
  }

  /** Whether the result is still a value of the metric, so that it keeps the metric's name. */
  public boolean keepsMetric() {
    return switch (this) {
      case LATEST, INTERPOLATED, LAST_OVER_TIME, FIRST_OVER_TIME -> true;
      default -> false;
    };
  }

  /** Whether the result depends on the instant of evaluation, and not on the window alone. */
  public boolean dependsOnInstant() {
    return this == PREDICT_LINEAR;
  }

  /** Whether it makes sense for counters alone. */
  public boolean isForCounters() {
    return switch (this) {
      case RATE, INCREASE, ANCHORED_RATE, ANCHORED_INCREASE, SMOOTHED_RATE, SMOOTHED_INCREASE ->
        true;
      default -> false;
    };
  }

  /** Computes one window after another. */
  public interface Accumulator {

    /**
     * Tells what the next window is evaluated for; called before its start.
     *
     * @param instant nanoseconds
     * @param first the function's first parameter, 0 where it has none
     * @param second the second
     */
    default void evaluateAt(long instant, double first, double second) {}

    /** Tells that the next window is of another series, or of none that {@link #slide} has seen. */
    default void restart() {}

    /** Starts a window: the range selector's bounds in nanoseconds, the left one open, the right one closed. */
    void start(long windowStart, long windowEnd);

    /** Adds the samples from {@code from} to {@code to}, at least one; later than all before. */
    void add(long[] timestamps, double[] values, int from, int to);

    /**
     * Adds all samples of a window. Neither of its ends is earlier than in the window before it of the same series, whose samples may be remembered:
     * the result is what {@link #add} comes to, bit by bit, and the cost may be that of what has come and gone.
     *
     * @param firstNew place of the first sample that the window before did not have; {@code to} where it had all of them, {@code from} after
     *     {@link #restart}
     */
    default void slide(long[] timestamps, double[] values, int from, int to, int firstNew) {
      add(timestamps, values, from, to);
    }

    /** Moves the right bound of the window before its result is asked for, where only the samples told it. */
    default void endAt(long windowEnd) {}

    /** The result of the window, absent where there is none. */
    double result();
  }
}
