package io.chronicledb.engine.query.plan;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeText;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.function.RowFunction;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An expression over the columns of one row. It has a {@link Type}, which its makers have checked. Every value may be absent (NULL):
 * arithmetic and comparisons with NULL are NULL, and logic has three values.
 */
public sealed interface Expr {

  /** What an expression yields. */
  enum Type {
    NUMBER,
    TEXT,
    /** Nanoseconds since the epoch. */
    TIME,
    /** True, false or NULL. */
    CONDITION,
    /** NULL and nothing else; it stands where any type may. */
    NOTHING
  }

  Type type();

  /** The expressions directly inside. */
  default List<Expr> operands() {
    return List.of();
  }

  /** The same expression over other operands, as many as {@link #operands()}. */
  default Expr withOperands(List<Expr> operands) {
    return this;
  }

  /** Rebuilds an expression from its leaves up. */
  static Expr rebuild(Expr expression, UnaryOperator<Expr> change) {
    List<Expr> operands = expression.operands();
    return change.apply(
        operands.isEmpty()
            ? expression
            : expression.withOperands(
                operands.stream().map(operand -> rebuild(operand, change)).toList()));
  }

  /** A column of the row by its place. */
  record Column(int index, Type type, String name) implements Expr {
    @Override
    public String toString() {
      return name;
    }
  }

  /** The same number in every row; NaN and infinities are numbers. */
  record Number(double value) implements Expr {
    @Override
    public Type type() {
      return Type.NUMBER;
    }

    @Override
    public String toString() {
      return value == Math.rint(value) && Math.abs(value) < 1e15
          ? Long.toString((long) value)
          : Double.toString(value);
    }
  }

  /** The same text in every row. */
  record Text(String value) implements Expr {
    @Override
    public Type type() {
      return Type.TEXT;
    }

    @Override
    public String toString() {
      return "'" + value.replace("'", "''") + "'";
    }
  }

  /** The same instant in every row. */
  record Time(long nanos) implements Expr {
    @Override
    public Type type() {
      return Type.TIME;
    }

    @Override
    public String toString() {
      return TimeText.format(nanos);
    }
  }

  /** A condition that is decided. */
  record Decided(boolean value) implements Expr {
    @Override
    public Type type() {
      return Type.CONDITION;
    }

    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /** NULL. */
  record Null() implements Expr {
    @Override
    public Type type() {
      return Type.NOTHING;
    }

    @Override
    public String toString() {
      return "NULL";
    }
  }

  /** An arithmetic operation on numbers; dividing by zero gives NULL. */
  record Arithmetic(BinaryOperation operation, Expr left, Expr right) implements Expr {
    @Override
    public Type type() {
      return Type.NUMBER;
    }

    @Override
    public List<Expr> operands() {
      return List.of(left, right);
    }

    @Override
    public Expr withOperands(List<Expr> operands) {
      return new Arithmetic(operation, operands.get(0), operands.get(1));
    }

    @Override
    public String toString() {
      return "(" + left + " " + operation.symbol() + " " + right + ")";
    }
  }

  /** A function of numbers. */
  record Call(RowFunction function, List<Expr> arguments) implements Expr {
    public Call {
      arguments = List.copyOf(arguments);
    }

    @Override
    public Type type() {
      return Type.NUMBER;
    }

    @Override
    public List<Expr> operands() {
      return arguments;
    }

    @Override
    public Expr withOperands(List<Expr> operands) {
      return new Call(function, operands);
    }

    @Override
    public String toString() {
      return function.sqlName()
          + arguments.stream().map(Expr::toString).collect(Collectors.joining(", ", "(", ")"));
    }
  }

  /** A number for each different text; NULL stays NULL. Within one query a text has one number, so that texts can be counted as numbers are. */
  record TextCode(Expr operand) implements Expr {
    @Override
    public Type type() {
      return Type.NUMBER;
    }

    @Override
    public List<Expr> operands() {
      return List.of(operand);
    }

    @Override
    public Expr withOperands(List<Expr> operands) {
      return new TextCode(operands.get(0));
    }

    @Override
    public String toString() {
      return operand.toString();
    }
  }

  /** Compares two operands of one type, numbers, texts or times. */
  record Comparison(BinaryOperation operation, Expr left, Expr right) implements Expr {
    public Comparison {
      if (!operation.isComparison()) {
        throw new IllegalArgumentException(operation + " compares nothing");
      }
    }

