package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.WindowFunction.Accumulator;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.PlanNode.Window;
import io.chronicledb.engine.read.SeriesCursor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Evaluates a function over a window of samples at each instant, series after series. */
final class WindowOperator implements SeriesOperator {

  private final ExecutionContext context;
  private final Window window;
  private final Accumulator accumulator;
  private final SeriesCursor cursor;
  private final long[] orders;
  private final DistinctLabels distinct = new DistinctLabels();
  private final SlidingSamples samples;
  private int at;

  WindowOperator(ExecutionContext context, Window window) {
    this.context = context;
    this.window = window;
    this.accumulator = window.function().accumulator(window.parameter());
    this.cursor = context.view().cursor(window.input().range());
    this.orders = context.select(window.input().matchers());
    this.samples = new SlidingSamples(cursor, window.function().seesStaleMarkers());
  }

  @Override
  public @Nullable SeriesBatch next() {
    while (at < orders.length) {
      long order = orders[at++];
      context.check();
      samples.start(order);
      double[] values =
          window.fixedInstant() == null ? evaluateGrid() : evaluateOnce(window.fixedInstant());
      if (values != null) {
        Tags labels = context.view().tags(order);
        return window.keepMetric()
            ? new SeriesBatch(labels, values)
            : new SeriesBatch(distinct.add(labels.without(Tags.METRIC)), values);
      }
    }
    return null;
  }

  private double @Nullable [] evaluateGrid() {
    Grid grid = context.grid();
    double[] values = null;
    for (int i = 0; i < grid.count(); i++) {
      double value = evaluate(grid.at(i));
      if (!StaleMarker.is(value)) {
        if (values == null) {
          values = new double[grid.count()];
          Arrays.fill(values, 0, i, StaleMarker.value());
        }
        values[i] = value;
      } else if (values != null) {
        values[i] = value;
      } else if (samples.isExhausted()) {
        return null;
      }
    }
    return values;
  }

  private double @Nullable [] evaluateOnce(long instant) {
    double value = evaluate(instant);
    if (StaleMarker.is(value)) {
      return null;
    }
    var values = new double[context.grid().count()];
    Arrays.fill(values, value);
    return values;
  }

  private double evaluate(long instant) {
    samples.moveTo(instant + window.from(), instant + window.to());
    if (samples.isEmpty()) {
      return StaleMarker.value();
    }
    // The range selector's own bounds: open at the left, closed at the right, hence one nanosecond
    // earlier each.
    accumulator.start(instant + window.from() - 1, instant + window.to() - 1);
    accumulator.add(samples.timestamps, samples.values, samples.from, samples.to);
    return accumulator.result();
  }

  /** The samples of one series that lie in a window which only moves forward. */
  private final class SlidingSamples {

    private static final int ROOM = 2048;

    private final SeriesCursor cursor;
    private final boolean keepStaleMarkers;
    private long[] timestamps = new long[ROOM];
    private double[] values = new double[ROOM];
    /** The window within the arrays. */
    private int from;

    private int to;
    /** How far the arrays are filled. */
    private int end;

    private boolean cursorEnded;

    SlidingSamples(SeriesCursor cursor, boolean keepStaleMarkers) {
      this.cursor = cursor;
      this.keepStaleMarkers = keepStaleMarkers;
    }

    void start(long order) {
      cursor.series(order);
      from = 0;
      to = 0;
      end = 0;
      cursorEnded = false;
    }

    boolean isEmpty() {
      return from == to;
    }

    /** Whether no later window can have samples either. */
    boolean isExhausted() {
      return cursorEnded && from == end;
    }

    void moveTo(long start, long stop) {
      while (!cursorEnded && (end == 0 || timestamps[end - 1] < stop)) {
        load(start);
      }
      while (to < end && timestamps[to] < stop) {
        to++;
      }
      while (from < to && timestamps[from] < start) {
        from++;
      }
    }

    private void load(long start) {
      if (!cursor.next()) {
        cursorEnded = true;
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

    /** Forgets what lies before the window, and grows where that is not enough. */
    private void makeRoom(int count, long start) {
      if (end + count <= timestamps.length) {
        return;
      }
      while (from < end && timestamps[from] < start) {
        from++;
      }
      to = Math.max(to, from);
      int kept = end - from;
      int capacity = timestamps.length;
      while (kept + count > capacity / 2) {
        capacity *= 2;
      }
      var movedTimestamps = capacity == timestamps.length ? timestamps : new long[capacity];
      var movedValues = capacity == timestamps.length ? values : new double[capacity];
      System.arraycopy(timestamps, from, movedTimestamps, 0, kept);
      System.arraycopy(values, from, movedValues, 0, kept);
      timestamps = movedTimestamps;
      values = movedValues;
      to -= from;
      end = kept;
      from = 0;
    }
  }
}
