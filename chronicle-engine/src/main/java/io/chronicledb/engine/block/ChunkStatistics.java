package io.chronicledb.engine.block;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.CorruptionException;

/**
 * What a chunk's values come to: the part of a directory entry that lets a query pass over the chunk or be answered without decoding it.
 * NaN and stale markers are left out of all figures, and flagged. Mutable and reusable; not thread-safe.
 */
public final class ChunkStatistics {

  /** Forms of the figures in the directory; see the package's description. */
  static final int FORM_NONE = 0;

  static final int FORM_CONSTANT = 1;
  static final int FORM_DECIMAL = 2;
  static final int FORM_RAW = 3;

  private static final int SUM_RAW = 0x80;
  private static final int EXPONENT_MAX = 9;
  private static final double[] POWERS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  /** Beyond it not every integer is a double. */
  private static final double EXACT_MAX = 1L << 53;

  long minTime;
  long maxTime;
  int count;
  double min;
  double max;
  double sum;
  double first;
  double last;
  boolean hasNaN;

  /** The timestamp of the first sample. */
  public long minTime() {
    return minTime;
  }

  /** The timestamp of the last sample. */
  public long maxTime() {
    return maxTime;
  }

  /** Samples, NaN included. */
  public int count() {
    return count;
  }

  public double min() {
    return min;
  }

  public double max() {
    return max;
  }

  /** The compensated sum of the values. */
  public double sum() {
    return sum;
  }

  public double first() {
    return first;
  }

  public double last() {
    return last;
  }

  /** Whether some value is NaN or a stale marker: the figures then do not answer for all samples. */
  public boolean hasNaN() {
    return hasNaN;
  }

  /** Takes the figures of the first {@code n} samples; the sum is Neumaier's compensated one. */
  void compute(long[] timestamps, double[] values, int n) {
    minTime = timestamps[0];
    maxTime = timestamps[n - 1];
    count = n;
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    double total = 0;
    double compensation = 0;
    int firstIndex = -1;
    int lastIndex = -1;
    for (int i = 0; i < n; i++) {
      double value = values[i];
      if (Double.isNaN(value)) {
        continue;
      }
      if (firstIndex < 0) {
        firstIndex = i;
      }
      lastIndex = i;
      low = Math.min(low, value);
      high = Math.max(high, value);
      double next = total + value;
      compensation +=
          Math.abs(total) >= Math.abs(value) ? (total - next) + value : (value - next) + total;
      total = next;
    }
    hasNaN = lastIndex - firstIndex + 1 != n || hasNaNWithin(values, firstIndex, lastIndex);
    min = low;
    max = high;
    sum = Double.isInfinite(total) ? total : total + compensation;
    first = firstIndex < 0 ? Double.NaN : values[firstIndex];
    last = lastIndex < 0 ? Double.NaN : values[lastIndex];
  }

  private static boolean hasNaNWithin(double[] values, int from, int to) {
    if (from < 0) {
      return true;
    }
    for (int i = from; i <= to; i++) {
      if (Double.isNaN(values[i])) {
        return true;
      }
    }
    return false;
  }

  /** The form that suits the figures, and appends them in it. */
  int write(ByteWriter out) {
    if (Double.isNaN(first)) {
      return FORM_NONE;
    }
    if (Double.doubleToRawLongBits(min) == Double.doubleToRawLongBits(max) && !hasNaN) {
      out.writeDouble(min);
      return FORM_CONSTANT;
    }
    int exponent = exponent();
    if (exponent < 0) {
      out.writeDouble(min);
      out.writeDouble(max);
      out.writeDouble(sum);
      out.writeDouble(first);
      out.writeDouble(last);
      return FORM_RAW;
    }
    double power = POWERS[exponent];
    boolean decimalSum = isDecimal(sum, power);
    long low = (long) Math.rint(min * power);
    out.writeByte(exponent | (decimalSum ? 0 : SUM_RAW));
    out.writeVarint(low);
    out.writeUnsignedVarint((long) Math.rint(max * power) - low);
    out.writeUnsignedVarint((long) Math.rint(first * power) - low);
    out.writeUnsignedVarint((long) Math.rint(last * power) - low);
    if (decimalSum) {
      out.writeVarint((long) Math.rint(sum * power));
    } else {
      out.writeDouble(sum);
    }
    return FORM_DECIMAL;
  }

  /** The power of ten that makes integers of all figures but the sum; -1 where none does. */
  private int exponent() {
    for (int exponent = 0; exponent <= EXPONENT_MAX; exponent++) {
      double power = POWERS[exponent];
      if (isDecimal(min, power)
          && isDecimal(max, power)
          && isDecimal(first, power)
          && isDecimal(last, power)) {
        return exponent;
      }
    }
    return -1;
  }

  private static boolean isDecimal(double value, double power) {
    double scaled = Math.rint(value * power);
    return Math.abs(scaled) < EXACT_MAX
        && Double.doubleToRawLongBits((long) scaled / power) == Double.doubleToRawLongBits(value);
  }

  /** Reads figures in a form; times and count are the caller's to set, count before. */
  void read(int form, ByteReader in) {
    switch (form) {
      case FORM_NONE -> {
        min = Double.POSITIVE_INFINITY;
        max = Double.NEGATIVE_INFINITY;
        sum = 0;
        first = Double.NaN;
        last = Double.NaN;
      }
      case FORM_CONSTANT -> {
        min = in.readDouble();
        max = min;
        first = min;
        last = min;
        sum = min * count;
      }
      case FORM_DECIMAL -> {
        int head = in.readByte();
        int exponent = head & ~SUM_RAW;
        if (exponent > EXPONENT_MAX) {
          throw new CorruptionException("chunk statistics have the exponent " + exponent);
        }
        double power = POWERS[exponent];
        long low = in.readVarint();
        min = low / power;
        max = (low + in.readUnsignedVarint()) / power;
        first = (low + in.readUnsignedVarint()) / power;
        last = (low + in.readUnsignedVarint()) / power;
        sum = (head & SUM_RAW) != 0 ? in.readDouble() : in.readVarint() / power;
      }
      default -> {
        min = in.readDouble();
        max = in.readDouble();
        sum = in.readDouble();
        first = in.readDouble();
        last = in.readDouble();
      }
    }
  }
}
