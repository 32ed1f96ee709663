package io.chronicledb.engine.query.optimize;

import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.PlanNode;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Filter;
import io.chronicledb.engine.query.plan.TableNode.Groups;
import io.chronicledb.engine.query.plan.TableNode.Limit;
import io.chronicledb.engine.query.plan.TableNode.Project;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TableNode.Slices;
import io.chronicledb.engine.query.plan.TableNode.Sort;
import io.chronicledb.engine.query.plan.TableNode.SortKey;
import io.chronicledb.engine.query.plan.TableNode.TopRows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan slice by slice of time where its rows come by time: rows of a scan, so that not all of them are held at once; and buckets, where
 * only the first or the last of them are asked for.
 */
final class ReadInSlices extends Rewrite {

  @Override
  TableNode apply(TableNode plan) {
    if (plan instanceof Limit limit) {
      long wanted = limit.count() > Long.MAX_VALUE - limit.offset()
          ? Long.MAX_VALUE
          : limit.count() + limit.offset();
      return new Limit(sliced(limit.input(), wanted), limit.offset(), limit.count());
    }
    return sliced(plan, Long.MAX_VALUE);
  }

  private static TableNode sliced(TableNode plan, long wanted) {
    if (plan instanceof Project project
        && (project.input() instanceof Sort || project.input() instanceof TopRows)) {
      return project.withInputs(List.of(sliced((TableNode) project.input(), wanted)));
    }
    boolean grouped = hasBuckets(plan);
    if (!grouped && !isScan(plan) || grouped && wanted == Long.MAX_VALUE) {
      return plan;
    }
    Boolean descending = descending(plan);
    if (descending == null) {
      // The first rows of another order can still be looked for slice by slice.
      return plan instanceof TopRows top && isScan(top.input())
          ? top.withInputs(List.of(new Slices(top.input(), false, Long.MAX_VALUE)))
          : plan;
    }
    return new Slices(plan, descending, wanted);
  }

  /** Whether rows come by time descending, or null where they do not come by time. */
  private static @Nullable Boolean descending(TableNode plan) {
    List<SortKey> keys =
        plan instanceof Sort sort ? sort.keys() : plan instanceof TopRows top ? top.keys() : null;
    if (keys == null) {
      return false;
    }
    TableNode input = (TableNode) plan.inputs().get(0);
    return isTime(input, keys.get(0).column()) ? (Boolean) keys.get(0).descending() : null;
  }

  private static boolean isTime(TableNode node, int column) {
    return node instanceof Project project
        && project.values().get(column) instanceof Expr.Column source
        && source.type() == Expr.Type.TIME;
  }

  /** A scan with what works row by row upon it, and an order. */
  private static boolean isScan(PlanNode node) {
    return node instanceof Scan || isRowWise(node) && isScan(node.inputs().get(0));
  }

  /** Groups whose rows depend on one bucket each, with what works row by row upon them, and an order. */
  private static boolean hasBuckets(PlanNode node) {
    if (node instanceof Groups groups) {
      return groups.buckets() != null
          && groups.parts().stream()
              .flatMap(part -> part.aggregates().stream())
              .allMatch(aggregate ->
                  aggregate.perSeries() == null || aggregate.perSeries().isLocal());
    }
    return isRowWise(node) && hasBuckets(node.inputs().get(0));
  }

  private static boolean isRowWise(PlanNode node) {
    return node instanceof Filter
        || node instanceof Project
        || node instanceof Sort
        || node instanceof TopRows;
  }
}
