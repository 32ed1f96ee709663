package io.chronicledb.engine.query.sql;

import com.google.re2j.Pattern;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.index.ValueMatcher;
import io.chronicledb.engine.model.TimeText;
import io.chronicledb.engine.model.Timestamp;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.function.RowFunction;
import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.Expr.Type;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Turns expressions as written into typed ones. Names mean what a {@link Scope} says; parameters and {@code now()} become constants. */
final class SqlBinder {

  private final Scope scope;
  private final SqlParameters parameters;
  private final long now;

  SqlBinder(Scope scope, SqlParameters parameters, long now) {
    this.scope = scope;
    this.parameters = parameters;
    this.now = now;
  }

  /** An expression of any type. */
  Expr bind(SqlExpr expression) {
    if (expression instanceof SqlExpr.Column column) {
      return scope.column(column);
    }
    if (expression instanceof SqlExpr.NumberLiteral number) {
      return new Expr.Number(number.value());
    }
    if (expression instanceof SqlExpr.StringLiteral string) {
      return new Expr.Text(string.value());
    }
    if (expression instanceof SqlExpr.NullLiteral) {
      return new Expr.Null();
    }
    if (expression instanceof SqlExpr.Parameter parameter) {
      return constant(parameters.get(parameter));
    }
    if (expression instanceof SqlExpr.Call call) {
      return call(call);
    }
    if (isTime(expression)) {
      return time(expression);
    }
    if (expression instanceof SqlExpr.Unary unary) {
      // Of 0 it makes 0, and not -0, which nobody expects to see.
      return new Expr.Arithmetic(
          BinaryOperation.SUBTRACT, new Expr.Number(0), number(unary.operand()));
    }
    if (expression instanceof SqlExpr.Binary binary) {
      return new Expr.Arithmetic(
          operation(binary.op()), number(binary.left()), number(binary.right()));
    }
    if (expression.isCondition()) {
      return condition(expression);
    }
    if (expression instanceof SqlExpr.DurationLiteral) {
      throw expression
          .at()
          .invalid("a duration stands alone", "add it to a time, as in now() - 1h");
    }
    throw expression.at().invalid("* is only a whole item of SELECT, or in count(*)");
  }

  private static Expr constant(@org.jspecify.annotations.Nullable Object value) {
    if (value == null) {
      return new Expr.Null();
    }
    return value instanceof String text
        ? new Expr.Text(text)
        : new Expr.Number(((Number) value).doubleValue());
  }

  /** An expression that must be a number. */
  Expr number(SqlExpr expression) {
    Expr bound = bind(expression);
    if (bound.type() == Type.NUMBER || bound.type() == Type.NOTHING) {
      return bound;
    }
    throw expression.at().invalid("expected a number, not " + describe(bound, expression));
  }

  private static String describe(Expr bound, SqlExpr expression) {
    if (expression instanceof SqlExpr.Column column) {
      return bound.type() == Type.TIME ? "the time" : "the tag \"" + column.name() + "\"";
    }
    return switch (bound.type()) {
      case TEXT -> "text";
      case TIME -> "a time";
      case CONDITION -> "a condition";
      default -> "this";
    };
  }

  private Expr call(SqlExpr.Call call) {
    SqlFunctions.Function function = SqlFunctions.find(call.function());
    if (function == null) {
      throw call.at().invalid("unknown function \"" + call.function() + "\"");
    }
    if (function.kind() == SqlFunctions.Kind.AGGREGATE) {
      return scope.aggregate(call);
    }
    return new Expr.Call(
        RowFunction.valueOf(call.function().toUpperCase(Locale.ROOT)),
        call.arguments().stream().map(this::number).toList());
  }

  private static BinaryOperation operation(SqlExpr.Binary.Op op) {
    return switch (op) {
      case ADD -> BinaryOperation.ADD;
      case SUBTRACT -> BinaryOperation.SUBTRACT;
      case MULTIPLY -> BinaryOperation.MULTIPLY;
      case DIVIDE -> BinaryOperation.DIVIDE;
      case MODULO -> BinaryOperation.MODULO;
    };
  }

  // Conditions

