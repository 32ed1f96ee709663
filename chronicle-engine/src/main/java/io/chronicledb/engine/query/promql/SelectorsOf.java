package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.model.TagMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the conditions of all selectors of an expression. */
public final class SelectorsOf implements PromQlExpr.Visitor<@Nullable Void> {

  private final List<List<TagMatcher>> selectors = new ArrayList<>();

  private SelectorsOf() {}

  /**
   * The conditions of each selector in a text.
   *
   * @throws io.chronicledb.engine.error.InvalidQueryException where it does not parse
   */
  public static List<List<TagMatcher>> text(String expression) {
    var found = new SelectorsOf();
    PromQlParser.parse(expression).accept(found);
    return found.selectors;
  }

  @Override
  public @Nullable Void visitNumberLiteral(PromQlExpr.NumberLiteral literal) {
    return null;
  }

  @Override
  public @Nullable Void visitStringLiteral(PromQlExpr.StringLiteral literal) {
    return null;
  }

  @Override
  public @Nullable Void visitVectorSelector(PromQlExpr.VectorSelector selector) {
    selectors.add(selector.matchers());
    return null;
  }

  @Override
  public @Nullable Void visitRangeSelector(PromQlExpr.RangeSelector selector) {
    return selector.selector().accept(this);
  }

  @Override
  public @Nullable Void visitSubquery(PromQlExpr.Subquery subquery) {
    return subquery.expr().accept(this);
  }

  @Override
  public @Nullable Void visitUnary(PromQlExpr.Unary unary) {
    return unary.expr().accept(this);
  }

  @Override
  public @Nullable Void visitBinary(PromQlExpr.Binary binary) {
    // A chain of operators is as deep on its left as it is long.
    PromQlExpr left = binary;
    while (left instanceof PromQlExpr.Binary chained) {
      chained.rhs().accept(this);
      left = chained.lhs();
    }
    return left.accept(this);
  }

  @Override
  public @Nullable Void visitAggregate(PromQlExpr.Aggregate aggregate) {
    aggregate.expr().accept(this);
    PromQlExpr parameter = aggregate.parameter();
    return parameter == null ? null : parameter.accept(this);
  }

  @Override
  public @Nullable Void visitCall(PromQlExpr.Call call) {
    call.arguments().forEach(argument -> argument.accept(this));
    return null;
  }

  @Override
  public @Nullable Void visitParen(PromQlExpr.Paren paren) {
    return paren.unwrapped().accept(this);
  }
}
