package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.index.ValueMatcher;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.plan.Expr;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Computes an expression for all rows of a batch, node after node, in arrays that are used again. Conditions are numbers: 1 is true, 0 is false,
 * NULL is neither. For one thread.
 */
abstract class Evaluator {

  private static final double[] EMPTY = {};

  private double[] scratch = EMPTY;

  /** The values of the rows, until the next call. */
  abstract double[] evaluate(RowBatch rows);

  /** An array with room for the rows, whose content does not matter. */
  final double[] room(RowBatch rows) {
    if (scratch.length < rows.rows) {
      scratch = new double[Math.max(rows.rows, RowBatch.ROWS)];
    }
    return scratch;
  }

  /** A number or a condition. */
  static Evaluator of(Expr expression, ExecutionContext context) {
    if (expression instanceof Expr.Column column) {
      return new Field(column.index());
    }
    if (expression instanceof Expr.Number number) {
      return new Constant(number.value());
    }
    if (expression instanceof Expr.Null) {
      return new Constant(StaleMarker.value());
    }
    if (expression instanceof Expr.Decided decided) {
      return new Constant(decided.value() ? 1 : 0);
    }
    if (expression instanceof Expr.Arithmetic arithmetic) {
      return new ArithmeticOf(
          arithmetic.operation(), of(arithmetic.left(), context), of(arithmetic.right(), context));
    }
    if (expression instanceof Expr.Call call) {
      return new CallOf(
          call, call.arguments().stream().map(argument -> of(argument, context)).toList());
    }
    if (expression instanceof Expr.TextCode code) {
      Text text = Text.of(code.operand());
      return new PerRow() {
        @Override
        double at(RowBatch rows, int row) {
          String value = text.at(rows, row);
          return value == null ? StaleMarker.value() : context.codeOf(value);
        }
      };
    }
    if (expression instanceof Expr.Comparison comparison) {
      return comparison(comparison, context);
    }
    if (expression instanceof Expr.OneOf oneOf) {
      return oneOf(oneOf, context);
    }
    if (expression instanceof Expr.Matches matches) {
      return new MatchesOf(Text.of(matches.operand()), matches.pattern());
    }
    if (expression instanceof Expr.IsNull isNull) {
      return isNull(isNull, context);
    }
    if (expression instanceof Expr.And and) {
      return new Logic(and.conditions().stream().map(c -> of(c, context)).toList(), true);
    }
    if (expression instanceof Expr.Or or) {
      return new Logic(or.conditions().stream().map(c -> of(c, context)).toList(), false);
    }
    if (expression instanceof Expr.Not not) {
      return new EachOf(
          of(not.condition(), context), value -> StaleMarker.is(value) ? value : 1 - value);
    }
    throw new IllegalStateException("no evaluator for " + expression);
  }

  private static Evaluator comparison(Expr.Comparison comparison, ExecutionContext context) {
    Expr left = comparison.left();
    Expr right = comparison.right();
    BinaryOperation operation = comparison.operation();
    if (left.type() == Expr.Type.NOTHING || right.type() == Expr.Type.NOTHING) {
      return new Constant(StaleMarker.value());
    }
    switch (left.type()) {
      case TIME -> {
        return new CompareTimes(operation, left, right);
      }
      case TEXT -> {
        Text a = Text.of(left);
        Text b = Text.of(right);
        return new PerRow() {
          @Override
          double at(RowBatch rows, int row) {
            String x = a.at(rows, row);
            String y = b.at(rows, row);
            return x == null || y == null
                ? StaleMarker.value()
                : truth(operation.test(Tags.ORDER.compare(x, y), 0));
          }
        };
      }
      default -> {
        return new CompareNumbers(operation, of(left, context), of(right, context));
      }
    }
  }

