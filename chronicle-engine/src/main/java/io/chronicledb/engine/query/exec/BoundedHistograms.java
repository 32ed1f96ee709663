package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Native histograms at the bounds of a range, for anchored and smoothed selectors, as Prometheus 3 has them: anchored, these are the newest
 * samples at or before the bounds; smoothed, they lie between the samples around them. For one window without doubles.
 */
final class BoundedHistograms {

  private final Annotations annotations;
  private final String metric;
  private final String position;
  private final SlidingSamples samples;

  BoundedHistograms(
      Annotations annotations, String metric, String position, SlidingSamples samples) {
    this.annotations = annotations;
    this.metric = metric;
    this.position = position;
    this.samples = samples;
  }

  /** The newest sample at or before an instant, else the oldest. */
  static int newestUpTo(SlidingSamples samples, long instant) {
    int last = samples.to - 1;
    int place = samples.from;
    while (place < last && samples.timestamps[place] <= instant) {
      place++;
    }
    return Math.max(samples.from, place - 1);
  }

  /** What a histogram is at an instant; null where there is none yet, or where buckets do not go together. */
  @Nullable
  NativeHistogram at(long instant) {
    int after = samples.from;
    while (after < samples.to && samples.timestamps[after] < instant) {
      after++;
    }
    if (after < samples.to && samples.timestamps[after] == instant) {
      return histogram(after);
    }
    if (after == samples.from) {
      return null;
    }
    if (after == samples.to) {
      // Its hint was about the sample before.
      return histogram(after - 1).withHint(CounterResetHint.UNKNOWN);
    }
    NativeHistogram previous = histogram(after - 1);
    NativeHistogram next = histogram(after);
    if (!next.isCompatibleWith(previous)) {
      annotations.mixedBuckets(metric, position);
      return null;
    }
    boolean gauge =
        previous.hint() == CounterResetHint.GAUGE && next.hint() == CounterResetHint.GAUGE;
    return between(after - 1, after, instant, !gauge);
  }

  /** The histogram at the end of the range less the one at its start, and what was lost to resets; null where there is none. */
  @Nullable
  NativeHistogram change(long start, long end, boolean counter, boolean smoothed) {
    long[] times = samples.timestamps;
    int first = newestUpTo(samples, start);
    int last = samples.to - 1;
    if (smoothed) {
      int search = samples.from;
      while (search < last && times[search] < end) {
        search++;
      }
      last = search;
    }
    if (times[last] <= start || smoothed && times[first] > end || !isValid(first, last, counter)) {
      return null;
    }
    NativeHistogram left = smoothed && times[first] < start
        ? between(first, first + 1, start, counter)
        : histogram(first);
    NativeHistogram right = smoothed && last > samples.from && times[last] > end
        ? between(last - 1, last, end, counter)
        : histogram(last);
    if (!counter
        && (left.hint() != CounterResetHint.GAUGE || right.hint() != CounterResetHint.GAUGE)) {
      annotations.notAGauge(metric, position);
    }
    NativeHistogram change = minus(right, left);
    return counter
        ? withLost(change, left, right, first, last, smoothed && times[first] < start)
        : change;
  }

  private boolean isValid(int first, int last, boolean counter) {
    for (int i = first; i <= last; i++) {
      if (!histogram(i).isCompatibleWith(histogram(first))) {
        annotations.mixedBuckets(metric, position);
        return false;
      }
      if (counter && histogram(i).hint() == CounterResetHint.GAUGE) {
        annotations.notACounter(metric, position);
      }
    }
    return true;
  }

  /** @param leftBetween whether the left one lies between the first sample and the next */
  private NativeHistogram withLost(
      NativeHistogram change,
      NativeHistogram left,
      NativeHistogram right,
      int first,
      int last,
      boolean leftBetween) {
    NativeHistogram all = change;
    NativeHistogram previous = left;
    int next = first + 1;
    if (leftBetween && histogram(next).isResetFrom(histogram(first))) {
      // The left one began at zero already.
      previous = histogram(next);
      next++;
    }
    if (next > last) {
      return all;
    }
    for (int i = next; i < last; i++) {
      if (histogram(i).isResetFrom(previous)) {
        all = plus(all, previous);
      }
      previous = histogram(i);
    }
    return right.isResetFrom(previous) ? plus(all, previous) : all;
  }

  /** The histogram at an instant between two samples; a counter that began again did so at zero. */
  private NativeHistogram between(int first, int second, long instant, boolean counter) {
    NativeHistogram before = histogram(first);
    NativeHistogram after = histogram(second);
    long from = samples.timestamps[first];
    long to = samples.timestamps[second];
    if (instant == to) {
      return after;
    }
    double part = (double) (instant - from) / (double) (to - from);
    if (counter && after.isResetFrom(before)) {
      return after.times(part);
    }
    return plus(minus(after, before).times(part), before);
  }

  private NativeHistogram plus(NativeHistogram a, NativeHistogram b) {
    NativeHistogram.Combined sum = a.plus(b);
    if (sum.boundsReconciled()) {
      annotations.reconciledBounds("addition", position);
    }
    return sum.histogram();
  }

  private NativeHistogram minus(NativeHistogram a, NativeHistogram b) {
    NativeHistogram.Combined difference = a.minus(b);
    if (difference.boundsReconciled()) {
      annotations.reconciledBounds("subtraction", position);
    }
    return difference.histogram();
  }

  private NativeHistogram histogram(int place) {
    return Objects.requireNonNull(samples.histogram(place));
  }
}
