package io.chronicledb.engine.read;

import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.SampleCursor;
import io.chronicledb.engine.model.TimeRange;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A cursor over a stored block that opens the block when a series within its stretch is asked for, so that others cost nothing. */
final class StoredRunCursor implements RunCursor {

  private final StoredBlock stored;
  private final Supplier<RunCursor> open;
  private @Nullable RunCursor cursor;

  StoredRunCursor(StoredBlock stored, Supplier<RunCursor> open) {
    this.stored = stored;
    this.open = open;
  }

  private RunCursor opened() {
    RunCursor present = cursor;
    if (present == null) {
      present = open.get();
      cursor = present;
    }
    return present;
  }

  @Override
  public boolean next() {
    return opened().next();
  }

  @Override
  public boolean seek(long order) {
    return order >= stored.firstOrder()
        && order <= stored.lastOrder()
        && opened().seek(order);
  }

  @Override
  public long order() {
    return opened().order();
  }

  @Override
  public long minTime() {
    return opened().minTime();
  }

  @Override
  public long maxTime() {
    return opened().maxTime();
  }

  @Override
  public SampleCursor samples(TimeRange range) {
    return opened().samples(range);
  }
}
