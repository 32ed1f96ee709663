package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.PlanNode.Scan;
import io.chronicledb.engine.read.SeriesCursor;
import org.jspecify.annotations.Nullable;

/** The samples of one series after another that lie in a window which only moves forward within a series. For one thread. */
abstract class SlidingSamples {

  private static final int ROOM = 2048;
  private static final int SAMPLE_BYTES = 16;

  final ExecutionContext context;
  long[] timestamps = {};
  double[] values = {};
  /** At the places of histograms among the samples, these; the value there is 0. Null as long as the series had none. */
  @Nullable
  NativeHistogram @Nullable [] histograms;

  private long histogramBytes;
  /** The window within the arrays. */
  int from;

  int to;
  /** Behind the samples that {@link #see} was told of. */
  private int seen;
  /** How far the arrays are filled. */
  int end;

  /** Whether the arrays have the last sample of the series. */
  boolean complete;

  SlidingSamples(ExecutionContext context) {
    this.context = context;
  }

  /** Moves to the next series; false at the end. */
  abstract boolean nextSeries();

  abstract Tags labels();

  /** See {@link SeriesBatch#dropsMetric()}. */
  abstract boolean dropsMetric();

  /** Adds further samples to the arrays, or completes them; samples before {@code start} are not needed any more. */
  abstract void load(long start);

  final void restart() {
    from = 0;
    to = 0;
    end = 0;
    complete = false;
    seen = 0;
    histograms = null;
    context.release(histogramBytes);
    histogramBytes = 0;
  }

  final boolean isEmpty() {
    return from == to;
  }

  /** Whether no later window can have samples either. */
  final boolean isExhausted() {
    return complete && from == end;
  }

  final void moveTo(long start, long stop) {
    while (!complete && (end == 0 || timestamps[end - 1] < stop)) {
      load(start);
    }
    while (to < end && timestamps[to] < stop) {
      to++;
    }
    while (from < to && timestamps[from] < start) {
      from++;
    }
  }

  /** The place of the first sample of the window that {@link #see} was not told of; {@link #to} where there is none. */
  final int firstNew() {
    return Math.max(seen, from);
  }

  /** Tells that the samples of the window are known to whoever asks for new ones. */
  final void see() {
    seen = to;
  }

  /** Makes all samples of the next window new. */
  final void forget() {
    seen = 0;
  }

  /** Forgets what lies before the window, and grows where that is not enough. */
  final void makeRoom(int count, long start) {
    if (end + count <= timestamps.length) {
      return;
    }
    while (from < end && timestamps[from] < start) {
      from++;
    }
    to = Math.max(to, from);
    int kept = end - from;
    int capacity = Math.max(ROOM, timestamps.length);
    while (kept + count > capacity / 2) {
      capacity *= 2;
    }
    boolean grows = capacity > timestamps.length;
    if (grows) {
      context.hold((long) SAMPLE_BYTES * (capacity - timestamps.length));
    }
    var movedTimestamps = grows ? new long[capacity] : timestamps;
    var movedValues = grows ? new double[capacity] : values;
    System.arraycopy(timestamps, from, movedTimestamps, 0, kept);
    System.arraycopy(values, from, movedValues, 0, kept);
    timestamps = movedTimestamps;
    values = movedValues;
    if (histograms != null) {
      moveHistograms(histograms, kept, capacity);
    }
    to -= from;
    seen = Math.max(0, seen - from);
    end = kept;
    from = 0;
  }

  private void moveHistograms(@Nullable NativeHistogram[] before, int kept, int capacity) {
    @Nullable NativeHistogram[] moved = new NativeHistogram[capacity];
    System.arraycopy(before, from, moved, 0, kept);
    long bytes = 0;
    for (int i = 0; i < kept; i++) {
      NativeHistogram histogram = moved[i];
      bytes += histogram == null ? 0 : histogram.memoryBytes();
    }
    context.release(histogramBytes);
    context.hold(bytes);
    histogramBytes = bytes;
    histograms = moved;
  }

