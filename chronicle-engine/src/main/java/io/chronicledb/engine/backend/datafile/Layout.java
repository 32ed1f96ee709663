package io.chronicledb.engine.backend.datafile;

import java.nio.charset.StandardCharsets;

/** Constants of the data file, version 2; the drawing stands in the package's description. */
final class Layout {

  static final int PAGE = 4096;
  static final int VERSION = 2;

  static final byte[] FILE_MAGIC = ascii("CHRDB1");
  static final byte[] CLEAN_MAGIC = ascii("CHRCLEAN");
  static final byte[] ROOT_MAGIC = ascii("CHRROOT1");
  static final byte[] BLOCK_MAGIC = ascii("CHRB");
  static final byte[] FOOTER_MAGIC = ascii("CHRFTR1");

  static final long HEADER_OFFSET = 0;
  /** In a sector of its own, so that writing it cannot tear the header. */
  static final long CLEAN_OFFSET = 2048;

  static final long[] SLOT_OFFSETS = {PAGE, 2L * PAGE};
  static final long FIRST_BLOCK_OFFSET = 3L * PAGE;

  static final int FILE_HEADER_BYTES = 6 + 2 + 16 + 8 + 4;
  static final int SLOT_BYTES = 8 + 8 + 8 + 4;
  static final int FOOTER_BYTES = 7 + 1 + 8 + 4 + 8 + 4;

  /** Where the crc of a block stands; it covers everything behind it. */
  static final int BLOCK_CRC_OFFSET = 4;

  static final int BLOCK_CRC_END = 8;
  static final int BLOCK_FIXED_BYTES = BLOCK_CRC_END + 1 + 1 + 2 + 4 + 16 + 4 * 8 + 4;

  /** So many blocks one block replaces at most: a bound for what a damaged header can make a reader allocate. */
  static final int REPLACED_MAX = 65_535;

  private Layout() {}

  /** Bytes of a block's header before its payload. */
  static int blockHeaderBytes(int replaced) {
    return BLOCK_FIXED_BYTES + 8 * replaced;
  }

  static long roundToPage(long bytes) {
    return (bytes + PAGE - 1) / PAGE * PAGE;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
