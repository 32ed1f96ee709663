package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.BitReader;
import io.chronicledb.engine.bytes.BitWriter;
import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.CorruptionException;

/**
 * Timestamps of one chunk as delta-of-delta, after Gorilla (Pelkonen et al., VLDB 2015, section 4.1.1), in the coarsest decimal unit
 * that all of them share.
 *
 * <pre>
 * │ unit u8 │ t0 varint │ Δ1 uvarint │ ΔΔ2 varbit │ ... │ ΔΔn varbit │ 0–7 zero bits │
 *
 * unit    0: ns, 1: µs, 2: ms, 3: s. t0 is in nanoseconds, Δ and ΔΔ in units.
 * varbit  0                    ΔΔ = 0
 *         10    +  7 bits      -64 .. 63
 *         110   + 12 bits      -2048 .. 2047
 *         1110  + 20 bits      -524288 .. 524287
 *         11110 + 32 bits      an int
 *         11111 + 64 bits      anything
 * </pre>
 *
 * Timestamps increase strictly: encode asserts it, decode checks it. Deltas are unsigned 64-bit numbers and ΔΔ wraps around, so the
 * whole range of a long round-trips.
 */
public final class DeltaOfDeltaCodec {

  /** The id in the chunk directory. */
  public static final int ID = 1;

  private static final long[] UNITS = {1L, 1_000L, 1_000_000L, 1_000_000_000L};

  private DeltaOfDeltaCodec() {}

  public static void encode(long[] timestamps, int offset, int count, ByteWriter out) {
    int unitIndex = coarsestUnit(timestamps, offset, count);
    long unit = UNITS[unitIndex];
    out.writeByte(unitIndex);
    out.writeVarint(timestamps[offset]);
    if (count == 1) {
      return;
    }
    long delta = (timestamps[offset + 1] - timestamps[offset]) / unit;
    out.writeUnsignedVarint(delta);
    var bits = new BitWriter(out);
    for (int i = offset + 2; i < offset + count; i++) {
      assert timestamps[i] > timestamps[i - 1] : "timestamps must increase";
      long next = (timestamps[i] - timestamps[i - 1]) / unit;
      writeVarbit(bits, next - delta);
      delta = next;
    }
    bits.flush();
  }

  private static int coarsestUnit(long[] timestamps, int offset, int count) {
    int unit = UNITS.length - 1;
    for (int i = offset + 1; i < offset + count && unit > 0; i++) {
      long delta = timestamps[i] - timestamps[i - 1];
      while (unit > 0 && (delta < 0 || delta % UNITS[unit] != 0)) {
        unit--; // A negative difference is one past 2^63: only the unit 1 divides it without
        // unsigned arithmetic.
      }
    }
    return unit;
  }

  private static void writeVarbit(BitWriter bits, long value) {
    if (value == 0) {
      bits.writeBits(0, 1);
    } else if (fits(value, 7)) {
      bits.writeBits(0b10, 2);
      bits.writeBits(value, 7);
    } else if (fits(value, 12)) {
      bits.writeBits(0b110, 3);
      bits.writeBits(value, 12);
    } else if (fits(value, 20)) {
      bits.writeBits(0b1110, 4);
      bits.writeBits(value, 20);
    } else if (fits(value, 32)) {
      bits.writeBits(0b11110, 5);
      bits.writeBits(value, 32);
    } else {
      bits.writeBits(0b11111, 5);
      bits.writeBits(value, 64);
    }
  }

  private static boolean fits(long value, int bits) {
    long top = value >> (bits - 1);
    return top == 0 || top == -1;
  }

  /**
   * Decodes {@code count} timestamps into the front of {@code into}.
   *
   * @throws CorruptionException where the bytes are not what encode writes
   */
  public static void decode(byte[] bytes, int offset, int length, int count, long[] into) {
    var in = new ByteReader(bytes, offset, length);
    int unitIndex = in.readByte();
    if (unitIndex >= UNITS.length) {
      throw new CorruptionException("unknown time unit " + unitIndex);
    }
    long unit = UNITS[unitIndex];
    long time = in.readVarint();
    into[0] = time;
    if (count == 1) {
      return;
    }
    long delta = in.readUnsignedVarint();
    time = advance(time, delta * unit, 1);
    into[1] = time;
    var bits = new BitReader(bytes, in.arrayOffset(), in.remaining());
    for (int i = 2; i < count; i++) {
      if (bits.readBit()) {
        delta += readVarbit(bits);
      }
      time = advance(time, delta * unit, i);
      into[i] = time;
    }
  }

  private static long advance(long time, long delta, int index) {
    long next = time + delta;
    if (next <= time) {
      throw new CorruptionException("timestamp " + index + " does not increase");
    }
    return next;
  }

  /** The rest of a varbit whose first bit was 1. */
  private static long readVarbit(BitReader bits) {
    int width = !bits.readBit()
        ? 7
        : !bits.readBit() ? 12 : !bits.readBit() ? 20 : !bits.readBit() ? 32 : 64;
    int unused = 64 - width;
    return bits.readBits(width) << unused >> unused;
  }
}
