package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Integers of one width side by side, least significant bit first, after frame of reference and bit packing (Lemire and Boytsov,
 * "Decoding billions of integers per second through vectorization", 2015).
 *
 * <pre>
 * width 5   │ 0 0 0 0 0 1 1 1 │ 1 1 2 2 2 2 2 3 │ 3 3 3 3 4 ...      value i fills the bits 5i .. 5i+4
 * </pre>
 *
 * The last byte is filled up with zero bits.
 */
final class IntegerPacking {

  /** Values that share a width and a reference: their bits always end with a byte. */
  static final int BLOCK = 128;

  /** Bytes that {@link #unpack} may load after the last one that it needs. */
  static final int OVERREAD = 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A value that begins anywhere in a byte lies within one load of eight bytes up to this width. */
  private static final int ONE_LOAD_WIDTH_MAX = 57;

  private IntegerPacking() {}

  static int bytes(int count, int width) {
    return (count * width + 7) >>> 3;
  }

  /** Bits that the unsigned {@code range} needs. */
  static int width(long range) {
    return 64 - Long.numberOfLeadingZeros(range);
  }

  /** Appends the low {@code width} bits of {@code values[i] - reference}. */
  static void pack(long[] values, int from, int count, long reference, int width, ByteWriter out) {
    if (width == 0) {
      return;
    }
    int at = out.size();
    int bytes = bytes(count, width);
    out.ensure(bytes + OVERREAD);
    byte[] into = out.array();
    long mask = -1L >>> (64 - width);
    long pending = 0;
    int filled = 0;
    for (int i = from; i < from + count; i++) {
      long value = (values[i] - reference) & mask;
      pending |= value << filled;
      filled += width;
      if (filled >= 64) {
        LONG.set(into, at, pending);
        at += 8;
        filled -= 64;
        // What did not fit; a shift by 64 would be one by 0, so it takes two steps.
        pending = value >>> 1 >>> (width - filled - 1);
      }
    }
    LONG.set(into, at, pending);
    out.advance(bytes);
  }

  /**
   * Reads {@code count} values and adds {@code reference} to each. The array has to go on for {@link #OVERREAD} bytes after the
   * packed ones; what these hold does not matter.
   */
  static void unpack(
      byte[] bytes, int at, int count, int width, long reference, long[] into, int to) {
    if (width == 0) {
      for (int i = to; i < to + count; i++) {
        into[i] = reference;
      }
      return;
    }
    int done;
    if (width <= 8) {
      done = unpackEights(bytes, at, count, width, reference, into, to);
    } else if (width <= 15) {
      done = unpackFours(bytes, at, count, width, reference, into, to);
    } else if (width <= 28) {
      done = unpackPairs(bytes, at, count, width, reference, into, to);
    } else {
      done = 0;
    }
    if (width <= ONE_LOAD_WIDTH_MAX) {
      unpackSingly(bytes, at, done, count, width, reference, into, to);
    } else {
      unpackWide(bytes, at, count, width, reference, into, to);
    }
  }

  /** Eight values of at most eight bits fill a load, and begin with a byte. */
  private static int unpackEights(
      byte[] bytes, int at, int count, int width, long reference, long[] into, int to) {
    long mask = -1L >>> (64 - width);
    int whole = count & -8;
    int from = at;
    for (int i = to; i < to + whole; i += 8) {
      long word = (long) LONG.get(bytes, from);
      from += width;
      into[i] = (word & mask) + reference;
      into[i + 1] = (word >>> width & mask) + reference;
      into[i + 2] = (word >>> 2 * width & mask) + reference;
      into[i + 3] = (word >>> 3 * width & mask) + reference;
      into[i + 4] = (word >>> 4 * width & mask) + reference;
      into[i + 5] = (word >>> 5 * width & mask) + reference;
      into[i + 6] = (word >>> 6 * width & mask) + reference;
      into[i + 7] = (word >>> 7 * width & mask) + reference;
    }
    return whole;
  }

  private static int unpackFours(
      byte[] bytes, int at, int count, int width, long reference, long[] into, int to) {
    long mask = -1L >>> (64 - width);
    int whole = count & -4;
    int bit = 0;
    for (int i = to; i < to + whole; i += 4) {
      long word = (long) LONG.get(bytes, at + (bit >>> 3)) >>> (bit & 7);
      bit += 4 * width;
      into[i] = (word & mask) + reference;
      into[i + 1] = (word >>> width & mask) + reference;
      into[i + 2] = (word >>> 2 * width & mask) + reference;
      into[i + 3] = (word >>> 3 * width & mask) + reference;
    }
    return whole;
  }

  private static int unpackPairs(
      byte[] bytes, int at, int count, int width, long reference, long[] into, int to) {
    long mask = -1L >>> (64 - width);
    int whole = count & -2;
    int bit = 0;
    for (int i = to; i < to + whole; i += 2) {
      long word = (long) LONG.get(bytes, at + (bit >>> 3)) >>> (bit & 7);
      bit += 2 * width;
      into[i] = (word & mask) + reference;
      into[i + 1] = (word >>> width & mask) + reference;
    }
    return whole;
  }

  private static void unpackSingly(
      byte[] bytes, int at, int from, int count, int width, long reference, long[] into, int to) {
    long mask = -1L >>> (64 - width);
    int bit = from * width;
    for (int i = to + from; i < to + count; i++) {
      long word = (long) LONG.get(bytes, at + (bit >>> 3)) >>> (bit & 7);
      bit += width;
      into[i] = (word & mask) + reference;
    }
  }

  private static void unpackWide(
      byte[] bytes, int at, int count, int width, long reference, long[] into, int to) {
    long mask = -1L >>> (64 - width);
    int bit = 0;
    for (int i = to; i < to + count; i++) {
      int index = at + (bit >>> 3);
      int shift = bit & 7;
      long word = (long) LONG.get(bytes, index) >>> shift
          | (long) LONG.get(bytes, index + 8) << 1 << (63 - shift);
      bit += width;
      into[i] = (word & mask) + reference;
    }
  }
}
