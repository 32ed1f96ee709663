package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.BitReader;
import io.chronicledb.engine.bytes.BitWriter;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.CorruptionException;

/**
 * Values of one chunk as the XOR with their predecessor, after Gorilla (Pelkonen et al., VLDB 2015, section 4.1.2).
 *
 * <pre>
 * │ v0 64 bits │ xor1 │ ... │ xorN │ 0–7 zero bits │
 *
 * xor  0                                             equal to the value before
 *      10 + window bits                              the meaningful bits lie in the window used last
 *      11 + leading zeros 5 + width-1 6 + window     a new window: leading zeros (31 at most), then its width
 * </pre>
 *
 * Gorilla keeps a window as long as the bits fit, so that one odd value widens all that follow. Here a new window is opened as soon as
 * it saves more than it costs.
 */
final class XorCodec {

  private static final int LEADING_MAX = 31;
  private static final int WINDOW_BITS = 5 + 6;

  private XorCodec() {}

  /** The size of what {@link #encode} writes. */
  static long bits(double[] values, int offset, int count) {
    long total = 64;
    long previous = Double.doubleToRawLongBits(values[offset]);
    int leading = LEADING_MAX;
    int width = 0;
    for (int i = offset + 1; i < offset + count; i++) {
      long current = Double.doubleToRawLongBits(values[i]);
      long xor = current ^ previous;
      previous = current;
      if (xor == 0) {
        total++;
        continue;
      }
      int zerosBefore = Math.min(LEADING_MAX, Long.numberOfLeadingZeros(xor));
      int newWidth = 64 - zerosBefore - Long.numberOfTrailingZeros(xor);
      if (opensWindow(xor, zerosBefore, newWidth, leading, width)) {
        leading = zerosBefore;
        width = newWidth;
        total += WINDOW_BITS;
      }
      total += 2 + width;
    }
    return total;
  }

  private static boolean opensWindow(
      long xor, int zerosBefore, int newWidth, int leading, int width) {
    return zerosBefore < leading
        || Long.numberOfTrailingZeros(xor) < 64 - leading - width
        || newWidth + WINDOW_BITS < width;
  }

  static void encode(double[] values, int offset, int count, ByteWriter out) {
    var bits = new BitWriter(out);
    long previous = Double.doubleToRawLongBits(values[offset]);
    bits.writeBits(previous, 64);
    int leading = LEADING_MAX;
    int width = 0;
    for (int i = offset + 1; i < offset + count; i++) {
      long current = Double.doubleToRawLongBits(values[i]);
      long xor = current ^ previous;
      previous = current;
      if (xor == 0) {
        bits.writeBits(0, 1);
        continue;
      }
      int zerosBefore = Math.min(LEADING_MAX, Long.numberOfLeadingZeros(xor));
      int newWidth = 64 - zerosBefore - Long.numberOfTrailingZeros(xor);
      if (opensWindow(xor, zerosBefore, newWidth, leading, width)) {
        leading = zerosBefore;
        width = newWidth;
        bits.writeBits(0b11, 2);
        bits.writeBits(leading, 5);
        bits.writeBits(width - 1, 6);
      } else {
        bits.writeBits(0b10, 2);
      }
      bits.writeBits(xor >>> (64 - leading - width), width);
    }
    bits.flush();
  }

  /**
   * Decodes {@code count} values into the front of {@code into}.
   *
   * @throws CorruptionException where the bits are not what encode writes
   */
  static void decode(BitReader bits, int count, double[] into) {
    long value = bits.readBits(64);
    into[0] = Double.longBitsToDouble(value);
    int shift = -1;
    int width = 0;
    for (int i = 1; i < count; i++) {
      if (bits.readBit()) {
        if (bits.readBit()) {
          int leading = (int) bits.readBits(5);
          width = (int) bits.readBits(6) + 1;
          shift = 64 - leading - width;
          if (shift < 0) {
            throw new CorruptionException(
                "value " + i + " has a window of " + leading + "+" + width + " bits");
          }
        } else if (shift < 0) {
          throw new CorruptionException("value " + i + " refers to a window before there is one");
        }
        value ^= bits.readBits(width) << shift;
      }
      into[i] = Double.longBitsToDouble(value);
    }
  }
}
