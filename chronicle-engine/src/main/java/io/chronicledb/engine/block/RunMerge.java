package io.chronicledb.engine.block;

import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The one merge routine: several sorted runs, neighbours in sequence order, into one. It serves merges in memory, flushes and
 * compaction; a series' samples pass through a small buffer, so memory does not grow with the runs.
 */
public final class RunMerge {

  private static final int BATCH = 1024;

  private RunMerge() {}

  /**
   * Merges runs into a sink.
   *
   * @param runs from the lowest sequences to the highest
   */
  public static void merge(List<? extends SortedRun> runs, RunSink sink) {
    var positions = new int[runs.size()];
    var cursors = new ArrayList<SampleCursor>(runs.size());
    var merged = new MergedSamples();
    var timestamps = new long[BATCH];
    var values = new double[BATCH];
    while (true) {
      long order = Long.MAX_VALUE;
      for (int i = 0; i < positions.length; i++) {
        SortedRun run = runs.get(i);
        if (positions[i] < run.seriesCount()) {
          order = Math.min(order, run.order(positions[i]));
        }
      }
      if (order == Long.MAX_VALUE) {
        return;
      }
      cursors.clear();
      for (int i = 0; i < positions.length; i++) {
        SortedRun run = runs.get(i);
        if (positions[i] < run.seriesCount() && run.order(positions[i]) == order) {
          cursors.add(run.cursor(positions[i]++, TimeRange.ALL));
        }
      }
      merged.reset(cursors);
      int count = merged.fill(timestamps, values);
      if (count > 0) {
        sink.series(order);
      }
      while (count > 0) {
        sink.samples(timestamps, values, count);
        count = merged.fill(timestamps, values);
      }
    }
  }
}
