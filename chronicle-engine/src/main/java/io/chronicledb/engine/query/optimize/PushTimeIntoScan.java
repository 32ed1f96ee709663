package io.chronicledb.engine.query.optimize;

import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Filter;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TimeBounds;

/** Reads only the range of time that the conditions leave. */
final class PushTimeIntoScan extends Rewrite {

  @Override
  TableNode apply(TableNode plan) {
    return bottomUp(plan, node -> {
      if (!(node instanceof Filter filter) || !(filter.input() instanceof Scan scan)) {
        return node;
      }
      TimeBounds bounds = TimeBounds.of(filter.condition());
      if (bounds.range().equals(TimeRange.ALL)) {
        return node;
      }
      Scan narrowed = scan.withRange(bounds.range());
      return bounds.rest() == null ? narrowed : new Filter(narrowed, bounds.rest());
    });
  }
}
