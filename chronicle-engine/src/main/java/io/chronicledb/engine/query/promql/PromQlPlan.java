package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.query.plan.PlanNode;

/** A PromQL expression ready to run, by the type of its result. */
public sealed interface PromQlPlan {

  /** An instant vector at each instant. */
  record Series(PlanNode.SeriesNode root) implements PromQlPlan {}

  /** A number at each instant. */
  record Scalar(PlanNode.ScalarNode root) implements PromQlPlan {}

  /** The samples themselves: a range selector, which only an instant query may ask for. */
  record Samples(PlanNode.Scan scan) implements PromQlPlan {}

  /** A string. */
  record Text(String value) implements PromQlPlan {}
}
