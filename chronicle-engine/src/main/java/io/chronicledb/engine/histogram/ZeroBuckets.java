package io.chronicledb.engine.histogram;

/**
 * Two zero buckets of different width brought to the same: wide enough for both, and not ending within a populated bucket of either,
 * whose observations it takes in. The other histogram keeps its buckets: those within the zero bucket are in {@link #otherCount}.
 */
final class ZeroBuckets {

  double threshold;
  double count;
  double otherCount;
  Side negative;
  Side positive;

  ZeroBuckets(NativeHistogram histogram, NativeHistogram other) {
    threshold = histogram.layout().zeroThreshold();
    count = histogram.zeroCount();
    otherCount = other.zeroCount();
    negative = histogram.negativeSide();
    positive = histogram.positiveSide();
    int schema = histogram.layout().schema();
    double otherThreshold = other.layout().zeroThreshold();
    while (otherThreshold != threshold) {
      if (threshold > otherThreshold) {
        var wider = new Widening(
            other.layout().schema(), other.zeroCount(), other.negativeSide(), other.positiveSide());
        wider.to(threshold);
        otherThreshold = wider.threshold;
        otherCount = wider.count;
      }
      if (otherThreshold > threshold) {
        var wider = new Widening(schema, count, negative, positive);
        wider.to(otherThreshold);
        threshold = wider.threshold;
        count = wider.count;
        negative = outside(negative, schema);
        positive = outside(positive, schema);
      }
    }
  }

  /** Without empty buckets and those that begin within the zero bucket. */
  private Side outside(Side side, int schema) {
    int within = 0;
    while (within < side.size()
        && ExponentialBounds.upper(schema, side.indexes()[within] - 1) < threshold) {
      within++;
    }
    return side.from(within).compact(0);
  }

  /** The count and the width of a zero bucket that becomes wider. */
  static final class Widening {

    private final int schema;
    private final double zeroCount;
    private final Side negative;
    private final Side positive;
    double threshold;
    double count;

    Widening(int schema, double zeroCount, Side negative, Side positive) {
      this.schema = schema;
      this.zeroCount = zeroCount;
      this.negative = negative;
      this.positive = positive;
    }

    /** To at least that width. */
    void to(double wider) {
      threshold = wider;
      // What a negative bucket adds to the width may reach further positive ones.
      do {
        count = zeroCount;
        take(positive);
      } while (take(negative));
    }

    /** Adds the buckets that begin within the zero bucket; true where that made it wider still. */
    private boolean take(Side side) {
      for (int i = 0; i < side.size(); i++) {
        int index = side.indexes()[i];
        if (ExponentialBounds.upper(schema, index - 1) >= threshold) {
          return false;
        }
        count += side.counts()[i];
        double upper = ExponentialBounds.upper(schema, index);
        if (upper > threshold) {
          if (side.counts()[i] == 0) {
            return false;
          }
          threshold = upper;
          return true;
        }
      }
      return false;
    }
  }
}