  /** Adds a histogram; there is room for it. */
  final void add(long timestamp, NativeHistogram histogram) {
    if (histograms == null) {
      histograms = new NativeHistogram[timestamps.length];
    }
    context.hold(histogram.memoryBytes());
    histogramBytes += histogram.memoryBytes();
    histograms[end] = histogram;
    timestamps[end] = timestamp;
    values[end++] = 0;
  }

  final @Nullable NativeHistogram histogram(int place) {
    return histograms == null ? null : histograms[place];
  }

  /** Of stored series. */
  static final class OfScan extends SlidingSamples {
    private final SeriesCursor cursor;
    private final boolean keepStaleMarkers;
    private final long[] orders;
    private int at = -1;
    private int last;

    /** @param orders all series of the scan */
    OfScan(ExecutionContext context, Scan scan, boolean keepStaleMarkers, long[] orders) {
      super(context);
      this.cursor = context.view().cursor(scan.range());
      this.orders = orders;
      this.last = orders.length;
      this.keepStaleMarkers = keepStaleMarkers;
    }

    /** Goes on with the series from one place of the scan to another. */
    void goTo(int firstPlace, int lastPlace) {
      at = firstPlace - 1;
      last = Math.min(lastPlace, orders.length);
    }

    @Override
    boolean nextSeries() {
      if (++at >= last) {
        return false;
      }
      cursor.series(orders[at]);
      restart();
      return true;
    }

    @Override
    Tags labels() {
      return context.view().tags(orders[at]);
    }

    @Override
    boolean dropsMetric() {
      return false;
    }

    @Override
    void load(long start) {
      if (!cursor.next()) {
        complete = true;
        return;
      }
      int first = cursor.start();
      int count = cursor.end() - first;
      context.scanned(count);
      makeRoom(count, start);
      long[] newTimestamps = cursor.timestamps();
      double[] newValues = cursor.values();
      if (cursor.histograms() != null) {
        addHistograms(newTimestamps, first, first + count);
        return;
      }
      int plain = keepStaleMarkers ? count : plain(newValues, first, first + count);
      System.arraycopy(newTimestamps, first, timestamps, end, plain);
      System.arraycopy(newValues, first, values, end, plain);
      end += plain;
      for (int i = first + plain; i < first + count; i++) {
        if (!StaleMarker.is(newValues[i])) {
          timestamps[end] = newTimestamps[i];
          values[end++] = newValues[i];
        }
      }
    }

    /** How many values there are before the first stale marker. */
    private static int plain(double[] column, int first, int last) {
      int at = first;
      while (at < last && !StaleMarker.is(column[at])) {
        at++;
      }
      return at - first;
    }

    private void addHistograms(long[] newTimestamps, int first, int last) {
      for (int i = first; i < last; i++) {
        if (!cursor.isStale(i)) {
          add(newTimestamps[i], cursor.histogram(i));
        } else if (keepStaleMarkers) {
          timestamps[end] = newTimestamps[i];
          values[end++] = StaleMarker.value();
        }
      }
    }
  }

  /** Of the values of an expression on its own grid: one series at a time. */
  static final class OfSubquery extends SlidingSamples {
    private final SeriesOperator input;
    private final Grid grid;
    private SeriesBatch batch = new SeriesBatch(Tags.empty(), new double[0]);

    OfSubquery(ExecutionContext context, SeriesOperator input, Grid grid) {
      super(context);
      this.input = input;
      this.grid = grid;
    }

    @Override
    boolean nextSeries() {
      SeriesBatch next = input.next();
      if (next == null) {
        return false;
      }
      batch = next;
      restart();
      return true;
    }

    @Override
    Tags labels() {
      return batch.labels();
    }

    @Override
    boolean dropsMetric() {
      return batch.dropsMetric();
    }

    @Override
    void load(long start) {
      double[] column = batch.values();
      makeRoom(column.length, start);
      for (int i = 0; i < column.length; i++) {
        NativeHistogram histogram = batch.histogram(i);
        if (histogram != null) {
          add(grid.at(i), histogram);
        } else if (!StaleMarker.is(column[i])) {
          timestamps[end] = grid.at(i);
          values[end++] = column[i];
        }
      }
      complete = true;
    }
  }
}
