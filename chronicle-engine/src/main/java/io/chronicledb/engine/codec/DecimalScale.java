package io.chronicledb.engine.codec;

/**
 * Doubles that are integers divided by a power of ten. What was read from decimal text is the correctly rounded quotient m / 10^k, and
 * dividing gives exactly that double again (as in ALP: Afroozeh et al., "ALP: Adaptive lossless floating-point compression", SIGMOD
 * 2024, which multiplies and therefore has more exceptions). Whatever does not come back bit by bit is no decimal.
 */
final class DecimalScale {

  /** 10^18 is the largest power of ten in a long. */
  static final int LONG_EXPONENT_MAX = 18;

  /** Powers of ten up to 10^22 are exact doubles, but with more digits than these an integer is no smaller than the double. */
  static final int EXPONENT_MAX = 15;

  /** Quotients of integers up to here are correctly rounded. */
  private static final double EXACT_MAX = 0x1p53;

  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  private static final long[] LONG_POWERS = new long[LONG_EXPONENT_MAX + 1];

  static {
    LONG_POWERS[0] = 1;
    for (int i = 1; i < LONG_POWERS.length; i++) {
      LONG_POWERS[i] = 10 * LONG_POWERS[i - 1];
    }
  }

  private DecimalScale() {}

  static double power(int exponent) {
    return POWERS[exponent];
  }

  static long longPower(int exponent) {
    return LONG_POWERS[exponent];
  }

  /** The least exponent with which a value is an integer; -1 if there is none. */
  static int exponent(double value) {
    for (int exponent = 0; exponent <= EXPONENT_MAX; exponent++) {
      if (is(value, exponent)) {
        return exponent;
      }
    }
    return -1;
  }

  static boolean is(double value, int exponent) {
    if (exponent == 0) {
      return isInteger(value, (long) value);
    }
    double scaled = Math.rint(value * POWERS[exponent]);
    return Math.abs(scaled) < EXACT_MAX && same((long) scaled / POWERS[exponent], value);
  }

  /** Whether an integer stands for a value; -0.0 has none, nor has anything from 2^63 on. */
  private static boolean isInteger(double value, long integer) {
    return same((double) integer, value) && integer != Long.MAX_VALUE;
  }

  private static boolean same(double a, double b) {
    return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
  }

  /**
   * Writes the integers that values are with an exponent to the front of {@code into}, and into {@code odd} which are none.
   *
   * @return how many are none
   */
  static int scale(
      double[] values, int offset, int count, int exponent, long[] into, boolean[] odd) {
    int exceptions = 0;
    if (exponent == 0) {
      for (int i = 0; i < count; i++) {
        double value = values[offset + i];
        long integer = (long) value;
        boolean fits = isInteger(value, integer);
        into[i] = integer;
        odd[i] = !fits;
        exceptions += fits ? 0 : 1;
      }
      return exceptions;
    }
    double power = POWERS[exponent];
    for (int i = 0; i < count; i++) {
      double value = values[offset + i];
      double scaled = Math.rint(value * power);
      long integer = (long) scaled;
      boolean fits = Math.abs(scaled) < EXACT_MAX && same(integer / power, value);
      into[i] = integer;
      odd[i] = !fits;
      exceptions += fits ? 0 : 1;
    }
    return exceptions;
  }

  /** The values of integers at the front of {@code from}. */
  static void unscale(long[] from, int count, int exponent, double[] into) {
    for (int i = 0; i < count; i++) {
      into[i] = (double) from[i];
    }
    if (exponent > 0) {
      // In a loop of its own: together with the conversion it is not vectorised, and takes three
      // times
      // as long.
      double power = POWERS[exponent];
      for (int i = 0; i < count; i++) {
        into[i] = into[i] / power;
      }
    }
  }
}
