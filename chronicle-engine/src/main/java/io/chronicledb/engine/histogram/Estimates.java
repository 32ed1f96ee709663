package io.chronicledb.engine.histogram;

import io.chronicledb.engine.histogram.Estimate.NanEffect;

/** What the buckets tell about the observations in them. */
final class Estimates {

  private Estimates() {}

  static Estimate quantile(NativeHistogram histogram, double q) {
    if (q < 0) {
      return Estimate.of(Double.NEGATIVE_INFINITY);
    }
    if (q > 1) {
      return Estimate.of(Double.POSITIVE_INFINITY);
    }
    if (histogram.count() == 0 || Double.isNaN(q)) {
      return Estimate.of(Double.NaN);
    }
    boolean custom = histogram.layout().isCustom();
    boolean nanSum = Double.isNaN(histogram.sum());
    // From the nearer end; from below where NaN, in no bucket, takes up the upper end.
    boolean fromBelow = nanSum || q < 0.5;
    BucketCursor bucket = fromBelow ? histogram.ascending() : histogram.descending();
    double rank = (fromBelow ? q : 1 - q) * histogram.count();
    double count = 0;
    while (bucket.next()) {
      count += bucket.count();
      if (bucket.count() != 0 && count >= rank) {
        break;
      }
    }
    double lower = bucket.lower();
    double upper = bucket.upper();
    if (custom) {
      if (lower == Double.NEGATIVE_INFINITY) {
        if (upper <= 0) {
          return Estimate.of(upper);
        }
        lower = 0;
      } else if (upper == Double.POSITIVE_INFINITY) {
        return Estimate.of(lower);
      }
    } else if (lower < 0 && upper > 0) {
      lower = zeroBucketBegin(histogram, lower);
      upper = zeroBucketEnd(histogram, upper);
    }
    // Sums of fractions may come out above the count.
    count = Math.min(count, histogram.count());
    if (count < rank) {
      return nanSum ? new Estimate(Double.NaN, NanEffect.RESULT_IS_NAN) : Estimate.of(upper);
    }
    rank = fromBelow ? rank - (count - bucket.count()) : count - rank;
    var effect = NanEffect.NONE;
    if (nanSum) {
      // Without NaN among the observations, infinities of both signs made the sum NaN. As in
      // Prometheus, the place within the
      // bucket that was found is taken in the last bucket: a quantile of a histogram with NaN is no
      // good either way.
      while (bucket.next()) {
        lower = bucket.lower();
        upper = bucket.upper();
        count += bucket.count();
      }
      effect = count < histogram.count() ? NanEffect.SKEWED_HIGHER : NanEffect.NONE;
    }
    return new Estimate(interpolate(custom, lower, upper, rank / bucket.count()), effect);
  }

  private static double interpolate(boolean custom, double lower, double upper, double part) {
    if (custom || lower <= 0 && upper >= 0) {
      return lower + (upper - lower) * part;
    }
    double logLower = BinaryLogarithm.log2(Math.abs(lower));
    double logUpper = BinaryLogarithm.log2(Math.abs(upper));
    return lower > 0
        ? BinaryLogarithm.exp2(logLower + (logUpper - logLower) * part)
        : -BinaryLogarithm.exp2(logUpper + (logLower - logUpper) * (1 - part));
  }

  /** A histogram without negative buckets has no negative observations in its zero bucket. */
  private static double zeroBucketBegin(NativeHistogram histogram, double lower) {
    BucketLayout layout = histogram.layout();
    return layout.negativeCount() == 0 && layout.positiveCount() > 0 ? 0 : lower;
  }

  private static double zeroBucketEnd(NativeHistogram histogram, double upper) {
    BucketLayout layout = histogram.layout();
    return layout.positiveCount() == 0 && layout.negativeCount() > 0 ? 0 : upper;
  }

  static Estimate fraction(NativeHistogram histogram, double from, double to) {
    if (histogram.count() == 0 || Double.isNaN(from) || Double.isNaN(to)) {
      return Estimate.of(Double.NaN);
    }
    if (from >= to) {
      return Estimate.of(0);
    }
    double rank = 0;
    double fromRank = 0;
    double toRank = 0;
    boolean fromFound = false;
    boolean toFound = false;
    double count = 0;
    boolean custom = histogram.layout().isCustom();
    BucketCursor bucket = histogram.ascending();
    while (!(fromFound && toFound) && bucket.next()) {
      count += bucket.count();
      double lower = bucket.lower();
      double upper = bucket.upper();
      boolean zero = lower <= 0 && upper >= 0;
      if (zero) {
        lower = zeroBucketBegin(histogram, lower);
        upper = zeroBucketEnd(histogram, upper);
      }
      if (!fromFound && (from <= lower || from < upper)) {
        fromRank = rankOf(from, rank, bucket.count(), lower, upper, custom || zero);
        fromFound = true;
      }
      if (!toFound && (to <= lower || to < upper)) {
        toRank = rankOf(to, rank, bucket.count(), lower, upper, custom || zero);
        toFound = true;
      }
      rank += bucket.count();
    }
    var effect = NanEffect.NONE;
    if (Double.isNaN(histogram.sum())) {
      while (bucket.next()) {
        count += bucket.count();
      }
      effect = count < histogram.count() ? NanEffect.EXCLUDED : NanEffect.NONE;
    } else {
      count = histogram.count();
    }
    // Also where sums of fractions came out above the count.
    double before = !fromFound || fromRank > count ? count : fromRank;
    double upTo = !toFound || toRank > count ? count : toRank;
    return new Estimate((upTo - before) / histogram.count(), effect);
  }

  /** How many observations lie below a value that is below the end of a bucket. */
  private static double rankOf(
      double value, double rank, double count, double lower, double upper, boolean linear) {
    if (lower >= value) {
      return rank;
    }
    if (linear) {
      // Nobody knows where between an infinite bound and a finite one they are.
      return lower == Double.NEGATIVE_INFINITY
          ? count
          : rank + count * (value - lower) / (upper - lower);
    }
    double logLower = BinaryLogarithm.log2(Math.abs(lower));
    double logUpper = BinaryLogarithm.log2(Math.abs(upper));
    double logValue = BinaryLogarithm.log2(Math.abs(value));
    double part = value > 0
        ? (logValue - logLower) / (logUpper - logLower)
        : 1 - (logValue - logUpper) / (logLower - logUpper);
    return rank + count * part;
  }

  static double variance(NativeHistogram histogram) {
    double mean = histogram.sum() / histogram.count();
    boolean custom = histogram.layout().isCustom();
    double sum = 0;
    double compensation = 0;
    BucketCursor bucket = histogram.ascending();
    while (bucket.next()) {
      if (bucket.count() == 0) {
        continue;
      }
      double middle;
      if (custom) {
        middle = (bucket.upper() + bucket.lower()) / 2;
      } else if (bucket.lower() <= 0 && bucket.upper() >= 0) {
        middle = 0;
      } else {
        middle = Math.copySign(Math.sqrt(bucket.upper() * bucket.lower()), bucket.upper());
      }
      double delta = middle - mean;
      double square = bucket.count() * delta * delta;
      double next = sum + square;
      compensation += CompensatedSum.lost(sum, square, next);
      sum = next;
    }
    return (sum + compensation) / histogram.count();
  }
}
