package io.chronicledb.engine.wal;

import java.time.Duration;

/**
 * How the log is kept.
 *
 * @param sync when a write counts as acknowledged
 * @param syncInterval the longest time between fsyncs in {@link SyncMode#INTERVAL}, and between hand-overs in {@link SyncMode#RELAXED}
 * @param segmentBytes the size at which a segment is finished
 * @param segmentsMin finished segments that are kept although the data file has their points
 */
public record WalOptions(SyncMode sync, Duration syncInterval, long segmentBytes, int segmentsMin) {

  /** The smallest segment that makes sense: about a thousand small records. */
  public static final long SEGMENT_BYTES_MIN = 64 << 10;

  private static final int MEMORY_SHARE = 16;

  public WalOptions {
    if (syncInterval.isNegative() || syncInterval.isZero()) {
      throw new IllegalArgumentException(
          "the WAL's sync interval must be positive, not " + syncInterval);
    }
    if (segmentBytes < SEGMENT_BYTES_MIN) {
      throw new IllegalArgumentException(
          "a WAL segment must have at least " + SEGMENT_BYTES_MIN + " bytes, not " + segmentBytes);
    }
    if (segmentsMin < 0) {
      throw new IllegalArgumentException(
          "the number of WAL segments to keep must not be negative: " + segmentsMin);
    }
  }

  public static WalOptions defaults() {
    return new WalOptions(SyncMode.INTERVAL, Duration.ofSeconds(1), 128L << 20, 3);
  }

  /**
   * For a log that lives in memory: nothing is read back from it, so it is cut into small segments and none is kept.
   *
   * @param memoryBytes the memory of the database, of which a segment takes a small share
   */
  public static WalOptions inMemory(long memoryBytes) {
    return new WalOptions(
        SyncMode.RELAXED,
        Duration.ofSeconds(1),
        Math.max(SEGMENT_BYTES_MIN, memoryBytes / MEMORY_SHARE),
        0);
  }

  public WalOptions withSync(SyncMode mode) {
    return new WalOptions(mode, syncInterval, segmentBytes, segmentsMin);
  }
}
