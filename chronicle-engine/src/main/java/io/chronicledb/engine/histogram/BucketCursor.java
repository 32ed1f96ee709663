package io.chronicledb.engine.histogram;

/**
 * Walks over all buckets of a histogram: negative ones, the zero bucket where it holds something, positive ones; or the other way round.
 * Empty buckets that the layout has are among them. A bucket that the zero bucket reaches into ends or begins at the zero bucket. Stands
 * before the first bucket at first; not thread-safe.
 */
public final class BucketCursor {

  private final NativeHistogram histogram;
  private final BucketLayout layout;
  private final boolean ascending;

  /** Buckets behind, the zero bucket included. */
  private int done;

  private double lower;
  private double upper;
  private boolean lowerInclusive;
  private boolean upperInclusive;
  private double count;

  BucketCursor(NativeHistogram histogram, boolean ascending) {
    this.histogram = histogram;
    this.layout = histogram.layout();
    this.ascending = ascending;
  }

  /** Goes on to the next bucket; false where there is none, and what the cursor says remains that of the last one. */
  public boolean next() {
    int negatives = layout.negativeCount();
    int all = negatives + 1 + layout.positiveCount();
    while (done < all) {
      int at = ascending ? done : all - 1 - done;
      done++;
      if (at < negatives) {
        onNegative(negatives - 1 - at);
        return true;
      }
      if (at > negatives) {
        onPositive(at - negatives - 1);
        return true;
      }
      if (histogram.zeroCount() > 0) {
        onZero();
        return true;
      }
    }
    return false;
  }

  private void onNegative(int i) {
    int index = layout.negativeIndex(i);
    lower = -layout.upper(index);
    upper = -layout.upper(index - 1);
    count = histogram.negative(i);
    setInclusive(index);
    double threshold = layout.zeroThreshold();
    if (upper < 0 && upper > -threshold) {
      upper = -threshold;
    }
  }

  private void onPositive(int i) {
    int index = layout.positiveIndex(i);
    lower = layout.upper(index - 1);
    upper = layout.upper(index);
    count = histogram.positive(i);
    setInclusive(index);
    double threshold = layout.zeroThreshold();
    if (lower > 0 && lower < threshold) {
      lower = threshold;
    }
  }

  private void setInclusive(int index) {
    if (layout.isCustom()) {
      lowerInclusive = index == 0;
      upperInclusive = true;
    } else {
      lowerInclusive = lower < 0;
      upperInclusive = upper > 0;
    }
  }

  private void onZero() {
    lower = -layout.zeroThreshold();
    upper = layout.zeroThreshold();
    lowerInclusive = true;
    upperInclusive = true;
    count = histogram.zeroCount();
  }

  public double lower() {
    return lower;
  }

  public double upper() {
    return upper;
  }

  /** Whether {@link #lower} itself belongs to the bucket. */
  public boolean isLowerInclusive() {
    return lowerInclusive;
  }

  /** Whether {@link #upper} itself belongs to the bucket. */
  public boolean isUpperInclusive() {
    return upperInclusive;
  }

  /** Observations in the bucket. */
  public double count() {
    return count;
  }
}
