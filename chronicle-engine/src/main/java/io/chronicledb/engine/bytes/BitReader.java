package io.chronicledb.engine.bytes;

import io.chronicledb.engine.error.CorruptionException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads bits, most significant first, from a range of an array; running over the end is a {@link CorruptionException}. Reusable
 * through {@link #reset}; not thread-safe.
 */
public final class BitReader {

  private static final VarHandle LONG_BE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = new byte[0];
  private long startBit;
  private long bit;
  private long endBit;

  public BitReader() {}

  public BitReader(byte[] bytes, int offset, int length) {
    reset(bytes, offset, length);
  }

  public void reset(byte[] newBytes, int offset, int length) {
    if (offset < 0 || length < 0 || offset > newBytes.length - length) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + newBytes.length);
    }
    bytes = newBytes;
    startBit = (long) offset << 3;
    bit = startBit;
    endBit = startBit + ((long) length << 3);
  }

  /** Bits read so far. */
  public long position() {
    return bit - startBit;
  }

  public boolean readBit() {
    if (bit >= endBit) {
      throw overrun(1);
    }
    int b = bytes[(int) (bit >>> 3)] >> (7 - (bit & 7));
    bit++;
    return (b & 1) != 0;
  }

  /** Reads 0 to 64 bits as the low bits of the result. */
  public long readBits(int count) {
    if (count > endBit - bit) {
      throw overrun(count);
    }
    if (count <= 32) {
      return take(count);
    }
    long high = take(count - 32);
    return (high << 32) | take(32);
  }

  /** At most 32 bits, so that they lie within one 64-bit word whatever the bit offset. */
  private long take(int count) {
    if (count == 0) {
      return 0;
    }
    int index = (int) (bit >>> 3);
    int shift = (int) (bit & 7);
    bit += count;
    if (index + 8 <= bytes.length) {
      return ((long) LONG_BE.get(bytes, index) << shift) >>> (64 - count);
    }
    long word = 0;
    for (int i = 0; i < 8; i++) {
      word = (word << 8) | (index + i < bytes.length ? bytes[index + i] & 0xFF : 0);
    }
    return (word << shift) >>> (64 - count);
  }

  private CorruptionException overrun(int count) {
    return new CorruptionException(
        "need " + count + " bits at bit " + position() + ", " + (endBit - bit) + " left");
  }
}
