package io.chronicledb.engine.head;

import io.chronicledb.engine.block.MaskedRun;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.RunMerge;
import io.chronicledb.engine.block.RunSink;
import io.chronicledb.engine.block.SampleCursor;
import io.chronicledb.engine.block.SortedRun;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sorted run as plain columns in memory. */
public final class MemoryBlock implements SortedRun {

  private static final long OVERHEAD_BYTES = 128;

  private final long[] orders;
  /** The first row of each series; one more entry ends the last. */
  private final int[] firstRows;

  private final long[] timestamps;
  /** In the rows of {@link #histogramRows}, references to {@link #histograms}. */
  private final double[] values;

  private final @Nullable HistogramColumn histograms;
  /** Null where all samples are doubles. Not to be changed. */
  private final @Nullable BitSet histogramRows;

  private final long firstSequence;
  private final long lastSequence;
  private final long minTime;
  private final long maxTime;

  MemoryBlock(
      long[] orders,
      int[] firstRows,
      long[] timestamps,
      double[] values,
      long firstSequence,
      long lastSequence) {
    this(orders, firstRows, timestamps, values, null, null, firstSequence, lastSequence);
  }

  MemoryBlock(
      long[] orders,
      int[] firstRows,
      long[] timestamps,
      double[] values,
      @Nullable HistogramColumn histograms,
      @Nullable BitSet histogramRows,
      long firstSequence,
      long lastSequence) {
    this.histograms = histograms;
    this.histogramRows = histogramRows;
    this.orders = orders;
    this.firstRows = firstRows;
    this.timestamps = timestamps;
    this.values = values;
    this.firstSequence = firstSequence;
    this.lastSequence = lastSequence;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < orders.length; i++) {
      min = Math.min(min, timestamps[firstRows[i]]);
      max = Math.max(max, timestamps[firstRows[i + 1] - 1]);
    }
    this.minTime = min;
    this.maxTime = max;
  }

  /**
   * Merges blocks that are neighbours in sequence order, from the lowest to the highest, into one.
   *
   * @param tombstones deletions, of which those apply that are younger than a block
   */
  static MemoryBlock merge(List<MemoryBlock> blocks, List<Tombstone> tombstones) {
    int rows = 0;
    int series = 0;
    var cursors = new ArrayList<RunCursor>(blocks.size());
    for (MemoryBlock block : blocks) {
      rows += block.timestamps.length;
      series = Math.max(series, block.orders.length);
      cursors.add(MaskedRun.mask(block.cursor(), MaskedRun.concerning(block, tombstones)));
    }
    var merged = new Columns(series, rows);
    RunMerge.merge(cursors, merged);
    return new MemoryBlock(
        merged.orders.toArray(),
        merged.finishedFirstRows(),
        merged.timestamps.toArray(),
        merged.values.toArray(),
        merged.histograms,
        merged.histogramRows,
        blocks.get(0).firstSequence,
        blocks.get(blocks.size() - 1).lastSequence);
  }

  /** Collects a merge. */
  private static final class Columns implements RunSink {
    final LongColumn orders;
    int[] firstRows;
    final LongColumn timestamps;
    final DoubleColumn values;

    @Nullable
    HistogramColumn histograms;

    @Nullable
    BitSet histogramRows;

    Columns(int series, int rows) {
      orders = new LongColumn(series);
      firstRows = new int[series + 1];
      timestamps = new LongColumn(rows);
      values = new DoubleColumn(rows);
    }

    @Override
    public void series(long order) {
      if (orders.size() + 1 >= firstRows.length) {
        firstRows = Arrays.copyOf(firstRows, firstRows.length * 2 + 1);
      }
      firstRows[orders.size()] = timestamps.size();
      orders.add(order);
    }

    @Override
    public void samples(
        long[] times,
        double[] sampleValues,
        @Nullable HistogramColumn sampleHistograms,
        int start,
        int end) {
      if (sampleHistograms == null) {
        values.addAll(sampleValues, start, end - start);
      } else {
        addHistograms(sampleHistograms, sampleValues, start, end);
      }
      timestamps.addAll(times, start, end - start);
    }

    private void addHistograms(HistogramColumn from, double[] rows, int start, int end) {
      if (histograms == null || histogramRows == null) {
        histograms = new HistogramColumn(end - start);
        histogramRows = new BitSet();
      }
      histogramRows.set(values.size(), values.size() + end - start);
      for (int i = start; i < end; i++) {
        values.add(HistogramRows.reference(histograms.size()));
        histograms.add(from, HistogramRows.row(rows[i]));
      }
    }

    int[] finishedFirstRows() {
      int[] finished = Arrays.copyOf(firstRows, orders.size() + 1);
      finished[orders.size()] = timestamps.size();
      return finished;
    }
  }

  /** All timestamps, series after series. Not to be changed. */
  public long[] timestamps() {
    return timestamps;
  }

  public long memoryBytes() {
    return OVERHEAD_BYTES
        + timestamps.length * 16L
        + orders.length * 12L
        + (histograms == null ? 0 : histograms.memoryBytes());
  }

  public int seriesCount() {
    return orders.length;
  }

  @Override
  public long minTime() {
    return minTime;
  }

  @Override
  public long maxTime() {
    return maxTime;
  }

  @Override
  public long firstSequence() {
    return firstSequence;
  }

  @Override
  public long lastSequence() {
    return lastSequence;
  }

  @Override
  public long sampleCount() {
    return timestamps.length;
  }

  @Override
  public RunCursor cursor() {
    return new RowCursor();
  }

  private int lowerBound(int from, int to, long time) {
    if (from == to || timestamps[from] >= time) {
      return from;
    }
    if (timestamps[to - 1] < time) {
      return to;
    }
    int found = Arrays.binarySearch(timestamps, from, to, time);
    return found >= 0 ? found : -found - 1;
  }

  private final class RowCursor implements RunCursor {

    private final Rows rows = new Rows();
    private int series = -1;

    @Override
    public boolean next() {
      series++;
      return series < orders.length;
    }

    @Override
    public boolean seek(long order) {
      // Mostly the next one, or close behind.
      int from = series >= 0 && series < orders.length && orders[series] <= order ? series : 0;
      int found = Arrays.binarySearch(orders, from, orders.length, order);
      series = found >= 0 ? found : -found - 2;
      return found >= 0;
    }

    @Override
    public long order() {
      return orders[series];
    }

    @Override
    public long minTime() {
      return timestamps[firstRows[series]];
    }

    @Override
    public long maxTime() {
      return timestamps[firstRows[series + 1] - 1];
    }

    @Override
    public SampleCursor samples(TimeRange range) {
      if (range == TimeRange.ALL) {
        rows.reset(firstRows[series], firstRows[series + 1]);
        return rows;
      }
      int from = lowerBound(firstRows[series], firstRows[series + 1], range.start());
      rows.reset(from, lowerBound(from, firstRows[series + 1], range.end()));
      return rows;
    }
  }

  /** Slices of the columns: one, or where a series has samples of both kinds, one of each stretch. */
  private final class Rows implements SampleCursor {

    private int start;
    /** Where the slice ends, and the next one begins. */
    private int end;

    private int limit;
    private boolean ofHistograms;

    void reset(int from, int to) {
      start = from;
      end = from;
      limit = to;
    }

    @Override
    public long nextTime() {
      return end == limit ? Long.MAX_VALUE : timestamps[end];
    }

    @Override
    public boolean next() {
      if (end == limit) {
        return false;
      }
      start = end;
      end = limit;
      if (histogramRows != null) {
        ofHistograms = histogramRows.get(start);
        int other =
            ofHistograms ? histogramRows.nextClearBit(start) : histogramRows.nextSetBit(start);
        end = other < 0 ? limit : Math.min(other, limit);
      }
      return true;
    }

    @Override
    public long[] timestamps() {
      return timestamps;
    }

    @Override
    public double[] values() {
      return values;
    }

    @Override
    public @Nullable HistogramColumn histograms() {
      return ofHistograms ? histograms : null;
    }

    @Override
    public int start() {
      return start;
    }

    @Override
    public int end() {
      return end;
    }
  }
}
