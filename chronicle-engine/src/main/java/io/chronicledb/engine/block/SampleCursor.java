package io.chronicledb.engine.block;

/**
 * The samples of one series in one sorted run, ascending in time and without repeats, a slice of arrays at a time. Not thread-safe.
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

  /** The slice's values, in the places of {@link #timestamps()}. */
  double[] values();

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
