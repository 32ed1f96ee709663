package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.query.function.WindowFunction.Accumulator;

/** How values change over a window: differences, rates, changes and resets. */
final class CounterChange {

  private static final double NANOS_PER_SECOND = 1e9;

  private CounterChange() {}

  /** The value at an instant on the line between two samples; a counter that fell has begun at zero. */
  static double interpolate(
      long firstTime, double first, long secondTime, double second, long instant, boolean counter) {
    double start = counter && second < first ? 0 : first;
    return start
        + (second - start) * (double) (instant - firstTime) / (double) (secondTime - firstTime);
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
    /** Of a window that slides: when a value was below the one before for the last time. */
    private boolean anyReset;

    private long lastReset;
    /** Where samples and bounds of a window were, in nanoseconds, and what follows from that, in seconds. */
    private long placedStart;

    private long placedSampled;
    private long placedEnd;
    private long placedCount;
    private double toStart;
    private double sampled;
    private double toEnd;
    private double factor;

    Extrapolated(boolean counter, boolean perSecond) {
      this.counter = counter;
      this.perSecond = perSecond;
    }

    @Override
    public void restart() {
      anyReset = false;
    }

    @Override
    public void start(long start, long end) {
      windowStart = start;
      windowEnd = end;
      count = 0;
      resets = 0;
    }

    /** Most windows have no reset, which needs a look at new samples alone. */
    @Override
    public void slide(long[] timestamps, double[] values, int from, int to, int firstNew) {
      if (counter && hasReset(timestamps, values, from, to, firstNew)) {
        add(timestamps, values, from, to);
        return;
      }
      first = values[from];
      firstTime = timestamps[from];
      last = values[to - 1];
      lastTime = timestamps[to - 1];
      count = to - from;
    }

    private boolean hasReset(long[] timestamps, double[] values, int from, int to, int firstNew) {
      for (int i = Math.max(from + 1, firstNew); i < to; i++) {
        if (values[i] < values[i - 1]) {
          anyReset = true;
          lastReset = timestamps[i];
        }
      }
      return anyReset && lastReset > timestamps[from];
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
      place(firstTime - windowStart, lastTime - firstTime, windowEnd - lastTime);
      // A counter cannot have been below zero: it starts no earlier than where its slope meets
      // zero. That is further away than any bound where the first value is twice the change.
      if (counter && change > 0 && first >= 0 && !(first >= 2 * change)) {
        return change * factor(Math.min(toStart, sampled * (first / change)));
      }
      return change * factor;
    }

    /** Finds the factor by which the change is extrapolated, mostly the same as for the window before. */
    private void place(long startNanos, long sampledNanos, long endNanos) {
      if (startNanos == placedStart
          && sampledNanos == placedSampled
          && endNanos == placedEnd
          && count == placedCount) {
        return;
      }
      placedStart = startNanos;
      placedSampled = sampledNanos;
      placedEnd = endNanos;
      placedCount = count;
      toStart = startNanos / NANOS_PER_SECOND;
      toEnd = endNanos / NANOS_PER_SECOND;
      sampled = sampledNanos / NANOS_PER_SECOND;
      double distance = sampled / (count - 1);
      double near = distance * NEAR;
      if (toStart >= near) {
        toStart = distance / 2;
      }
      if (toEnd >= near) {
        toEnd = distance / 2;
      }
      factor = factor(toStart);
    }

    private double factor(double start) {
      double factorOfRange = (sampled + start + toEnd) / sampled;
      return perSecond
          ? factorOfRange / ((windowEnd - windowStart) / NANOS_PER_SECOND)
          : factorOfRange;
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

  /** Keeps the samples around a range, for functions that look beyond its bounds. */
  private abstract static class AroundRange implements Accumulator {
    final LongColumn times = new LongColumn(64);
    final DoubleColumn values = new DoubleColumn(64);
    long rangeStart;
    long rangeEnd;

    @Override
    public void start(long start, long end) {
      rangeStart = start;
      rangeEnd = end;
      times.clear();
      values.clear();
    }

    @Override
    public void add(long[] timestamps, double[] newValues, int from, int to) {
      times.addAll(timestamps, from, to - from);
      values.addAll(newValues, from, to - from);
    }

    /** The newest sample at or before the start of the range, else the oldest. */
    final int first() {
      int last = times.size() - 1;
      int first = 0;
      while (first < last && times.get(first) <= rangeStart) {
        first++;
      }
      return Math.max(0, first - 1);
    }

    final boolean endsBeforeRange() {
      return times.size() == 0 || times.get(times.size() - 1) <= rangeStart;
    }
  }

  /**
   * {@code rate}, {@code increase} and {@code delta} without extrapolation: between the values at the bounds of the range. Anchored, these are
   * the newest samples at or before them; smoothed, they are interpolated.
   */
  static final class Bounded extends AroundRange {
    private final boolean counter;
    private final boolean perSecond;
    private final boolean smoothed;

    Bounded(boolean counter, boolean perSecond, boolean smoothed) {
      this.counter = counter;
      this.perSecond = perSecond;
      this.smoothed = smoothed;
    }

    @Override
    public double result() {
      if (endsBeforeRange()) {
        return StaleMarker.value();
      }
      int first = first();
      int last = times.size() - 1;
      if (smoothed) {
        int search = 0;
        while (search < last && times.get(search) < rangeEnd) {
          search++;
        }
        last = search;
        if (times.get(last) <= rangeStart || times.get(first) > rangeEnd) {
          return StaleMarker.value();
        }
      }
      double left = values.get(first);
      if (smoothed && times.get(first) < rangeStart) {
        left = between(first, first + 1, rangeStart);
      }
      double right = values.get(last);
      if (smoothed && last > 0 && times.get(last) > rangeEnd) {
        right = between(last - 1, last, rangeEnd);
      }
      double change = right - left;
      if (counter) {
        change += lostToResets(left, right, first, last);
      }
      return perSecond ? change / ((rangeEnd - rangeStart) / NANOS_PER_SECOND) : change;
    }

    private double between(int first, int second, long instant) {
      return interpolate(
          times.get(first),
          values.get(first),
          times.get(second),
          values.get(second),
          instant,
          counter);
    }

    private double lostToResets(double left, double right, int first, int last) {
      int from = times.get(first) <= rangeStart ? first + 1 : first;
      int to = times.get(last) >= rangeEnd ? last - 1 : last;
      double lost = 0;
      double previous = left;
      for (int i = from; i <= to; i++) {
        if (values.get(i) < previous) {
          lost += previous;
        }
        previous = values.get(i);
      }
      return right < previous ? lost + previous : lost;
    }
  }

  /** {@code changes} and {@code resets} from the newest sample at or before the start of the range on. */
  static final class AnchoredTransitions extends AroundRange {
    private final Transitions transitions;

    AnchoredTransitions(boolean resetsOnly) {
      this.transitions = new Transitions(resetsOnly);
    }

    @Override
    public double result() {
      if (endsBeforeRange()) {
        return StaleMarker.value();
      }
      transitions.start(rangeStart, rangeEnd);
      transitions.add(times.array(), values.array(), first(), times.size());
      return transitions.result();
    }
  }
}
