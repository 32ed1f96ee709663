package io.chronicledb.engine.query.promql;

import org.jspecify.annotations.Nullable;

/**
 * A duration in a query.
 *
 * @param nanos its length; 0 where there is a formula
 * @param formula how it follows from the query's step and range; null where it does not depend on them
 */
public record QueryDuration(long nanos, @Nullable DurationFormula formula) {

  static final QueryDuration ZERO = new QueryDuration(0, null);

  public QueryDuration {
    if (formula != null && nanos != 0) {
      throw new IllegalArgumentException("nanos=" + nanos + " formula=" + formula);
    }
  }

  boolean mayBePositive() {
    return formula != null || nanos > 0;
  }

  /**
   * The length in a query.
   *
   * @param stepNanos the distance of the query's instants; 0 for an instant query
   * @param rangeNanos from the first instant to the last
   * @throws IllegalArgumentException with a message for the query's author
   */
  long nanos(long stepNanos, long rangeNanos) {
    return formula == null
        ? nanos
        : PromQlDuration.nanos(formula.seconds(stepNanos / 1e9, rangeNanos / 1e9));
  }

  /** As it stands in a query; a negative one without its sign. */
  String print() {
    return formula == null ? PromQlDuration.print(Math.abs(nanos)) : formula.print();
  }
}