  /** An expression that must be a condition. */
  Expr condition(SqlExpr expression) {
    if (expression instanceof SqlExpr.And and) {
      return new Expr.And(and.operands().stream().map(this::condition).toList());
    }
    if (expression instanceof SqlExpr.Or or) {
      return new Expr.Or(or.operands().stream().map(this::condition).toList());
    }
    if (expression instanceof SqlExpr.Not not) {
      return new Expr.Not(condition(not.operand()));
    }
    if (expression instanceof SqlExpr.Comparison comparison) {
      List<Expr> sides = sameType(List.of(comparison.left(), comparison.right()));
      return new Expr.Comparison(comparison(comparison.op()), sides.get(0), sides.get(1));
    }
    if (expression instanceof SqlExpr.Between between) {
      List<Expr> bound = sameType(List.of(between.operand(), between.low(), between.high()));
      return negatedIf(
          between.negated(),
          new Expr.And(List.of(
              new Expr.Comparison(BinaryOperation.GREATER_EQUAL, bound.get(0), bound.get(1)),
              new Expr.Comparison(BinaryOperation.LESS_EQUAL, bound.get(0), bound.get(2)))));
    }
    if (expression instanceof SqlExpr.InList in) {
      return negatedIf(in.negated(), in(in));
    }
    if (expression instanceof SqlExpr.Like like) {
      return negatedIf(
          like.negated(),
          new Expr.Matches(
              text(like.operand(), "LIKE"), likePattern(constantText(like.pattern(), "LIKE"))));
    }
    if (expression instanceof SqlExpr.RegexMatch match) {
      return negatedIf(
          match.negated(), new Expr.Matches(text(match.operand(), "=~"), searching(match)));
    }
    if (expression instanceof SqlExpr.IsNull isNull) {
      return negatedIf(isNull.negated(), new Expr.IsNull(bind(isNull.operand())));
    }
    throw expression.at().invalid("expected a condition");
  }

  private static Expr negatedIf(boolean negated, Expr condition) {
    return negated ? new Expr.Not(condition) : condition;
  }

  private static BinaryOperation comparison(SqlExpr.Comparison.Op op) {
    return switch (op) {
      case EQUAL -> BinaryOperation.EQUAL;
      case NOT_EQUAL -> BinaryOperation.NOT_EQUAL;
      case LESS -> BinaryOperation.LESS;
      case LESS_OR_EQUAL -> BinaryOperation.LESS_EQUAL;
      case GREATER -> BinaryOperation.GREATER;
      case GREATER_OR_EQUAL -> BinaryOperation.GREATER_EQUAL;
    };
  }

  private Expr in(SqlExpr.InList in) {
    var all = new ArrayList<SqlExpr>();
    all.add(in.operand());
    all.addAll(in.values());
    List<Expr> bound = sameType(all);
    List<Expr> values = bound.subList(1, bound.size());
    boolean constant = values.stream()
        .allMatch(value -> value.operands().isEmpty() && !(value instanceof Expr.Column));
    return constant
        ? new Expr.OneOf(bound.get(0), values)
        : new Expr.Or(values.stream()
            .<Expr>map(value -> new Expr.Comparison(BinaryOperation.EQUAL, bound.get(0), value))
            .toList());
  }

  /** Binds what is compared with each other. */
  private List<Expr> sameType(List<SqlExpr> expressions) {
    if (expressions.stream().anyMatch(this::isTime)) {
      return expressions.stream().map(this::time).toList();
    }
    List<Expr> bound = expressions.stream().map(this::bind).toList();
    // Columns of times that have another name.
    if (bound.stream().anyMatch(expression -> expression.type() == Type.TIME)) {
      return expressions.stream().map(this::time).toList();
    }
    int first = -1;
    for (int i = 0; i < bound.size(); i++) {
      if (bound.get(i).type() == Type.NOTHING) {
        continue;
      }
      if (first < 0) {
        first = i;
      } else if (bound.get(i).type() != bound.get(first).type()) {
        throw mismatch(expressions, bound, first, i);
      }
    }
    return bound;
  }

  private static RuntimeException mismatch(
      List<SqlExpr> expressions, List<Expr> bound, int a, int b) {
    int text = bound.get(a).type() == Type.TEXT ? a : b;
    int other = text == a ? b : a;
    String cure = expressions.get(other) instanceof SqlExpr.NumberLiteral number
        ? "write '" + number.at().text() + "'"
        : "compare texts with texts and numbers with numbers";
    return expressions
        .get(other)
        .at()
        .invalid(
            describe(bound.get(text), expressions.get(text))
                + (bound.get(other).type() == Type.CONDITION
                    ? " is compared with a condition"
                    : " is text and is compared with a number"),
            cure);
  }

  // Texts and patterns

  private Expr text(SqlExpr expression, String operator) {
    Expr bound = bind(expression);
    if (bound.type() == Type.TEXT || bound.type() == Type.NOTHING) {
      return bound;
    }
    throw expression.at().invalid(operator + " takes a tag or metric, not a number or time");
  }

