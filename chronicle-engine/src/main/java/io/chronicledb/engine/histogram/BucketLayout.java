package io.chronicledb.engine.histogram;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which buckets a histogram has: schema, width of the zero bucket, and the indexes of the buckets on either side, of which each may be
 * empty. Custom buckets have bounds instead of a width, and no negative side. Immutable; histograms of one series share it.
 */
public final class BucketLayout {

  /** The schema of custom buckets. */
  public static final int CUSTOM_SCHEMA = -53;

  /**
   * Buckets at most, and custom bounds. A client has 160 by default, a range of all doubles at the finest schema would have half a
   * million: beyond this, one sample is larger than a page of thousands of ordinary ones, and a forged one could fill the memory.
   */
  public static final int BUCKETS_MAX = 10_000;

  private static final int[] NONE = {};
  private static final double[] NO_BOUNDS = {};

  /** No bucket at all. */
  public static final BucketLayout EMPTY = new BucketLayout(0, 0, NO_BOUNDS, NONE, NONE);

  private final int schema;
  private final double zeroThreshold;
  private final double[] bounds;
  private final int[] negative;
  private final int[] positive;

  private BucketLayout(
      int schema, double zeroThreshold, double[] bounds, int[] negative, int[] positive) {
    this.schema = schema;
    this.zeroThreshold = zeroThreshold + 0.0; // -0.0 is no other width.
    this.bounds = bounds;
    this.negative = negative;
    this.positive = positive;
  }

  /**
   * A layout of exponential buckets. The arrays are handed over: the caller forgets them.
   *
   * @param schema from -4 to 8
   * @param zeroThreshold zero or more
   * @param negative indexes of the negative buckets, ascending: away from zero
   * @param positive indexes of the positive buckets, ascending
   * @throws IllegalArgumentException where {@link #problem} finds one
   */
  public static BucketLayout exponential(
      int schema, double zeroThreshold, int[] negative, int[] positive) {
    return checked(new BucketLayout(schema, zeroThreshold, NO_BOUNDS, negative, positive));
  }

  /**
   * A layout of custom buckets. The arrays are handed over: the caller forgets them.
   *
   * @param bounds upper bounds of the buckets, ascending; the one of the last bucket, +Inf, is not among them
   * @param indexes of the buckets, ascending, from 0 to the number of bounds
   * @throws IllegalArgumentException where {@link #problem} finds one
   */
  public static BucketLayout custom(double[] bounds, int[] indexes) {
    return checked(new BucketLayout(CUSTOM_SCHEMA, 0, bounds, NONE, indexes));
  }

  /** A layout of what an operation made of valid ones; it may have more buckets than are stored. */
  static BucketLayout derived(
      int schema, double zeroThreshold, double[] bounds, int[] negative, int[] positive) {
    return new BucketLayout(schema, zeroThreshold, bounds, negative, positive);
  }

  /**
   * The same bounds with other buckets. The arrays are handed over: the caller forgets them.
   *
   * @throws IllegalArgumentException where {@link #problem} finds one
   */
  public BucketLayout withBuckets(int[] otherNegative, int[] otherPositive) {
    return checked(new BucketLayout(schema, zeroThreshold, bounds, otherNegative, otherPositive));
  }

  private static BucketLayout checked(BucketLayout layout) {
    String problem = problem(
        layout.schema, layout.zeroThreshold, layout.bounds, layout.negative, layout.positive);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return layout;
  }

  /** What makes these parts no layout; null where nothing does. */
  public static @Nullable String problem(
      int schema, double zeroThreshold, double[] bounds, int[] negative, int[] positive) {
    if (schema != CUSTOM_SCHEMA
        && (schema < ExponentialBounds.SCHEMA_MIN || schema > ExponentialBounds.SCHEMA_MAX)) {
      return "schema " + schema + " of a histogram is neither from "
          + ExponentialBounds.SCHEMA_MIN + " to " + ExponentialBounds.SCHEMA_MAX + " nor "
          + CUSTOM_SCHEMA;
    }
    if (!(zeroThreshold >= 0)) {
      return "zero bucket of a histogram is " + zeroThreshold + " wide";
    }
    if ((long) negative.length + positive.length > BUCKETS_MAX || bounds.length > BUCKETS_MAX) {
      return "a histogram has " + ((long) negative.length + positive.length) + " buckets and "
          + bounds.length + " bounds, " + BUCKETS_MAX + " are allowed";
    }
    if (!ascends(negative) || !ascends(positive)) {
      return "the buckets of a histogram do not ascend";
    }
    if (schema != CUSTOM_SCHEMA) {
      return bounds.length == 0 ? null : "an exponential histogram has custom bounds";
    }
    for (int i = 0; i < bounds.length; i++) {
      if (Double.isNaN(bounds[i])
          || bounds[i] == Double.POSITIVE_INFINITY
          || i > 0 && bounds[i] <= bounds[i - 1]) {
        return "bound " + i + " of a histogram is " + bounds[i]
            + (i == 0 ? "" : " behind " + bounds[i - 1]);
      }
    }
    if (zeroThreshold != 0 || negative.length > 0) {
      return "a histogram with custom buckets has a zero bucket or negative buckets";
    }
    if (positive.length > 0 && (positive[0] < 0 || positive[positive.length - 1] > bounds.length)) {
      return "a histogram has buckets " + positive[0] + " to " + positive[positive.length - 1]
          + " but " + bounds.length + " bounds";
    }
    return null;
  }

