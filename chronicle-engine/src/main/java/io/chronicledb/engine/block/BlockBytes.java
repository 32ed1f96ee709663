package io.chronicledb.engine.block;

import java.nio.ByteBuffer;

/** Ranged access to the bytes of one block, wherever it is stored. Thread-safe. */
@FunctionalInterface
public interface BlockBytes {

  /**
   * Reads exactly {@code length} bytes from {@code offset} within the block into an array-backed buffer.
   *
   * @throws io.chronicledb.engine.error.ChronicleException where storage fails or the block ends before
   */
  ByteBuffer read(long offset, int length);
}
