package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The syntax tree of PromQL. {@link PromQlParser} only returns trees that are well-typed and whose selectors select something.
 * Trees are immutable; they are equal when they ask for the same, wherever they stand in a text. {@link PromQlPrinter} writes them.
 */
public sealed interface PromQlExpr {

  ValueType type();

  /** Where the expression stands in the query's text. */
  SourceSpan span();

  <R extends @Nullable Object> R accept(Visitor<R> visitor);

  /** This expression without the parentheses around it. */
  default PromQlExpr unwrapped() {
    PromQlExpr expr = this;
    while (expr instanceof Paren paren) {
      expr = paren.expr();
    }
    return expr;
  }

  /** One method per kind of expression. */
  interface Visitor<R extends @Nullable Object> {
    R visitNumberLiteral(NumberLiteral literal);

    R visitStringLiteral(StringLiteral literal);

    R visitVectorSelector(VectorSelector selector);

    R visitRangeSelector(RangeSelector selector);

    R visitSubquery(Subquery subquery);

    R visitUnary(Unary unary);

    R visitBinary(Binary binary);

    R visitAggregate(Aggregate aggregate);

    R visitCall(Call call);

    R visitParen(Paren paren);
  }

  /**
   * A constant number; a sign in front of it is part of it.
   *
   * @param value the number; seconds if it was written as a duration
   * @param duration whether it was written as a duration, for example {@code 1h30m}
   */
  record NumberLiteral(double value, boolean duration, SourceSpan span) implements PromQlExpr {

    @Override
    public ValueType type() {
      return ValueType.SCALAR;
    }

    @Override
    public <R extends @Nullable Object> R accept(Visitor<R> visitor) {
      return visitor.visitNumberLiteral(this);
    }
  }

  /** A constant text, without quotes and escapes. */
  record StringLiteral(String value, SourceSpan span) implements PromQlExpr {

    @Override
    public ValueType type() {
      return ValueType.STRING;
    }

    @Override
    public <R extends @Nullable Object> R accept(Visitor<R> visitor) {
      return visitor.visitStringLiteral(this);
    }
  }

  /**
   * The most recent sample of every matching series.
   *
   * @param metric the name in front of the braces, or null; see also {@link #metricName()}
   * @param matchers all conditions in a canonical order, the metric's name among them as a matcher on {@link Tags#METRIC}
   * @param written the same conditions in the order of the text, the name in front of the braces last
   * @param reach which samples beyond the window count
   */
  record VectorSelector(
      @Nullable String metric,
      List<TagMatcher> matchers,
      Written written,
      TimeModifiers modifiers,
      Reach reach,
      SourceSpan span)
      implements PromQlExpr {

    public VectorSelector {
      matchers = List.copyOf(matchers);
      if (metric != null && !matchers.contains(TagMatcher.metric(metric))) {
        throw new IllegalArgumentException(
            "no matcher for the metric " + metric + " in " + matchers);
      }
    }

    /** The one metric that can match, whichever way it was written; null if there may be others. */
    public @Nullable String metricName() {
      for (TagMatcher matcher : matchers) {
        if (matcher.op() == TagMatcher.Op.EQUAL && matcher.name().equals(Tags.METRIC)) {
          return matcher.value();
        }
      }
      return null;
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }

    @Override
    public <R extends @Nullable Object> R accept(Visitor<R> visitor) {
      return visitor.visitVectorSelector(this);
    }

    VectorSelector with(TimeModifiers newModifiers, SourceSpan newSpan) {
      return new VectorSelector(metric, matchers, written, newModifiers, reach, newSpan);
    }

    VectorSelector with(Reach newReach, SourceSpan newSpan) {
      return new VectorSelector(metric, matchers, written, modifiers, newReach, newSpan);
    }
  }

  /** Conditions as their author put them. Like a place in a text, it makes no difference to what is asked for: all are equal. */
  record Written(List<TagMatcher> matchers) {

    public Written {
      matchers = List.copyOf(matchers);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Written;
    }

    @Override
    public int hashCode() {
      return 0;
    }
  }

  /** What a selector knows of the time beyond its window. */
  enum Reach {
    /** Nothing. */
    WINDOW,
    /** The sample before the window, which holds at its start. */
    ANCHORED,
    /** The samples before and behind the window's bounds, between which there are straight lines. */
    SMOOTHED
  }

  /**
   * All samples of every matching series in a window that ends at the evaluation time.
   *
   * @param selector the series; its modifiers move the window
   * @param range the length of the window, positive
   */
  record RangeSelector(VectorSelector selector, QueryDuration range, SourceSpan span)
      implements PromQlExpr {

    public RangeSelector {
      if (!range.mayBePositive()) {
        throw new IllegalArgumentException("range=" + range);
      }
    }

    /** The length of the window; of no meaning where it depends on the query's step. */
    public long rangeNanos() {
      return range.nanos();
    }

    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }

