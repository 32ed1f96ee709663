package io.chronicledb.engine.query.optimize;

import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Filter;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TableNode.ScanColumn;
import io.chronicledb.engine.query.plan.TableNode.ValueBounds;
import java.util.HashMap;

/**
 * Tells a scan which values a condition leaves, so that it passes over chunks that have none of them. The rows that it thereby loses, or finds
 * without that field, are none for which the condition is true, so the condition stays.
 */
final class SkipChunksByValue extends Rewrite {

  @Override
  TableNode apply(TableNode plan) {
    return bottomUp(plan, node -> {
      if (!(node instanceof Filter filter) || !(filter.input() instanceof Scan scan)) {
        return node;
      }
      var bounds = new HashMap<String, ValueBounds>();
      for (Expr conjunct : Expr.conjuncts(filter.condition())) {
        Expr.conjuncts(conjunct).forEach(inner -> add(inner, scan, bounds));
      }
      return bounds.isEmpty() ? node : new Filter(scan.withBounds(bounds), filter.condition());
    });
  }

  private static void add(Expr condition, Scan scan, HashMap<String, ValueBounds> bounds) {
    if (!(condition instanceof Expr.Comparison comparison)) {
      return;
    }
    Expr left = comparison.left();
    Expr right = comparison.right();
    BinaryOperation operation = comparison.operation();
    if (left instanceof Expr.Number) {
      left = comparison.right();
      right = comparison.left();
      operation = operation.mirrored();
    }
    if (!(left instanceof Expr.Column column)
        || !(right instanceof Expr.Number number)
        || scan.scanned().get(column.index()).kind() != ScanColumn.Kind.FIELD) {
      return;
    }
    double value = number.value();
    ValueBounds bound = switch (operation) {
      case EQUAL -> new ValueBounds(value, value);
      case LESS, LESS_EQUAL -> new ValueBounds(Double.NEGATIVE_INFINITY, value);
      case GREATER, GREATER_EQUAL -> new ValueBounds(value, Double.POSITIVE_INFINITY);
      default -> null;
    };
    if (bound != null) {
      bounds.merge(
          column.name(),
          bound,
          (a, b) -> new ValueBounds(Math.max(a.min(), b.min()), Math.min(a.max(), b.max())));
    }
  }
}
