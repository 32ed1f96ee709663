package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.query.function.WindowFunction.Accumulator;
import java.util.Locale;

/**
 * What SQL computes of the samples of one series in one bucket of time.
 *
 * @param parameter {@link Kind#RATE}, {@link Kind#DERIVATIVE}, {@link Kind#INTEGRAL}: the unit in nanoseconds; {@link Kind#MOVING_AVERAGE}: how
 *     many samples; otherwise not looked at
 */
public record SeriesFunction(Kind kind, double parameter) {

  public static final double SECOND = 1e9;

  /** The functions. */
  public enum Kind {
    /** As PromQL's, per unit. */
    RATE,
    /** As PromQL's. */
    INCREASE,
    /** As PromQL's. */
    DELTA,
    /** The slope from the first to the last sample, per unit. */
    DERIVATIVE,
    /** The area under the line through the samples, in units. */
    INTEGRAL,
    /** The mean of the newest samples, those of earlier buckets included. */
    MOVING_AVERAGE,
    /** The newest sample. */
    NEWEST
  }

  /** A fresh accumulator, for the buckets of one series in their order. */
  public Accumulator accumulator() {
    return switch (kind) {
      case RATE -> new Scaled(WindowFunction.RATE.accumulator(), parameter / SECOND);
      case INCREASE -> WindowFunction.INCREASE.accumulator();
      case DELTA -> WindowFunction.DELTA.accumulator();
      case DERIVATIVE -> new Slope(parameter);
      case INTEGRAL -> new Area(parameter);
      case MOVING_AVERAGE -> new MovingAverage((int) parameter);
      case NEWEST -> WindowFunction.LAST_OVER_TIME.accumulator();
    };
  }

  /** Whether a bucket's result depends on that bucket's samples alone. */
  public boolean isLocal() {
    return kind != Kind.MOVING_AVERAGE;
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private record Scaled(Accumulator rate, double factor) implements Accumulator {
    @Override
    public void start(long windowStart, long windowEnd) {
      rate.start(windowStart, windowEnd);
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      rate.add(timestamps, values, from, to);
    }

    @Override
    public void endAt(long windowEnd) {
      rate.endAt(windowEnd);
    }

    @Override
    public double result() {
      double result = rate.result();
      return StaleMarker.is(result) ? result : result * factor;
    }
  }

  private static final class Slope implements Accumulator {
    private final double unit;
    private boolean any;
    private long firstTime;
    private double first;
    private long lastTime;
    private double last;

    Slope(double unit) {
      this.unit = unit;
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      any = false;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      if (!any) {
        any = true;
        firstTime = timestamps[from];
        first = values[from];
      }
      lastTime = timestamps[to - 1];
      last = values[to - 1];
    }

    @Override
    public double result() {
      return !any || lastTime == firstTime
          ? StaleMarker.value()
          : (last - first) / ((double) (lastTime - firstTime) / unit);
    }
  }

  /** Trapezoids between neighbours. */
  private static final class Area implements Accumulator {
    private final double unit;
    private boolean any;
    private long previousTime;
    private double previous;
    private double area;

    Area(double unit) {
      this.unit = unit;
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      any = false;
      area = 0;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      for (int i = from; i < to; i++) {
        if (any) {
          area += (previous + values[i]) / 2 * ((timestamps[i] - previousTime) / unit);
        }
        any = true;
        previousTime = timestamps[i];
        previous = values[i];
      }
    }

    @Override
    public double result() {
      return any ? area : StaleMarker.value();
    }
  }

  private static final class MovingAverage implements Accumulator {
    private final double[] newest;
    private long count;

    MovingAverage(int samples) {
      newest = new double[samples];
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      // Earlier samples stay.
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      for (int i = from; i < to; i++) {
        newest[(int) (count++ % newest.length)] = values[i];
      }
    }

    @Override
    public double result() {
      if (count < newest.length) {
        return StaleMarker.value();
      }
      double sum = 0;
      for (double value : newest) {
        sum += value;
      }
      return sum / newest.length;
    }
  }
}
