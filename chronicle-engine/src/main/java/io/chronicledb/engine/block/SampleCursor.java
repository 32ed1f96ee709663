package io.chronicledb.engine.block;

import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one series in one sorted run, ascending in time and without repeats, a slice of arrays at a time. The samples of a slice
 * are of one kind, doubles or native histograms. Not thread-safe.
 */
public interface SampleCursor {

  /**
   * A lower bound for the timestamps of the next slice, known without decoding it; {@link Long#MAX_VALUE} where there is none.
   */
  long nextTime();

  /** Moves to the next slice, which holds at least one sample; false at the end. */
  boolean next();

  /** The slice's timestamps, from {@link #start()} to {@link #end()}; valid until the next call of {@link #next()}. */
  long[] timestamps();

  /** The slice's values, in the places of {@link #timestamps()}; {@linkplain HistogramRows rows} where it holds histograms. */
  double[] values();

  /** The slice's histograms, which its values refer to; null where it holds doubles. Valid as long as the timestamps. */
  @Nullable
  HistogramColumn histograms();

  int start();

  int end();

  /**
   * Describes the next slice without decoding it, where that can answer for its samples: it is a whole chunk inside of the cursor's range,
   * and none of its values is NaN or a stale marker.
   *
   * @return false where only decoding tells; {@code into} is undefined then
   */
  default boolean describeNext(ChunkStatistics into) {
    return false;
  }

  /**
   * Passes over the next slice; called only after {@link #describeNext} said true, or after {@link #next()} found that the slice is
   * damaged, which leaves the cursor before it.
   */
  default void skip() {
    throw new IllegalStateException("the next slice is not described");
  }
}
