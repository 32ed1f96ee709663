package io.chronicledb.app.api.remoteread;

import io.chronicledb.engine.bytes.BitWriter;
import io.chronicledb.engine.bytes.ByteWriter;

/**
 * Samples in the encoding of Prometheus' own chunks, which its remote read sends as they are. Milliseconds, ascending. Reusable after {@link
 * #clear()}; not thread-safe.
 *
 * <pre>
 * │ count u16 big-endian │ t0 varint │ v0 64 bits │ Δ1 uvarint │ value 1 │ ΔΔ2 │ value 2 │ … │ 0–7 zero bits │
 *
 * ΔΔ     0 │ 10 14 bits │ 110 17 bits │ 1110 20 bits │ 1111 64 bits
 * value  0: as before │ 10 bits of the XOR in the last window │ 11 leading zeros 5 bits, length 6 bits (0 is 64), bits of the XOR
 * </pre>
 */
final class XorChunk {

  /** What Prometheus puts into one chunk. */
  static final int SAMPLES_MAX = 120;

  private static final int COUNT_BYTES = 2;
  private static final int LEADING_MAX = 31;
  private static final int NO_WINDOW = -1;

  private final ByteWriter bytes = new ByteWriter(1024);
  private final BitWriter bits = new BitWriter(bytes);

  private int count;
  private long first;
  private long last;
  private long delta;
  private long value;
  private int leading;
  private int trailing;

  XorChunk() {
    clear();
  }

  void clear() {
    bits.flush();
    bytes.clear();
    bytes.writeZeros(COUNT_BYTES);
    count = 0;
    leading = NO_WINDOW;
  }

  boolean isFull() {
    return count == SAMPLES_MAX;
  }

  int count() {
    return count;
  }

  long firstMillis() {
    return first;
  }

  long lastMillis() {
    return last;
  }

  void add(long millis, double sample) {
    long raw = Double.doubleToRawLongBits(sample);
    if (count == 0) {
      first = millis;
      // Whole bytes so far, so the buffer may be written to directly.
      bytes.writeVarint(millis);
      bits.writeBits(raw, 64);
    } else {
      long newDelta = millis - last;
      if (count == 1) {
        bytes.writeUnsignedVarint(newDelta);
      } else {
        deltaOfDelta(newDelta - delta);
      }
      delta = newDelta;
      xor(raw ^ value);
    }
    last = millis;
    value = raw;
    count++;
  }

  private void deltaOfDelta(long change) {
    if (change == 0) {
      bits.writeBit(false);
    } else if (fits(change, 14)) {
      bits.writeBits(0b10, 2);
      bits.writeBits(change, 14);
    } else if (fits(change, 17)) {
      bits.writeBits(0b110, 3);
      bits.writeBits(change, 17);
    } else if (fits(change, 20)) {
      bits.writeBits(0b1110, 4);
      bits.writeBits(change, 20);
    } else {
      bits.writeBits(0b1111, 4);
      bits.writeBits(change, 64);
    }
  }

  /** Two's complement, but with the lowest number given to the positive side. */
  private static boolean fits(long number, int width) {
    long half = 1L << (width - 1);
    return number > -half && number <= half;
  }

  private void xor(long difference) {
    if (difference == 0) {
      bits.writeBit(false);
      return;
    }
    int newLeading = Math.min(LEADING_MAX, Long.numberOfLeadingZeros(difference));
    int newTrailing = Long.numberOfTrailingZeros(difference);
    if (leading != NO_WINDOW && newLeading >= leading && newTrailing >= trailing) {
      bits.writeBits(0b10, 2);
    } else {
      leading = newLeading;
      trailing = newTrailing;
      int length = Long.SIZE - leading - trailing;
      bits.writeBits(0b11, 2);
      bits.writeBits(leading, 5);
      bits.writeBits(length, 6);
    }
    bits.writeBits(difference >>> trailing, Long.SIZE - leading - trailing);
  }

  /** Ends the chunk. */
  byte[] encode() {
    bits.flush();
    byte[] encoded = bytes.toByteArray();
    encoded[0] = (byte) (count >>> 8);
    encoded[1] = (byte) count;
    return encoded;
  }
}
