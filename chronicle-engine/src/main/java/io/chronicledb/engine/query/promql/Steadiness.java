package io.chronicledb.engine.query.promql;

import java.util.EnumSet;
import java.util.Set;

/** Tells expressions that are the same at every instant, and need be evaluated once. */
final class Steadiness {

  /** Functions whose result changes with the instant although their arguments do not. */
  private static final Set<PromQlFunction> UNSTEADY = EnumSet.of(
      PromQlFunction.DAYS_IN_MONTH,
      PromQlFunction.DAY_OF_MONTH,
      PromQlFunction.DAY_OF_WEEK,
      PromQlFunction.DAY_OF_YEAR,
      PromQlFunction.HOUR,
      PromQlFunction.MINUTE,
      PromQlFunction.MONTH,
      PromQlFunction.YEAR,
      PromQlFunction.PREDICT_LINEAR,
      PromQlFunction.TIME,
      PromQlFunction.TIMESTAMP);

  private Steadiness() {}

  /** Whether an expression is the same at every instant: all of its selectors have a time of their own. */
  static boolean isSteady(PromQlExpr expression) {
    PromQlExpr unwrapped = expression.unwrapped();
    if (unwrapped instanceof PromQlExpr.VectorSelector selector) {
      return selector.modifiers().at() != null;
    }
    if (unwrapped instanceof PromQlExpr.RangeSelector range) {
      return range.selector().modifiers().at() != null;
    }
    if (unwrapped instanceof PromQlExpr.Subquery subquery) {
      return subquery.modifiers().at() != null;
    }
    if (unwrapped instanceof PromQlExpr.Unary unary) {
      return isSteady(unary.expr());
    }
    if (unwrapped instanceof PromQlExpr.Aggregate aggregate) {
      return isSteady(aggregate.expr());
    }
    if (unwrapped instanceof PromQlExpr.Call call) {
      return !UNSTEADY.contains(call.function())
          && call.arguments().stream().allMatch(Steadiness::isSteady);
    }
    PromQlExpr left = unwrapped;
    while (left instanceof PromQlExpr.Binary binary) {
      if (!isSteady(binary.rhs())) {
        return false;
      }
      left = binary.lhs().unwrapped();
    }
    return left != unwrapped
        ? isSteady(left)
        : unwrapped instanceof PromQlExpr.NumberLiteral
            || unwrapped instanceof PromQlExpr.StringLiteral;
  }
}
