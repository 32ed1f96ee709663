package io.chronicledb.engine.query.exec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pulls series one by one. For one thread. */
@FunctionalInterface
interface SeriesOperator {

  /** The next series, with at least one value; null at the end. */
  @Nullable
  SeriesBatch next();

  /** All that are left; they count as held until they are {@linkplain #release released}. */
  default List<SeriesBatch> drain(ExecutionContext context) {
    var all = new ArrayList<SeriesBatch>();
    long values = 0;
    for (SeriesBatch batch = next(); batch != null; batch = next()) {
      values += batch.values().length;
      context.checkResult(values);
      context.hold(batch.heldBytes());
      all.add(batch);
    }
    return all;
  }

  /** Gives back what {@link #drain} holds. */
  static void release(ExecutionContext context, List<SeriesBatch> drained) {
    for (SeriesBatch batch : drained) {
      context.release(batch.heldBytes());
    }
  }

  /** Yields the elements of a list. */
  static SeriesOperator of(List<SeriesBatch> batches) {
    var iterator = batches.iterator();
    return () -> iterator.hasNext() ? iterator.next() : null;
  }
}
