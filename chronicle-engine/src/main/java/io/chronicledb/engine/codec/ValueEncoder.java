package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteWriter;
import java.util.Arrays;

/**
 * Writes the values of one chunk in the smallest of the encodings below. {@link ValueDecoder} reads them. Every bit pattern
 * round-trips: -0.0, infinities, NaN payloads.
 *
 * <pre>
 * │ id u8 │ bits u64 │                                                                 id 1, one bit pattern
 * │ id u8 │ exponent uvarint │ base varint, unit uvarint │ exceptions │ integers y │    id 2, (base + unit * y) / 10^exponent
 * │ id u8 │ exponent uvarint │ base varint, unit uvarint │ exceptions │ integers y │    id 3, (base + unit * y) / 2^exponent
 * │ id u8 │ shift u8 │ base u64 │ integers y │                                          id 4, bits = (base + (y &lt;&lt; shift)) rotated right by 1
 * │ id u8 │ size uvarint │ size times bits u64 │ integers y │                           id 5, bits = entry y of the list
 * │ id u8 │ drawn in XorCodec │                                                        id 6
 * │ id u8 │ bits u64 │ bits u64 │ ...                                                  id 7, one for each value
 *
 * id           bits 0-5 the id, 6: base and unit are there, else 0 and 1, 7: exceptions are there
 * exceptions   the length of all of them in bytes as a uvarint; drawn in {@link ValueExceptions}
 * integers     drawn in {@link IntegerEncoder}; those in the place of exceptions mean nothing
 * </pre>
 *
 * Id 4 takes the bits of doubles as integers, with the sign behind the fraction: near values have near integers whatever their sign,
 * so that predictors work, and an entropy coded column has sign, exponent and leading fraction in its symbols and the noise below in
 * its low bits (as ALP-rd, SIGMOD 2024).
 */
final class ValueEncoder {

  static final int HAS_UNIT = 1 << 6;
  static final int HAS_EXCEPTIONS = 1 << 7;

  static final int DICTIONARY_MAX = ChunkEncoder.SAMPLES_MAX / 2;

  /** Integers that need no more bits than these are written without looking any further. */
  private static final int GOOD_BITS_FRESH = 40;

  private static final int GOOD_BITS_COLD = 20;

  private static final int SAMPLES = 16;
  private static final int HASH_SLOTS = 4 * DICTIONARY_MAX;

  private final boolean cold;
  private final IntegerEncoder integers;
  private final long[] scaled = new long[ChunkEncoder.SAMPLES_MAX];
  private final boolean[] odd = new boolean[ChunkEncoder.SAMPLES_MAX];
  private final IntegerPlan plan = new IntegerPlan();
  private final CommonDivisor divisor = new CommonDivisor();
  private final ByteWriter exceptions = new ByteWriter(64);
  private final long[] dictionary = new long[DICTIONARY_MAX];
  private final long[] hashKeys = new long[HASH_SLOTS];
  private final short[] hashValues = new short[HASH_SLOTS];

  private int exponent;
  private long base;
  private long unit;
  private int exceptionCount;
  private int dictionarySize;

  ValueEncoder(Effort effort, IntegerEncoder integers) {
    this.cold = effort == Effort.COLD;
    this.integers = integers;
  }

  /**
   * Appends the column.
   *
   * @return the encoding that was chosen
   */
  int encode(double[] values, int offset, int count, ByteWriter out) {
    long first = Double.doubleToRawLongBits(values[offset]);
    if (isConstant(values, offset, count, first)) {
      out.writeByte(EncodingId.CONSTANT);
      out.writeLong(first);
      return EncodingId.CONSTANT;
    }
    int encoding = EncodingId.RAW;
    long bits = 64L * count;
    if (toDecimals(values, offset, count)) {
      bits = plannedBits();
      encoding = EncodingId.DECIMAL;
    }
    if (bits > (long) count * (cold ? GOOD_BITS_COLD : GOOD_BITS_FRESH)) {
      encoding = chooseAmongAll(values, offset, count, encoding, bits);
    }
    write(encoding, values, offset, count, out);
    return encoding;
  }

  private static boolean isConstant(double[] values, int offset, int count, long bits) {
    for (int i = offset + 1; i < offset + count; i++) {
      if (Double.doubleToRawLongBits(values[i]) != bits) {
        return false;
      }
    }
    return true;
  }

  private long plannedBits() {
    return plan.bits + 8L * exceptions.size();
  }

