package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.query.plan.TableNode.Sort;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All rows of the input in another order, in one batch. */
final class SortRows {

  private final ExecutionContext context;
  private final Sort node;
  private final RowSource input;

  SortRows(ExecutionContext context, Sort node, RowSource input) {
    this.context = context;
    this.node = node;
    this.input = input;
  }

  /** All rows; null where there are none. */
  @Nullable
  RowBatch rows() {
    List<RowBatch> batches = input.drain(context);
    if (batches.isEmpty()) {
      return null;
    }
    RowBatch all = RowBatch.concat(node.columns(), batches);
    context.hold(all.bytes() + 8L * all.rows);
    var order = new RowOrder(node.keys(), node.columns());
    Integer[] rows = new Integer[all.rows];
    Arrays.setAll(rows, i -> i);
    Arrays.sort(rows, (a, b) -> order.compare(all, a, all, b));
    context.check();
    var places = new int[rows.length];
    Arrays.setAll(places, i -> rows[i]);
    return all.take(places, places.length);
  }
}
