package io.chronicledb.engine.backend;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds blocks and the root. One instance has the only right to write; readers of a live database go through it. Thread-safe, {@link
 * #put} included, but {@link #commit} is called by one thread at a time.
 *
 * <p>Failures are {@link io.chronicledb.engine.error.ChronicleException}s with {@code storage_read}, {@code storage_write}, {@code
 * storage_full}, {@code corruption} or {@code read_only}.
 */
public interface StorageBackend extends AutoCloseable {

  /** Tells this database from every other one; given once, when it is created. */
  UUID databaseId();

  /** How people call the place, for messages: a file or a bucket. */
  String name();

  /** The root that counts now. */
  Root root();

  /**
   * The checkpoint that the storage can fall back to if its newest root turns out damaged. The WAL must keep everything after it.
   */
  long safeCheckpoint();

  /** Stores a block. It does not exist for a reopened database until a committed root names it. */
  StoredBlock put(NewBlock block);

  /** Gives up a block that was put and that no root will name. */
  void discard(StoredBlock block);

  /**
   * Copies a block to a place from which less storage is taken up, where there is one: in a file, nearer to its front. The copy is a block
   * of its own that replaces the first, as after a {@link #put}.
   *
   * @return null where the block is best left where it is
   * @throws io.chronicledb.engine.error.CorruptionException where it is not what was put
   */
  default @Nullable StoredBlock moveForward(StoredBlock block) {
    return null;
  }

  /**
   * Makes all blocks that were put, and {@code next}, durable and lets {@code next} count.
   *
   * @param expected the root that counts now; another one is a programming error of the caller
   */
  void commit(Root expected, Root next);

  /**
   * Keeps every block readable that the present root or the one before it names, or that a later one will, whatever is committed until
   * the pin is closed. Cheap: every query takes one. A pin that stays open keeps space from being used again.
   */
  Pin pin();

  /** The generation at which the oldest pin was taken that is still open; {@link Long#MAX_VALUE} where there is none. */
  long oldestPin();

  /** Holds blocks for a reader. Closing it twice does nothing. */
  interface Pin extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Reads a range of a block's payload into an array-backed buffer.
   */
  ByteBuffer read(StoredBlock block, long offset, int length);

  /**
   * Checks a block as it lies in storage, header and payload.
   *
   * @throws io.chronicledb.engine.error.CorruptionException where it is not what was put
   */
  void check(StoredBlock block);

  /** Bytes that the storage takes now. */
  long storageBytes();

  /** Bytes of {@link #storageBytes()} that the present root's blocks take. */
  long liveBytes();

  /** Bytes of {@link #storageBytes()} that new blocks can take. */
  long freeBytes();

  /** Makes the storage as small as its blocks allow, where that is not done anyway: in a file, cuts off a free end. */
  default void trim() {}

  /** Gives up the place. Further calls do nothing. */
  @Override
  void close();
}
