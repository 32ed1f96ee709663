package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.query.plan.Expr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes columns from rows. For one thread. */
final class Projection {

  private final List<Expr> values;
  private final List<Evaluator> numbers = new ArrayList<>();
  private final List<Evaluator.Text> texts = new ArrayList<>();

  Projection(List<Expr> values, ExecutionContext context) {
    this.values = values;
    for (Expr value : values) {
      boolean number = isNumber(value);
      numbers.add(number ? Evaluator.of(value, context) : Evaluator.of(new Expr.Null(), context));
      texts.add(Evaluator.Text.of(value));
    }
  }

  private static boolean isNumber(Expr value) {
    return value.type() != Expr.Type.TEXT && value.type() != Expr.Type.TIME;
  }

  /**
   * The columns for the rows of a batch, in arrays of their own.
   *
   * @param further room for so many columns after them
   */
  RowBatch apply(RowBatch rows, int further) {
    var result = new RowBatch(values.size() + further);
    result.rows = rows.rows;
    for (int i = 0; i < values.size(); i++) {
      Expr value = values.get(i);
      if (isNumber(value)) {
        result.set(i, Arrays.copyOf(numbers.get(i).evaluate(rows), rows.rows));
      } else if (value instanceof Expr.Time time) {
        var times = new long[rows.rows];
        Arrays.fill(times, time.nanos());
        result.set(i, times);
      } else if (value.type() == Expr.Type.TIME) {
        result.set(i, Arrays.copyOf(rows.times(((Expr.Column) value).index()), rows.rows));
      } else {
        setText(result, i, value, rows);
      }
    }
    return result;
  }

  private void setText(RowBatch result, int column, Expr value, RowBatch rows) {
    if (!(value instanceof Expr.Column source) || rows.isConstant(source.index())) {
      result.setConstant(column, texts.get(column).at(rows, 0));
      return;
    }
    var all = new @Nullable String[rows.rows];
    for (int row = 0; row < all.length; row++) {
      all[row] = rows.text(source.index(), row);
    }
    result.set(column, all);
  }
}
