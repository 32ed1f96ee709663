package io.chronicledb.engine.block;

import io.chronicledb.engine.model.TimeRange;

/** Walks the series of one sorted run in their order. Not thread-safe. */
public interface RunCursor {

  /** Moves to the next series; false at the end of the run. */
  boolean next();

  /**
   * Moves to a series, in either direction; cheapest for one behind the present one.
   *
   * @return false where the run has nothing of it; {@link #next()} then goes on with the first series behind it, and the other methods
   *     must not be called before
   */
  boolean seek(long order);

  /** The {@linkplain io.chronicledb.engine.model.SeriesOrder order} of the present series. */
  long order();

  /** The smallest timestamp of the present series. */
  long minTime();

  /** The largest timestamp of the present series. */
  long maxTime();

  /** The samples of the present series that lie within a range. The same object is used again for the next series. */
  SampleCursor samples(TimeRange range);
}