  private static Evaluator oneOf(Expr.OneOf oneOf, ExecutionContext context) {
    boolean hasNull = oneOf.values().stream().anyMatch(value -> value instanceof Expr.Null);
    double otherwise = hasNull ? StaleMarker.value() : 0;
    Set<Object> values = new HashSet<>();
    for (Expr value : oneOf.values()) {
      if (value instanceof Expr.Text text) {
        values.add(text.value());
      } else if (value instanceof Expr.Time time) {
        values.add(time.nanos());
      } else if (value instanceof Expr.Number number) {
        values.add(number.value() + 0.0); // Makes 0 of -0.
      }
    }
    Expr operand = oneOf.operand();
    switch (operand.type()) {
      case NOTHING -> {
        return new Constant(StaleMarker.value());
      }
      case TEXT -> {
        Text text = Text.of(operand);
        return new PerRow() {
          @Override
          double at(RowBatch rows, int row) {
            String value = text.at(rows, row);
            return value == null ? StaleMarker.value() : values.contains(value) ? 1 : otherwise;
          }
        };
      }
      case TIME -> {
        return new PerRow() {
          @Override
          double at(RowBatch rows, int row) {
            return values.contains(timeAt(operand, rows, row)) ? 1 : otherwise;
          }
        };
      }
      default -> {
        // NaN is equal to nothing.
        return new EachOf(
            of(operand, context),
            value -> StaleMarker.is(value)
                ? value
                : !Double.isNaN(value) && values.contains(value + 0.0) ? 1 : otherwise);
      }
    }
  }

  private static Evaluator isNull(Expr.IsNull isNull, ExecutionContext context) {
    Expr operand = isNull.operand();
    switch (operand.type()) {
      case NOTHING -> {
        return new Constant(1);
      }
      case TIME -> {
        return new Constant(0);
      }
      case TEXT -> {
        Text text = Text.of(operand);
        return new PerRow() {
          @Override
          double at(RowBatch rows, int row) {
            return truth(text.at(rows, row) == null);
          }
        };
      }
      default -> {
        return new EachOf(of(operand, context), value -> truth(StaleMarker.is(value)));
      }
    }
  }

  static double truth(boolean value) {
    return value ? 1 : 0;
  }

  private static long timeAt(Expr expression, RowBatch rows, int row) {
    return expression instanceof Expr.Time constant
        ? constant.nanos()
        : rows.times(((Expr.Column) expression).index())[row];
  }

  private static final class Field extends Evaluator {
    private final int column;

    Field(int column) {
      this.column = column;
    }

    @Override
    double[] evaluate(RowBatch rows) {
      return rows.numbers(column);
    }
  }

  private static final class Constant extends Evaluator {
    private final double value;

    Constant(double value) {
      this.value = value;
    }

    @Override
    double[] evaluate(RowBatch rows) {
      double[] out = room(rows);
      Arrays.fill(out, 0, rows.rows, value);
      return out;
    }
  }

  /** One row at a time, for what is rarely looked at: texts, which are mostly the same in all rows. */
  private abstract static class PerRow extends Evaluator {

    abstract double at(RowBatch rows, int row);

    @Override
    double[] evaluate(RowBatch rows) {
      double[] out = room(rows);
      for (int i = 0; i < rows.rows; i++) {
        out[i] = at(rows, i);
      }
      return out;
    }
  }

  private static final class ArithmeticOf extends Evaluator {
    private final BinaryOperation operation;
    private final Evaluator left;
    private final Evaluator right;

    ArithmeticOf(BinaryOperation operation, Evaluator left, Evaluator right) {
      this.operation = operation;
      this.left = left;
      this.right = right;
    }

    @Override
    double[] evaluate(RowBatch rows) {
      double[] a = left.evaluate(rows);
      double[] b = right.evaluate(rows);
      double[] out = room(rows);
      boolean divides = operation == BinaryOperation.DIVIDE || operation == BinaryOperation.MODULO;
      for (int i = 0; i < rows.rows; i++) {
        double x = a[i];
        double y = b[i];
        out[i] = StaleMarker.is(x) || StaleMarker.is(y) || (divides && y == 0)
            ? StaleMarker.value()
            : plain(operation.apply(x, y));
      }
      return out;
    }

    /** NaN that comes of NaN keeps its bits, and must not become NULL by them. */
    private static double plain(double value) {
      return StaleMarker.is(value) ? Double.NaN : value;
    }
  }

  private static final class CallOf extends Evaluator {
    private final Expr.Call call;
    private final List<Evaluator> arguments;
    private final double[] row;

    CallOf(Expr.Call call, List<Evaluator> arguments) {
      this.call = call;
      this.arguments = arguments;
      this.row = new double[arguments.size()];
    }

