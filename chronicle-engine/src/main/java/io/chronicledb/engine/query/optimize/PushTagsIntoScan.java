package io.chronicledb.engine.query.optimize;

import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Filter;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TableNode.ScanColumn;
import io.chronicledb.engine.query.plan.TagConditions;
import java.util.ArrayList;

/** Lets the index find the series that conditions on single tags leave. */
final class PushTagsIntoScan extends Rewrite {

  @Override
  TableNode apply(TableNode plan) {
    return bottomUp(plan, node -> {
      if (!(node instanceof Filter filter) || !(filter.input() instanceof Scan scan)) {
        return node;
      }
      TagConditions tags = TagConditions.of(filter.condition(), column -> {
        ScanColumn scanned = scan.scanned().get(column.index());
        return scanned.kind() == ScanColumn.Kind.TAG ? scanned.name() : null;
      });
      if (tags.matchers().isEmpty()) {
        return node;
      }
      var matchers = new ArrayList<>(scan.matchers());
      matchers.addAll(tags.matchers());
      Scan narrowed = scan.withMatchers(matchers);
      return tags.rest() == null ? narrowed : new Filter(narrowed, tags.rest());
    });
  }
}
