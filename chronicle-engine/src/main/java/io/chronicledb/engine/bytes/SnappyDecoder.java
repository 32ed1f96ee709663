package io.chronicledb.engine.bytes;

import io.chronicledb.engine.error.BadDataException;

/**
 * Decodes Snappy's raw block format in plain Java.
 *
 * <pre>
 * │ content length uvarint32 │ element* │
 * element:  low two bits of the first byte
 *   00  literal   length-1 in the upper six bits, or in 1 to 4 following bytes when those say 60 to 63; then the bytes
 *   01  copy      length-4 in 3 bits, offset in 3 bits and one byte
 *   10  copy      length-1 in 6 bits, offset in two bytes
 *   11  copy      length-1 in 6 bits, offset in four bytes
 * </pre>
 *
 * Little-endian. A copy repeats content that ends {@code offset} bytes back and may overlap itself. Every read and write is checked;
 * what does not fit is a {@link BadDataException} with the offset in the block.
 */
final class SnappyDecoder {

  private static final int LENGTH_BYTES_MAX = 5;

  private final byte[] source;
  private final int start;
  private final int end;
  private final int declared;
  private final byte[] out;
  private int in;
  private int written;

  private SnappyDecoder(byte[] source, int offset, int length, int declared, byte[] out) {
    this.source = source;
    this.start = offset;
    this.end = offset + length;
    this.declared = declared;
    this.out = out;
    this.in = offset + headerBytes(source, offset, length);
  }

  /** The content's length as the block declares it, at most {@code lengthMax}. */
  static int declaredLength(byte[] source, int offset, int length, int lengthMax) {
    int headerBytes = headerBytes(source, offset, length);
    long declared = 0;
    for (int i = 0; i < headerBytes; i++) {
      declared |= (source[offset + i] & 0x7FL) << (7 * i);
    }
    if (declared > lengthMax) {
      throw new BadDataException("snappy: the block declares " + declared
          + " bytes of content, more than the " + lengthMax + " allowed");
    }
    if (!Snappy.canHold(length, declared)) {
      throw new BadDataException("snappy: the block declares " + declared
          + " bytes of content, which its " + length + " bytes cannot hold");
    }
    return (int) declared;
  }

  private static int headerBytes(byte[] source, int offset, int length) {
    for (int i = 0; i < Math.min(length, LENGTH_BYTES_MAX); i++) {
      int next = source[offset + i] & 0xFF;
      if (next < 0x80) {
        if (i == LENGTH_BYTES_MAX - 1 && next > 0x0F) {
          break;
        }
        return i + 1;
      }
    }
    throw new BadDataException(
        "snappy: no content length of at most 32 bits at offset 0 of " + length + " bytes");
  }

  /** The content; {@code declared} comes from {@link #declaredLength}. */
  static byte[] decode(byte[] source, int offset, int length, int declared) {
    var out = new byte[declared];
    decode(source, offset, length, declared, out);
    return out;
  }

  /** Writes the content to the front of {@code out}; {@code declared} comes from {@link #declaredLength}. */
  static void decode(byte[] source, int offset, int length, int declared, byte[] out) {
    var decoder = new SnappyDecoder(source, offset, length, declared, out);
    while (decoder.in < decoder.end) {
      decoder.element();
    }
    if (decoder.written != declared) {
      throw malformed(
          length,
          "the block ends after " + decoder.written + " of " + declared + " bytes of content");
    }
  }

  /** A method of its own, since the JVM compiles one after 200 calls but a loop after 60,000 rounds. */
  private void element() {
    int at = in - start;
    int tag = source[in++] & 0xFF;
    if ((tag & 3) == 0) {
      literal(at, tag >>> 2);
    } else {
      copy(at, tag);
    }
  }

  private void literal(int at, int size) {
    long count = size + 1;
    if (count > 60) {
      int lengthBytes = size - 59;
      count = littleEndian(lengthBytes) + 1;
      in += lengthBytes;
    }
    if (count > end - in) {
      throw malformed(at, "a literal of " + count + " bytes, " + (end - in) + " left");
    }
    if (count > declared - written) {
      throw overflow(at, count);
    }
    System.arraycopy(source, in, out, written, (int) count);
    in += (int) count;
    written += (int) count;
  }

  private void copy(int at, int tag) {
    int count;
    long back;
    if ((tag & 3) == 1) {
      count = ((tag >>> 2) & 7) + 4;
      back = ((tag & 0xE0L) << 3) | littleEndian(1);
      in += 1;
    } else {
      int offsetBytes = (tag & 3) == 2 ? 2 : 4;
      count = (tag >>> 2) + 1;
      back = littleEndian(offsetBytes);
      in += offsetBytes;
    }
    if (back == 0 || back > written) {
      throw malformed(at, "a copy from " + back + " bytes back, " + written + " written");
    }
    if (count > declared - written) {
      throw overflow(at, count);
    }
    repeat(out, written, (int) back, count);
    written += count;
  }

  private static void repeat(byte[] out, int to, int back, int count) {
    if (back >= count) {
      System.arraycopy(out, to - back, out, to, count);
      return;
    }
    // The source grows while it is read: that is how a short pattern is repeated.
    for (int i = to; i < to + count; i++) {
      out[i] = out[i - back];
    }
  }

  private long littleEndian(int bytes) {
    if (bytes > end - in) {
      throw malformed(in - start, "need " + bytes + " bytes, " + (end - in) + " left");
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (source[in + i] & 0xFFL) << (8 * i);
    }
    return value;
  }

  private BadDataException overflow(int at, long count) {
    return malformed(at, count + " more bytes after " + written + " pass the declared " + declared);
  }

  private static BadDataException malformed(int at, String what) {
    return new BadDataException("snappy: malformed block at offset " + at + ": " + what);
  }
}
