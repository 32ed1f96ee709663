package io.chronicledb.app.wire;

import java.math.BigInteger;

/**
 * The decimal with the fewest digits that reads back as a given double, and of several the nearest: {@code digits() * 10^exponent()}. Reusable; not
 * thread-safe.
 *
 * <p>Giulietti, The Schubfach way to render doubles (2021): all decimals that read back lie between the middles of the double and its neighbours.
 * With {@code 10^k} the largest power of ten that fits in there, one of the two multiples of {@code 10^k} around the double, or of {@code 10^(k + 1)}
 * around it, is the wanted one. Scaled by {@code 10^-k} all of this is exact enough in 126 bits.
 */
final class ShortestDigits {

  private static final int FRACTION_BITS = 52;
  private static final long HIDDEN_BIT = 1L << FRACTION_BITS;
  private static final int EXPONENT_MIN = -1074;
  private static final int EXPONENT_BIAS = 1075;
  private static final long MASK = Long.MAX_VALUE;

  /** Powers of ten that scale a double: {@code k} is from -324 to 292. */
  private static final int POWER_MIN = -292;

  private static final int POWER_MAX = 324;
  /** Bits of a scaled power of ten. */
  private static final int POWER_BITS = 126;

  /** High and low 63 bits of each power in turn, rounded up. */
  private static final long[] POWERS = powers();

  private long digits;
  private int exponent;

  /** Up to 17 digits. */
  long digits() {
    return digits;
  }

  int exponent() {
    return exponent;
  }

  private static long[] powers() {
    var powers = new long[2 * (POWER_MAX - POWER_MIN + 1)];
    for (int power = POWER_MIN; power <= POWER_MAX; power++) {
      int shift = POWER_BITS - 1 - floorLog2OfPowerOf10(power);
      BigInteger ten = BigInteger.TEN.pow(Math.abs(power));
      BigInteger scaled = power >= 0
          ? shift >= 0 ? ten.shiftLeft(shift) : ten.shiftRight(-shift)
          : BigInteger.ONE.shiftLeft(shift).divide(ten);
      scaled = scaled.add(BigInteger.ONE);
      int at = 2 * (power - POWER_MIN);
      powers[at] = scaled.shiftRight(63).longValueExact();
      powers[at + 1] = scaled.longValue() & MASK;
    }
    return powers;
  }

  /** The whole part of log2(10^e). */
  private static int floorLog2OfPowerOf10(int e) {
    return (int) (e * 913_124_641_741L >> 38);
  }

  /** The whole part of log10(2^e). */
  private static int floorLog10OfPowerOf2(int e) {
    return (int) (e * 661_971_961_083L >> 41);
  }

  /** The whole part of log10(3/4 * 2^e). */
  private static int floorLog10OfThreeQuarters(int e) {
    return (int) (e * 661_971_961_083L - 274_743_187_321L >> 41);
  }

  /** @param value finite and above zero */
  void of(double value) {
    long bits = Double.doubleToRawLongBits(value);
    int biased = (int) (bits >>> FRACTION_BITS) & 0x7FF;
    long fraction = bits & HIDDEN_BIT - 1;
    long c = biased == 0 ? fraction : fraction | HIDDEN_BIT;
    int q = biased == 0 ? EXPONENT_MIN : biased - EXPONENT_BIAS;
    // Below a power of two the neighbour is half as far.
    boolean regular = fraction != 0 || biased <= 1;
    int k = regular ? floorLog10OfPowerOf2(q) : floorLog10OfThreeQuarters(q);
    int shift = q + floorLog2OfPowerOf10(-k) + 2;
    int at = 2 * (-k - POWER_MIN);
    long high = POWERS[at];
    long low = POWERS[at + 1];
    // All times four, so that the middles are whole.
    long scaled = scale(high, low, c << 2 << shift);
    long lower = scale(high, low, (c << 2) - (regular ? 2 : 1) << shift);
    long upper = scale(high, low, (c << 2) + 2 << shift);
    // The middles themselves read back as the double where its last bit is zero.
    long odd = c & 1;
    choose(scaled, lower + odd, upper - odd, k);
  }

  private void choose(long scaled, long lower, long upper, int k) {
    exponent = k;
    long below = scaled >> 2;
    long shortBelow = below / 10 * 10;
    long shortAbove = shortBelow + 10;
    boolean shortBelowIn = lower <= shortBelow << 2;
    boolean shortAboveIn = shortAbove << 2 <= upper;
    if (below >= 10 && shortBelowIn != shortAboveIn) {
      digits = shortBelowIn ? shortBelow : shortAbove;
      return;
    }
    long above = below + 1;
    boolean belowIn = lower <= below << 2;
    boolean aboveIn = above << 2 <= upper;
    if (belowIn != aboveIn) {
      digits = belowIn ? below : above;
      return;
    }
    long fromMiddle = scaled - (below + above << 1);
    digits = fromMiddle < 0 || fromMiddle == 0 && (below & 1) == 0 ? below : above;
  }

  /** The product without its low 126 bits, the lowest bit that is left set where any of them was. */
  private static long scale(long high, long low, long factor) {
    long carry = Math.multiplyHigh(low, factor);
    long middle = (high * factor >>> 1) + carry;
    long product = Math.multiplyHigh(high, factor) + (middle >>> 63);
    return product | (middle & MASK) + MASK >>> 63;
  }
}
