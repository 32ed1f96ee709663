package io.chronicledb.engine.codec;

/**
 * Doubles that are integers divided by a power of two: what computers draw and average. A random number in [0, 1) is a multiple of
 * 2^-53, which takes 53 bits, where its exponent and sign would take another eleven.
 */
final class BinaryScale {

  /** 2^-1000 and its inverse are normal doubles: multiplying by either is exact. */
  static final int EXPONENT_MAX = 1000;

  private static final int BITS_MAX = 62;
  private static final int FRACTION_BITS = 52;
  private static final int EXPONENT_OF_LOWEST_BIT = 1075;

  private BinaryScale() {}

  /** 2^-exponent. */
  static double inverse(int exponent) {
    return Math.scalb(1.0, -exponent);
  }

  /** The least exponent with which all finite values but -0.0 are integers of at most 62 bits; -1 if there is none. */
  static int exponent(double[] values, int offset, int count) {
    int lowest = Integer.MAX_VALUE;
    int highest = Integer.MIN_VALUE;
    for (int i = offset; i < offset + count; i++) {
      long bits = Double.doubleToRawLongBits(values[i]);
      int biased = (int) (bits >>> FRACTION_BITS) & 0x7FF;
      if (biased == 0x7FF || bits << 1 == 0) {
        continue;
      }
      long fraction = bits & (1L << FRACTION_BITS) - 1;
      long significand = biased == 0 ? fraction : fraction | 1L << FRACTION_BITS;
      int exponent = Math.max(1, biased) - EXPONENT_OF_LOWEST_BIT;
      lowest = Math.min(lowest, exponent + Long.numberOfTrailingZeros(significand));
      highest = Math.max(highest, exponent + 64 - Long.numberOfLeadingZeros(significand));
      if (highest - Math.min(0, lowest) > BITS_MAX) {
        return -1;
      }
    }
    int scale = Math.max(0, -lowest);
    return lowest == Integer.MAX_VALUE || scale > EXPONENT_MAX ? -1 : scale;
  }

  /**
   * Writes the integers that values are with their {@link #exponent} to the front of {@code into}, and into {@code odd} which are
   * none.
   *
   * @return how many are none
   */
  static int scale(
      double[] values, int offset, int count, int exponent, long[] into, boolean[] odd) {
    double power = Math.scalb(1.0, exponent);
    int exceptions = 0;
    for (int i = 0; i < count; i++) {
      double value = values[offset + i];
      boolean fits = Math.abs(value) <= Double.MAX_VALUE
          && Double.doubleToRawLongBits(value) != Long.MIN_VALUE;
      into[i] = (long) (value * power);
      odd[i] = !fits;
      exceptions += fits ? 0 : 1;
    }
    return exceptions;
  }

  /** The values of integers at the front of {@code from}. */
  static void unscale(long[] from, int count, int exponent, double[] into) {
    double inverse = inverse(exponent);
    for (int i = 0; i < count; i++) {
      into[i] = from[i] * inverse;
    }
  }
}
