package io.chronicledb.engine.query.promql;

/** The binary operators. */
public enum BinaryOp {
  ADD("+", Kind.ARITHMETIC),
  SUB("-", Kind.ARITHMETIC),
  MUL("*", Kind.ARITHMETIC),
  DIV("/", Kind.ARITHMETIC),
  MOD("%", Kind.ARITHMETIC),
  POW("^", Kind.ARITHMETIC),
  ATAN2("atan2", Kind.ARITHMETIC),
  EQUAL("==", Kind.COMPARISON),
  NOT_EQUAL("!=", Kind.COMPARISON),
  GREATER(">", Kind.COMPARISON),
  LESS("<", Kind.COMPARISON),
  GREATER_OR_EQUAL(">=", Kind.COMPARISON),
  LESS_OR_EQUAL("<=", Kind.COMPARISON),
  /** Removes the observations above a bound from native histograms. */
  TRIM_UPPER("</", Kind.TRIM),
  /** Removes the observations below a bound from native histograms. */
  TRIM_LOWER(">/", Kind.TRIM),
  AND("and", Kind.SET),
  OR("or", Kind.SET),
  UNLESS("unless", Kind.SET);

  /** What family of rules an operator follows. */
  public enum Kind {
    ARITHMETIC,
    /** Filters its left side, or with {@code bool} gives 0 and 1. */
    COMPARISON,
    TRIM,
    /** Between vectors only, always many-to-many. */
    SET
  }

  private final String symbol;
  private final Kind kind;

  BinaryOp(String symbol, Kind kind) {
    this.symbol = symbol;
    this.kind = kind;
  }

  public String symbol() {
    return symbol;
  }

  public Kind kind() {
    return kind;
  }

  public boolean isComparison() {
    return kind == Kind.COMPARISON;
  }

  public boolean isSet() {
    return kind == Kind.SET;
  }
}
