package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.query.promql.PromQlExpr.Aggregate;
import io.chronicledb.engine.query.promql.PromQlExpr.Binary;
import io.chronicledb.engine.query.promql.PromQlExpr.Call;
import io.chronicledb.engine.query.promql.PromQlExpr.NumberLiteral;
import io.chronicledb.engine.query.promql.PromQlExpr.Paren;
import io.chronicledb.engine.query.promql.PromQlExpr.RangeSelector;
import io.chronicledb.engine.query.promql.PromQlExpr.StringLiteral;
import io.chronicledb.engine.query.promql.PromQlExpr.Subquery;
import io.chronicledb.engine.query.promql.PromQlExpr.Unary;
import io.chronicledb.engine.query.promql.PromQlExpr.VectorSelector;
import io.chronicledb.engine.query.promql.VectorMatching.Cardinality;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a syntax tree as text on one line, in the form that Prometheus gives it. A tree from {@link PromQlParser} reads back as
 * an equal one.
 */
public final class PromQlPrinter implements PromQlExpr.Visitor<@Nullable Void> {

  private static final Pattern PLAIN_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private final StringBuilder out = new StringBuilder();

  private PromQlPrinter() {}

  public static String print(PromQlExpr expr) {
    var printer = new PromQlPrinter();
    expr.accept(printer);
    return printer.out.toString();
  }

  /** What stands in front of the parentheses of an aggregation. */
  static String head(Aggregate aggregate) {
    var printer = new PromQlPrinter();
    printer.aggregation(aggregate);
    return printer.out.toString();
  }

  /** What stands between the operands of a binary operation, without spaces around it. */
  static String operator(Binary binary) {
    var printer = new PromQlPrinter();
    printer.operation(binary);
    return printer.out.toString();
  }

  /** What stands behind the expression of a subquery. */
  static String suffix(Subquery subquery) {
    var printer = new PromQlPrinter();
    printer.times(subquery);
    return printer.out.toString();
  }

  /** One matcher as it stands between braces. */
  static String print(TagMatcher matcher) {
    return labelName(matcher.name()) + matcher.op().symbol() + QuotedString.quote(matcher.value());
  }

  private static String labelName(String name) {
    return PLAIN_NAME.matcher(name).matches() ? name : QuotedString.quote(name);
  }

  @Override
  public @Nullable Void visitNumberLiteral(NumberLiteral literal) {
    if (literal.duration()) {
      out.append(literal.value() < 0 || 1 / literal.value() < 0 ? "-" : "");
      out.append(PromQlDuration.print(PromQlDuration.nanos(Math.abs(literal.value()))));
    } else {
      out.append(PromQlNumber.print(literal.value()));
    }
    return null;
  }

  @Override
  public @Nullable Void visitStringLiteral(StringLiteral literal) {
    out.append(QuotedString.quote(literal.value()));
    return null;
  }

  @Override
  public @Nullable Void visitVectorSelector(VectorSelector selector) {
    series(selector);
    reach(selector);
    modifiers(selector.modifiers());
    return null;
  }

  @Override
  public @Nullable Void visitRangeSelector(RangeSelector range) {
    series(range.selector());
    out.append('[').append(range.range().print()).append(']');
    reach(range.selector());
    modifiers(range.selector().modifiers());
    return null;
  }

  @Override
  public @Nullable Void visitSubquery(Subquery subquery) {
    subquery.expr().accept(this);
    times(subquery);
    return null;
  }

  private void times(Subquery subquery) {
    out.append('[').append(subquery.range().print()).append(':');
    QueryDuration step = subquery.step();
    if (step != null) {
      out.append(step.print());
    }
    out.append(']');
    modifiers(subquery.modifiers());
  }

  @Override
  public @Nullable Void visitUnary(Unary unary) {
    out.append(unary.op().symbol());
    return unary.expr().accept(this);
  }

