package io.chronicledb.engine.query.function;

/** A running sum that keeps what rounding loses, after Kahan and Neumaier. */
final class CompensatedSum {

  private double sum;
  private double lost;

  void reset() {
    sum = 0;
    lost = 0;
  }

  void reset(double start, double startLost) {
    sum = start;
    lost = startLost;
  }

  void add(double value) {
    double next = sum + value;
    if (Double.isInfinite(next)) {
      lost = 0;
    } else if (Math.abs(sum) >= Math.abs(value)) {
      lost += (sum - next) + value;
    } else {
      lost += (value - next) + sum;
    }
    sum = next;
  }

  /**
   * Adds one value after another, all of them or none.
   *
   * @return false where the sum would leave the range of finite numbers
   */
  boolean addAll(double[] values, int from, int to) {
    double s = sum;
    double c = lost;
    for (int i = from; i < to; i++) {
      // What rounding loses is exact, and hence the same, in Knuth's way without a branch.
      double value = values[i];
      double next = s + value;
      double added = next - s;
      c += (s - (next - added)) + (value - added);
      s = next;
    }
    if (!Double.isFinite(s) || !Double.isFinite(c)) {
      return false;
    }
    sum = s;
    lost = c;
    return true;
  }

  void scale(double factor) {
    sum *= factor;
    lost *= factor;
  }

  /** Whether one more value would pass what a double can hold. */
  boolean overflowsWith(double value) {
    return Double.isInfinite(sum + value);
  }

  double value() {
    return sum + lost;
  }
}
