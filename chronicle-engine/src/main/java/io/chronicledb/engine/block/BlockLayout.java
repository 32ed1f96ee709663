package io.chronicledb.engine.block;

import io.chronicledb.engine.codec.ChunkEncoder;

/** Constants of the block format, versions 2 and 3; the drawing stands in the package's description. */
final class BlockLayout {

  static final byte[] MAGIC = {'C', 'H', 'R', 'B', 'L', 'K'};
  /** Of blocks without histograms. */
  static final int VERSION_PLAIN = 2;

  static final int VERSION = 3;
  static final int HEADER_BYTES = 6 + 2 + 9 * 8 + 7 * 4;

  static final int CHUNK_SAMPLES_MAX = ChunkEncoder.SAMPLES_MAX;

  /** A page of the directory ends after the series with which it reaches this size: one read, and what a lookup decodes at most. */
  static final int PAGE_BYTES = 8 << 10;

  static final int CRC_BYTES = 4;

  /** Bits of a chunk entry's form. */
  static final int FORM_UNIT_MASK = 0b11;

  static final int FORM_STATISTICS_SHIFT = 2;
  static final int FORM_STATISTICS_MASK = 0b11;
  static final int FORM_HAS_NAN = 0b1_0000;
  /** A chunk of histograms has no statistics, and counts as one with NaN so that nothing is answered by them. */
  static final int FORM_HISTOGRAMS = 0b10_0000;

  static final int FORM_OF_HISTOGRAMS = FORM_HISTOGRAMS | FORM_HAS_NAN;
  static final int FORM_BITS_MAX = 0b11_1111;

  /** Nanoseconds of the units in which an entry's times may be stated. */
  static final long[] UNITS = {1L, 1_000L, 1_000_000L, 1_000_000_000L};

  /** The least bytes that an entry takes; they bound what a forged count can make us allocate. */
  static final int CHUNK_ENTRY_BYTES_MIN = 5;

  static final int PAGE_ENTRY_BYTES_MIN = 6;

  private BlockLayout() {}
}
