package io.chronicledb.engine.head;

import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns rows in arrival order into a memory block. Rows are distributed to their series by counting, which keeps their order; only series
 * whose timestamps do not rise are sorted. Linear in the rows for data that arrives in order. Not thread-safe.
 */
final class BufferSort {

  private final int[] ids;
  private final long[] times;
  private final double[] values;
  private final int rows;
  /** What the values of marked rows refer to; null where no row is marked. */
  private final @Nullable HistogramColumn histograms;

  BufferSort(
      int[] ids, long[] times, double[] values, @Nullable HistogramColumn histograms, int rows) {
    this.ids = ids;
    this.times = times;
    this.values = values;
    this.histograms = histograms;
    this.rows = rows;
  }

  MemoryBlock sort(SeriesOrders seriesOrders, long firstSequence, long lastSequence) {
    // Distinct series by first appearance: an open-addressing table from id to its number.
    int mask = Integer.highestOneBit(Math.max(8, rows) * 2 - 1) * 2 - 1;
    var table = new int[mask + 1];
    var series = new int[rows];
    var distinct = new int[Math.min(rows, 1 << 10)];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      int id = HistogramRows.id(ids[row]);
      if (row > 0 && id == HistogramRows.id(ids[row - 1])) {
        series[row] = series[row - 1]; // Samples of one series mostly come together.
        continue;
      }
      int slot = (id * 0x9E3779B9 >>> 7) & mask;
      while (table[slot] != 0 && distinct[table[slot] - 1] != id) {
        slot = (slot + 1) & mask;
      }
      if (table[slot] == 0) {
        if (count == distinct.length) {
          distinct = Arrays.copyOf(distinct, count * 2);
        }
        distinct[count++] = id;
        table[slot] = count;
      }
      series[row] = table[slot] - 1;
    }

    var orders = new long[count];
    for (int i = 0; i < count; i++) {
      orders[i] = seriesOrders.order(distinct[i]);
    }
    long[] sortedOrders = orders.clone();
    int[] rank = sort(sortedOrders, orders);

    var firstRows = new int[count + 1];
    for (int row = 0; row < rows; row++) {
      firstRows[rank[series[row]] + 1]++;
    }
    for (int i = 0; i < count; i++) {
      firstRows[i + 1] += firstRows[i];
    }
    var next = Arrays.copyOf(firstRows, count);
    var sortedTimes = new long[rows];
    var sortedValues = new double[rows];
    for (int row = 0; row < rows; row++) {
      int at = next[rank[series[row]]]++;
      sortedTimes[at] = times[row];
      // Where kinds are mixed, the places in the buffer are sorted, and their values fetched at the
      // end.
      sortedValues[at] = histograms == null ? values[row] : Double.longBitsToDouble(row);
    }
    int kept = orderWithinSeries(firstRows, sortedTimes, sortedValues);
    if (kept < rows) {
      sortedTimes = Arrays.copyOf(sortedTimes, kept);
      sortedValues = Arrays.copyOf(sortedValues, kept);
    }
    return new MemoryBlock(
        sortedOrders,
        firstRows,
        sortedTimes,
        sortedValues,
        histograms,
        histograms == null ? null : fetch(sortedValues),
        firstSequence,
        lastSequence);
  }

  /** Puts values in the place of the rows that they stand in, and returns which of them are histograms. */
  private BitSet fetch(double[] sorted) {
    var histogramRows = new BitSet(sorted.length);
    for (int i = 0; i < sorted.length; i++) {
      int row = (int) Double.doubleToRawLongBits(sorted[i]);
      sorted[i] = values[row];
      histogramRows.set(i, HistogramRows.isMarked(ids[row]));
    }
    return histogramRows;
  }

  /** Sorts the first array, and returns the place there of each element of the second, which has the same in their old order. */
  private static int[] sort(long[] sorted, long[] orders) {
    var rank = new int[orders.length];
    boolean ascending = true;
    for (int i = 0; i < rank.length; i++) {
      ascending &= i == 0 || orders[i] > orders[i - 1];
      rank[i] = i;
    }
    if (!ascending) {
      Arrays.sort(sorted);
      for (int i = 0; i < rank.length; i++) {
        rank[i] = Arrays.binarySearch(sorted, orders[i]);
      }
    }
    return rank;
  }

  /** Sorts each series by time where needed, drops all but the last of equal timestamps, and returns the rows that remain. */
  private static int orderWithinSeries(int[] firstRows, long[] times, double[] values) {
    int kept = 0;
    for (int i = 0; i + 1 < firstRows.length; i++) {
      int start = firstRows[i];
      int end = firstRows[i + 1];
      boolean rising = true;
      boolean sorted = true;
      for (int row = start + 1; row < end; row++) {
        rising &= times[row] > times[row - 1];
        sorted &= times[row] >= times[row - 1];
      }
      if (!sorted) {
        mergeSort(times, values, start, end);
      }
      firstRows[i] = kept;
      if (rising && kept == start) {
        kept = end;
        continue;
      }
      for (int row = start; row < end; row++) {
        if (row + 1 == end || times[row] != times[row + 1]) {
          times[kept] = times[row];
          values[kept] = values[row];
          kept++;
        }
      }
    }
    firstRows[firstRows.length - 1] = kept;
    return kept;
  }

  /** Stable, so that among equal timestamps the row that arrived last stays last. */
  private static void mergeSort(long[] times, double[] values, int start, int end) {
    int length = end - start;
    var fromTimes = Arrays.copyOfRange(times, start, end);
    var fromValues = Arrays.copyOfRange(values, start, end);
    var toTimes = new long[length];
    var toValues = new double[length];
    for (int width = 1; width < length; width *= 2) {
      for (int low = 0; low < length; low += 2 * width) {
        int middle = Math.min(low + width, length);
        int high = Math.min(low + 2 * width, length);
        int left = low;
        int right = middle;
        for (int at = low; at < high; at++) {
          boolean takeLeft =
              left < middle && (right >= high || fromTimes[left] <= fromTimes[right]);
          int from = takeLeft ? left++ : right++;
          toTimes[at] = fromTimes[from];
          toValues[at] = fromValues[from];
        }
      }
      long[] swapTimes = fromTimes;
      fromTimes = toTimes;
      toTimes = swapTimes;
      double[] swapValues = fromValues;
      fromValues = toValues;
      toValues = swapValues;
    }
    System.arraycopy(fromTimes, 0, times, start, length);
    System.arraycopy(fromValues, 0, values, start, length);
  }
}