  /** Leaves the columns of the chosen encoding in place. */
  private int chooseAmongAll(
      double[] values, int offset, int count, int decimals, long decimalBits) {
    int encoding = decimals;
    long bits = decimalBits;
    if (toBinary(values, offset, count)) {
      if (plannedBits() < bits) {
        encoding = EncodingId.BINARY;
        bits = plannedBits();
      }
    }
    if (toDictionary(values, offset, count)) {
      long dictionaryBits = plan.bits + 64L * dictionarySize;
      if (dictionaryBits < bits) {
        encoding = EncodingId.DICTIONARY;
        bits = dictionaryBits;
      }
    }
    long xorBits = XorCodec.bits(values, offset, count);
    if (xorBits < bits) {
      encoding = EncodingId.XOR;
      bits = xorBits;
    }
    toBits(values, offset, count);
    if (plan.bits < bits) {
      return EncodingId.BITS;
    }
    // What was scaled last is not what won: do it again.
    switch (encoding) {
      case EncodingId.DECIMAL -> toDecimals(values, offset, count);
      case EncodingId.BINARY -> toBinary(values, offset, count);
      case EncodingId.DICTIONARY -> toDictionary(values, offset, count);
      default -> {}
    }
    return encoding;
  }

  private void write(int encoding, double[] values, int offset, int count, ByteWriter out) {
    switch (encoding) {
      case EncodingId.DECIMAL, EncodingId.BINARY -> {
        out.writeByte(
            encoding | (unit == 1 ? 0 : HAS_UNIT) | (exceptionCount == 0 ? 0 : HAS_EXCEPTIONS));
        out.writeUnsignedVarint(exponent);
        if (unit != 1) {
          out.writeVarint(base);
          out.writeUnsignedVarint(unit);
        }
        if (exceptionCount > 0) {
          out.writeUnsignedVarint(exceptions.size());
          out.writeBytes(exceptions.array(), 0, exceptions.size());
        }
        integers.write(scaled, count, plan, out);
      }
      case EncodingId.BITS -> {
        out.writeByte(encoding);
        out.writeByte(exponent);
        out.writeLong(base);
        integers.write(scaled, count, plan, out);
      }
      case EncodingId.DICTIONARY -> {
        out.writeByte(encoding);
        out.writeUnsignedVarint(dictionarySize);
        for (int i = 0; i < dictionarySize; i++) {
          out.writeLong(dictionary[i]);
        }
        integers.write(scaled, count, plan, out);
      }
      case EncodingId.XOR -> {
        out.writeByte(encoding);
        XorCodec.encode(values, offset, count, out);
      }
      default -> {
        out.writeByte(EncodingId.RAW);
        out.ensure(8 * count);
        for (int i = offset; i < offset + count; i++) {
          out.writeDouble(values[i]);
        }
      }
    }
  }

  private boolean toDecimals(double[] values, int offset, int count) {
    int guess = decimalExponent(values, offset, count);
    if (guess < 0) {
      return false;
    }
    exponent = guess;
    exceptionCount = DecimalScale.scale(values, offset, count, guess, scaled, odd);
    if (exceptionCount > 0) {
      int finer = finerExponent(values, offset, count);
      if (finer > guess) {
        exponent = finer;
        int others = DecimalScale.scale(values, offset, count, finer, scaled, odd);
        if (others > exceptionCount) {
          exponent = guess;
          DecimalScale.scale(values, offset, count, guess, scaled, odd);
        } else {
          exceptionCount = others;
        }
      }
    }
    return planScaled(values, offset, count);
  }

  /** The exponent that most of a few values need; -1 where most have none. */
  private static int decimalExponent(double[] values, int offset, int count) {
    int exponent = 0;
    int decimals = 0;
    int others = 0;
    int step = Math.max(1, count / SAMPLES);
    for (int i = offset; i < offset + count; i += step) {
      double value = values[i];
      if (isSpecial(value)) {
        continue;
      }
      if (DecimalScale.is(value, exponent)) {
        decimals++;
        continue;
      }
      int needed = DecimalScale.exponent(value);
      if (needed < 0) {
        others++;
      } else {
        decimals++;
        exponent = Math.max(exponent, needed);
      }
    }
    return decimals > others ? exponent : others == 0 ? 0 : -1;
  }

  private static boolean isSpecial(double value) {
    return !(Math.abs(value) <= Double.MAX_VALUE)
        || Double.doubleToRawLongBits(value) == Long.MIN_VALUE;
  }

