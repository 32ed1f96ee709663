package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.query.function.WindowFunction.Accumulator;

/** Where the values of a window are heading. */
final class WindowTrend {

  private static final double NANOS_PER_SECOND = 1e9;

  private WindowTrend() {}

  /**
   * The line that is nearest to the samples by least squares: its slope, or its value some seconds after the instant of evaluation, which are the
   * parameter.
   */
  static final class Line implements Accumulator {
    private final boolean predicts;
    private final CompensatedSum x = new CompensatedSum();
    private final CompensatedSum y = new CompensatedSum();
    private final CompensatedSum xy = new CompensatedSum();
    private final CompensatedSum xx = new CompensatedSum();
    private long count;
    private long origin;
    private double seconds;
    private double first;
    private boolean constant;

    Line(boolean predicts) {
      this.predicts = predicts;
    }

    @Override
    public void evaluateAt(long instant, double firstParameter, double second) {
      origin = instant;
      seconds = firstParameter;
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      x.reset();
      y.reset();
      xy.reset();
      xx.reset();
      count = 0;
      constant = true;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      if (count == 0) {
        first = values[from];
        if (!predicts) {
          // Any instant will do for a slope; one nearby loses fewest digits.
          origin = timestamps[from];
        }
      }
      for (int i = from; i < to; i++) {
        count++;
        constant &= values[i] == first || count == 1;
        double time = (timestamps[i] - origin) / NANOS_PER_SECOND;
        x.add(time);
        y.add(values[i]);
        xy.add(time * values[i]);
        xx.add(time * time);
      }
    }

    @Override
    public double result() {
      if (count < 2) {
        return StaleMarker.value();
      }
      double slope;
      double intercept;
      if (constant) {
        slope = Double.isInfinite(first) ? Double.NaN : 0;
        intercept = Double.isInfinite(first) ? Double.NaN : first;
      } else {
        double covariance = xy.value() - x.value() * y.value() / count;
        double variance = xx.value() - x.value() * x.value() / count;
        slope = covariance / variance;
        intercept = y.value() / count - slope * x.value() / count;
      }
      return predicts ? slope * seconds + intercept : slope;
    }
  }

  /** {@code double_exponential_smoothing}: the parameters are the factors for values and for their trend. */
  static final class DoubleSmoothing implements Accumulator {
    private double smoothing;
    private double trendFactor;
    private long count;
    private double previous;
    private double smoothed;
    private double trend;

    @Override
    public void evaluateAt(long instant, double first, double second) {
      smoothing = first;
      trendFactor = second;
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      count = 0;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      for (int i = from; i < to; i++) {
        double value = values[i];
        if (count == 0) {
          smoothed = value;
        } else {
          trend = count == 1
              ? value - smoothed
              : trendFactor * (smoothed - previous) + (1 - trendFactor) * trend;
          double next = smoothing * value + (1 - smoothing) * (smoothed + trend);
          previous = smoothed;
          smoothed = next;
        }
        count++;
      }
    }

    @Override
    public double result() {
      return count < 2 ? StaleMarker.value() : smoothed;
    }
  }
}
