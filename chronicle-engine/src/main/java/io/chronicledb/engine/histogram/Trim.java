package io.chronicledb.engine.histogram;

/** Takes away the observations on one side of a bound. */
final class Trim {

  private final NativeHistogram histogram;
  private final BucketLayout layout;
  private final double bound;

  /** Keeps what is below the bound, otherwise what is above. */
  private final boolean keepsBelow;

  private boolean trimmed;
  private double count;
  private double sum;

  Trim(NativeHistogram histogram, double bound, boolean keepsBelow) {
    this.histogram = histogram;
    this.layout = histogram.layout();
    this.bound = bound;
    this.keepsBelow = keepsBelow;
  }

  NativeHistogram result() {
    Side positive = histogram.positiveSide();
    Side negative = histogram.negativeSide();
    boolean hasPositive = isPopulated(positive);
    boolean hasNegative = isPopulated(negative);
    positive = kept(positive, true);
    negative = kept(negative, false);
    double zeroCount = histogram.zeroCount();
    if (zeroCount > 0) {
      double width = layout.zeroThreshold();
      // Without observations on one side, those in the zero bucket are on the other.
      double lower = hasPositive && !hasNegative ? 0 : -width;
      double upper = hasNegative && !hasPositive ? 0 : width;
      zeroCount = keptOfZero(lower, upper, zeroCount);
    }
    return trimmed
        ? histogram.with(count, sum, zeroCount, negative.compact(0), positive.compact(0))
        : histogram;
  }

  private static boolean isPopulated(Side side) {
    for (double count : side.counts()) {
      if (count != 0) {
        return true;
      }
    }
    return false;
  }

  private Side kept(Side side, boolean positive) {
    var counts = new double[side.size()];
    for (int i = 0; i < counts.length; i++) {
      double before = side.counts()[i];
      if (before == 0) {
        continue;
      }
      int index = side.indexes()[i];
      double near = layout.upper(index - 1);
      double far = layout.upper(index);
      counts[i] = positive ? kept(near, far, before, true) : kept(-far, -near, before, false);
      trimmed |= counts[i] != before;
    }
    return new Side(side.indexes(), counts);
  }

  /** What remains of a bucket, which also goes into count and sum. */
  private double kept(double lower, double upper, double before, boolean positive) {
    if (keepsBelow ? upper <= bound : lower >= bound) {
      return add(before, middle(lower, upper, positive));
    }
    // Not written the other way round: a bound of NaN takes everything away.
    if (!(keepsBelow ? lower < bound : upper > bound)) {
      trimmed = true;
      return 0;
    }
    if (lower == Double.NEGATIVE_INFINITY) {
      return keptOfLowest(upper, before);
    }
    if (upper == Double.POSITIVE_INFINITY) {
      // Nobody knows how far up they reach: all are taken for larger than any bound.
      return keepsBelow ? add(0, lower) : bound >= lower ? add(before, bound) : add(0, lower);
    }
    double below = before * partBelow(lower, upper, positive);
    return keepsBelow
        ? add(below, middle(lower, bound, positive))
        : add(before - below, middle(bound, upper, positive));
  }

  /** Of a custom bucket without a lower bound. It begins at zero where it ends above. */
  private double keptOfLowest(double upper, double before) {
    boolean fromZero = upper > 0 && upper != Double.POSITIVE_INFINITY;
    if (keepsBelow) {
      if (fromZero && bound > 0) {
        return add(before * bound / upper, bound / 2);
      }
      return upper <= 0 ? add(before, bound) : 0;
    }
    return fromZero && bound >= 0 ? add(before * (1 - bound / upper), (bound + upper) / 2) : 0;
  }

  private double partBelow(double lower, double upper, boolean positive) {
    if (layout.isCustom()) {
      return (bound - lower) / (upper - lower);
    }
    double logLower = BinaryLogarithm.log2(Math.abs(lower));
    double logUpper = BinaryLogarithm.log2(Math.abs(upper));
    double logBound = BinaryLogarithm.log2(Math.abs(bound));
    return positive
        ? (logBound - logLower) / (logUpper - logLower)
        : 1 - (logBound - logUpper) / (logLower - logUpper);
  }

  /** What observations between two bounds are taken for. */
  private double middle(double lower, double upper, boolean positive) {
    if (Double.isInfinite(lower)) {
      if (Double.isInfinite(upper)) {
        return 0;
      }
      return upper > 0 ? upper / 2 : upper;
    }
    if (Double.isInfinite(upper)) {
      return lower;
    }
    if (layout.isCustom()) {
      return (lower + upper) / 2;
    }
    double mean = Math.sqrt(Math.abs(lower * upper));
    return positive ? mean : -mean;
  }

  private double keptOfZero(double lower, double upper, double before) {
    double from = keepsBelow ? lower : Math.max(lower, bound);
    double to = keepsBelow ? Math.min(upper, bound) : upper;
    // The order matters to a zero bucket without width that lies at the bound.
    double kept;
    double middle = (from + to) / 2;
    if (keepsBelow && bound <= lower) {
      kept = 0;
      middle = 0;
    } else if (keepsBelow ? bound >= upper : bound <= lower) {
      kept = before;
    } else if (!keepsBelow && bound >= upper) {
      kept = 0;
      middle = 0;
    } else {
      kept = before * ((to - from) / (upper - lower));
    }
    trimmed |= kept != before;
    return add(kept, middle);
  }

  private double add(double kept, double middle) {
    count += kept;
    sum += middle * kept;
    return kept;
  }
}
