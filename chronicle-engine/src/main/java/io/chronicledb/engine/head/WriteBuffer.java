package io.chronicledb.engine.head;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Points in the order of their sequences, as plain arrays. One thread at a time appends; any thread reads what is published. The package's
 * description says why that is all the ordering there is.
 */
final class WriteBuffer {

  private final int[] ids;
  private final long[] times;
  private final double[] values;
  private int rows;
  private long firstSequence;

  /** What readers may see; its write publishes the rows before it. */
  private volatile Published published = new Published(0, 0);

  /** The published rows sorted, for queries; a snapshot of some earlier count, renewed on demand. */
  private volatile @Nullable Sorted sorted;

  private record Published(int rows, long lastSequence) {}

  private record Sorted(int rows, MemoryBlock block) {}

  WriteBuffer(int capacity) {
    this(new int[capacity], new long[capacity], new double[capacity]);
  }

  private WriteBuffer(int[] ids, long[] times, double[] values) {
    this.ids = ids;
    this.times = times;
    this.values = values;
  }

  /** Takes the place of this one, which is empty and stays so: who has this one sees nothing of what is added to that. */
  WriteBuffer next() {
    if (rows > 0) {
      throw new IllegalStateException("the buffer has " + rows + " rows");
    }
    return new WriteBuffer(ids, times, values);
  }

  boolean hasRoomFor(int count) {
    return count <= ids.length - rows;
  }

  /** Adds a batch; not visible before {@link #publish}. */
  void append(long sequence, int[] batchIds, long[] batchTimes, double[] batchValues, int count) {
    if (rows == 0) {
      firstSequence = sequence;
    }
    System.arraycopy(batchIds, 0, ids, rows, count);
    System.arraycopy(batchTimes, 0, times, rows, count);
    System.arraycopy(batchValues, 0, values, rows, count);
    rows += count;
  }

  /** Makes everything appended visible. */
  void publish(long sequence) {
    published = new Published(rows, sequence);
  }

  /** The visible rows as a sorted run; null where there are none. Kept until more rows are published. */
  @Nullable
  MemoryBlock sorted(SeriesOrders orders) {
    Published visible = published;
    if (visible.rows == 0) {
      return null;
    }
    Sorted known = sorted;
    if (known == null || known.rows != visible.rows) {
      known = new Sorted(
          visible.rows,
          new BufferSort(ids, times, values, visible.rows)
              .sort(orders, firstSequence, visible.lastSequence));
      sorted = known;
    }
    return known.block;
  }

  void addSeriesTo(RoaringBitmap into) {
    for (int row = 0; row < rows; row++) {
      into.add(ids[row]);
    }
  }

  int visibleRows() {
    return published.rows;
  }

  long memoryBytes() {
    return (long) ids.length * Head.BUFFER_ROW_BYTES;
  }
}
