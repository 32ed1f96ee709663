package io.chronicledb.engine.block;

/** Constants of the block format, version 1; the drawing stands in the package's description. */
final class BlockLayout {

  static final byte[] MAGIC = {'C', 'H', 'R', 'B', 'L', 'K'};
  static final int VERSION = 2;
  static final int HEADER_BYTES = 88;

  /** A chunk's columns, decoded, stay in the processor's first cache: 2048 × 16 bytes. */
  static final int CHUNK_SAMPLES_MAX = 2048;

  static final int CRC_BYTES = 4;
  static final int FLAG_HAS_NAN = 1;
  /** The least bytes that a chunk's entry in the directory takes; bounds what a forged count can make us allocate. */
  static final int CHUNK_ENTRY_BYTES_MIN = 23;

  private BlockLayout() {}
}
