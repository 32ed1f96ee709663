package io.chronicledb.engine.query.plan;

import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.BinaryOperation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The range of time outside of which a condition on rows does not hold, and what is left to be tested within.
 *
 * @param rest null where the range says it all
 */
public record TimeBounds(TimeRange range, @Nullable Expr rest) {

  /** Reads the comparisons of the time with constants that all must hold. The time is column 0. */
  public static TimeBounds of(Expr condition) {
    long start = TimeRange.ALL.start();
    long end = TimeRange.ALL.end();
    var rest = new ArrayList<Expr>();
    for (Expr conjunct : flatten(condition)) {
      TimeRange range = rangeOf(conjunct);
      if (range == null) {
        rest.add(conjunct);
      } else {
        start = Math.max(start, range.start());
        end = Math.min(end, range.end());
      }
    }
    return new TimeBounds(
        start < end ? new TimeRange(start, end) : new TimeRange(start, start),
        Expr.conjunction(rest));
  }

  private static List<Expr> flatten(Expr condition) {
    var flat = new ArrayList<Expr>();
    for (Expr conjunct : Expr.conjuncts(condition)) {
      if (conjunct instanceof Expr.And) {
        flat.addAll(flatten(conjunct));
      } else {
        flat.add(conjunct);
      }
    }
    return flat;
  }

  private static @Nullable TimeRange rangeOf(Expr condition) {
    if (!(condition instanceof Expr.Comparison comparison)) {
      return null;
    }
    if (isTime(comparison.left()) && comparison.right() instanceof Expr.Time constant) {
      return range(comparison.operation(), constant.nanos());
    }
    if (isTime(comparison.right()) && comparison.left() instanceof Expr.Time constant) {
      return range(comparison.operation().mirrored(), constant.nanos());
    }
    return null;
  }

  private static boolean isTime(Expr expression) {
    return expression instanceof Expr.Column column && column.type() == Expr.Type.TIME;
  }

  private static @Nullable TimeRange range(BinaryOperation operation, long time) {
    long after = time == Long.MAX_VALUE ? time : time + 1;
    return switch (operation) {
      case EQUAL -> new TimeRange(time, after);
      case LESS -> new TimeRange(Long.MIN_VALUE, time);
      case LESS_EQUAL -> new TimeRange(Long.MIN_VALUE, after);
      case GREATER -> new TimeRange(after, Long.MAX_VALUE);
      case GREATER_EQUAL -> new TimeRange(time, Long.MAX_VALUE);
      default -> null;
    };
  }
}
