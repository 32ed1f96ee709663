package io.chronicledb.engine.read;

import io.chronicledb.engine.block.ChunkStatistics;
import io.chronicledb.engine.block.MergedSamples;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.SampleCursor;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.NativeHistogram;
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

  /** Whether a sample of the batch is a stale marker, of whichever kind. */
  public boolean isStale(int place) {
    HistogramColumn column = merged.histograms();
    return column == null
        ? StaleMarker.is(merged.values()[place])
        : column.isStale(HistogramRows.row(merged.values()[place]));
  }

  /**
   * A sample of a batch of histograms. It says whether it is a gauge, and nothing else of counter resets: the sample before may have come,
   * gone or changed since it was written.
   */
  public NativeHistogram histogram(int place) {
    HistogramColumn column = merged.histograms();
    if (column == null) {
      throw new IllegalStateException("the batch has no histograms");
    }
    NativeHistogram histogram = column.get(HistogramRows.row(merged.values()[place]));
    return histogram.hint() == CounterResetHint.GAUGE
        ? histogram
        : histogram.withHint(CounterResetHint.UNKNOWN);
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
