package io.chronicledb.engine.query.plan;

import io.chronicledb.engine.query.function.BinaryOperation;

/** Arithmetic over the columns of one row; an absent operand makes the result absent. */
public sealed interface ValueExpr {

  /** A column of the row by its place. */
  record Column(int index) implements ValueExpr {
    @Override
    public String toString() {
      return "#" + index;
    }
  }

  /** The same value in every row. */
  record Constant(double value) implements ValueExpr {
    @Override
    public String toString() {
      return Double.toString(value);
    }
  }

  /** An arithmetic operation. */
  record Arithmetic(BinaryOperation operation, ValueExpr left, ValueExpr right)
      implements ValueExpr {
    @Override
    public String toString() {
      return "(" + left + " " + operation + " " + right + ")";
    }
  }
}
