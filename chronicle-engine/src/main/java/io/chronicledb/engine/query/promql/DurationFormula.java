package io.chronicledb.engine.query.promql;

import java.util.Locale;

/** An expression of durations, in seconds. */
public sealed interface DurationFormula {

  /** @throws IllegalArgumentException with a message for the query's author */
  double seconds(double step, double range);

  /** As it stands in a query. */
  String print();

  /** A constant. */
  record Seconds(double value) implements DurationFormula {
    @Override
    public double seconds(double step, double range) {
      return value;
    }

    @Override
    public String print() {
      return (value < 0 ? "-" : "") + PromQlDuration.print(PromQlDuration.nanos(Math.abs(value)));
    }
  }

  /** What a query tells of itself. */
  enum OfQuery implements DurationFormula {
    STEP,
    RANGE;

    @Override
    public double seconds(double step, double range) {
      return this == STEP ? step : range;
    }

    @Override
    public String print() {
      return name().toLowerCase(Locale.ROOT) + "()";
    }
  }

  /** The operators; the last two are functions of two durations. */
  enum Operator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    MODULO("%"),
    POWER("^"),
    MIN_OF("min_of"),
    MAX_OF("max_of");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    public String symbol() {
      return symbol;
    }

    double apply(double left, double right) {
      return switch (this) {
        case ADD -> left + right;
        case SUBTRACT -> left - right;
        case MULTIPLY -> left * right;
        case DIVIDE -> left / divisor(right, "division by zero");
        case MODULO -> left % divisor(right, "modulo by zero");
        case POWER -> Math.pow(left, right);
        case MIN_OF -> Math.min(left, right);
        case MAX_OF -> Math.max(left, right);
      };
    }

    private static double divisor(double value, String message) {
      if (value == 0) {
        throw new IllegalArgumentException(message);
      }
      return value;
    }
  }

  /** An operation of two durations. */
  record Operation(Operator operator, DurationFormula left, DurationFormula right)
      implements DurationFormula {
    @Override
    public double seconds(double step, double range) {
      return operator.apply(left.seconds(step, range), right.seconds(step, range));
    }

    @Override
    public String print() {
      return switch (operator) {
        case MIN_OF, MAX_OF -> operator.symbol() + "(" + left.print() + ", " + right.print() + ")";
        default -> "(" + left.print() + " " + operator.symbol() + " " + right.print() + ")";
      };
    }
  }

  /** With the sign turned. */
  record Negated(DurationFormula operand) implements DurationFormula {
    @Override
    public double seconds(double step, double range) {
      return -operand.seconds(step, range);
    }

    @Override
    public String print() {
      return "-" + operand.print();
    }
  }
}
