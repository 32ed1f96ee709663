package io.chronicledb.engine.histogram;

/**
 * Logarithms to base 2 and their inverse, rounded as in Go's mathematical library, which has both from FreeBSD's: Java's own differ in
 * the last bit, and an interpolated quantile with them. Powers of two are exact.
 */
final class BinaryLogarithm {

  private static final double LN2 = 0.6931471805599453;
  private static final double LN2_HIGH = 0.6931471803691238;
  private static final double LN2_LOW = 1.9082149292705877e-10;

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
        * (0.6666666666666735
            + s4 * (0.2857142874366239 + s4 * (0.1818357216161805 + s4 * 0.14798198605116586)));
    double even = s4 * (0.3999999999940942 + s4 * (0.22222198432149784 + s4 * 0.15313837699209373));
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
            * (0.16666666666666666
                + r2
                    * (-0.0027777777777015593
                        + r2
                            * (6.613756321437934e-5
                                + r2 * (-1.6533902205465252e-6 + r2 * 4.1381367970572385e-8))));
    double y = 1 - ((low - (r * c) / (2 - c)) - high);
    return Math.scalb(y, k);
  }
}
