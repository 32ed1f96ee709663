package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.BitReader;
import io.chronicledb.engine.bytes.BitWriter;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.CorruptionException;

/**
 * Values of one chunk as the XOR with their predecessor, after Gorilla (Pelkonen et al., VLDB 2015, section 4.1.2). Every bit pattern
 * round-trips: -0.0, infinities, NaN payloads.
 *
 * <pre>
 * │ v0 64 bits │ xor1 │ ... │ xorN │ 0–7 zero bits │
 *
 * xor  0                                             equal to the value before
 *      10 + window bits                              the meaningful bits lie in the window used last
 *      11 + leading zeros 5 + width-1 6 + window     a new window: leading zeros (31 at most), then its width
 * </pre>
 */
public final class XorCodec {

  /** The id in the chunk directory. */
  public static final int ID = 1;

  private static final int LEADING_MAX = 31;

  private XorCodec() {}

  public static void encode(double[] values, int offset, int count, ByteWriter out) {
    var bits = new BitWriter(out);
    long previous = Double.doubleToRawLongBits(values[offset]);
    bits.writeBits(previous, 64);
    int leading = -1;
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
      int zerosAfter = Long.numberOfTrailingZeros(xor);
      if (leading >= 0 && zerosBefore >= leading && zerosAfter >= 64 - leading - width) {
        bits.writeBits(0b10, 2);
      } else {
        leading = zerosBefore;
        width = 64 - zerosBefore - zerosAfter;
        bits.writeBits(0b11, 2);
        bits.writeBits(leading, 5);
        bits.writeBits(width - 1, 6);
      }
      bits.writeBits(xor >>> (64 - leading - width), width);
    }
    bits.flush();
  }

  /**
   * Decodes {@code count} values into the front of {@code into}.
   *
   * @throws CorruptionException where the bytes are not what encode writes
   */
  public static void decode(byte[] bytes, int offset, int length, int count, double[] into) {
    var bits = new BitReader(bytes, offset, length);
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
