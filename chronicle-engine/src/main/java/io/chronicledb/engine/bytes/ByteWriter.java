package io.chronicledb.engine.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing little-endian byte buffer with the integer encodings of Chronicle's formats. Reusable after {@link #clear()}; not
 * thread-safe.
 *
 * <p>A uvarint is an unsigned LEB128 of at most ten bytes; a varint is a zigzag-mapped uvarint.
 */
public final class ByteWriter {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int size;

  public ByteWriter(int initialCapacity) {
    this.bytes = new byte[Math.max(16, initialCapacity)];
  }

  public int size() {
    return size;
  }

  /** The backing array; valid up to {@link #size()} and only until the next write. */
  public byte[] array() {
    return bytes;
  }

  public void clear() {
    size = 0;
  }

  /** Cuts the content back to its first {@code newSize} bytes. */
  public void truncate(int newSize) {
    if (newSize < 0 || newSize > size) {
      throw new IndexOutOfBoundsException("truncate to " + newSize + " of " + size);
    }
    size = newSize;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** A view of the content; valid until the next write. */
  public ByteBuffer toByteBuffer() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  /** Makes room for {@code more} further bytes without changing the size. */
  public void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(
          bytes, Math.max(Math.addExact(size, more), bytes.length + (bytes.length >> 1)));
    }
  }

  /** Takes in {@code count} bytes that the caller has put behind the content, after {@link #ensure} made room for them. */
  public void advance(int count) {
    if (count < 0 || count > bytes.length - size) {
      throw new IndexOutOfBoundsException(count + " after " + size + " of " + bytes.length);
    }
    size += count;
  }

  public void writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  public void writeInt(int value) {
    ensure(4);
    INT.set(bytes, size, value);
    size += 4;
  }

  public void writeLong(long value) {
    ensure(8);
    LONG.set(bytes, size, value);
    size += 8;
  }

  public void writeDouble(double value) {
    writeLong(Double.doubleToRawLongBits(value));
  }

  /** Overwrites four bytes that were written before. */
  public void setInt(int offset, int value) {
    if (offset < 0 || offset > size - 4) {
      throw new IndexOutOfBoundsException("int at " + offset + " of " + size);
    }
    INT.set(bytes, offset, value);
  }

  public void writeUnsignedVarint(long value) {
    ensure(10);
    byte[] to = bytes;
    int at = size;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      to[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    size = at;
  }

  public void writeVarint(long value) {
    writeUnsignedVarint((value << 1) ^ (value >> 63));
  }

  public void writeBytes(byte[] source, int offset, int length) {
    ensure(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  public void writeBytes(byte[] source) {
    writeBytes(source, 0, source.length);
  }

  /** Writes UTF-8 bytes headed by their count as a uvarint. */
  public void writeString(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    writeUnsignedVarint(utf8.length);
    writeBytes(utf8);
  }

  /** Appends {@code count} zero bytes. */
  public void writeZeros(int count) {
    ensure(count);
    Arrays.fill(bytes, size, size + count, (byte) 0);
    size += count;
  }
}
