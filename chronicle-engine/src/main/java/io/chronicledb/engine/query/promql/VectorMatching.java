package io.chronicledb.engine.query.promql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the series of two vectors find each other.
 *
 * @param cardinality which side may have several series for one of the other
 * @param on whether {@code labels} are the ones that must agree; otherwise they are the ones that are ignored, and no labels
 *     means that all must agree
 * @param labels names as given; empty also where the query says nothing
 * @param include labels that the "many" side takes over from the "one" side; empty unless grouped
 * @param fillLeft the value of series that the left side lacks; null where a match is needed
 * @param fillRight the same for the right side
 */
public record VectorMatching(
    Cardinality cardinality,
    boolean on,
    List<String> labels,
    List<String> include,
    @Nullable Double fillLeft,
    @Nullable Double fillRight) {

  public VectorMatching(
      Cardinality cardinality, boolean on, List<String> labels, List<String> include) {
    this(cardinality, on, labels, include, null, null);
  }

  /** Series on the left to series on the right. */
  public enum Cardinality {
    ONE_TO_ONE,
    /** {@code group_left}. */
    MANY_TO_ONE,
    /** {@code group_right}. */
    ONE_TO_MANY,
    /** The set operators. */
    MANY_TO_MANY
  }

  public VectorMatching {
    labels = List.copyOf(labels);
    include = List.copyOf(include);
    if (!include.isEmpty()
        && cardinality != Cardinality.MANY_TO_ONE
        && cardinality != Cardinality.ONE_TO_MANY) {
      throw new IllegalArgumentException(
          "labels to include in a " + cardinality + " matching: " + include);
    }
  }

  VectorMatching filled(@Nullable Double left, @Nullable Double right) {
    return new VectorMatching(cardinality, on, labels, include, left, right);
  }

  boolean isFilled() {
    return fillLeft != null || fillRight != null;
  }

  public boolean isGrouped() {
    return cardinality == Cardinality.MANY_TO_ONE || cardinality == Cardinality.ONE_TO_MANY;
  }
}
