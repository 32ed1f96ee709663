package io.chronicledb.engine.head;

import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
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
  /** What the values of {@linkplain HistogramRows marked} rows refer to; null as long as there is none. */
  private @Nullable HistogramColumn histograms;

  private volatile long histogramBytes;

  /** What readers may see; its write publishes the rows before it. */
  private volatile Published published = new Published(0, 0, null);

  /** The published rows sorted, for queries; a snapshot of some earlier count, renewed on demand. */
  private volatile @Nullable Sorted sorted;

  /** @param histograms as many as the rows need; the column itself goes on growing */
  private record Published(
      int rows, long lastSequence, @Nullable HistogramColumn histograms) {}

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
  void append(
      long sequence,
      int[] batchIds,
      long[] batchTimes,
      double[] batchValues,
      @Nullable HistogramColumn batchHistograms,
      int count) {
    if (rows == 0) {
      firstSequence = sequence;
    }
    System.arraycopy(batchIds, 0, ids, rows, count);
    System.arraycopy(batchTimes, 0, times, rows, count);
    System.arraycopy(batchValues, 0, values, rows, count);
    if (batchHistograms != null) {
      addHistograms(batchHistograms, rows, rows + count);
    }
    rows += count;
  }

  private void addHistograms(HistogramColumn batch, int from, int to) {
    HistogramColumn all = histograms;
    if (all == null) {
      all = new HistogramColumn(batch.size());
      histograms = all;
    }
    for (int row = from; row < to; row++) {
      if (HistogramRows.isMarked(ids[row])) {
        int batchRow = HistogramRows.row(values[row]);
        values[row] = HistogramRows.reference(all.size());
        all.add(batch, batchRow);
      }
    }
    histogramBytes = all.memoryBytes();
  }

  /** Makes everything appended visible. */
  void publish(long sequence) {
    published = new Published(rows, sequence, histograms == null ? null : histograms.snapshot());
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
          new BufferSort(ids, times, values, visible.histograms, visible.rows)
              .sort(orders, firstSequence, visible.lastSequence));
      sorted = known;
    }
    return known.block;
  }

  void addSeriesTo(RoaringBitmap into) {
    for (int row = 0; row < rows; row++) {
      into.add(HistogramRows.id(ids[row]));
    }
  }

  int visibleRows() {
    return published.rows;
  }

  long memoryBytes() {
    return (long) ids.length * Head.BUFFER_ROW_BYTES + histogramBytes;
  }
}
