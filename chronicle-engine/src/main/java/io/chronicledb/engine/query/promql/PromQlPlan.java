package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.query.plan.PlanNode;
import org.jspecify.annotations.Nullable;

/** A PromQL expression ready to run, by the type of its result. */
public sealed interface PromQlPlan {

  /** An instant vector at each instant. */
  record Series(PlanNode.SeriesNode root) implements PromQlPlan {}

  /** A number at each instant. */
  record Scalar(PlanNode.ScalarNode root) implements PromQlPlan {}

  /**
   * The samples themselves: a range selector or subquery, which only an instant query may ask for.
   *
   * @param bounded what is to be between the bounds of a range; null where the samples are taken as they are
   */
  record Samples(PlanNode.SampleNode samples, @Nullable Bounded bounded) implements PromQlPlan {}

  /**
   * Samples are cut off at bounds, at which there are values of their own.
   *
   * @param start,end the bounds, nanoseconds
   * @param smoothed whether the values at the bounds are on a line between samples, and not those of the samples before
   */
  record Bounded(long start, long end, boolean smoothed) {}

  /** A string. */
  record Text(String value) implements PromQlPlan {}
}
