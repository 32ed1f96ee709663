package io.chronicledb.engine.codec;

/**
 * The greatest common divisor of a stream of integers, found with one multiplication per integer once it is steady.
 *
 * <p>With the divisor split into 2^s times an odd number o, and o' the inverse of o modulo 2^64, a multiple d of it has the
 * quotient {@code (d >> s) * o'}, and an integer is a multiple of o exactly where that product is no larger than 2^63 / o (Granlund
 * and Montgomery, "Division by invariant integers using multiplication", PLDI 1994, section 9).
 */
final class CommonDivisor {

  private long divisor;
  private int shift;
  private long inverse;
  private long quotientMax;

  void clear() {
    divisor = 0;
  }

  /** Zero as long as nothing but zeros was added. */
  long divisor() {
    return divisor;
  }

  /** Takes in one more integer of which the absolute value fits a long. */
  void add(long value) {
    if (value == 0 || (divisor != 0 && divides(value))) {
      return;
    }
    set(gcd(divisor, Math.abs(value)));
  }

  /** The quotient of a multiple of the divisor. */
  long quotient(long multiple) {
    return (multiple >> shift) * inverse;
  }

  private boolean divides(long value) {
    long quotient = (value >> shift) * inverse;
    return (value >> shift) << shift == value
        && quotient <= quotientMax
        && quotient >= -quotientMax;
  }

  private void set(long newDivisor) {
    divisor = newDivisor;
    shift = Long.numberOfTrailingZeros(newDivisor);
    long odd = newDivisor >>> shift;
    quotientMax = Long.MAX_VALUE / odd;
    // Newton's iteration: an odd number is its own inverse modulo 8, each step doubles the bits.
    inverse = odd;
    for (int bits = 3; bits < 64; bits *= 2) {
      inverse *= 2 - odd * inverse;
    }
  }

  private static long gcd(long a, long b) {
    long x = a;
    long y = b;
    while (x != 0) {
      long rest = y % x;
      y = x;
      x = rest;
    }
    return y;
  }
}