    @Override
    public <R extends @Nullable Object> R accept(Visitor<R> visitor) {
      return visitor.visitRangeSelector(this);
    }
  }

  /**
   * An expression that is evaluated at every step of a window.
   *
   * @param expr an instant vector
   * @param range the length of the window, positive
   * @param step the distance of the evaluations; null for the default
   */
  record Subquery(
      PromQlExpr expr,
      QueryDuration range,
      @Nullable QueryDuration step,
      TimeModifiers modifiers,
      SourceSpan span)
      implements PromQlExpr {

    public Subquery {
      if (!range.mayBePositive() || (step != null && !step.mayBePositive())) {
        throw new IllegalArgumentException("range=" + range + " step=" + step);
      }
    }

    /** The distance of the evaluations; 0 for the default, of no meaning where it depends on the query's step. */
    public long stepNanos() {
      return step == null ? 0 : step.nanos();
    }

    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }

    @Override
    public <R extends @Nullable Object> R accept(Visitor<R> visitor) {
      return visitor.visitSubquery(this);
    }

    Subquery with(TimeModifiers newModifiers, SourceSpan newSpan) {
      return new Subquery(expr, range, step, newModifiers, newSpan);
    }
  }

  /** A sign in front of an expression that is not a literal. */
  record Unary(UnaryOp op, PromQlExpr expr, SourceSpan span) implements PromQlExpr {

    @Override
    public ValueType type() {
      return expr.type();
    }

    @Override
    public <R extends @Nullable Object> R accept(Visitor<R> visitor) {
      return visitor.visitUnary(this);
    }
  }

  /** The signs. */
  enum UnaryOp {
    PLUS("+"),
    MINUS("-");

    private final String symbol;

    UnaryOp(String symbol) {
      this.symbol = symbol;
    }

    public String symbol() {
      return symbol;
    }
  }

  /**
   * Two expressions joined by an operator.
   *
   * @param returnBool whether a comparison gives 0 or 1 instead of filtering
   * @param matching how series find each other; null unless both sides are vectors
   */
  record Binary(
      BinaryOp op,
      boolean returnBool,
      PromQlExpr lhs,
      PromQlExpr rhs,
      @Nullable VectorMatching matching,
      SourceSpan span)
      implements PromQlExpr {

    @Override
    public ValueType type() {
      // The right side first: chains grow to the left.
      return rhs.type() == ValueType.SCALAR && lhs.type() == ValueType.SCALAR
          ? ValueType.SCALAR
          : ValueType.VECTOR;
    }

    /** In a loop: a chain of operators is as deep as it is long. */
    @Override
    public boolean equals(@Nullable Object other) {
      Binary left = this;
      Object right = other;
      while (right instanceof Binary that) {
        if (left.op != that.op
            || left.returnBool != that.returnBool
            || !left.rhs.equals(that.rhs)
            || !Objects.equals(left.matching, that.matching)) {
          return false;
        }
        if (!(left.lhs instanceof Binary next)) {
          return left.lhs.equals(that.lhs);
        }
        left = next;
        right = that.lhs;
      }
      return false;
    }

    @Override
    public int hashCode() {
      int hash = 1;
      PromQlExpr expr = this;
      while (expr instanceof Binary binary) {
        hash = 31 * hash + Objects.hash(binary.op, binary.returnBool, binary.rhs, binary.matching);
        expr = binary.lhs;
      }
      return 31 * hash + expr.hashCode();
    }

    @Override
    public <R extends @Nullable Object> R accept(Visitor<R> visitor) {
      return visitor.visitBinary(this);
    }
  }

  /**
   * An aggregation over series.
   *
   * @param expr the instant vector
   * @param parameter for example the k of topk; null where the operator has none
   * @param without whether {@code grouping} names the labels to drop; otherwise the ones to keep, none by default
   */
  record Aggregate(
      AggregateOp op,
      PromQlExpr expr,
      @Nullable PromQlExpr parameter,
      boolean without,
      List<String> grouping,
      SourceSpan span)
      implements PromQlExpr {

    public Aggregate {
      grouping = List.copyOf(grouping);
      if ((parameter == null) != (op.parameterType() == null)) {
        throw new IllegalArgumentException(op + " with parameter " + parameter);
      }
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }

    @Override
    public <R extends @Nullable Object> R accept(Visitor<R> visitor) {
      return visitor.visitAggregate(this);
    }
  }

  /** A call of a function; optional arguments that are not given are not in the list. */
  record Call(PromQlFunction function, List<PromQlExpr> arguments, SourceSpan span)
      implements PromQlExpr {

    public Call {
      arguments = List.copyOf(arguments);
      if (arguments.size() < function.argumentsMin()
          || arguments.size() > function.argumentsMax()) {
        throw new IllegalArgumentException(function + " with " + arguments.size() + " arguments");
      }
    }

    @Override
    public ValueType type() {
      return function.returnType();
    }

    @Override
    public <R extends @Nullable Object> R accept(Visitor<R> visitor) {
      return visitor.visitCall(this);
    }
  }

  /** Parentheses, kept so that a query prints as its author grouped it. */
  record Paren(PromQlExpr expr, SourceSpan span) implements PromQlExpr {

    @Override
    public ValueType type() {
      return expr.type();
    }

    @Override
    public <R extends @Nullable Object> R accept(Visitor<R> visitor) {
      return visitor.visitParen(this);
    }
  }
}
