package io.chronicledb.engine.query;

import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.exec.ExecutionContext;
import io.chronicledb.engine.read.SeriesCursor;
import java.util.List;

/**
 * Stored samples as they are, stale markers among them, series after series in the order of their labels: {@link #nextSeries()} until it is
 * false, and for each series {@link #next()} until that is false. It runs within the limits of a query. For one thread, which closes it.
 */
public final class SeriesSamples implements AutoCloseable {

  /** A series whose turn comes. */
  record Entry(Tags labels, long order) {}

  private static final Entry NONE = new Entry(Tags.empty(), -1);

  private final List<Entry> series;
  private final SeriesCursor cursor;
  private final ExecutionContext context;
  private final Runnable release;
  private int at = -1;

  /** @param release gives up what the query holds; called by {@link #close()} */
  SeriesSamples(
      List<Entry> series, SeriesCursor cursor, ExecutionContext context, Runnable release) {
    this.series = series;
    this.cursor = cursor;
    this.context = context;
    this.release = release;
  }

  /** Moves to the next series, which may have no samples in the range; false at the end. */
  public boolean nextSeries() {
    if (at + 1 >= series.size()) {
      at = series.size();
      return false;
    }
    at++;
    context.checkResult(0);
    cursor.series(entry().order());
    return true;
  }

  private Entry entry() {
    return at >= 0 && at < series.size() ? series.get(at) : NONE;
  }

  /** Labels of the series with the metric among them under {@link Tags#METRIC}. */
  public Tags labels() {
    return entry().labels();
  }

  /** Moves to the next batch of the series, which holds at least one sample; false at its end. */
  public boolean next() {
    if (!cursor.next()) {
      return false;
    }
    context.scanned(cursor.end() - cursor.start());
    return true;
  }

  /** Nanoseconds, ascending, each once, from {@link #start()} to {@link #end()}; valid until the next call of {@link #next()}. Not to be changed. */
  public long[] timestamps() {
    return cursor.timestamps();
  }

  /** Whether the samples of the batch are native histograms, of which the values say nothing. */
  public boolean areHistograms() {
    return cursor.histograms() != null;
  }

  /** Whether a sample of the batch is a stale marker, of whichever kind. */
  public boolean isStale(int place) {
    return cursor.isStale(place);
  }

  /** A sample of a batch of histograms. It says whether it is a gauge, and nothing else of counter resets. */
  public NativeHistogram histogram(int place) {
    return cursor.histogram(place);
  }

  /** In the places of {@link #timestamps()}. Not to be changed. */
  public double[] values() {
    return cursor.values();
  }

  public int start() {
    return cursor.start();
  }

  public int end() {
    return cursor.end();
  }

  /** Accounts for memory in which the caller keeps what it reads; throws where that is over a limit. */
  public void hold(long bytes) {
    context.keep(bytes);
  }

  @Override
  public void close() {
    release.run();
  }
}