    @Override
    double[] evaluate(RowBatch rows) {
      double[][] columns = new double[arguments.size()][];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = arguments.get(i).evaluate(rows);
      }
      double[] out = room(rows);
      for (int i = 0; i < rows.rows; i++) {
        for (int j = 0; j < columns.length; j++) {
          row[j] = columns[j][i];
        }
        out[i] = call.function().apply(row, row.length);
      }
      return out;
    }
  }

  private static final class CompareNumbers extends Evaluator {
    private final BinaryOperation operation;
    private final Evaluator left;
    private final Evaluator right;

    CompareNumbers(BinaryOperation operation, Evaluator left, Evaluator right) {
      this.operation = operation;
      this.left = left;
      this.right = right;
    }

    @Override
    double[] evaluate(RowBatch rows) {
      double[] a = left.evaluate(rows);
      double[] b = right.evaluate(rows);
      double[] out = room(rows);
      for (int i = 0; i < rows.rows; i++) {
        double x = a[i];
        double y = b[i];
        out[i] = StaleMarker.is(x) || StaleMarker.is(y)
            ? StaleMarker.value()
            : truth(operation.test(x, y));
      }
      return out;
    }
  }

  private static final class CompareTimes extends Evaluator {
    private final BinaryOperation operation;
    private final Expr left;
    private final Expr right;

    CompareTimes(BinaryOperation operation, Expr left, Expr right) {
      this.operation = operation;
      this.left = left;
      this.right = right;
    }

    @Override
    double[] evaluate(RowBatch rows) {
      double[] out = room(rows);
      for (int i = 0; i < rows.rows; i++) {
        // As longs: a double has no room for nanoseconds.
        int order = Long.compare(timeAt(left, rows, i), timeAt(right, rows, i));
        out[i] = truth(operation.test(order, 0));
      }
      return out;
    }
  }

  private static final class MatchesOf extends Evaluator {
    private final Text text;
    private final ValueMatcher matcher;
    private @Nullable String last;
    private boolean lastMatches;

    MatchesOf(Text text, String pattern) {
      this.text = text;
      this.matcher = ValueMatcher.of(new TagMatcher("", TagMatcher.Op.REGEX, pattern));
    }

    @Override
    double[] evaluate(RowBatch rows) {
      double[] out = room(rows);
      for (int i = 0; i < rows.rows; i++) {
        String value = text.at(rows, i);
        if (value == null) {
          out[i] = StaleMarker.value();
          continue;
        }
        if (!value.equals(last)) {
          last = value;
          lastMatches = matcher.matches(value);
        }
        out[i] = truth(lastMatches);
      }
      return out;
    }
  }

  /** AND and OR of three values: what decides the matter wins, then NULL. */
  private static final class Logic extends Evaluator {
    private final List<Evaluator> conditions;
    private final double decisive;

    Logic(List<Evaluator> conditions, boolean and) {
      this.conditions = conditions;
      this.decisive = and ? 0 : 1;
    }

    @Override
    double[] evaluate(RowBatch rows) {
      double[] out = room(rows);
      Arrays.fill(out, 0, rows.rows, 1 - decisive);
      for (Evaluator condition : conditions) {
        double[] next = condition.evaluate(rows);
        for (int i = 0; i < rows.rows; i++) {
          double value = next[i];
          if (value == decisive || (StaleMarker.is(value) && out[i] != decisive)) {
            out[i] = value;
          }
        }
      }
      return out;
    }
  }

  /** A function of each value. */
  private static final class EachOf extends Evaluator {
    private final Evaluator operand;
    private final DoubleUnaryOperator function;

    EachOf(Evaluator operand, DoubleUnaryOperator function) {
      this.operand = operand;
      this.function = function;
    }

    @Override
    double[] evaluate(RowBatch rows) {
      double[] in = operand.evaluate(rows);
      double[] out = room(rows);
      for (int i = 0; i < rows.rows; i++) {
        out[i] = function.applyAsDouble(in[i]);
      }
      return out;
    }
  }

  /** An expression of type text. */
  @FunctionalInterface
  interface Text {

    @Nullable
    String at(RowBatch rows, int row);

    static Text of(Expr expression) {
      if (expression instanceof Expr.Column column) {
        return (rows, row) -> rows.text(column.index(), row);
      }
      if (expression instanceof Expr.Text constant) {
        return (rows, row) -> constant.value();
      }
      return (rows, row) -> null;
    }
  }
}
