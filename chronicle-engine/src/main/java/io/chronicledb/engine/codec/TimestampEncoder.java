package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteWriter;

/**
 * Writes the timestamps of one chunk in the largest unit that all of their differences share. {@link TimestampDecoder} reads them.
 *
 * <pre>
 * │ id u8 │ ten u8 │ t0 varint │ step uvarint │                                     id 1, one step between all
 * │ id u8 │ ten u8 │ t0 varint │ unit uvarint │ integers y │                        id 2, t = t0 + unit * y
 * │ id u8 │ ten u8 │ t0 varint │ unit uvarint │ slope varint │ integers y │         id 3, t = t0 + unit * (y + (i * slope &gt;&gt; 16))
 *
 * ten      t0, step and unit are in multiples of 10^ten nanoseconds, 0 to 18
 * step     absent when the chunk has one sample
 * slope    units per sample, times 2^16
 * integers drawn in {@link IntegerEncoder}
 * </pre>
 *
 * The line is for scraped series: each sample is off its place by a jitter of its own, so the distance to the line varies less than
 * the distance to the neighbour, which has the jitter of both, and much less than the difference of two such distances.
 *
 * <p>Timestamps increase strictly: encode asserts it, decode checks it. Differences are unsigned 64-bit numbers and sums wrap around,
 * so every long round-trips.
 */
final class TimestampEncoder {

  static final int SLOPE_SHIFT = 16;

  /** Chunks that span more units than this are no scraped series. */
  private static final long LINE_SPAN_MAX = 1L << 46;

  private static final int LINE_SAMPLES_MIN = 8;

  private final IntegerEncoder integers;
  private final CommonDivisor divisor = new CommonDivisor();
  private final long[] instants = new long[ChunkEncoder.SAMPLES_MAX];
  private final long[] offLine = new long[ChunkEncoder.SAMPLES_MAX];
  private final IntegerPlan plan = new IntegerPlan();
  private final IntegerPlan linePlan = new IntegerPlan();

  TimestampEncoder(IntegerEncoder integers) {
    this.integers = integers;
  }

  void encode(long[] timestamps, int offset, int count, ByteWriter out) {
    long first = timestamps[offset];
    if (count == 1) {
      writeStart(EncodingId.CONSTANT_STEP, powerOfTen(first, 0), first, out);
      return;
    }
    long step = timestamps[offset + 1] - first;
    int regular = 2;
    while (regular < count
        && timestamps[offset + regular] - timestamps[offset + regular - 1] == step) {
      regular++;
    }
    if (regular == count) {
      int ten = powerOfTen(first, step);
      writeStart(EncodingId.CONSTANT_STEP, ten, first, out);
      out.writeUnsignedVarint(Long.divideUnsigned(step, DecimalScale.longPower(ten)));
      return;
    }
    long unit = toInstants(timestamps, offset, count, step);
    integers.plan(instants, count, IntegerEncoder.DIFFERENCES, plan);
    long slope = 0;
    if (count >= LINE_SAMPLES_MIN
        && instants[count - 1] > 0
        && instants[count - 1] < LINE_SPAN_MAX) {
      slope = slope(count);
      for (int i = 0; i < count; i++) {
        offLine[i] = instants[i] - (i * slope >> SLOPE_SHIFT);
      }
      integers.plan(offLine, count, IntegerEncoder.LEVELS, linePlan);
    }
    assert increase(timestamps, offset, count) : "timestamps must increase";
    boolean line = slope != 0 && linePlan.bits < plan.bits;
    int ten = powerOfTen(first, unit);
    writeStart(line ? EncodingId.LINE : EncodingId.INSTANTS, ten, first, out);
    out.writeUnsignedVarint(unit / DecimalScale.longPower(ten));
    if (line) {
      out.writeVarint(slope);
      integers.write(offLine, count, linePlan, out);
    } else {
      integers.write(instants, count, plan, out);
    }
  }

  private static boolean increase(long[] timestamps, int offset, int count) {
    for (int i = offset + 1; i < offset + count; i++) {
      if (timestamps[i] <= timestamps[i - 1]) {
        return false;
      }
    }
    return true;
  }

  private static void writeStart(int id, int ten, long first, ByteWriter out) {
    out.writeByte(id);
    out.writeByte(ten);
    out.writeVarint(first / DecimalScale.longPower(ten));
  }

  /** Fills {@link #instants} with the distances to the first timestamp, in units; returns the unit. */
  private long toInstants(long[] timestamps, int offset, int count, long step) {
    long first = timestamps[offset];
    long unit = 1;
    // A chunk that spans more than 2^63 nanoseconds has no unit worth finding.
    if (timestamps[offset + count - 1] - first > 0) {
      divisor.clear();
      divisor.add(step);
      for (int i = 2; i < count && divisor.divisor() != 1; i++) {
        divisor.add(timestamps[offset + i] - timestamps[offset + i - 1]);
      }
      unit = divisor.divisor();
    }
    if (unit == 1) {
      for (int i = 0; i < count; i++) {
        instants[i] = timestamps[offset + i] - first;
      }
    } else {
      for (int i = 0; i < count; i++) {
        instants[i] = divisor.quotient(timestamps[offset + i] - first);
      }
    }
    return unit;
  }

  /**
   * The slope of a line through the instants: between the centres of both halves, which is nearly as exact as least squares and
   * takes additions only.
   */
  private long slope(int count) {
    int half = count / 2;
    long before = 0;
    for (int i = 0; i < half; i++) {
      before += instants[i];
    }
    long after = 0;
    for (int i = count - half; i < count; i++) {
      after += instants[i];
    }
    double slope = (double) (after - before) / half / (count - half);
    // A clock that ticks in whole units is the usual case; a fraction that does not add up to a
    // unit
    // over the chunk is jitter.
    double whole = Math.rint(slope);
    return Math.abs(slope - whole) * count < 1
        ? (long) whole << SLOPE_SHIFT
        : Math.round(slope * (1 << SLOPE_SHIFT));
  }

  /** The largest exponent such that its power of ten divides both, the second one unsigned. */
  private static int powerOfTen(long first, long second) {
    int ten = 0;
    while (ten < DecimalScale.LONG_EXPONENT_MAX
        && first % DecimalScale.longPower(ten + 1) == 0
        && Long.remainderUnsigned(second, DecimalScale.longPower(ten + 1)) == 0) {
      ten++;
    }
    return ten;
  }
}
