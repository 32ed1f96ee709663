package io.chronicledb.engine.query.function;

/**
 * The buckets of a histogram that is written as one counter for each upper bound, at one instant. Counts are cumulative: each bucket counts all
 * observations up to its bound. To be filled by ascending bounds, evaluated, and filled again. For one thread.
 */
public final class ClassicHistogram {

  /** Counts that differ by less, relatively, are equal but for rounding. */
  private static final double TOLERANCE = 1e-12;

  private final double[] bounds;
  private final double[] counts;
  private int size;
  private boolean forced;
  private double forcedBoundMin;
  private double forcedBoundMax;
  private double forcedDifferenceMax;

  public ClassicHistogram(int bucketsMax) {
    this.bounds = new double[bucketsMax];
    this.counts = new double[bucketsMax];
  }

  public void clear() {
    size = 0;
    forced = false;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Adds a bucket; of the same bound as the one before, it adds to that. */
  public void add(double bound, double count) {
    if (size > 0 && bounds[size - 1] == bound) {
      counts[size - 1] += count;
      return;
    }
    bounds[size] = bound;
    counts[size++] = count;
  }

  /** Whether a count had to be raised to that of the bucket below, which is a fault of the data; known after {@link #quantile}. */
  public boolean isForced() {
    return forced;
  }

  public double forcedBoundMin() {
    return forcedBoundMin;
  }

  public double forcedBoundMax() {
    return forcedBoundMax;
  }

  /** By how much a count was raised at most. */
  public double forcedDifferenceMax() {
    return forcedDifferenceMax;
  }

  /**
   * The quantile, on a straight line within its bucket. The lowest bucket begins at zero if its bound is positive; from the highest bucket, the
   * result is its lower bound. NaN without an infinite bucket, with no other bucket, or without observations.
   */
  public double quantile(double quantile) {
    if (Double.isNaN(quantile)) {
      return Double.NaN;
    }
    if (quantile < 0 || quantile > 1) {
      return quantile < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (!endsInInfinity()) {
      return Double.NaN;
    }
    makeMonotonic();
    double observations = counts[size - 1];
    if (size < 2 || observations == 0) {
      return Double.NaN;
    }
    double rank = quantile * observations;
    int bucket = 0;
    while (bucket < size - 1 && !(counts[bucket] >= rank)) {
      bucket++;
    }
    if (bucket == size - 1) {
      return bounds[size - 2];
    }
    if (bucket == 0) {
      return bounds[0] <= 0 ? bounds[0] : bounds[0] * (rank / counts[0]);
    }
    double below = counts[bucket - 1];
    double start = bounds[bucket - 1];
    return start + (bounds[bucket] - start) * ((rank - below) / (counts[bucket] - below));
  }

  private boolean endsInInfinity() {
    return size > 0 && bounds[size - 1] == Double.POSITIVE_INFINITY;
  }

  private void makeMonotonic() {
    double previous = counts[0];
    for (int i = 1; i < size; i++) {
      double count = counts[i];
      if (count == previous) {
        continue;
      }
      if (nearlyEqual(previous, count)) {
        counts[i] = previous;
      } else if (count < previous) {
        noteForced(bounds[i], previous - count);
        counts[i] = previous;
      } else {
        previous = count;
      }
    }
  }

  private void noteForced(double bound, double difference) {
    forcedBoundMin = forced ? Math.min(forcedBoundMin, bound) : bound;
    forcedBoundMax = forced ? Math.max(forcedBoundMax, bound) : bound;
    forcedDifferenceMax = forced ? Math.max(forcedDifferenceMax, difference) : difference;
    forced = true;
  }

  private static boolean nearlyEqual(double a, double b) {
    if (Double.isNaN(a) && Double.isNaN(b)) {
      return true;
    }
    double difference = Math.abs(a - b);
    double magnitude = Math.abs(a) + Math.abs(b);
    if (a == 0 || b == 0 || magnitude < Double.MIN_NORMAL) {
      return difference < TOLERANCE * Double.MIN_NORMAL;
    }
    return difference / Math.min(magnitude, Double.MAX_VALUE) < TOLERANCE;
  }

  /** Which part of the observations lies between two values; 0 where they cross, NaN where {@link #quantile} is NaN. */
  public double fraction(double lower, double upper) {
    if (!endsInInfinity()) {
      return Double.NaN;
    }
    double observations = counts[size - 1];
    if (observations == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    return (rank(upper, observations) - rank(lower, observations)) / observations;
  }

  /** How many observations are below a value. */
  private double rank(double value, double observations) {
    double below = 0;
    for (int i = 0; i < size; i++) {
      double start = i > 0 ? bounds[i - 1] : bounds[0] > 0 ? 0 : Double.NEGATIVE_INFINITY;
      if (start >= value) {
        return Math.min(below, observations);
      }
      if (bounds[i] > value) {
        double rank = start == Double.NEGATIVE_INFINITY
            ? counts[i]
            : below + (counts[i] - below) * (value - start) / (bounds[i] - start);
        return Math.min(rank, observations);
      }
      below = counts[i];
    }
    return observations;
  }
}
