package io.chronicledb.engine.query.function;

import java.util.Arrays;

/** The quantile of a set of values as Prometheus defines it: linear between the two nearest ranks. */
final class Quantile {

  private Quantile() {}

  /**
   * @param values at least one; their first {@code count} are sorted in place, NaN below all others
   * @param quantile below 0 gives -Inf, above 1 gives +Inf
   */
  static double of(double[] values, int count, double quantile) {
    Arrays.sort(values, 0, count);
    return ofSorted(values, count, quantile);
  }

  /** The same of values that are sorted. */
  static double ofSorted(double[] values, int count, double quantile) {
    if (Double.isNaN(quantile)) {
      return Double.NaN;
    }
    if (quantile < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (quantile > 1) {
      return Double.POSITIVE_INFINITY;
    }
    int nans = nans(values, count);
    double rank = quantile * (count - 1);
    int lower = (int) Math.max(0, Math.floor(rank));
    int upper = Math.min(count - 1, lower + 1);
    double weight = rank - Math.floor(rank);
    return at(values, nans, lower) * (1 - weight) + at(values, nans, upper) * weight;
  }

  /**
   * The same, but exact where it falls on a rank, so that an infinite neighbour does not make NaN of it.
   *
   * @param quantile from 0 to 1
   */
  static double exact(double[] values, int count, double quantile) {
    double interpolated = of(values, count, quantile);
    double rank = quantile * (count - 1);
    int lower = (int) Math.floor(rank);
    return rank == lower ? at(values, nans(values, count), lower) : interpolated;
  }

  /** How many of the sorted values are NaN. Java sorts NaN above everything, Prometheus below. */
  private static int nans(double[] values, int count) {
    int numbers = count;
    while (numbers > 0 && Double.isNaN(values[numbers - 1])) {
      numbers--;
    }
    return count - numbers;
  }

  private static double at(double[] values, int nans, int rank) {
    return rank < nans ? Double.NaN : values[rank - nans];
  }
}