  /** The largest exponent that some of the odd values need, -1 for none. */
  private int finerExponent(double[] values, int offset, int count) {
    int finer = -1;
    int looked = 0;
    for (int i = 0; i < count && looked < 2 * SAMPLES; i++) {
      if (odd[i] && !isSpecial(values[offset + i])) {
        finer = Math.max(finer, DecimalScale.exponent(values[offset + i]));
        looked++;
      }
    }
    return finer;
  }

  private boolean toBinary(double[] values, int offset, int count) {
    exponent = BinaryScale.exponent(values, offset, count);
    if (exponent < 0) {
      return false;
    }
    exceptionCount = BinaryScale.scale(values, offset, count, exponent, scaled, odd);
    return planScaled(values, offset, count);
  }

  /** Takes the unit out of the scaled integers and looks for the smallest way to write them. */
  private boolean planScaled(double[] values, int offset, int count) {
    exceptions.clear();
    if (exceptionCount > 0) {
      ValueExceptions.write(values, offset, count, odd, exceptions);
      if (exceptions.size() > 4 * count) {
        return false;
      }
      coverExceptions(count);
    }
    findUnit(count);
    if (unit != 1) {
      for (int i = 0; i < count; i++) {
        scaled[i] = divisor.quotient(scaled[i] - base);
      }
    }
    integers.plan(scaled, count, IntegerEncoder.ALL, plan);
    return true;
  }

  /** Gives each exception the integer before it, which is easy to predict. */
  private void coverExceptions(int count) {
    int first = 0;
    while (first < count && odd[first]) {
      first++;
    }
    long before = first < count ? scaled[first] : 0;
    for (int i = 0; i < count; i++) {
      if (odd[i]) {
        scaled[i] = before;
      }
      before = scaled[i];
    }
  }

  private void findUnit(int count) {
    base = scaled[0];
    unit = 1;
    divisor.clear();
    for (int i = 1; i < count; i++) {
      long value = scaled[i];
      long difference = value - base;
      boolean overflows = ((value ^ base) & (value ^ difference)) < 0;
      if (overflows || difference == Long.MIN_VALUE) {
        return;
      }
      divisor.add(difference);
      if (divisor.divisor() == 1) {
        return;
      }
    }
    unit = Math.max(1, divisor.divisor());
  }

  private void toBits(double[] values, int offset, int count) {
    base = rotated(values[offset]);
    long different = 0;
    for (int i = 0; i < count; i++) {
      long difference = rotated(values[offset + i]) - base;
      different |= difference;
      scaled[i] = difference;
    }
    exponent = Long.numberOfTrailingZeros(different);
    for (int i = 0; i < count; i++) {
      scaled[i] >>= exponent;
    }
    integers.plan(scaled, count, IntegerEncoder.ALL, plan);
    plan.bits += 80;
  }

  private static long rotated(double value) {
    return Long.rotateLeft(Double.doubleToRawLongBits(value), 1);
  }

  /** False where more than half of the values are different ones. */
  private boolean toDictionary(double[] values, int offset, int count) {
    dictionarySize = 0;
    Arrays.fill(hashValues, (short) -1);
    for (int i = offset; i < offset + count; i++) {
      long bits = Double.doubleToRawLongBits(values[i]);
      int slot = slot(bits);
      if (hashValues[slot] < 0) {
        if (dictionarySize >= count / 2) {
          return false;
        }
        hashKeys[slot] = bits;
        hashValues[slot] = 0;
        dictionary[dictionarySize++] = bits;
      }
    }
    // Sorted: values that are near have indexes that are near.
    Arrays.sort(dictionary, 0, dictionarySize);
    for (int i = 0; i < dictionarySize; i++) {
      hashValues[slot(dictionary[i])] = (short) i;
    }
    for (int i = 0; i < count; i++) {
      scaled[i] = hashValues[slot(Double.doubleToRawLongBits(values[offset + i]))];
    }
    integers.plan(scaled, count, IntegerEncoder.ALL, plan);
    return true;
  }

  /** The slot that holds a key, or the free one where it belongs. */
  private int slot(long key) {
    int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 51) & (HASH_SLOTS - 1);
    while (hashValues[slot] >= 0 && hashKeys[slot] != key) {
      slot = (slot + 1) & (HASH_SLOTS - 1);
    }
    return slot;
  }
}
