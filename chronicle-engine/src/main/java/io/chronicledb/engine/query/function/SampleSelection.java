package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.query.function.WindowFunction.Accumulator;

/** Functions that pick one sample of a window, or tell when it was taken. */
final class SampleSelection {

  private SampleSelection() {}

  /** Whole milliseconds first, as Prometheus counts them. */
  private static double seconds(long timestamp) {
    return Math.floorDiv(timestamp, 1_000_000L) / 1000.0;
  }

  /** The newest sample. */
  static final class Latest implements Accumulator {
    private double latest;

    @Override
    public void start(long windowStart, long windowEnd) {
      latest = StaleMarker.value();
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      latest = values[to - 1];
    }

    @Override
    public double result() {
      return latest; // A stale marker is the absent value already.
    }
  }

  /** When the newest sample was taken. */
  static final class LatestTimestamp implements Accumulator {
    private double result;

    @Override
    public void start(long windowStart, long windowEnd) {
      result = StaleMarker.value();
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      result = StaleMarker.is(values[to - 1]) ? StaleMarker.value() : seconds(timestamps[to - 1]);
    }

    @Override
    public double result() {
      return result;
    }
  }

  /** {@code ts_of_first_over_time}. */
  static final class FirstTimestamp implements Accumulator {
    private double result;

    @Override
    public void start(long windowStart, long windowEnd) {
      result = StaleMarker.value();
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      if (StaleMarker.is(result)) {
        result = seconds(timestamps[from]);
      }
    }

    @Override
    public double result() {
      return result;
    }
  }

  /** {@code ts_of_min_over_time} and {@code ts_of_max_over_time}: the newest of equal extremes. */
  static final class ExtremeTimestamp implements Accumulator {
    private final boolean least;
    private boolean any;
    private double extreme;
    private long time;

    ExtremeTimestamp(boolean least) {
      this.least = least;
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      any = false;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      for (int i = from; i < to; i++) {
        double value = values[i];
        if (!any || (least ? value <= extreme : value >= extreme) || Double.isNaN(extreme)) {
          any = true;
          extreme = value;
          time = timestamps[i];
        }
      }
    }

    @Override
    public double result() {
      return any ? seconds(time) : StaleMarker.value();
    }
  }

  /**
   * The value at the end of the range: between the samples around it on a straight line; without a later sample, the newest one before; nothing
   * where all samples are later.
   */
  static final class Interpolated implements Accumulator {
    private long instant;
    private boolean before;
    private long beforeTime;
    private double beforeValue;
    private boolean after;
    private long afterTime;
    private double afterValue;

    @Override
    public void start(long rangeStart, long rangeEnd) {
      instant = rangeEnd;
      before = false;
      after = false;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      for (int i = from; i < to && !after; i++) {
        if (timestamps[i] < instant) {
          before = true;
          beforeTime = timestamps[i];
          beforeValue = values[i];
        } else {
          after = true;
          afterTime = timestamps[i];
          afterValue = values[i];
        }
      }
    }

    @Override
    public double result() {
      if (after && afterTime == instant) {
        return afterValue;
      }
      if (!before) {
        return StaleMarker.value();
      }
      return after
          ? CounterChange.interpolate(
              beforeTime, beforeValue, afterTime, afterValue, instant, false)
          : beforeValue;
    }
  }
}
