package io.chronicledb.engine.read;

import io.chronicledb.engine.block.ChunkStatistics;
import io.chronicledb.engine.block.MergedSamples;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.SampleCursor;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the samples of one series after another in batches: {@link #series}, then {@link #next} until it is false. Samples ascend in time,
 * each timestamp once, the newest write winning. Stale markers are among them. Not thread-safe.
 */
public final class SeriesCursor {

  private final List<RunCursor> runs;
  private final TimeRange range;
  private final MergedSamples merged = new MergedSamples();
  private final List<SampleCursor> cursors = new ArrayList<>();

  SeriesCursor(List<RunCursor> runs, TimeRange range) {
    this.runs = runs;
    this.range = range;
  }

  /** How many blocks and runs in memory overlap the range. */
  public int blockCount() {
    return runs.size();
  }

  /** Moves to a series, which may have no samples. Cheapest in ascending order. */
  public void series(long order) {
    cursors.clear();
    for (RunCursor run : runs) {
      if (run.seek(order) && range.overlapsClosed(run.minTime(), run.maxTime())) {
        cursors.add(run.samples(range));
      }
    }
    merged.reset(cursors);
  }

  /** Moves to the next batch, which holds at least one sample; false at the end of the series. */
  public boolean next() {
    return merged.next();
  }

  /** Timestamps of the batch, from {@link #start()} to {@link #end()}; valid until the next call of {@link #next()}. Not to be changed. */
  public long[] timestamps() {
    return merged.timestamps();
  }

  /** Values of the batch, in the places of {@link #timestamps()}. */
  public double[] values() {
    return merged.values();
  }

  /** What the values of the batch refer to, as {@link HistogramRows} says; null where they are the samples themselves. */
  public @Nullable HistogramColumn histograms() {
    return merged.histograms();
  }

  public int start() {
    return merged.start();
  }

  public int end() {
    return merged.end();
  }

  /**
   * Describes the next samples by the chunk directory, where they are a whole chunk, nothing newer reaches into it, and none of its values
   * is NaN or a stale marker. Nothing is taken: {@link #skipDescribed()} or {@link #next()} goes on.
   *
   * @return false where only the samples tell; {@code into} is undefined then
   */
  public boolean describeNext(ChunkStatistics into) {
    return merged.describeNext(into);
  }

  /** Passes over the chunk that {@link #describeNext} has just described. */
  public void skipDescribed() {
    merged.skipDescribed();
  }
}
