package io.chronicledb.engine.histogram;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A native histogram: how many observations fell into which bucket, how many there were, and their sum. Immutable and thread-safe.
 *
 * <p>Observations of NaN are in {@link #count} only, and make the sum NaN. Buckets may hold fractions, and negative counts where a query
 * subtracts. Operations on two histograms bring both to the coarser schema and the wider zero bucket, or to the custom bounds that both
 * have; exponential and custom buckets do not mix, see {@link #isCompatibleWith}.
 */
public final class NativeHistogram {

  /** No observation and no bucket. */
  public static final NativeHistogram EMPTY =
      new NativeHistogram(BucketLayout.EMPTY, CounterResetHint.UNKNOWN, 0, 0, 0, new double[0]);

  private static final Side NO_SIDE = new Side(new int[0], new double[0]);

  private final BucketLayout layout;
  private final CounterResetHint hint;
  private final double count;
  private final double sum;
  private final double zeroCount;

  /** The negative buckets in the order of the layout, then the positive ones. */
  private final double[] buckets;

  private NativeHistogram(
      BucketLayout layout,
      CounterResetHint hint,
      double count,
      double sum,
      double zeroCount,
      double[] buckets) {
    this.layout = layout;
    this.hint = hint;
    this.count = count;
    this.sum = sum;
    this.zeroCount = layout.isCustom() ? 0 : zeroCount;
    this.buckets = buckets;
  }

  /**
   * A histogram.
   *
   * @param count all observations, NaN included
   * @param zeroCount observations in the zero bucket; 0 with custom buckets
   * @param buckets what the buckets hold, from {@code offset} on: the negative ones in the order of the layout, then the positive ones
   */
  public static NativeHistogram of(
      BucketLayout layout,
      CounterResetHint hint,
      double count,
      double sum,
      double zeroCount,
      double[] buckets,
      int offset) {
    if (layout.isCustom() && zeroCount != 0) {
      throw new IllegalArgumentException("a histogram with custom buckets has a zero bucket");
    }
    return new NativeHistogram(
        layout,
        hint,
        count,
        sum,
        zeroCount,
        Arrays.copyOfRange(buckets, offset, offset + layout.bucketCount()));
  }

  private static NativeHistogram of(
      int schema,
      double zeroThreshold,
      double[] bounds,
      CounterResetHint hint,
      double count,
      double sum,
      double zeroCount,
      Side negative,
      Side positive) {
    BucketLayout layout =
        BucketLayout.derived(schema, zeroThreshold, bounds, negative.indexes(), positive.indexes());
    return new NativeHistogram(
        layout, hint, count, sum, zeroCount, joined(negative.counts(), positive.counts()));
  }

  /** A histogram of that array itself. */
  static NativeHistogram derived(
      BucketLayout layout,
      CounterResetHint hint,
      double count,
      double sum,
      double zeroCount,
      double[] buckets) {
    return new NativeHistogram(layout, hint, count, sum, zeroCount, buckets);
  }

  private static double[] joined(double[] negative, double[] positive) {
    if (negative.length == 0) {
      return positive;
    }
    double[] both = Arrays.copyOf(negative, negative.length + positive.length);
    System.arraycopy(positive, 0, both, negative.length, positive.length);
    return both;
  }

  public BucketLayout layout() {
    return layout;
  }

  public CounterResetHint hint() {
    return hint;
  }

  /** All observations, those of NaN included. */
  public double count() {
    return count;
  }

  /** The sum of all observations. */
  public double sum() {
    return sum;
  }

  /** Observations in the zero bucket. */
  public double zeroCount() {
    return zeroCount;
  }

  /** Observations in the i-th negative bucket of the layout. */
  public double negative(int i) {
    return buckets[i];
  }

  /** Observations in the i-th positive bucket of the layout. */
  public double positive(int i) {
    return buckets[layout.negativeCount() + i];
  }

  /** Bytes of memory, about, without the layout, which others share. */
  public long memoryBytes() {
    return 72 + 8L * buckets.length;
  }

  /** Copies what the buckets hold, first the negative ones. */
  public void copyBuckets(double[] into, int offset) {
    System.arraycopy(buckets, 0, into, offset, buckets.length);
  }

  /** All buckets, from the lowest to the highest. */
  public BucketCursor ascending() {
    return new BucketCursor(this, true);
  }

  /** All buckets, from the highest to the lowest. */
  public BucketCursor descending() {
    return new BucketCursor(this, false);
  }

  Side negativeSide() {
    return new Side(layout.negative(), Arrays.copyOf(buckets, layout.negativeCount()));
  }

  Side positiveSide() {
    return layout.negativeCount() == 0
        ? new Side(layout.positive(), buckets)
        : new Side(
            layout.positive(), Arrays.copyOfRange(buckets, layout.negativeCount(), buckets.length));
  }

  /** The same with another hint. */
  public NativeHistogram withHint(CounterResetHint newHint) {
    return newHint == hint
        ? this
        : new NativeHistogram(layout, newHint, count, sum, zeroCount, buckets);
  }

  /** Everything times {@code factor}. A negative factor makes a gauge of it. */
  public NativeHistogram times(double factor) {
    double[] products = buckets.clone();
    for (int i = 0; i < products.length; i++) {
      products[i] *= factor;
    }
    return new NativeHistogram(
        layout,
        factor < 0 ? CounterResetHint.GAUGE : hint,
        count * factor,
        sum * factor,
        zeroCount * factor,
        products);
  }

  /** Everything divided by {@code divisor}; 0 leaves no bucket but the zero bucket. A negative divisor makes a gauge of it. */
  public NativeHistogram dividedBy(double divisor) {
    if (divisor == 0) {
      BucketLayout bare = layout.isCustom()
          ? BucketLayout.custom(layout.bounds(), new int[0])
          : BucketLayout.exponential(
              layout.schema(), layout.zeroThreshold(), new int[0], new int[0]);
      return new NativeHistogram(
          bare, hint, count / divisor, sum / divisor, zeroCount / divisor, new double[0]);
    }
    double[] quotients = buckets.clone();
    for (int i = 0; i < quotients.length; i++) {
      quotients[i] /= divisor;
    }
    return new NativeHistogram(
        layout,
        divisor < 0 ? CounterResetHint.GAUGE : hint,
        count / divisor,
        sum / divisor,
        zeroCount / divisor,
        quotients);
  }

  /** The unary minus: every count and the sum change their sign; a gauge. */
  public NativeHistogram negated() {
    return times(-1);
  }

  /** Whether the two can be added, subtracted and compared for resets: both exponential, or both with custom buckets. */
  public boolean isCompatibleWith(NativeHistogram other) {
    return layout.isCustom() == other.layout.isCustom();
  }

  /**
   * A sum or a difference, and what is worth telling about it.
   *
   * @param hintsContradict one side said that there was a counter reset, the other that there was none
   * @param boundsReconciled custom bounds differed: only those that both have are left
   */
  public record Combined(
      NativeHistogram histogram, boolean hintsContradict, boolean boundsReconciled) {}

  /**
   * The sum of both. Buckets may come out empty, see {@link #compact}.
   *
   * @throws IllegalArgumentException where the two are not compatible
   */
  public Combined plus(NativeHistogram other) {
    return combined(other, false);
  }

  /**
   * This one less the other. The hint is that of a sum, since means are built this way; the operator of PromQL makes a gauge of the
   * result.
   *
   * @throws IllegalArgumentException where the two are not compatible
   */
  public Combined minus(NativeHistogram other) {
    return combined(other, true);
  }

  private Combined combined(NativeHistogram other, boolean subtract) {
    Aligned aligned = aligned(other);
    double sign = subtract ? -1 : 1;
    double[] sums = aligned.first().clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += sign * aligned.second()[i];
    }
    var histogram = new NativeHistogram(
        aligned.layout(),
        hint.combinedWith(other.hint),
        count + sign * other.count,
        sum + sign * other.sum,
        aligned.zeroCount() + sign * aligned.otherZeroCount(),
        sums);
    boolean reconciled = aligned.boundsReconciled();
    return new Combined(
        reconciled ? histogram.compact(0) : histogram, hint.contradicts(other.hint), reconciled);
  }

  /**
   * Two histograms in one layout.
   *
   * @param first the buckets of the one
   * @param second the buckets of the other
   */
  record Aligned(
      BucketLayout layout,
      double zeroCount,
      double otherZeroCount,
      double[] first,
      double[] second,
      boolean boundsReconciled) {}

  /** This histogram and another one in the layout of their sum. */
  Aligned aligned(NativeHistogram other) {
    if (!isCompatibleWith(other)) {
      throw new IllegalArgumentException("histograms of schemas " + layout.schema() + " and "
          + other.layout.schema() + " do not combine");
    }
    if (layout.equals(other.layout) && layout.hidesNothing()) {
      return new Aligned(layout, zeroCount, other.zeroCount, buckets, other.buckets, false);
    }
    if (layout.isCustom()) {
      return Arrays.equals(layout.bounds(), other.layout.bounds())
          ? aligned(
              layout.schema(), 0, 0, 0, NO_SIDE, positiveSide(), NO_SIDE, other.positiveSide())
          : alignedOnCommonBounds(other);
    }
    var zero = new ZeroBuckets(this, other);
    int schema = Math.min(layout.schema(), other.layout.schema());
    int steps = layout.schema() - schema;
    int otherSteps = other.layout.schema() - schema;
    // As in Prometheus, a bucket of the other one that only becomes as wide as to reach out of the
    // zero bucket at the coarser schema
    // is in both.
    return aligned(
        schema,
        zero.threshold,
        zero.count,
        zero.otherCount,
        zero.negative.coarser(steps),
        zero.positive.coarser(steps),
        behind(zero.threshold, schema, other.negativeSide().coarser(otherSteps)),
        behind(zero.threshold, schema, other.positiveSide().coarser(otherSteps)));
  }

  private Aligned aligned(
      int schema,
      double threshold,
      double zeros,
      double otherZeros,
      Side negative,
      Side positive,
      Side otherNegative,
      Side otherPositive) {
    int[] negatives = Side.union(negative.indexes(), otherNegative.indexes());
    int[] positives = Side.union(positive.indexes(), otherPositive.indexes());
    return new Aligned(
        BucketLayout.derived(schema, threshold, layout.bounds(), negatives, positives),
        zeros,
        otherZeros,
        joined(negative.among(negatives), positive.among(positives)),
        joined(otherNegative.among(negatives), otherPositive.among(positives)),
        false);
  }

  private Aligned alignedOnCommonBounds(NativeHistogram other) {
    double[] bounds = CustomBounds.common(layout.bounds(), other.layout.bounds());
    var indexes = new int[bounds.length + 1];
    Arrays.setAll(indexes, i -> i);
    return new Aligned(
        BucketLayout.custom(bounds, indexes),
        0,
        0,
        CustomBounds.counts(this, bounds),
        CustomBounds.counts(other, bounds),
        true);
  }

  private static Side behind(double threshold, int schema, Side side) {
    int within = 0;
    while (within < side.size()
        && ExponentialBounds.upper(schema, side.indexes()[within]) <= threshold) {
      within++;
    }
    return side.from(within);
  }

  /** The same in the layout of a sum that it is a part of; what that has no bucket for is left out. */
  NativeHistogram in(BucketLayout wider) {
    if (layout.equals(wider)) {
      return this;
    }
    if (layout.isCustom()) {
      var side = new Side(layout.positive(), buckets);
      if (!Arrays.equals(layout.bounds(), wider.bounds())) {
        var indexes = new int[wider.boundCount() + 1];
        Arrays.setAll(indexes, i -> i);
        side = new Side(indexes, CustomBounds.counts(this, wider.bounds()));
      }
      var counts = new double[wider.bucketCount()];
      side.copyCommon(wider.positive(), counts, 0);
      return new NativeHistogram(wider, hint, count, sum, 0, counts);
    }
    int steps = layout.schema() - wider.schema();
    double zeros = zeroCount;
    var counts = new double[wider.bucketCount()];
    for (int sign = 0; sign < 2; sign++) {
      Side side = sign == 0 ? negativeSide() : positiveSide();
      int within = 0;
      while (wider.zeroThreshold() > layout.zeroThreshold()
          && within < side.size()
          && layout.upper(side.indexes()[within] - 1) < wider.zeroThreshold()) {
        zeros += side.counts()[within++];
      }
      side.from(within)
          .coarser(steps)
          .copyCommon(
              sign == 0 ? wider.negative() : wider.positive(),
              counts,
              sign == 0 ? 0 : wider.negativeCount());
    }
    return new NativeHistogram(wider, hint, count, sum, zeros, counts);
  }

  /**
   * The same at a lower resolution: buckets that the coarser schema does not tell apart are merged.
   *
   * @throws IllegalArgumentException with custom buckets, or for a schema that is finer
   */
  public NativeHistogram atSchema(int schema) {
    if (schema == layout.schema()) {
      return this;
    }
    if (layout.isCustom() || schema > layout.schema()) {
      throw new IllegalArgumentException(
          "a histogram of schema " + layout.schema() + " has no schema " + schema);
    }
    int steps = layout.schema() - schema;
    return of(
        schema,
        layout.zeroThreshold(),
        layout.bounds(),
        hint,
        count,
        sum,
        zeroCount,
        negativeSide().coarser(steps),
        positiveSide().coarser(steps));
  }

  /**
   * The same without empty buckets.
   *
   * @param emptyMax gaps of at most so many buckets between populated ones are filled with empty buckets
   */
  public NativeHistogram compact(int emptyMax) {
    Side negative = negativeSide();
    Side positive = positiveSide();
    Side fewerNegative = negative.compact(emptyMax);
    Side fewerPositive = positive.compact(emptyMax);
    if (fewerNegative.size() == negative.size()
        && fewerPositive.size() == positive.size()
        && Arrays.equals(fewerNegative.indexes(), negative.indexes())
        && Arrays.equals(fewerPositive.indexes(), positive.indexes())) {
      return this;
    }
    return of(
        layout.schema(),
        layout.zeroThreshold(),
        layout.bounds(),
        hint,
        count,
        sum,
        zeroCount,
        fewerNegative,
        fewerPositive);
  }

  /**
   * Whether a counter began again between the histogram before and this one. What the hint says is believed; otherwise it did where
   * anything but the sum went down, a populated bucket is gone, or the resolution went up. A gauge is treated like a counter.
   */
  public boolean isResetFrom(NativeHistogram previous) {
    return hint == CounterResetHint.RESET
        || hint != CounterResetHint.NOT_RESET && ResetDetection.isReset(this, previous);
  }

  /**
   * The value below which the part {@code q} of all observations lies, interpolated within a bucket: exponentially, or linearly in the
   * zero bucket and with custom buckets. NaN without observations, or where q is; infinite for a q outside of 0 to 1.
   */
  public Estimate quantile(double q) {
    return Estimates.quantile(this, q);
  }

  /** The part of all observations that lies between two values; NaN without observations, or where one of the values is. */
  public Estimate fraction(double lower, double upper) {
    return Estimates.fraction(this, lower, upper);
  }

  /** Sum divided by count. */
  public double average() {
    return sum / count;
  }

  /** The variance, taking the observations in a bucket for its middle. */
  public double variance() {
    return Estimates.variance(this);
  }

  /** The square root of {@link #variance}. */
  public double standardDeviation() {
    return Math.sqrt(variance());
  }

  /**
   * The observations up to {@code bound}, as far as the buckets tell. Count and sum are estimated from what is left; they stay as they
   * are where nothing is taken away.
   */
  public NativeHistogram trimmedAbove(double bound) {
    return new Trim(this, bound, true).result();
  }

  /** The observations from {@code bound} on; the counterpart of {@link #trimmedAbove}. */
  public NativeHistogram trimmedBelow(double bound) {
    return new Trim(this, bound, false).result();
  }

  /** Whether some bucket, or the zero bucket, holds less than it does in another histogram of the same layout. */
  boolean hasLess(NativeHistogram other) {
    boolean less = zeroCount < other.zeroCount;
    for (int i = 0; i < buckets.length; i++) {
      less |= buckets[i] < other.buckets[i];
    }
    return less;
  }

  /** The same hint and bounds with other contents. */
  NativeHistogram with(
      double newCount, double newSum, double newZeroCount, Side negative, Side positive) {
    return of(
        layout.schema(),
        layout.zeroThreshold(),
        layout.bounds(),
        hint,
        newCount,
        newSum,
        newZeroCount,
        negative,
        positive);
  }

  /** PromQL's {@code ==}: the same buckets, and everything in them and the sum bit by bit; whatever the hints say. */
  public boolean hasSameObservations(NativeHistogram other) {
    return Double.doubleToRawLongBits(count) == Double.doubleToRawLongBits(other.count)
        && Double.doubleToRawLongBits(sum) == Double.doubleToRawLongBits(other.sum)
        && Double.doubleToRawLongBits(zeroCount) == Double.doubleToRawLongBits(other.zeroCount)
        && layout.equals(other.layout)
        && sameBits(buckets, other.buckets);
  }

  private static boolean sameBits(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      if (Double.doubleToRawLongBits(a[i]) != Double.doubleToRawLongBits(b[i])) {
        return false;
      }
    }
    return true;
  }

  /** The same observations and the same hint. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof NativeHistogram histogram
            && hint == histogram.hint
            && hasSameObservations(histogram);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * layout.hashCode() + Double.hashCode(count)) + Double.hashCode(sum);
  }

  /** As Prometheus writes it: {@code {count:4, sum:5, (0.5,1]:1, (1,2]:3}}. */
  @Override
  public String toString() {
    return HistogramText.of(this);
  }
}
