package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.query.exec.Measurements.Step;
import io.chronicledb.engine.read.SeriesCursor;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a cursor without stale markers: they end a series for PromQL and are no values. Batches without markers, nearly all, are
 * handed on in place. Not thread-safe.
 */
final class PlainSamples {

  private final SeriesCursor cursor;
  private final ExecutionContext context;
  private final @Nullable Step step;
  private long[] kept = {};
  private double[] keptValues = {};

  private long[] timestamps = {};
  private double[] values = {};
  private int start;
  private int end;

  PlainSamples(SeriesCursor cursor, ExecutionContext context) {
    this(cursor, context, null);
  }

  /** @param step to be told what is read; null where nobody wants to know */
  PlainSamples(SeriesCursor cursor, ExecutionContext context, @Nullable Step step) {
    this.cursor = cursor;
    this.context = context;
    this.step = step;
  }

  /** Moves to the next batch, which holds at least one sample; false at the end of the series. */
  boolean next() {
    while (cursor.next()) {
      context.scanned(cursor.end() - cursor.start());
      if (step != null) {
        step.samples.add(cursor.end() - cursor.start());
        step.chunksRead.increment();
      }
      if (cursor.histograms() != null) {
        throw new ChronicleException(
            ErrorCode.UNSUPPORTED,
            "some of the samples are native histograms, which SQL does not read: PromQL does, for"
                + " example by histogram_quantile(0.9, rate(name[5m]))");
      }
      timestamps = cursor.timestamps();
      values = cursor.values();
      start = cursor.start();
      end = cursor.end();
      int marker = firstMarker();
      if (marker < end) {
        leaveOutMarkers(marker);
      }
      if (start < end) {
        return true;
      }
    }
    return false;
  }

  private int firstMarker() {
    int at = start;
    while (at < end && !StaleMarker.is(values[at])) {
      at++;
    }
    return at;
  }

  /** Copies, since the arrays may be those of a memory block. */
  private void leaveOutMarkers(int marker) {
    if (kept.length < end - start) {
      kept = new long[end - start];
      keptValues = new double[end - start];
    }
    int count = marker - start;
    System.arraycopy(timestamps, start, kept, 0, count);
    System.arraycopy(values, start, keptValues, 0, count);
    for (int i = marker; i < end; i++) {
      if (!StaleMarker.is(values[i])) {
        kept[count] = timestamps[i];
        keptValues[count++] = values[i];
      }
    }
    timestamps = kept;
    values = keptValues;
    start = 0;
    end = count;
  }

  /** Timestamps of the batch, from {@link #start()} to {@link #end()}; not to be changed. */
  long[] timestamps() {
    return timestamps;
  }

  double[] values() {
    return values;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  int count() {
    return end - start;
  }
}
