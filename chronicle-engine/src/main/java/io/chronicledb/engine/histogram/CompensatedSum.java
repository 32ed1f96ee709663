package io.chronicledb.engine.histogram;

/** Neumaier's variant of Kahan's summation. */
final class CompensatedSum {

  private CompensatedSum() {}

  /** What {@code sum}, that of {@code a} and {@code b}, lost to rounding. */
  static double lost(double a, double b, double sum) {
    if (Double.isInfinite(sum)) {
      return 0;
    }
    return Math.abs(a) >= Math.abs(b) ? a - sum + b : b - sum + a;
  }
}
