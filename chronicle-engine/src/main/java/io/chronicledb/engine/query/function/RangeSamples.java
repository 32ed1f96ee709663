package io.chronicledb.engine.query.function;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The samples of an anchored or smoothed range by itself: those within it, and one at each of its bounds. */
public record RangeSamples(long[] timestamps, double[] values) {

  /**
   * @param timestamps,values of one series, at least one, with those around the range
   * @param smoothed whether the values at the bounds are on lines between samples, and not those of the samples before
   * @return null where all samples are before the range
   */
  public static @Nullable RangeSamples of(
      long[] timestamps, double[] values, long start, long end, boolean smoothed) {
    int last = timestamps.length - 1;
    if (smoothed) {
      last = Math.min(last, indexAtOrAfter(timestamps, end));
    }
    if (timestamps[last] <= start) {
      return null;
    }
    int first = Math.max(0, indexAtOrAfter(timestamps, start + 1) - 1);
    double left = smoothed && timestamps[first] < start
        ? between(timestamps, values, first, start)
        : values[first];
    double right = smoothed && last > 0 && timestamps[last] > end
        ? between(timestamps, values, last - 1, end)
        : values[last];
    int from = timestamps[first] <= start ? first + 1 : first;
    int to = timestamps[last] >= end ? last : last + 1;
    int inside = Math.max(0, to - from);
    var rangeTimes = new long[inside + 2];
    var rangeValues = new double[inside + 2];
    System.arraycopy(timestamps, from, rangeTimes, 1, inside);
    System.arraycopy(values, from, rangeValues, 1, inside);
    rangeTimes[0] = start;
    rangeValues[0] = left;
    rangeTimes[inside + 1] = end;
    rangeValues[inside + 1] = right;
    return new RangeSamples(rangeTimes, rangeValues);
  }

  private static int indexAtOrAfter(long[] timestamps, long time) {
    int index = Arrays.binarySearch(timestamps, time);
    return index >= 0 ? index : -index - 1;
  }

  private static double between(long[] timestamps, double[] values, int first, long instant) {
    return CounterChange.interpolate(
        timestamps[first], values[first], timestamps[first + 1], values[first + 1], instant, false);
  }
}
