package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.error.CorruptionException;

/** Reads what {@link TimestampEncoder} writes, where the layouts are drawn. */
final class TimestampDecoder {

  private final IntegerDecoder integers;

  TimestampDecoder(IntegerDecoder integers) {
    this.integers = integers;
  }

  /** Decodes {@code count} timestamps into the front of {@code into}. */
  void decode(ByteReader in, int count, long[] into) {
    int id = in.readByte();
    if (id < EncodingId.CONSTANT_STEP || id > EncodingId.LINE) {
      throw ChunkDecoder.unknown("timestamp encoding", id);
    }
    int ten = in.readByte();
    if (ten > DecimalScale.LONG_EXPONENT_MAX) {
      throw new CorruptionException("timestamps in units of 10^" + ten + " ns");
    }
    long scale = DecimalScale.longPower(ten);
    long first = in.readVarint() * scale;
    if (id == EncodingId.CONSTANT_STEP) {
      fill(first, count == 1 ? 1 : in.readUnsignedVarint() * scale, count, into);
      return;
    }
    long unit = in.readUnsignedVarint() * scale;
    if (id == EncodingId.LINE) {
      long slope = in.readVarint();
      integers.decode(in, count, into);
      for (int i = 0; i < count; i++) {
        into[i] = first + unit * (into[i] + (i * slope >> TimestampEncoder.SLOPE_SHIFT));
      }
    } else {
      integers.decode(in, count, into);
      for (int i = 0; i < count; i++) {
        into[i] = first + unit * into[i];
      }
    }
    boolean increases = into[count - 1] < Long.MAX_VALUE;
    for (int i = 1; i < count; i++) {
      increases &= into[i] > into[i - 1];
    }
    if (!increases) {
      throw new CorruptionException("timestamps do not increase");
    }
  }

  private static void fill(long first, long step, int count, long[] into) {
    // All of them increase where the step is at least 1 and the last one is no further than the
    // range
    // of a long allows: (count - 1) * step, of up to 76 bits, against an unsigned distance.
    long room = Long.MAX_VALUE - 1 - first;
    if (first == Long.MAX_VALUE
        || step == 0
        || (count > 1 && Long.compareUnsigned(step, Long.divideUnsigned(room, count - 1)) > 0)) {
      throw new CorruptionException(count + " timestamps from " + first + " on in steps of "
          + Long.toUnsignedString(step) + " leave the range of timestamps");
    }
    for (int i = 0; i < count; i++) {
      into[i] = first + i * step;
    }
  }
}