    @Override
    public Type type() {
      return Type.CONDITION;
    }

    @Override
    public List<Expr> operands() {
      return List.of(left, right);
    }

    @Override
    public Expr withOperands(List<Expr> operands) {
      return new Comparison(operation, operands.get(0), operands.get(1));
    }

    @Override
    public String toString() {
      return "(" + left + " " + operation.symbol() + " " + right + ")";
    }
  }

  /** Whether a value is equal to one of some constants of its type. */
  record OneOf(Expr operand, List<Expr> values) implements Expr {
    public OneOf {
      values = List.copyOf(values);
    }

    @Override
    public Type type() {
      return Type.CONDITION;
    }

    @Override
    public List<Expr> operands() {
      return List.of(operand);
    }

    @Override
    public Expr withOperands(List<Expr> operands) {
      return new OneOf(operands.get(0), values);
    }

    @Override
    public String toString() {
      return "(" + operand + " IN "
          + values.stream().map(Expr::toString).collect(Collectors.joining(", ", "(", ")")) + ")";
    }
  }

  /**
   * Whether a text matches a pattern as a whole.
   *
   * @param pattern in RE2 syntax, checked
   */
  record Matches(Expr operand, String pattern) implements Expr {
    @Override
    public Type type() {
      return Type.CONDITION;
    }

    @Override
    public List<Expr> operands() {
      return List.of(operand);
    }

    @Override
    public Expr withOperands(List<Expr> operands) {
      return new Matches(operands.get(0), pattern);
    }

    @Override
    public String toString() {
      return "(" + operand + " =~ /" + pattern + "/)";
    }
  }

  /** Whether a value is absent; never NULL itself. */
  record IsNull(Expr operand) implements Expr {
    @Override
    public Type type() {
      return Type.CONDITION;
    }

    @Override
    public List<Expr> operands() {
      return List.of(operand);
    }

    @Override
    public Expr withOperands(List<Expr> operands) {
      return new IsNull(operands.get(0));
    }

    @Override
    public String toString() {
      return "(" + operand + " IS NULL)";
    }
  }

  /** Whether all conditions hold. */
  record And(List<Expr> conditions) implements Expr {
    public And {
      conditions = List.copyOf(conditions);
    }

    @Override
    public Type type() {
      return Type.CONDITION;
    }

    @Override
    public List<Expr> operands() {
      return conditions;
    }

    @Override
    public Expr withOperands(List<Expr> operands) {
      return new And(operands);
    }

    @Override
    public String toString() {
      return conditions.stream().map(Expr::toString).collect(Collectors.joining(" AND ", "(", ")"));
    }
  }

  /** Whether one of the conditions holds. */
  record Or(List<Expr> conditions) implements Expr {
    public Or {
      conditions = List.copyOf(conditions);
    }

    @Override
    public Type type() {
      return Type.CONDITION;
    }

    @Override
    public List<Expr> operands() {
      return conditions;
    }

    @Override
    public Expr withOperands(List<Expr> operands) {
      return new Or(operands);
    }

    @Override
    public String toString() {
      return conditions.stream().map(Expr::toString).collect(Collectors.joining(" OR ", "(", ")"));
    }
  }

  /** Whether a condition does not hold; NULL stays NULL. */
  record Not(Expr condition) implements Expr {
    @Override
    public Type type() {
      return Type.CONDITION;
    }

    @Override
    public List<Expr> operands() {
      return List.of(condition);
    }

    @Override
    public Expr withOperands(List<Expr> operands) {
      return new Not(operands.get(0));
    }

    @Override
    public String toString() {
      return "NOT " + condition;
    }
  }

  /** The conditions that all must hold for this one to; itself where it is no conjunction. */
  static List<Expr> conjuncts(Expr condition) {
    return condition instanceof And and ? and.conditions() : List.of(condition);
  }

  /** The conjunction of conditions; null of none. */
  static @Nullable Expr conjunction(List<Expr> conditions) {
    return conditions.isEmpty()
        ? null
        : conditions.size() == 1 ? conditions.get(0) : new And(conditions);
  }

  /** The matchers' conditions on one tag, for printing. */
  static String describe(List<TagMatcher> matchers) {
    return matchers.stream().map(TagMatcher::toString).collect(Collectors.joining(", ", "{", "}"));
  }
}
