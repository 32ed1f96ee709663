package io.chronicledb.engine.bytes;

import io.chronicledb.engine.error.CorruptionException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link ByteWriter} wrote from a range of an array. Every read is checked against the range, since bytes from disk are
 * never trusted: running over the end, or an over-long varint, is a {@link CorruptionException} with the offset.
 * Reusable through {@link #reset}; not thread-safe.
 */
public final class ByteReader {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int start;
  private int end;
  private int position;

  public ByteReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  public ByteReader(byte[] bytes, int offset, int length) {
    if (offset < 0 || length < 0 || offset > bytes.length - length) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + bytes.length);
    }
    this.bytes = bytes;
    this.start = offset;
    this.position = offset;
    this.end = offset + length;
  }

  /** Goes on with a range of another array. */
  public void reset(byte[] newBytes, int offset, int length) {
    if (offset < 0 || length < 0 || offset > newBytes.length - length) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + newBytes.length);
    }
    bytes = newBytes;
    start = offset;
    position = offset;
    end = offset + length;
  }

  public byte[] array() {
    return bytes;
  }

  /** Index into {@link #array()} of the next byte. */
  public int arrayOffset() {
    return position;
  }

  /** Bytes read so far. */
  public int position() {
    return position - start;
  }

  public int remaining() {
    return end - position;
  }

  public void skip(int count) {
    need(count);
    position += count;
  }

  public int readByte() {
    need(1);
    return bytes[position++] & 0xFF;
  }

  public int readInt() {
    need(4);
    int value = (int) INT.get(bytes, position);
    position += 4;
    return value;
  }

  public long readLong() {
    need(8);
    long value = (long) LONG.get(bytes, position);
    position += 8;
    return value;
  }

  public double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  public long readUnsignedVarint() {
    if (position < end && bytes[position] >= 0) {
      return bytes[position++]; // Most are that short.
    }
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new CorruptionException("varint longer than ten bytes at offset " + position());
  }

  public long readVarint() {
    long value = readUnsignedVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** Reads a uvarint that counts things of at least {@code minBytesEach} bytes, so that a forged count cannot make us allocate. */
  public int readCount(int minBytesEach) {
    long count = readUnsignedVarint();
    if (count < 0 || count * Math.max(1, minBytesEach) > remaining() || count > Integer.MAX_VALUE) {
      throw new CorruptionException("count " + Long.toUnsignedString(count) + " does not fit the "
          + remaining() + " bytes left at offset " + position());
    }
    return (int) count;
  }

  public byte[] readBytes(int length) {
    need(length);
    var copy = new byte[length];
    System.arraycopy(bytes, position, copy, 0, length);
    position += length;
    return copy;
  }

  public String readString() {
    int length = readCount(1);
    var value = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return value;
  }

  private void need(int count) {
    if (count < 0 || count > end - position) {
      throw new CorruptionException(
          "need " + count + " bytes at offset " + position() + ", " + remaining() + " left");
    }
  }
}
