package io.chronicledb.benchmarks;

import io.chronicledb.engine.bytes.BitWriter;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Snappy;

/**
 * What the sizes of {@link CodecSizes} are compared with: delta-of-delta timestamps and XOR values as Gorilla has them (Pelkonen et
 * al., VLDB 2015), timestamps in milliseconds, and Snappy over both.
 */
final class ClassicGorilla {

  private static final long MILLISECOND = 1_000_000L;

  private final ByteWriter out = new ByteWriter(1 << 16);

  int size(long[] timestamps, double[] values, int offset, int count) {
    out.clear();
    var bits = new BitWriter(out);
    writeTimestamps(timestamps, offset, count, bits);
    writeValues(values, offset, count, bits);
    bits.flush();
    return Math.min(out.size(), Snappy.compress(out.array(), 0, out.size()).length);
  }

  private static void writeTimestamps(long[] timestamps, int offset, int count, BitWriter bits) {
    bits.writeBits(timestamps[offset] / MILLISECOND, 64);
    long delta = 0;
    for (int i = offset + 1; i < offset + count; i++) {
      long next = (timestamps[i] - timestamps[i - 1]) / MILLISECOND;
      long change = next - delta;
      delta = next;
      if (change == 0) {
        bits.writeBits(0, 1);
      } else if (change >= -63 && change <= 64) {
        bits.writeBits(0b10, 2);
        bits.writeBits(change, 7);
      } else if (change >= -255 && change <= 256) {
        bits.writeBits(0b110, 3);
        bits.writeBits(change, 9);
      } else if (change >= -2047 && change <= 2048) {
        bits.writeBits(0b1110, 4);
        bits.writeBits(change, 12);
      } else {
        bits.writeBits(0b1111, 4);
        bits.writeBits(change, 32);
      }
    }
  }

  private static void writeValues(double[] values, int offset, int count, BitWriter bits) {
    long previous = Double.doubleToRawLongBits(values[offset]);
    bits.writeBits(previous, 64);
    int leading = 64;
    int trailing = 64;
    for (int i = offset + 1; i < offset + count; i++) {
      long current = Double.doubleToRawLongBits(values[i]);
      long xor = current ^ previous;
      previous = current;
      if (xor == 0) {
        bits.writeBits(0, 1);
        continue;
      }
      int newLeading = Math.min(31, Long.numberOfLeadingZeros(xor));
      int newTrailing = Long.numberOfTrailingZeros(xor);
      if (newLeading >= leading && newTrailing >= trailing) {
        bits.writeBits(0b10, 2);
      } else {
        leading = newLeading;
        trailing = newTrailing;
        bits.writeBits(0b11, 2);
        bits.writeBits(leading, 5);
        bits.writeBits(64 - leading - trailing, 6);
      }
      bits.writeBits(xor >>> trailing, 64 - leading - trailing);
    }
  }
}
