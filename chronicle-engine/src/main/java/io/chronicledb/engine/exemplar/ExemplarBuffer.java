package io.chronicledb.engine.exemplar;

import io.chronicledb.engine.column.ExemplarRows;
import java.util.Arrays;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * The exemplars that storage does not have yet, in the order of the log. One thread at a time changes it; any thread reads what there was at a
 * moment, which takes no time.
 */
public final class ExemplarBuffer {

  private static final int BATCH_BYTES = 64;
  private static final int CAPACITY_MIN = 16;

  private ExemplarBatch[] batches = new ExemplarBatch[CAPACITY_MIN];
  private volatile List<ExemplarBatch> visible = List.of();
  private volatile long memoryBytes;

  /** Adds what a record of the log holds; sequences rise from call to call. */
  public void append(long sequence, ExemplarRows rows) {
    int count = visible.size();
    if (count == batches.length) {
      // Readers go on with the array that they have.
      batches = Arrays.copyOf(batches, count * 2);
    }
    batches[count] = new ExemplarBatch(sequence, rows);
    memoryBytes += BATCH_BYTES + rows.memoryBytes();
    visible = Arrays.asList(batches).subList(0, count + 1);
  }

  /** All batches, ascending by sequence; stays as it is whatever is added or dropped. */
  public List<ExemplarBatch> batches() {
    return visible;
  }

  /** Lets go of what storage has by now. */
  public void dropUpTo(long sequence) {
    List<ExemplarBatch> before = visible;
    int kept = before.size();
    while (kept > 0 && before.get(before.size() - kept).sequence() <= sequence) {
      kept--;
    }
    if (kept == before.size()) {
      return;
    }
    var rest = new ExemplarBatch[Math.max(CAPACITY_MIN, kept)];
    long bytes = 0;
    for (int i = 0; i < kept; i++) {
      rest[i] = before.get(before.size() - kept + i);
      bytes += BATCH_BYTES + rest[i].rows().memoryBytes();
    }
    batches = rest;
    memoryBytes = bytes;
    visible = Arrays.asList(rest).subList(0, kept);
  }

  /** Adds the ids of all series that have exemplars here. */
  public void addSeriesTo(RoaringBitmap ids) {
    for (ExemplarBatch batch : visible) {
      for (int row = 0; row < batch.rows().size(); row++) {
        ids.add(batch.rows().series(row));
      }
    }
  }

  public boolean isEmpty() {
    return visible.isEmpty();
  }

  public long memoryBytes() {
    return memoryBytes;
  }
}
