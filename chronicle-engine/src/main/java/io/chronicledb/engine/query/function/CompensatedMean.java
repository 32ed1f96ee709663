package io.chronicledb.engine.query.function;

/** A mean as Prometheus computes it: of the sum as long as that fits a double, and from there on incrementally. */
final class CompensatedMean {

  private final CompensatedSum sum = new CompensatedSum();
  private long count;
  private boolean incremental;

  /** Goes on from the sum of some values and what its rounding has lost. */
  static CompensatedMean of(double sum, double lost, long count) {
    var mean = new CompensatedMean();
    mean.sum.reset(sum, lost);
    mean.count = count;
    return mean;
  }

  void reset() {
    count = 0;
    incremental = false;
  }

  void add(double value) {
    count++;
    if (count == 1) {
      sum.reset(value, 0);
      return;
    }
    if (!incremental) {
      if (!sum.overflowsWith(value)) {
        sum.add(value);
        return;
      }
      incremental = true;
      sum.scale(1.0 / (count - 1));
    }
    sum.scale((double) (count - 1) / count);
    sum.add(value / count);
  }

  /** Adds one value after another. */
  void addAll(double[] values, int from, int to) {
    int at = from;
    if (count == 0 && at < to) {
      add(values[at++]);
    }
    if (!incremental && sum.addAll(values, at, to)) {
      count += to - at;
      return;
    }
    for (int i = at; i < to; i++) {
      add(values[i]);
    }
  }

  long count() {
    return count;
  }

  double value() {
    return incremental ? sum.value() : sum.value() / count;
  }
}
