package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.DoubleColumn;
import java.util.Arrays;

/**
 * An aggregate that needs all values at once.
 *
 * @param parameter of {@link Kind#PERCENTILE}, from 0 to 100; otherwise 0
 */
public record ValuesFunction(Kind kind, double parameter) {

  /** What is computed. */
  public enum Kind {
    /** Linear between the two nearest ranks. */
    PERCENTILE,
    /** How many different values there are; -0 is 0, and NaN is one value. */
    DISTINCT
  }

  /** The result for at least one value; their order is lost. */
  public double of(DoubleColumn values) {
    return kind == Kind.PERCENTILE
        ? Quantile.exact(values.array(), values.size(), parameter / 100)
        : distinct(values.array(), values.size());
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
    return kind == Kind.DISTINCT ? "distinct" : "percentile " + parameter;
  }
}
