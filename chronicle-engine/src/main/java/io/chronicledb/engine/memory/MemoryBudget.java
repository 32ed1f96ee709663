package io.chronicledb.engine.memory;

import java.util.function.LongSupplier;

/**
 * What the parts of one database may take of its memory. The index comes first, since it cannot be given up; head and caches share what it
 * leaves, so they shrink as it grows. Thread-safe.
 *
 * <pre>
 * budget                                 chronicle.max-memory
 * ├─ index       up to 3/4, beyond which new series are refused; up to 1/16 for what is known of metrics
 * └─ the rest    at least 1/4
 *    ├─ head     flushed from 1/4 of the rest on, writers wait at 1/2
 *    ├─ cache    1/4: open blocks and pages of their directories
 *    └─ work     1/4: what flushes, merges and queries need for a while
 * </pre>
 */
public final class MemoryBudget {

  private static final int BLOCK_BYTES_MIN = 1 << 20;
  private static final int BLOCK_BYTES_MAX = 16 << 20;

  private static final int METADATA_BYTES_MAX = 64 << 20;
  private static final int METADATA_SHARE = 16;

  private final long bytes;
  private final LongSupplier indexBytes;

  /**
   * @param bytes all together
   * @param indexBytes what the index takes now; called often
   */
  public MemoryBudget(long bytes, LongSupplier indexBytes) {
    this.bytes = bytes;
    this.indexBytes = indexBytes;
  }

  /** Bytes that the index may take. */
  public long indexBytesMax() {
    return bytes / 4 * 3;
  }

  /** Bytes that what is known of metrics may take, as a part of the index. */
  public long metadataBytesMax() {
    return Math.min(METADATA_BYTES_MAX, bytes / METADATA_SHARE);
  }

  private long rest() {
    return Math.max(bytes / 4, bytes - indexBytes.getAsLong());
  }

  /** Bytes of points in memory at which a flush starts. */
  public long headFlushBytes() {
    return rest() / 4;
  }

  /** Bytes of points in memory at which writers are held back. */
  public long headBytesMax() {
    return rest() / 2;
  }

  /** Bytes of cached block directories. */
  public long cacheBytesMax() {
    return rest() / 4;
  }

  /**
   * The size at which a block is ended. What is being written lies in memory, and smaller blocks find a place in freed space more easily;
   * larger ones keep the root short.
   */
  public int blockBytes() {
    return (int) Math.max(BLOCK_BYTES_MIN, Math.min(BLOCK_BYTES_MAX, bytes / 64));
  }
}
