package io.chronicledb.engine.query.exec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Yields series one by one. */
@FunctionalInterface
interface SeriesOperator {

  /** The next series, with at least one value; null at the end. */
  @Nullable
  SeriesBatch next();

  /** All that are left. */
  default List<SeriesBatch> drain(ExecutionContext context) {
    var all = new ArrayList<SeriesBatch>();
    long values = 0;
    for (SeriesBatch batch = next(); batch != null; batch = next()) {
      values += batch.values().length;
      context.checkResult(values);
      all.add(batch);
    }
    return all;
  }

  /** Yields the elements of a list. */
  static SeriesOperator of(List<SeriesBatch> batches) {
    var iterator = batches.iterator();
    return () -> iterator.hasNext() ? iterator.next() : null;
  }
}
