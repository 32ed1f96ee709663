package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteReader;

/** Lets {@link IntegerPacking#unpack} load past the end of packed integers that lie at the very end of an array. */
final class PaddedBytes {

  private final byte[] copy = new byte[IntegerPacking.BLOCK * 8 + IntegerPacking.OVERREAD];

  /** Unpacks a block of at most {@link IntegerPacking#BLOCK} integers, all of them or of a part of a byte-aligned run. */
  void unpack(ByteReader in, int count, int width, long reference, long[] into, int to) {
    int length = IntegerPacking.bytes(count, width);
    byte[] bytes = in.array();
    int at = in.arrayOffset();
    in.skip(length);
    if (at + length + IntegerPacking.OVERREAD > bytes.length) {
      System.arraycopy(bytes, at, copy, 0, length);
      bytes = copy;
      at = 0;
    }
    IntegerPacking.unpack(bytes, at, count, width, reference, into, to);
  }
}