  @Override
  public @Nullable Void visitBinary(Binary binary) {
    binary.lhs().accept(this);
    out.append(' ');
    operation(binary);
    out.append(' ');
    return binary.rhs().accept(this);
  }

  private void operation(Binary binary) {
    out.append(binary.op().symbol()).append(binary.returnBool() ? " bool" : "");
    VectorMatching matching = binary.matching();
    if (matching != null) {
      if (matching.on() || !matching.labels().isEmpty() || matching.isGrouped()) {
        out.append(matching.on() ? " on (" : " ignoring (");
        labels(matching.labels());
        out.append(')');
      }
      if (matching.isGrouped()) {
        out.append(
            matching.cardinality() == Cardinality.MANY_TO_ONE ? " group_left (" : " group_right (");
        labels(matching.include());
        out.append(')');
      }
    }
    if (matching != null) {
      fill(matching);
    }
  }

  private void fill(VectorMatching matching) {
    Double left = matching.fillLeft();
    Double right = matching.fillRight();
    if (left != null && left.equals(right)) {
      out.append(" fill (").append(PromQlNumber.print(left)).append(')');
      return;
    }
    if (left != null) {
      out.append(" fill_left (").append(PromQlNumber.print(left)).append(')');
    }
    if (right != null) {
      out.append(" fill_right (").append(PromQlNumber.print(right)).append(')');
    }
  }

  @Override
  public @Nullable Void visitAggregate(Aggregate aggregate) {
    aggregation(aggregate);
    out.append('(');
    PromQlExpr parameter = aggregate.parameter();
    if (parameter != null) {
      parameter.accept(this);
      out.append(", ");
    }
    aggregate.expr().accept(this);
    out.append(')');
    return null;
  }

  private void aggregation(Aggregate aggregate) {
    out.append(aggregate.op().symbol());
    if (aggregate.without() || !aggregate.grouping().isEmpty()) {
      out.append(aggregate.without() ? " without (" : " by (");
      labels(aggregate.grouping());
      out.append(") ");
    }
  }

  @Override
  public @Nullable Void visitCall(Call call) {
    out.append(call.function().functionName()).append('(');
    String separator = "";
    for (PromQlExpr argument : call.arguments()) {
      out.append(separator);
      argument.accept(this);
      separator = ", ";
    }
    out.append(')');
    return null;
  }

  @Override
  public @Nullable Void visitParen(Paren paren) {
    out.append('(');
    paren.expr().accept(this);
    out.append(')');
    return null;
  }

  private void series(VectorSelector selector) {
    String metric = selector.metric();
    TagMatcher byName = metric == null ? null : TagMatcher.metric(metric);
    Iterator<TagMatcher> matchers =
        selector.matchers().stream().filter(matcher -> !matcher.equals(byName)).iterator();
    if (metric != null) {
      out.append(metric);
    }
    if (metric == null || matchers.hasNext()) {
      out.append('{');
      while (matchers.hasNext()) {
        out.append(print(matchers.next())).append(matchers.hasNext() ? "," : "");
      }
      out.append('}');
    }
  }

  private void reach(VectorSelector selector) {
    switch (selector.reach()) {
      case WINDOW -> {}
      case ANCHORED -> out.append(" anchored");
      case SMOOTHED -> out.append(" smoothed");
    }
  }

  private void modifiers(TimeModifiers modifiers) {
    TimeModifiers.At at = modifiers.at();
    if (at != null) {
      switch (at.anchor()) {
        case START -> out.append(" @ start()");
        case END -> out.append(" @ end()");
        case TIMESTAMP ->
          out.append(" @ ").append(BigDecimal.valueOf(at.timestampMillis(), 3).toPlainString());
      }
    }
    QueryDuration offset = modifiers.offset();
    if (modifiers.hasOffset()) {
      out.append(offset.nanos() < 0 ? " offset -" : " offset ").append(offset.print());
    }
  }

  private void labels(List<String> labels) {
    String separator = "";
    for (String label : labels) {
      out.append(separator).append(labelName(label));
      separator = ", ";
    }
  }
}
