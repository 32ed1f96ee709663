package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.StoredBlock;

/** Where blocks lie in the data file, for tests that damage them. */
public final class BlockBounds {

  private BlockBounds() {}

  /** The offset of the header. */
  public static long start(StoredBlock block) {
    return BlockPlace.of(block).offset();
  }

  /** The offset behind the payload. */
  public static long end(StoredBlock block) {
    return start(block) + BlockPlace.of(block).bytes(block.length());
  }
}
