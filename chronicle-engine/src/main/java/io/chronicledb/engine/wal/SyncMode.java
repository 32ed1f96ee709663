package io.chronicledb.engine.wal;

/** When a write counts as acknowledged. */
public enum SyncMode {
  /** After an fsync, which all writers that wait share. Nothing acknowledged is lost, whatever happens. */
  SYNC,
  /**
   * After the operating system has the bytes; an fsync follows within the sync interval. A killed process loses nothing, a power cut at
   * most one interval.
   */
  INTERVAL,
  /** At once; the bytes are handed over within the sync interval. Spares flash; a kill loses at most one interval. */
  RELAXED
}
