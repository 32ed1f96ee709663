package io.chronicledb.engine;

import io.chronicledb.engine.query.QueryLimits;
import io.chronicledb.engine.wal.WalOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * How a database works. Immutable; {@link #defaults()} suits a small service, the {@code with…} methods change one thing each.
 *
 * @param memoryBytes what index, head and caches together may take
 * @param partition the width of a partition, for new blocks
 * @param bufferPoints points in the write buffer; fewer where the memory is too small for them
 * @param flushInterval the longest time for which a point is in the log only
 * @param compactionInterval how often quiet days are looked for, to be merged for keeps; zero for no merging of stored blocks but by
 *     {@link ChronicleDatabase#compact()}
 * @param zstandard whether blocks that are merged for keeps may be compressed with Zstandard where that wins; the optional library zstd-jni is
 *     needed then, for reading too
 * @param exemplarsMax how many exemplars are kept, of all series together: those that came last, and an eighth more at most; 0 for none
 * @param wal how the log is kept
 * @param query what queries may use up
 * @param clock tells the time of day: of writes without a timestamp, and {@code now()}
 * @param monotonicNanos a clock like {@link System#nanoTime()}, for intervals
 */
public record ChronicleOptions(
    long memoryBytes,
    Duration partition,
    int bufferPoints,
    Duration flushInterval,
    Duration compactionInterval,
    boolean zstandard,
    int exemplarsMax,
    WalOptions wal,
    QueryLimits query,
    InstantSource clock,
    LongSupplier monotonicNanos) {

  /** Less would not hold the write buffer and one block being written. */
  public static final long MEMORY_BYTES_MIN = 8L << 20;

  private static final int BUFFER_POINTS_MAX = 10_000_000;
  private static final int EXEMPLARS_MAX = 10_000_000;

  public ChronicleOptions {
    if (memoryBytes < MEMORY_BYTES_MIN) {
      throw new IllegalArgumentException(
          "max-memory must be at least " + MEMORY_BYTES_MIN + " bytes, not " + memoryBytes);
    }
    if (partition.compareTo(Duration.ofMinutes(1)) < 0
        || partition.compareTo(Duration.ofDays(3660)) > 0) {
      throw new IllegalArgumentException(
          "partition-duration must be between a minute and ten years, not " + partition);
    }
    if (bufferPoints < 1 || bufferPoints > BUFFER_POINTS_MAX) {
      throw new IllegalArgumentException(
          "buffer-size must be between 1 and " + BUFFER_POINTS_MAX + ", not " + bufferPoints);
    }
    if (flushInterval.isNegative() || flushInterval.isZero()) {
      throw new IllegalArgumentException("flush-interval must be positive, not " + flushInterval);
    }
    if (compactionInterval.isNegative()) {
      throw new IllegalArgumentException(
          "compaction.interval must not be negative: " + compactionInterval);
    }
    if (exemplarsMax < 0 || exemplarsMax > EXEMPLARS_MAX) {
      throw new IllegalArgumentException(
          "exemplars must be between 0 and " + EXEMPLARS_MAX + ", not " + exemplarsMax);
    }
  }

  public static ChronicleOptions defaults() {
    return new ChronicleOptions(
        64L << 20,
        Duration.ofHours(1),
        10_000,
        Duration.ofMinutes(5),
        Duration.ofMinutes(30),
        false,
        100_000,
        WalOptions.defaults(),
        QueryLimits.defaults(),
        InstantSource.system(),
        System::nanoTime);
  }

  public ChronicleOptions withMemoryBytes(long bytes) {
    return new ChronicleOptions(
        bytes,
        partition,
        bufferPoints,
        flushInterval,
        compactionInterval,
        zstandard,
        exemplarsMax,
        wal,
        query,
        clock,
        monotonicNanos);
  }

  public ChronicleOptions withPartition(Duration width) {
    return new ChronicleOptions(
        memoryBytes,
        width,
        bufferPoints,
        flushInterval,
        compactionInterval,
        zstandard,
        exemplarsMax,
        wal,
        query,
        clock,
        monotonicNanos);
  }

  public ChronicleOptions withBufferPoints(int points) {
    return new ChronicleOptions(
        memoryBytes,
        partition,
        points,
        flushInterval,
        compactionInterval,
        zstandard,
        exemplarsMax,
        wal,
        query,
        clock,
        monotonicNanos);
  }

  public ChronicleOptions withFlushInterval(Duration interval) {
    return new ChronicleOptions(
        memoryBytes,
        partition,
        bufferPoints,
        interval,
        compactionInterval,
        zstandard,
        exemplarsMax,
        wal,
        query,
        clock,
        monotonicNanos);
  }

  public ChronicleOptions withCompactionInterval(Duration interval) {
    return new ChronicleOptions(
        memoryBytes,
        partition,
        bufferPoints,
        flushInterval,
        interval,
        zstandard,
        exemplarsMax,
        wal,
        query,
        clock,
        monotonicNanos);
  }

  public ChronicleOptions withZstandard(boolean allowed) {
    return new ChronicleOptions(
        memoryBytes,
        partition,
        bufferPoints,
        flushInterval,
        compactionInterval,
        allowed,
        exemplarsMax,
        wal,
        query,
        clock,
        monotonicNanos);
  }

  public ChronicleOptions withExemplarsMax(int count) {
    return new ChronicleOptions(
        memoryBytes,
        partition,
        bufferPoints,
        flushInterval,
        compactionInterval,
        zstandard,
        count,
        wal,
        query,
        clock,
        monotonicNanos);
  }

  public ChronicleOptions withWal(WalOptions options) {
    return new ChronicleOptions(
        memoryBytes,
        partition,
        bufferPoints,
        flushInterval,
        compactionInterval,
        zstandard,
        exemplarsMax,
        options,
        query,
        clock,
        monotonicNanos);
  }

  public ChronicleOptions withQuery(QueryLimits limits) {
    return new ChronicleOptions(
        memoryBytes,
        partition,
        bufferPoints,
        flushInterval,
        compactionInterval,
        zstandard,
        exemplarsMax,
        wal,
        limits,
        clock,
        monotonicNanos);
  }

  public ChronicleOptions withClock(InstantSource source) {
    return new ChronicleOptions(
        memoryBytes,
        partition,
        bufferPoints,
        flushInterval,
        compactionInterval,
        zstandard,
        exemplarsMax,
        wal,
        query,
        source,
        monotonicNanos);
  }
}
