package io.chronicledb.engine.query.function;

/** Operations on two values, or, for the last three, on two sets of series. */
public enum BinaryOperation {
  ADD,
  SUBTRACT,
  MULTIPLY,
  DIVIDE,
  MODULO,
  POWER,
  ATAN2,
  EQUAL,
  NOT_EQUAL,
  LESS,
  LESS_EQUAL,
  GREATER,
  GREATER_EQUAL,
  /** What a histogram holds up to a value. */
  TRIM_UPPER,
  /** What a histogram holds from a value on. */
  TRIM_LOWER,
  AND,
  OR,
  UNLESS;

  /** As it is written between its operands. */
  public String symbol() {
    return switch (this) {
      case ADD -> "+";
      case SUBTRACT -> "-";
      case MULTIPLY -> "*";
      case DIVIDE -> "/";
      case MODULO -> "%";
      case POWER -> "^";
      case ATAN2 -> "atan2";
      case EQUAL -> "=";
      case NOT_EQUAL -> "!=";
      case LESS -> "<";
      case LESS_EQUAL -> "<=";
      case GREATER -> ">";
      case GREATER_EQUAL -> ">=";
      case TRIM_UPPER -> "</";
      case TRIM_LOWER -> ">/";
      case AND -> "and";
      case OR -> "or";
      case UNLESS -> "unless";
    };
  }

  public boolean isComparison() {
    return switch (this) {
      case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> true;
      default -> false;
    };
  }

  /** The comparison that says the same with its operands exchanged. */
  public BinaryOperation mirrored() {
    return switch (this) {
      case LESS -> GREATER;
      case LESS_EQUAL -> GREATER_EQUAL;
      case GREATER -> LESS;
      case GREATER_EQUAL -> LESS_EQUAL;
      default -> this;
    };
  }

  public boolean isSetOperation() {
    return this == AND || this == OR || this == UNLESS;
  }

  /** Whether it takes histograms alone, with a bound on their right. */
  public boolean isTrim() {
    return this == TRIM_UPPER || this == TRIM_LOWER;
  }

  /** The result of an arithmetic operation. */
  public double apply(double left, double right) {
    return switch (this) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case DIVIDE -> left / right;
      case MODULO -> left % right;
      case POWER -> power(left, right);
      case ATAN2 -> Math.atan2(left, right);
      default -> throw new IllegalStateException(this + " is not arithmetic");
    };
  }

  /** IEEE 754's pow, as other languages have it: 1 to any power, and -1 to an infinite one, is 1. Java says NaN. */
  private static double power(double left, double right) {
    if (left == 1 || (left == -1 && Double.isInfinite(right))) {
      return 1;
    }
    return Math.pow(left, right);
  }

  /** The outcome of a comparison. */
  public boolean test(double left, double right) {
    return switch (this) {
      case EQUAL -> left == right;
      case NOT_EQUAL -> left != right;
      case LESS -> left < right;
      case LESS_EQUAL -> left <= right;
      case GREATER -> left > right;
      case GREATER_EQUAL -> left >= right;
      default -> throw new IllegalStateException(this + " is not a comparison");
    };
  }
}
