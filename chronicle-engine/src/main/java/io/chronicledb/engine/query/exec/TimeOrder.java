package io.chronicledb.engine.query.exec;

import org.jspecify.annotations.Nullable;

/** Puts rows in the order of their times; rows of one time keep their order. */
final class TimeOrder {

  private TimeOrder() {}

  /**
   * The places of the rows in the order of their times; null where they are in it already. Rows come as stretches that ascend, one for each
   * series, so neighbouring stretches are merged until one is left.
   */
  static int @Nullable [] of(long[] times, int count) {
    int[] starts = stretches(times, count);
    int stretches = starts.length - 1;
    if (stretches <= 1) {
      return null;
    }
    var from = new int[count];
    for (int i = 0; i < count; i++) {
      from[i] = i;
    }
    var to = new int[count];
    while (stretches > 1) {
      int merged = 0;
      for (int i = 0; i < stretches; i += 2) {
        int start = starts[i];
        int end = i + 1 < stretches ? starts[i + 2] : starts[i + 1];
        merge(times, from, to, start, starts[i + 1], end);
        starts[merged++] = start;
      }
      starts[merged] = count;
      stretches = merged;
      int[] swapped = from;
      from = to;
      to = swapped;
    }
    return from;
  }

  private static int[] stretches(long[] times, int count) {
    int stretches = 1;
    for (int i = 1; i < count; i++) {
      if (times[i] < times[i - 1]) {
        stretches++;
      }
    }
    var starts = new int[stretches + 1];
    int at = 1;
    for (int i = 1; i < count; i++) {
      if (times[i] < times[i - 1]) {
        starts[at++] = i;
      }
    }
    starts[stretches] = count;
    return starts;
  }

  private static void merge(long[] times, int[] from, int[] to, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      to[i] = right >= end || (left < middle && times[from[left]] <= times[from[right]])
          ? from[left++]
          : from[right++];
    }
  }
}
