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
