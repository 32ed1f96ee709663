package io.chronicledb.engine.query.optimize;

import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Limit;
import io.chronicledb.engine.query.plan.TableNode.Project;
import io.chronicledb.engine.query.plan.TableNode.Sort;
import io.chronicledb.engine.query.plan.TableNode.TopRows;
import java.util.List;

/** Holds only the first rows of an order where no more are asked for. */
final class KeepTopRows extends Rewrite {

  private static final int ROWS_MAX = 100_000;

  @Override
  TableNode apply(TableNode plan) {
    return bottomUp(plan, node -> {
      if (!(node instanceof Limit limit) || limit.count() > ROWS_MAX || limit.offset() > ROWS_MAX) {
        return node;
      }
      int count = (int) (limit.count() + limit.offset());
      if (limit.input() instanceof Sort sort) {
        return new Limit(
            new TopRows(sort.input(), sort.keys(), count), limit.offset(), limit.count());
      }
      // The projection that leaves out columns of the order changes no row.
      if (limit.input() instanceof Project project && project.input() instanceof Sort sort) {
        return new Limit(
            project.withInputs(List.of(new TopRows(sort.input(), sort.keys(), count))),
            limit.offset(),
            limit.count());
      }
      return node;
    });
  }
}
