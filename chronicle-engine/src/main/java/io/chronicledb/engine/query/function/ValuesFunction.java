package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.DoubleColumn;
import java.util.Arrays;
import java.util.Comparator;

/**
 * An aggregate that needs all values at once.
 *
 * @param parameter of {@link Kind#PERCENTILE}, from 0 to 100; of {@link Kind#HISTOGRAM_QUANTILE}, from 0 to 1; otherwise 0
 */
public record ValuesFunction(Kind kind, double parameter) {

  /** What is computed. */
  public enum Kind {
    /** Linear between the two nearest ranks. */
    PERCENTILE,
    /** How many different values there are; -0 is 0, and NaN is one value. */
    DISTINCT,
    /** The quantile of a classic histogram, of which the values are pairs: the upper bound of a bucket, and its cumulative count. */
    HISTOGRAM_QUANTILE
  }

  /** Whether each value comes after the upper bound of the bucket that it counts. */
  public boolean takesBounds() {
    return kind == Kind.HISTOGRAM_QUANTILE;
  }

  /** The result for at least one value; their order is lost. */
  public double of(DoubleColumn values) {
    return switch (kind) {
      case PERCENTILE -> Quantile.exact(values.array(), values.size(), parameter / 100);
      case DISTINCT -> distinct(values.array(), values.size());
      case HISTOGRAM_QUANTILE -> histogramQuantile(values.array(), values.size() / 2);
    };
  }

  private double histogramQuantile(double[] pairs, int count) {
    var order = new Integer[count];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> pairs[2 * i]));
    var histogram = new ClassicHistogram(count);
    for (int i : order) {
      histogram.add(pairs[2 * i], pairs[2 * i + 1]);
    }
    return histogram.quantile(parameter);
  }

  private static double distinct(double[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] += 0.0; // Makes 0 of -0.
    }
    Arrays.sort(values, 0, count);
    int different = 1;
    for (int i = 1; i < count; i++) {
      if (Double.compare(values[i], values[i - 1]) != 0) {
        different++;
      }
    }
    return different;
  }

  @Override
  public String toString() {
    return switch (kind) {
      case PERCENTILE -> "percentile " + parameter;
      case DISTINCT -> "distinct";
      case HISTOGRAM_QUANTILE -> "histogram_quantile " + parameter;
    };
  }
}
