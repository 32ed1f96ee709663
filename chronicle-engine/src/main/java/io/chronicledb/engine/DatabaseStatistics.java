package io.chronicledb.engine;

import io.chronicledb.engine.recovery.RecoveryReport;

/**
 * Figures of an open database, as of the call.
 *
 * @param series series that were ever written
 * @param headSamples points that wait in memory for a flush; repeats are counted
 * @param storedSamples points in storage; repeats over blocks are counted
 * @param partitions windows of time in storage
 * @param blocks data blocks in storage
 * @param storageBytes bytes of the storage
 * @param walBytes bytes of the log
 * @param memoryBytes bytes of head, index and caches
 * @param writable false where a failed fsync keeps the log from taking writes until the database is reopened
 * @param recovery what opening found
 */
public record DatabaseStatistics(
    int series,
    long headSamples,
    long storedSamples,
    int partitions,
    int blocks,
    long storageBytes,
    long walBytes,
    long memoryBytes,
    boolean writable,
    RecoveryReport recovery) {

  /** Ranges of the log that opening found damaged; their points are lost. */
  public int lostRanges() {
    return recovery.lost().size();
  }
}
