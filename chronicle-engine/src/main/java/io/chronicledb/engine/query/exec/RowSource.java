package io.chronicledb.engine.query.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Yields rows, a batch at a time. For one thread. */
@FunctionalInterface
interface RowSource {

  /** The next rows, at least one; null at the end. The batch is the caller's. */
  @Nullable
  RowBatch next();

  /** Yields one batch, which is made when it is asked for. */
  static RowSource once(Supplier<@Nullable RowBatch> rows) {
    return new RowSource() {
      private boolean done;

      @Override
      public @Nullable RowBatch next() {
        if (done) {
          return null;
        }
        done = true;
        return rows.get();
      }
    };
  }

  /** All that are left, accounted for as held. */
  default List<RowBatch> drain(ExecutionContext context) {
    var all = new ArrayList<RowBatch>();
    for (RowBatch batch = next(); batch != null; batch = next()) {
      context.hold(batch.bytes());
      all.add(batch);
    }
    return all;
  }
}
