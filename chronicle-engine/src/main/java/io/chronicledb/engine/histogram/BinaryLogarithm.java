package io.chronicledb.engine.histogram;

/**
 * Logarithms to base 2 and their inverse, rounded as in Go's mathematical library, which has both from FreeBSD's: Java's own differ in
 * the last bit, and an interpolated quantile with them. Powers of two are exact.
 */
final class BinaryLogarithm {

  private static final double LN2 = 0.693147180559945309417232121458176568;
  private static final double LN2_HIGH = 6.93147180369123816490e-01;
  private static final double LN2_LOW = 1.90821492927058770002e-10;

  private BinaryLogarithm() {}

  /** The logarithm of a value above 0. */
  static double log2(double value) {
    if (!(value > 0 && value <= Double.MAX_VALUE)) {
      return value == 0 ? Double.NEGATIVE_INFINITY : value > 0 ? value : Double.NaN;
    }
    int exponent = Math.max(Math.getExponent(value), Double.MIN_EXPONENT - 1) + 1;
    double fraction = Math.scalb(value, -exponent);
    while (fraction < 0.5) {
      fraction *= 2; // A subnormal one.
      exponent--;
    }
    return fraction == 0.5 ? exponent - 1 : naturalOfFraction(fraction) * (1 / LN2) + exponent;
  }

  /** The natural logarithm between a half and one. */
  private static double naturalOfFraction(double fraction) {
    int k = 0;
    double scaled = fraction;
    if (scaled < Math.sqrt(2) / 2) {
      scaled *= 2;
      k = -1;
    }
    double f = scaled - 1;
    double s = f / (2 + f);
    double s2 = s * s;
    double s4 = s2 * s2;
    double odd = s2
        * (6.666666666666735130e-01
            + s4
                * (2.857142874366239149e-01
                    + s4 * (1.818357216161805012e-01 + s4 * 1.479819860511658591e-01)));
    double even = s4
        * (3.999999999940941908e-01
            + s4 * (2.222219843214978396e-01 + s4 * 1.531383769920937332e-01));
    double r = odd + even;
    double half = 0.5 * f * f;
    return k * LN2_HIGH - ((half - (s * (half + r) + k * LN2_LOW)) - f);
  }

  /** 2 to that power. */
  static double exp2(double power) {
    if (Double.isNaN(power)
        || power == Double.POSITIVE_INFINITY
        || power > Double.MAX_EXPONENT + 1) {
      return power > 0 ? Double.POSITIVE_INFINITY : power;
    }
    if (power < -1_075) {
      return 0;
    }
    int k = (int) (power + Math.copySign(0.5, power));
    double t = power - k;
    double high = t * LN2_HIGH;
    double low = -t * LN2_LOW;
    double r = high - low;
    double r2 = r * r;
    double c = r
        - r2
            * (1.66666666666666657415e-01
                + r2
                    * (-2.77777777770155933842e-03
                        + r2
                            * (6.61375632143793436117e-05
                                + r2
                                    * (-1.65339022054652515390e-06
                                        + r2 * 4.13813679705723846039e-08))));
    double y = 1 - ((low - (r * c) / (2 - c)) - high);
    return Math.scalb(y, k);
  }
}
