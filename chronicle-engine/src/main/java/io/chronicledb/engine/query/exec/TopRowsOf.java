package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.query.plan.TableNode.TopRows;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first rows of an order. Holds at most twice as many as are asked for, and one batch. */
final class TopRowsOf {

  private static final int ROOM_MIN = 1024;

  private final ExecutionContext context;
  private final TopRows node;
  private final RowSource input;
  private final RowOrder order;

  TopRowsOf(ExecutionContext context, TopRows node, RowSource input) {
    this.context = context;
    this.node = node;
    this.input = input;
    this.order = new RowOrder(node.keys(), node.columns());
  }

  /** All rows; null where there are none. */
  @Nullable
  RowBatch rows() {
    if (node.count() == 0) {
      return null;
    }
    RowBatch best = null;
    long held = 0;
    for (RowBatch batch = input.next(); batch != null; batch = input.next()) {
      context.check();
      for (int from = 0; from < batch.rows; from += Math.max(ROOM_MIN, node.count())) {
        int to = Math.min(batch.rows, from + Math.max(ROOM_MIN, node.count()));
        RowBatch piece = batch.slice(from, to);
        best = best(best == null ? piece : RowBatch.concat(node.columns(), List.of(best, piece)));
      }
      long bytes = best == null ? 0 : best.bytes();
      context.hold(bytes - held);
      held = bytes;
    }
    return best;
  }

  private RowBatch best(RowBatch rows) {
    Integer[] places = new Integer[rows.rows];
    Arrays.setAll(places, i -> i);
    Arrays.sort(places, (a, b) -> order.compare(rows, a, rows, b));
    int count = Math.min(node.count(), rows.rows);
    var taken = new int[count];
    Arrays.setAll(taken, i -> places[i]);
    return rows.take(taken, count);
  }
}
