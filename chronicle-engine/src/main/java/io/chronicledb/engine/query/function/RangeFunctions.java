package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.query.function.WindowFunction.Accumulator;

/** The accumulators behind {@link WindowFunction}. */
final class RangeFunctions {

  private static final double NANOS_PER_SECOND = 1e9;

  private RangeFunctions() {}

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
    private double seconds;

    @Override
    public void start(long windowStart, long windowEnd) {
      seconds = StaleMarker.value();
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      // Whole milliseconds first, as Prometheus counts them.
      seconds = StaleMarker.is(values[to - 1])
          ? StaleMarker.value()
          : Math.floorDiv(timestamps[to - 1], 1_000_000L) / 1000.0;
    }

    @Override
    public double result() {
      return seconds;
    }
  }

  /**
   * {@code rate}, {@code increase} and {@code delta}: the difference over the window, counter resets made up for, extrapolated to the
   * window's bounds where the outermost samples are near to them, and never below zero for a counter.
   */
  static final class Extrapolated implements Accumulator {

    /** A bound counts as near within this many average distances between samples. */
    private static final double NEAR = 1.1;

    private final boolean counter;
    private final boolean perSecond;
    private long windowStart;
    private long windowEnd;
    private long count;
    private long firstTime;
    private long lastTime;
    private double first;
    private double last;
    private double resets;

    Extrapolated(boolean counter, boolean perSecond) {
      this.counter = counter;
      this.perSecond = perSecond;
    }

    @Override
    public void start(long start, long end) {
      windowStart = start;
      windowEnd = end;
      count = 0;
      resets = 0;
    }

    @Override
    public void endAt(long end) {
      windowEnd = end;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      if (count == 0) {
        first = values[from];
        last = first;
        firstTime = timestamps[from];
      }
      if (counter) {
        double previous = last;
        double lost = 0;
        for (int i = from; i < to; i++) {
          double value = values[i];
          if (value < previous) {
            lost += previous;
          }
          previous = value;
        }
        resets += lost;
      }
      last = values[to - 1];
      lastTime = timestamps[to - 1];
      count += to - from;
    }

    @Override
    public double result() {
      if (count < 2) {
        return StaleMarker.value();
      }
      double change = last - first + resets;
      double toStart = (firstTime - windowStart) / NANOS_PER_SECOND;
      double toEnd = (windowEnd - lastTime) / NANOS_PER_SECOND;
      double sampled = (lastTime - firstTime) / NANOS_PER_SECOND;
      double distance = sampled / (count - 1);
      double near = distance * NEAR;
      if (toStart >= near) {
        toStart = distance / 2;
      }
      if (counter && change > 0 && first >= 0) {
        // A counter cannot have been below zero: it starts no earlier than where its slope meets
        // zero.
        toStart = Math.min(toStart, sampled * (first / change));
      }
      if (toEnd >= near) {
        toEnd = distance / 2;
      }
      double factor = (sampled + toStart + toEnd) / sampled;
      if (perSecond) {
        factor /= (windowEnd - windowStart) / NANOS_PER_SECOND;
      }
      return change * factor;
    }
  }

  /** {@code irate} and {@code idelta}: from the last two samples alone. */
  static final class LastTwo implements Accumulator {
    private final boolean rate;
    private long count;
    private long previousTime;
    private long lastTime;
    private double previous;
    private double last;

    LastTwo(boolean rate) {
      this.rate = rate;
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      count = 0;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      previous = to - from > 1 ? values[to - 2] : last;
      previousTime = to - from > 1 ? timestamps[to - 2] : lastTime;
      last = values[to - 1];
      lastTime = timestamps[to - 1];
      count += to - from;
    }

    @Override
    public double result() {
      if (count < 2) {
        return StaleMarker.value();
      }
      if (!rate) {
        return last - previous;
      }
      double change =
          last < previous ? last : last - previous; // After a reset the counter began at zero.
      return change / ((lastTime - previousTime) / NANOS_PER_SECOND);
    }
  }

  /** {@code changes} and {@code resets}: how often a value differs from, or is below, the one before. */
  static final class Transitions implements Accumulator {
    private final boolean resetsOnly;
    private boolean any;
    private double previous;
    private double transitions;

    Transitions(boolean resetsOnly) {
      this.resetsOnly = resetsOnly;
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      any = false;
      transitions = 0;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      for (int i = from; i < to; i++) {
        double value = values[i];
        if (any
            && (resetsOnly
                ? value < previous
                : value != previous && !(Double.isNaN(value) && Double.isNaN(previous)))) {
          transitions++;
        }
        previous = value;
        any = true;
      }
    }

    @Override
    public double result() {
      return any ? transitions : StaleMarker.value();
    }
  }

  /** {@code present_over_time}. */
  static final class Present implements Accumulator {
    private boolean any;

    @Override
    public void start(long windowStart, long windowEnd) {
      any = false;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      any = true;
    }

    @Override
    public double result() {
      return any ? 1 : StaleMarker.value();
    }
  }

  /** A mergeable statistic that is finished with each window. */
  static final class Finished implements Accumulator {
    private final Statistic statistic;
    private final Statistic.Accumulator accumulator;
    private final double[] state;
    private boolean any;

    Finished(Statistic statistic) {
      this.statistic = statistic;
      this.accumulator = statistic.accumulator();
      this.state = new double[statistic.width()];
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      accumulator.reset();
      any = false;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      accumulator.add(timestamps, values, from, to);
      any = true;
    }

    @Override
    public double result() {
      if (!any) {
        return StaleMarker.value();
      }
      accumulator.state(state, 0);
      return statistic.finish(state, 0);
    }
  }

  /** {@code quantile_over_time}: needs all values of the window. */
  static final class QuantileOfWindow implements Accumulator {
    private final double quantile;
    private final DoubleColumn values = new DoubleColumn(64);

    QuantileOfWindow(double quantile) {
      this.quantile = quantile;
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      values.clear();
    }

    @Override
    public void add(long[] timestamps, double[] windowValues, int from, int to) {
      values.addAll(windowValues, from, to - from);
    }

    @Override
    public double result() {
      return values.size() == 0
          ? StaleMarker.value()
          : Quantile.of(values.array(), values.size(), quantile);
    }
  }
}
