package io.chronicledb.engine.block;

import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The one merge routine: several sorted runs, neighbours in sequence order, into one. It serves merges in memory, flushes, compaction and
 * the application of deletions; a series' samples pass through a slice at a time, so memory does not grow with the runs.
 */
public final class RunMerge {

  private RunMerge() {}

  /**
   * Merges runs into a sink.
   *
   * @param runs from the lowest sequences to the highest; each cursor stands before its run's first series
   */
  public static void merge(List<RunCursor> runs, RunSink sink) {
    int count = runs.size();
    var cursors = runs.toArray(new RunCursor[0]);
    // Each run's present series; MAX_VALUE at its end.
    var orders = new long[count];
    for (int i = 0; i < count; i++) {
      orders[i] = cursors[i].next() ? cursors[i].order() : Long.MAX_VALUE;
    }
    var together = new ArrayList<SampleCursor>(count);
    var merged = new MergedSamples();
    while (true) {
      long order = Long.MAX_VALUE;
      int holder = -1;
      boolean shared = false;
      for (int i = 0; i < count; i++) {
        if (orders[i] < order) {
          order = orders[i];
          holder = i;
          shared = false;
        } else {
          shared |= orders[i] == order;
        }
      }
      if (holder < 0) {
        return;
      }
      if (!shared) {
        copy(order, cursors[holder].samples(TimeRange.ALL), sink, false);
        orders[holder] = cursors[holder].next() ? cursors[holder].order() : Long.MAX_VALUE;
        continue;
      }
      if (followOneAnother(cursors, orders, holder)) {
        boolean started = false;
        for (int i = holder; i < count; i++) {
          if (orders[i] == order) {
            started = copy(order, cursors[i].samples(TimeRange.ALL), sink, started);
            orders[i] = cursors[i].next() ? cursors[i].order() : Long.MAX_VALUE;
          }
        }
        continue;
      }
      together.clear();
      for (int i = holder; i < count; i++) {
        if (orders[i] == order) {
          together.add(cursors[i].samples(TimeRange.ALL));
        }
      }
      merged.reset(together);
      boolean started = false;
      while (merged.next()) {
        if (!started) {
          sink.series(order);
          started = true;
        }
        sink.samples(
            merged.timestamps(),
            merged.values(),
            merged.histograms(),
            merged.start(),
            merged.end());
      }
      for (int i = holder; i < count; i++) {
        if (orders[i] == order) {
          orders[i] = cursors[i].next() ? cursors[i].order() : Long.MAX_VALUE;
        }
      }
    }
  }

  /** Whether the runs that have the series of the holder have it one after the other in time, as points mostly arrive. */
  private static boolean followOneAnother(RunCursor[] cursors, long[] orders, int holder) {
    long lastTime = cursors[holder].maxTime();
    for (int i = holder + 1; i < cursors.length; i++) {
      if (orders[i] == orders[holder]) {
        if (cursors[i].minTime() <= lastTime) {
          return false;
        }
        lastTime = cursors[i].maxTime();
      }
    }
    return true;
  }

  /**
   * Hands on the samples of one run as they are.
   *
   * @param started whether the sink knows the series already
   * @return whether it does now
   */
  private static boolean copy(long order, SampleCursor samples, RunSink sink, boolean started) {
    boolean known = started;
    while (samples.next()) {
      if (!known) {
        sink.series(order);
        known = true;
      }
      sink.samples(
          samples.timestamps(),
          samples.values(),
          samples.histograms(),
          samples.start(),
          samples.end());
    }
    return known;
  }
}
