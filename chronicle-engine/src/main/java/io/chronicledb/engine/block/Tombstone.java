package io.chronicledb.engine.block;

import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TimeRange;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * A deletion: it hides the points of some series within a range whose sequence is lower than its own. A run whose {@linkplain
 * SortedRun#lastSequence() last sequence} is higher has had it applied. Immutable.
 *
 * @param sequence the deletion's place in the log
 * @param series ids of the series; null for all. Not to be changed
 * @param range the timestamps that it hides
 */
public record Tombstone(long sequence, @Nullable RoaringBitmap series, TimeRange range) {

  /** Whether points of a series are among the hidden ones. */
  boolean covers(long order) {
    return series == null || series.contains(SeriesOrder.seriesId(order));
  }

  /** Whether it is younger than all points of a run and reaches into its time. */
  public boolean concerns(long lastSequence, long minTime, long maxTime) {
    return lastSequence < sequence && range.overlapsClosed(minTime, maxTime);
  }

  /** Whether it hides everything that a run holds, whatever its series are. */
  public boolean hidesAll(long lastSequence, long minTime, long maxTime) {
    return series == null
        && lastSequence < sequence
        && range.contains(minTime)
        && range.contains(maxTime);
  }
}
