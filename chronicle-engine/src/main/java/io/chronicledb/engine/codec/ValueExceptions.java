package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.CorruptionException;

/**
 * The values of a chunk that are no integers where the others are: the stale marker that ends a scraped series, NaN, infinities,
 * -0.0, and odd ones. Runs of one bit pattern are stored once.
 *
 * <pre>
 * │ runs uvarint │ run │ run │ ...
 *
 * run    │ head uvarint │ length-2 uvarint, if repeated │ bits u64, if kind 0 │
 * head   bits 0-2 kind, 3 repeated, from 4 on the values between the run before and this one
 * kind   0 any bits │ 1 stale marker │ 2 NaN │ 3 +Inf │ 4 -Inf │ 5 -0.0
 * </pre>
 */
final class ValueExceptions {

  private static final int REPEATED = 8;

  /** By kind. Other NaNs than the usual one are any bits. */
  private static final long[] BITS = {
    0,
    StaleMarker.BITS,
    0x7ff8000000000000L,
    Double.doubleToRawLongBits(Double.POSITIVE_INFINITY),
    Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY),
    Long.MIN_VALUE
  };

  private ValueExceptions() {}

  /** Writes the values that are marked odd. */
  static void write(double[] values, int offset, int count, boolean[] odd, ByteWriter out) {
    int runs = 0;
    for (int i = 0; i < count; i = odd[i] ? runEnd(values, offset, count, odd, i) : i + 1) {
      runs += odd[i] ? 1 : 0;
    }
    out.writeUnsignedVarint(runs);
    int after = 0;
    for (int i = 0; i < count; ) {
      if (!odd[i]) {
        i++;
        continue;
      }
      long bits = Double.doubleToRawLongBits(values[offset + i]);
      int end = runEnd(values, offset, count, odd, i);
      int kind = kind(bits);
      boolean repeated = end - i > 1;
      out.writeUnsignedVarint((long) (i - after) << 4 | (repeated ? REPEATED : 0) | kind);
      if (repeated) {
        out.writeUnsignedVarint(end - i - 2);
      }
      if (kind == 0) {
        out.writeLong(bits);
      }
      after = end;
      i = end;
    }
  }

  private static int runEnd(double[] values, int offset, int count, boolean[] odd, int start) {
    long bits = Double.doubleToRawLongBits(values[offset + start]);
    int end = start + 1;
    while (end < count && odd[end] && Double.doubleToRawLongBits(values[offset + end]) == bits) {
      end++;
    }
    return end;
  }

  private static int kind(long bits) {
    for (int kind = 1; kind < BITS.length; kind++) {
      if (BITS[kind] == bits) {
        return kind;
      }
    }
    return 0;
  }

  /**
   * Puts the values in their places.
   *
   * @param in a reader at the count of runs, left behind the last run
   */
  static void read(ByteReader in, int count, double[] into) {
    long runs = in.readUnsignedVarint();
    int at = 0;
    for (long run = 0; run != runs; run++) {
      long head = in.readUnsignedVarint();
      long length = (head & REPEATED) == 0 ? 1 : in.readUnsignedVarint() + 2;
      int kind = (int) head & 7;
      long gap = head >>> 4;
      if (kind >= BITS.length || gap > count - at || length < 1 || length > count - at - gap) {
        throw new CorruptionException("exception " + run + " of " + Long.toUnsignedString(runs)
            + " has kind=" + kind + " gap=" + gap + " length=" + length + " at " + at + " of "
            + count + " values");
      }
      long bits = kind == 0 ? in.readLong() : BITS[kind];
      double value = Double.longBitsToDouble(bits);
      at += (int) gap;
      for (int end = at + (int) length; at < end; at++) {
        into[at] = value;
      }
    }
  }
}
