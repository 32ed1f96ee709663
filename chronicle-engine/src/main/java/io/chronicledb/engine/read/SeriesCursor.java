package io.chronicledb.engine.read;

import io.chronicledb.engine.block.MergedSamples;
import io.chronicledb.engine.block.SampleCursor;
import io.chronicledb.engine.block.SortedRun;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the samples of one series after another in batches: {@link #series}, then {@link #next} until it is 0. Samples ascend in time, each
 * timestamp once, the newest write winning. Stale markers are among them. Not thread-safe.
 */
public final class SeriesCursor {

  /** Samples of a batch at most. */
  public static final int BATCH = 1024;

  private final List<SortedRun> runs;
  private final TimeRange range;
  private final MergedSamples merged = new MergedSamples();
  private final List<SampleCursor> cursors = new ArrayList<>();
  private final long[] timestamps = new long[BATCH];
  private final double[] values = new double[BATCH];

  SeriesCursor(List<SortedRun> runs, TimeRange range) {
    this.runs = runs;
    this.range = range;
  }

  /** Moves to a series, which may have no samples. */
  public void series(long order) {
    cursors.clear();
    for (SortedRun run : runs) {
      int index = run.find(order);
      if (index >= 0 && range.overlapsClosed(run.minTime(index), run.maxTime(index))) {
        cursors.add(run.cursor(index, range));
      }
    }
    merged.reset(cursors);
  }

  /** Reads the next batch and returns its size; 0 at the end of the series. */
  public int next() {
    return cursors.isEmpty() ? 0 : merged.fill(timestamps, values);
  }

  /** Timestamps of the batch; overwritten by the next one. */
  public long[] timestamps() {
    return timestamps;
  }

  /** Values of the batch; overwritten by the next one. */
  public double[] values() {
    return values;
  }
}
