package io.chronicledb.engine.block;

import io.chronicledb.engine.model.TimeRange;

/**
 * Samples sorted by (metric, series, time), each series and timestamp at most once: a memory block or a block of the data file.
 * Immutable and thread-safe. A run holds all points of the WAL sequences it states, and only those, within its window.
 */
public interface SortedRun {

  int seriesCount();

  /** The {@linkplain io.chronicledb.engine.model.SeriesOrder order} of the series at an index; ascending. */
  long order(int index);

  /** The index of a series, or a negative number where the run has nothing of it. */
  int find(long order);

  /** The samples of the series at an index that lie within a range. */
  SampleCursor cursor(int index, TimeRange range);

  /** The smallest timestamp. */
  long minTime();

  /** The largest timestamp. */
  long maxTime();

  /** The smallest timestamp of one series. */
  long minTime(int index);

  /** The largest timestamp of one series. */
  long maxTime(int index);

  long firstSequence();

  long lastSequence();

  /** Samples of all series together. */
  long sampleCount();
}
