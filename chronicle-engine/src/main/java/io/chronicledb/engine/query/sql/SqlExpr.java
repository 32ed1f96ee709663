package io.chronicledb.engine.query.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An expression of SQL as written. Operands of arithmetic, comparisons and calls are values; operands of {@link And}, {@link Or} and
 * {@link Not} are conditions: the parser has checked that.
 *
 * <p>Equality includes the position; {@link SqlPrinter#print(SqlExpr)} tells whether two expressions mean the same.
 */
public sealed interface SqlExpr {

  /** Where it was written, without parentheses around it. */
  SqlSpan at();

  <R> R accept(Visitor<R> visitor);

  /** The expressions directly inside, in the order of the text. */
  default List<SqlExpr> children() {
    return List.of();
  }

  /** Whether this is true or false, and not a value. */
  default boolean isCondition() {
    return false;
  }

  /** One method for each kind of expression. */
  interface Visitor<R> {
    R visitStar(Star star);

    R visitColumn(Column column);

    R visitNumber(NumberLiteral number);

    R visitString(StringLiteral string);

    R visitDuration(DurationLiteral duration);

    R visitNull(NullLiteral nullLiteral);

    R visitNow(Now now);

    R visitParameter(Parameter parameter);

    R visitCall(Call call);

    R visitBinary(Binary binary);

    R visitUnary(Unary unary);

    R visitComparison(Comparison comparison);

    R visitInList(InList inList);

    R visitBetween(Between between);

    R visitLike(Like like);

    R visitRegexMatch(RegexMatch regexMatch);

    R visitIsNull(IsNull isNull);

    R visitAnd(And and);

    R visitOr(Or or);

    R visitNot(Not not);
  }

  /** {@code SELECT *}: only ever a whole item of a SELECT. */
  record Star(SqlSpan at) implements SqlExpr {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitStar(this);
    }
  }

  /**
   * A column by name.
   *
   * @param name without quotes; {@code time} in lower case where it is the built-in column
   * @param kind how it was written, which decides what it may be
   */
  record Column(String name, Kind kind, SqlSpan at) implements SqlExpr {

    /** How a column was written. */
    public enum Kind {
      /** A bare name: a built-in column ({@code time}, {@code value}, {@code metric}), a tag or a field. */
      PLAIN,
      /** In double quotes: a tag or a field, never a built-in column. */
      QUOTED,
      /** {@code field(x)}: a field even where a tag has the same name. */
      FIELD
    }

    public Column {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a column has an empty name");
      }
    }

    /** Whether this is the built-in column of that name. */
    public boolean isBuiltIn(String builtIn) {
      return kind == Kind.PLAIN && name.equalsIgnoreCase(builtIn);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitColumn(this);
    }
  }

  /**
   * A number, with its sign.
   *
   * @param value finite; the nearest double
   * @param integer the exact value where it was written without fraction and exponent and fits a long, otherwise null
   */
  record NumberLiteral(double value, @Nullable Long integer, SqlSpan at) implements SqlExpr {
    public NumberLiteral {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a literal is not finite: " + value);
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitNumber(this);
    }
  }

  /** Text in single quotes, or a pattern between slashes; {@code value} is without quotes, slashes and their escapes. */
  record StringLiteral(String value, SqlSpan at) implements SqlExpr {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitString(this);
    }
  }

  /**
   * A duration, with its sign; both parts have the same one.
   *
   * @param nanos the part with a fixed length: a day has 24 hours, a week 7 days
   * @param months the calendar part: a year has 12
   */
  record DurationLiteral(long nanos, long months, SqlSpan at) implements SqlExpr {
    public DurationLiteral {
      if ((nanos < 0 && months > 0) || (nanos > 0 && months < 0)) {
        throw new IllegalArgumentException(
            "a duration has two signs: nanos=" + nanos + ", months=" + months);
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitDuration(this);
    }
  }

  record NullLiteral(SqlSpan at) implements SqlExpr {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitNull(this);
    }
  }

  /** {@code now()}: the instant of the query, the same everywhere in it. */
  record Now(SqlSpan at) implements SqlExpr {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitNow(this);
    }
  }

  /**
   * A bind parameter. A statement has either positional or named ones.
   *
   * @param name of {@code :name}, or null for {@code ?}
   * @param index which {@code ?} of the statement it is, from 0; -1 with a name
   */
  record Parameter(@Nullable String name, int index, SqlSpan at) implements SqlExpr {
    public Parameter {
      if ((name == null) != (index >= 0)) {
        throw new IllegalArgumentException(
            "a parameter has a name or an index; got name=" + name + ", index=" + index);
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitParameter(this);
    }
  }

  /**
   * A call of a function of {@link SqlFunctions}, with as many arguments as it takes.
   *
   * @param function in lower case
   * @param star {@code count(*)}: there are no arguments then
   */
  record Call(String function, List<SqlExpr> arguments, boolean star, SqlSpan at)
      implements SqlExpr {
    public Call {
      arguments = List.copyOf(arguments);
      if (!function.equals(function.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException("a function's name is not in lower case: " + function);
      }
      if (star && !arguments.isEmpty()) {
        throw new IllegalArgumentException(function + "(*) has arguments");
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitCall(this);
    }

    @Override
    public List<SqlExpr> children() {
      return arguments;
    }
  }

  /** Arithmetic on two values. Chains lean to the left. */
  record Binary(Binary.Op op, SqlExpr left, SqlExpr right, SqlSpan at) implements SqlExpr {

    /** An arithmetic operator. */
    public enum Op {
      ADD("+"),
      SUBTRACT("-"),
      MULTIPLY("*"),
      DIVIDE("/"),
      MODULO("%");

      private final String symbol;

      Op(String symbol) {
        this.symbol = symbol;
      }

      public String symbol() {
        return symbol;
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitBinary(this);
    }

    @Override
    public List<SqlExpr> children() {
      return List.of(left, right);
    }
  }

  /** The value with its sign changed. Literals carry their sign themselves, and {@code +x} is {@code x}. */
  record Unary(SqlExpr operand, SqlSpan at) implements SqlExpr {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitUnary(this);
    }

    @Override
    public List<SqlExpr> children() {
      return List.of(operand);
    }
  }

  record Comparison(Comparison.Op op, SqlExpr left, SqlExpr right, SqlSpan at) implements SqlExpr {

    /** A comparing operator; {@code <>} is {@link #NOT_EQUAL}. */
    public enum Op {
      EQUAL("="),
      NOT_EQUAL("!="),
      LESS("<"),
      LESS_OR_EQUAL("<="),
      GREATER(">"),
      GREATER_OR_EQUAL(">=");

      private final String symbol;

      Op(String symbol) {
        this.symbol = symbol;
      }

      public String symbol() {
        return symbol;
      }
    }

    @Override
    public boolean isCondition() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitComparison(this);
    }

    @Override
    public List<SqlExpr> children() {
      return List.of(left, right);
    }
  }

  /** {@code operand [NOT] IN (values)}; at least one value. */
  record InList(SqlExpr operand, List<SqlExpr> values, boolean negated, SqlSpan at)
      implements SqlExpr {
    public InList {
      values = List.copyOf(values);
      if (values.isEmpty()) {
        throw new IllegalArgumentException("an IN list is empty");
      }
    }

    @Override
    public boolean isCondition() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitInList(this);
    }

    @Override
    public List<SqlExpr> children() {
      var children = new ArrayList<SqlExpr>(values.size() + 1);
      children.add(operand);
      children.addAll(values);
      return children;
    }
  }

  /** {@code operand [NOT] BETWEEN low AND high}; both bounds are inside. */
  record Between(SqlExpr operand, SqlExpr low, SqlExpr high, boolean negated, SqlSpan at)
      implements SqlExpr {
    @Override
    public boolean isCondition() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitBetween(this);
    }

    @Override
    public List<SqlExpr> children() {
      return List.of(operand, low, high);
    }
  }

  /** {@code operand [NOT] LIKE pattern}; the pattern is a {@link StringLiteral} or a {@link Parameter}. */
  record Like(SqlExpr operand, SqlExpr pattern, boolean negated, SqlSpan at) implements SqlExpr {
    @Override
    public boolean isCondition() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitLike(this);
    }

    @Override
    public List<SqlExpr> children() {
      return List.of(operand, pattern);
    }
  }

  /**
   * {@code operand =~ pattern}, unanchored; the pattern is a {@link StringLiteral} or a {@link Parameter}, and not compiled yet.
   *
   * @param negated {@code !~}
   */
  record RegexMatch(SqlExpr operand, SqlExpr pattern, boolean negated, SqlSpan at)
      implements SqlExpr {
    @Override
    public boolean isCondition() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitRegexMatch(this);
    }

    @Override
    public List<SqlExpr> children() {
      return List.of(operand, pattern);
    }
  }

  /** {@code operand IS [NOT] NULL}. */
  record IsNull(SqlExpr operand, boolean negated, SqlSpan at) implements SqlExpr {
    @Override
    public boolean isCondition() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitIsNull(this);
    }

    @Override
    public List<SqlExpr> children() {
      return List.of(operand);
    }
  }

  /** Two or more conditions that all hold; a chain is flat, so that its length does not become depth. */
  record And(List<SqlExpr> operands, SqlSpan at) implements SqlExpr {
    public And {
      operands = conditions(operands);
    }

    @Override
    public boolean isCondition() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitAnd(this);
    }

    @Override
    public List<SqlExpr> children() {
      return operands;
    }
  }

  /** Two or more conditions of which one holds; flat like {@link And}. */
  record Or(List<SqlExpr> operands, SqlSpan at) implements SqlExpr {
    public Or {
      operands = conditions(operands);
    }

    @Override
    public boolean isCondition() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitOr(this);
    }

    @Override
    public List<SqlExpr> children() {
      return operands;
    }
  }

  record Not(SqlExpr operand, SqlSpan at) implements SqlExpr {
    @Override
    public boolean isCondition() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitNot(this);
    }

    @Override
    public List<SqlExpr> children() {
      return List.of(operand);
    }
  }

  private static List<SqlExpr> conditions(List<SqlExpr> operands) {
    if (operands.size() < 2 || !operands.stream().allMatch(SqlExpr::isCondition)) {
      throw new IllegalArgumentException(
          "AND and OR take two or more conditions; got " + operands.size() + " operands");
    }
    return List.copyOf(operands);
  }
}
