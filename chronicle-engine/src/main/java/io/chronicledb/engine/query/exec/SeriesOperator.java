package io.chronicledb.engine.query.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Pulls series one by one. For one thread. */
@FunctionalInterface
interface SeriesOperator {

  /** The next series, with at least one value; null at the end. */
  @Nullable
  SeriesBatch next();

  /** Hands over all that are left, in their order, one at a time; several threads may have made them. */
  default void forEach(Consumer<SeriesBatch> consumer) {
    for (SeriesBatch batch = next(); batch != null; batch = next()) {
      consumer.accept(batch);
    }
  }

  /** All that are left; they count as held until they are {@linkplain #release released}. */
  default List<SeriesBatch> drain(ExecutionContext context) {
    var all = new ArrayList<SeriesBatch>();
    forEach(batch -> {
      context.hold(batch.heldBytes());
      all.add(batch);
      context.checkResult((long) all.size() * batch.values().length);
    });
    return all;
  }

  /** Gives back what {@link #drain} holds. */
  static void release(ExecutionContext context, List<SeriesBatch> drained) {
    for (SeriesBatch batch : drained) {
      context.release(batch.heldBytes());
    }
  }

  /** The series of another operator, each made into another one; those that come out empty are left out. */
  static SeriesOperator changed(SeriesOperator input, UnaryOperator<SeriesBatch> change) {
    return new SeriesOperator() {
      @Override
      public @Nullable SeriesBatch next() {
        for (SeriesBatch batch = input.next(); batch != null; batch = input.next()) {
          SeriesBatch result = change.apply(batch);
          if (!result.isEmpty()) {
            return result;
          }
        }
        return null;
      }

      @Override
      public void forEach(Consumer<SeriesBatch> consumer) {
        input.forEach(batch -> {
          SeriesBatch result = change.apply(batch);
          if (!result.isEmpty()) {
            consumer.accept(result);
          }
        });
      }
    };
  }

  /** Yields the elements of a list. */
  static SeriesOperator of(List<SeriesBatch> batches) {
    var iterator = batches.iterator();
    return () -> iterator.hasNext() ? iterator.next() : null;
  }
}
