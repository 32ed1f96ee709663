package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.PlanNode.Scan;
import io.chronicledb.engine.read.SeriesCursor;

/** The samples of one series after another that lie in a window which only moves forward within a series. For one thread. */
abstract class SlidingSamples {

  private static final int ROOM = 2048;
  private static final int SAMPLE_BYTES = 16;

  final ExecutionContext context;
  long[] timestamps = {};
  double[] values = {};
  /** The window within the arrays. */
  int from;

  int to;
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
    to -= from;
    end = kept;
    from = 0;
  }

  /** Of stored series. */
  static final class OfScan extends SlidingSamples {
    private final SeriesCursor cursor;
    private final boolean keepStaleMarkers;
    private final long[] orders;
    private int at = -1;

    OfScan(ExecutionContext context, Scan scan, boolean keepStaleMarkers) {
      super(context);
      this.cursor = context.view().cursor(scan.range());
      this.orders = context.select(scan.matchers());
      this.keepStaleMarkers = keepStaleMarkers;
    }

    @Override
    boolean nextSeries() {
      if (++at >= orders.length) {
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
      if (keepStaleMarkers) {
        System.arraycopy(newTimestamps, first, timestamps, end, count);
        System.arraycopy(newValues, first, values, end, count);
        end += count;
        return;
      }
      for (int i = first; i < first + count; i++) {
        if (!StaleMarker.is(newValues[i])) {
          timestamps[end] = newTimestamps[i];
          values[end++] = newValues[i];
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
        if (!StaleMarker.is(column[i])) {
          timestamps[end] = grid.at(i);
          values[end++] = column[i];
        }
      }
      complete = true;
    }
  }
}