  private String constantText(SqlExpr expression, String operator) {
    if (bind(expression) instanceof Expr.Text text) {
      return text.value();
    }
    throw expression.at().invalid("the pattern of " + operator + " must be text");
  }

  /** SQL's patterns look anywhere in the value. */
  private String searching(SqlExpr.RegexMatch match) {
    String pattern = constantText(match.pattern(), "=~");
    checkPattern(pattern, match.pattern().at());
    return anywhere(pattern);
  }

  static void checkPattern(String pattern, SqlSpan at) {
    try {
      ValueMatcher.check(pattern);
    } catch (BadDataException e) {
      throw at.invalid(String.valueOf(e.getMessage()));
    }
  }

  /** A pattern for whole values that finds {@code pattern} anywhere in them. */
  static String anywhere(String pattern) {
    return ".*(?:" + pattern + ").*";
  }

  private static String likePattern(String like) {
    var pattern = new StringBuilder();
    var literal = new StringBuilder();
    for (int i = 0; i < like.length(); i++) {
      char c = like.charAt(i);
      if (c == '%' || c == '_') {
        pattern.append(Pattern.quote(literal.toString())).append(c == '%' ? ".*" : ".");
        literal.setLength(0);
      } else {
        literal.append(c);
      }
    }
    return pattern.append(Pattern.quote(literal.toString())).toString();
  }

  // Times

  /** Whether an expression can only be a time, whatever it is compared with. */
  private boolean isTime(SqlExpr expression) {
    if (expression instanceof SqlExpr.Column column) {
      return column.isBuiltIn("time");
    }
    return expression instanceof SqlExpr.Now
        || (expression instanceof SqlExpr.Binary binary
            && (binary.right() instanceof SqlExpr.DurationLiteral || isTime(binary.left())));
  }

  /** The column of the time, or an instant in nanoseconds: a literal, a parameter, or now() with durations added and taken away. */
  Expr time(SqlExpr expression) {
    if (expression instanceof SqlExpr.Column) {
      Expr bound = bind(expression);
      if (bound.type() == Type.TIME) {
        return bound;
      }
    }
    if (expression instanceof SqlExpr.NullLiteral) {
      return new Expr.Null();
    }
    return new Expr.Time(instant(expression));
  }

  private long instant(SqlExpr expression) {
    if (expression instanceof SqlExpr.Now) {
      return now;
    }
    if (expression instanceof SqlExpr.NumberLiteral number && number.integer() != null) {
      return number.integer();
    }
    if (expression instanceof SqlExpr.StringLiteral string) {
      return parse(string.value(), expression.at());
    }
    if (expression instanceof SqlExpr.Parameter parameter) {
      Object value = parameters.get(parameter);
      if (value instanceof Long nanos) {
        return nanos;
      }
      if (value instanceof String text) {
        return parse(text, expression.at());
      }
    }
    if (expression instanceof SqlExpr.Binary binary
        && (binary.op() == SqlExpr.Binary.Op.ADD || binary.op() == SqlExpr.Binary.Op.SUBTRACT)
        && binary.right() instanceof SqlExpr.DurationLiteral duration) {
      if (binary.left() instanceof SqlExpr.Column column && column.isBuiltIn("time")) {
        throw binary
            .at()
            .invalid("arithmetic with the column time", "move the duration to the other side");
      }
      return shifted(
          instant(binary.left()), duration, binary.op() == SqlExpr.Binary.Op.ADD ? 1 : -1, binary);
    }
    throw expression
        .at()
        .invalid("expected a time", "write '2024-01-01T00:00:00Z', nanoseconds, or now() - 1h");
  }

  private static long shifted(
      long base, SqlExpr.DurationLiteral duration, int sign, SqlExpr.Binary binary) {
    try {
      long moved = base;
      if (duration.months() != 0) {
        Instant instant = Instant.ofEpochSecond(
            Math.floorDiv(base, 1_000_000_000L), Math.floorMod(base, 1_000_000_000L));
        moved = Timestamp.of(instant
            .atZone(ZoneOffset.UTC)
            .plusMonths(Math.multiplyExact(duration.months(), sign))
            .toInstant());
      }
      return Math.addExact(moved, Math.multiplyExact(duration.nanos(), sign));
    } catch (ArithmeticException | java.time.DateTimeException e) {
      throw binary.at().invalid("the time lies outside of 1677 to 2262");
    }
  }

  private static long parse(String text, SqlSpan at) {
    try {
      return TimeText.parse(text);
    } catch (BadDataException e) {
      throw at.invalid(String.valueOf(e.getMessage()));
    }
  }
}