  /**
   * The indexes that spans stand for, as the protocols have them: each span skips {@code offsets[i]} buckets and has {@code
   * lengths[i]}; the first offset counts from bucket 0.
   *
   * @throws IllegalArgumentException for a negative length or inner offset, too many buckets, or an index that is no int
   */
  public static int[] indexes(int[] offsets, int[] lengths) {
    long count = 0;
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] < 0 || i > 0 && offsets[i] < 0) {
        throw new IllegalArgumentException(
            "span " + i + " of a histogram has offset " + offsets[i] + " and length " + lengths[i]);
      }
      count += lengths[i];
    }
    if (count > BUCKETS_MAX) {
      throw new IllegalArgumentException(
          "a histogram has " + count + " buckets, " + BUCKETS_MAX + " are allowed");
    }
    var indexes = new int[(int) count];
    long index = 0;
    int at = 0;
    for (int i = 0; i < lengths.length; i++) {
      index += offsets[i];
      if (index + lengths[i] > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("span " + i + " of a histogram begins at " + index);
      }
      for (int j = 0; j < lengths[i]; j++) {
        indexes[at++] = (int) index++;
      }
    }
    return indexes;
  }

  private static boolean ascends(int[] indexes) {
    for (int i = 1; i < indexes.length; i++) {
      if (indexes[i] <= indexes[i - 1]) {
        return false;
      }
    }
    return true;
  }

  public int schema() {
    return schema;
  }

  public boolean isCustom() {
    return schema == CUSTOM_SCHEMA;
  }

  /** Half the width of the zero bucket; 0 with custom buckets. */
  public double zeroThreshold() {
    return zeroThreshold;
  }

  public int boundCount() {
    return bounds.length;
  }

  /** The upper bound of a custom bucket; those from {@link #boundCount} on end at +Inf. */
  public double bound(int index) {
    return bounds[index];
  }

  public int negativeCount() {
    return negative.length;
  }

  public int positiveCount() {
    return positive.length;
  }

  /** Both sides together. */
  public int bucketCount() {
    return negative.length + positive.length;
  }

  /** Bytes of memory, about. */
  public long memoryBytes() {
    return 96 + 8L * bounds.length + 4L * bucketCount();
  }

  /** The index within its schema of the i-th negative bucket. */
  public int negativeIndex(int i) {
    return negative[i];
  }

  /** The index within its schema of the i-th positive bucket. */
  public int positiveIndex(int i) {
    return positive[i];
  }

  /** Same schema, zero bucket and custom bounds: bucket indexes mean the same. */
  public boolean hasSameBounds(BucketLayout other) {
    return this == other
        || schema == other.schema
            && zeroThreshold == other.zeroThreshold
            && Arrays.equals(bounds, other.bounds);
  }

  /** The upper bound of a positive bucket, and the absolute one of a negative bucket. */
  double upper(int index) {
    if (schema != CUSTOM_SCHEMA) {
      return ExponentialBounds.upper(schema, index);
    }
    if (index < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    return index >= bounds.length ? Double.POSITIVE_INFINITY : bounds[index];
  }

  /** Whether no bucket lies within the zero bucket: one that does is not added to others. */
  boolean hidesNothing() {
    return isCustom()
        || (negative.length == 0 || upper(negative[0]) > zeroThreshold)
            && (positive.length == 0 || upper(positive[0]) > zeroThreshold);
  }

  /** The inner array. */
  int[] negative() {
    return negative;
  }

  /** The inner array. */
  int[] positive() {
    return positive;
  }

  /** The inner array. */
  double[] bounds() {
    return bounds;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof BucketLayout layout
            && hasSameBounds(layout)
            && Arrays.equals(negative, layout.negative)
            && Arrays.equals(positive, layout.positive);
  }

  @Override
  public int hashCode() {
    int hash = 31 * schema + Double.hashCode(zeroThreshold);
    hash = 31 * hash + Arrays.hashCode(bounds);
    hash = 31 * hash + Arrays.hashCode(negative);
    return 31 * hash + Arrays.hashCode(positive);
  }

  @Override
  public String toString() {
    return "schema=" + schema + " zeroThreshold=" + zeroThreshold + " bounds="
        + Arrays.toString(bounds) + " negative=" + Arrays.toString(negative) + " positive="
        + Arrays.toString(positive);
  }
}
