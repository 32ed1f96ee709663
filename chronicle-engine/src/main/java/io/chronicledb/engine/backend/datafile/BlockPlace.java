package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.StoredBlock;

/**
 * Where a block lies: the page at which its header starts, and how many replaced ids stand in the header, which says where the payload
 * starts. Both together are a {@link StoredBlock#location()}.
 */
record BlockPlace(long offset, int replaced) {

  private static final int REPLACED_BITS = 16;

  static BlockPlace of(StoredBlock block) {
    return new BlockPlace((block.location() >>> REPLACED_BITS) * Layout.PAGE, (int)
        (block.location() & Layout.REPLACED_MAX));
  }

  long location() {
    return offset / Layout.PAGE << REPLACED_BITS | replaced;
  }

  long payloadOffset() {
    return offset + Layout.blockHeaderBytes(replaced);
  }

  /** Bytes of header and payload. */
  long bytes(int payloadLength) {
    return (long) Layout.blockHeaderBytes(replaced) + payloadLength;
  }

  static Extent extent(StoredBlock block) {
    BlockPlace place = of(block);
    return Extent.of(place.offset, place.bytes(block.length()));
  }
}
