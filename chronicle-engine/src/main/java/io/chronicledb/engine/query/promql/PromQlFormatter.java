package io.chronicledb.engine.query.promql;

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
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a syntax tree over several lines where one would be too long, with the breaks and the indentation that Prometheus gives it. What fits
 * a line, and selectors however long, looks as {@link PromQlPrinter} writes it.
 */
public final class PromQlFormatter implements PromQlExpr.Visitor<@Nullable Void> {

  /** Bytes of an expression that still fits a line; its indentation does not count. */
  static final int LINE_BYTES_MAX = 100;

  private static final String INDENT = "  ";

  private final StringBuilder out = new StringBuilder();
  private int level;

  private PromQlFormatter(int level) {
    this.level = level;
  }

  public static String format(PromQlExpr expr) {
    return format(expr, 0);
  }

  private static String format(PromQlExpr expr, int level) {
    var formatter = new PromQlFormatter(level);
    expr.accept(formatter);
    return formatter.out.toString();
  }

  @Override
  public @Nullable Void visitNumberLiteral(NumberLiteral literal) {
    return line(literal);
  }

  @Override
  public @Nullable Void visitStringLiteral(StringLiteral literal) {
    return line(literal);
  }

  @Override
  public @Nullable Void visitVectorSelector(VectorSelector selector) {
    return line(selector);
  }

  @Override
  public @Nullable Void visitRangeSelector(RangeSelector range) {
    return line(range);
  }

  /** One that fits a line is not indented: so it is in Prometheus, and texts are compared. */
  @Override
  public @Nullable Void visitSubquery(Subquery subquery) {
    String line = PromQlPrinter.print(subquery);
    if (fits(line)) {
      out.append(line);
    } else {
      subquery.expr().accept(this);
      out.append(PromQlPrinter.suffix(subquery));
    }
    return null;
  }

  @Override
  public @Nullable Void visitUnary(Unary unary) {
    indent().append(unary.op().symbol()).append(format(unary.expr(), level).strip());
    return null;
  }

  @Override
  public @Nullable Void visitBinary(Binary binary) {
    if (!fitsLine(binary)) {
      deeper(binary.lhs());
      out.append('\n');
      indent().append(PromQlPrinter.operator(binary)).append('\n');
      deeper(binary.rhs());
    }
    return null;
  }

  @Override
  public @Nullable Void visitAggregate(Aggregate aggregate) {
    if (!fitsLine(aggregate)) {
      indent().append(PromQlPrinter.head(aggregate));
      PromQlExpr parameter = aggregate.parameter();
      inParentheses(
          parameter == null ? List.of(aggregate.expr()) : List.of(parameter, aggregate.expr()));
    }
    return null;
  }

  @Override
  public @Nullable Void visitCall(Call call) {
    if (!fitsLine(call)) {
      indent().append(call.function().functionName());
      inParentheses(call.arguments());
    }
    return null;
  }

  @Override
  public @Nullable Void visitParen(Paren paren) {
    if (!fitsLine(paren)) {
      indent();
      inParentheses(List.of(paren.expr()));
    }
    return null;
  }

  private void inParentheses(List<PromQlExpr> parts) {
    String separator = "(\n";
    for (PromQlExpr part : parts) {
      out.append(separator);
      deeper(part);
      separator = ",\n";
    }
    out.append('\n');
    indent().append(')');
  }

  private void deeper(PromQlExpr expr) {
    level++;
    expr.accept(this);
    level--;
  }

  private @Nullable Void line(PromQlExpr expr) {
    indent().append(PromQlPrinter.print(expr));
    return null;
  }

  /** Writes the expression where it fits a line. */
  private boolean fitsLine(PromQlExpr expr) {
    String line = PromQlPrinter.print(expr);
    if (!fits(line)) {
      return false;
    }
    indent().append(line);
    return true;
  }

  private static boolean fits(String line) {
    return line.length() <= LINE_BYTES_MAX
        && line.getBytes(StandardCharsets.UTF_8).length <= LINE_BYTES_MAX;
  }

  private StringBuilder indent() {
    return out.append(INDENT.repeat(level));
  }
}
