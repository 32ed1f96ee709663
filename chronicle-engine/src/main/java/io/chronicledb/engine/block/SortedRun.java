package io.chronicledb.engine.block;

/**
 * Samples sorted by (metric, series, time), each series and timestamp at most once: a memory block or a block of the data file.
 * Immutable and thread-safe; its cursors belong to one thread each. A run holds all points of the WAL sequences it states, and only those,
 * within its window and its stretch of series.
 */
public interface SortedRun {

  /** A cursor that stands before the first series. */
  RunCursor cursor();

  /** The smallest timestamp. */
  long minTime();

  /** The largest timestamp. */
  long maxTime();

  long firstSequence();

  /** The last sequence; deletions up to it have been applied to the run. */
  long lastSequence();

  /** Samples of all series together. */
  long sampleCount();
}
