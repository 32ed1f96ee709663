package io.chronicledb.engine.write;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Points in columns, written and becoming visible as one: rows of (series, timestamp, value or native histogram), where a series is named
 * once and then followed by its samples. Reusable after {@link #clear()}; not thread-safe.
 *
 * <p>Where a series and timestamp come twice, the later row wins, as everywhere.
 */
public final class PointBatch {

  /** Rows of one batch at most. */
  public static final int POINTS_MAX = 1 << 20;

  private final ByteWriter key = new ByteWriter(128);
  private final ByteWriter keys = new ByteWriter(128);
  /** Where each named series' bytes start in {@link #keys}; its end is the next one's start. */
  private int[] keyOffsets = new int[16];
  /** The row at which each named series starts. */
  private int[] firstRows = new int[16];

  private int seriesCount;

  private long[] timestamps;
  private double[] values;
  private int size;

  /** Histograms among the samples, whose values refer to them, and the rows where they stand; null as long as there is none. */
  private @Nullable HistogramColumn histograms;

  private int[] histogramRows = {};

  /** The id behind that of the series looked up last, also of the batch before. */
  private int expectedId;

  /** The part of the log's record, kept for its memory. */
  private final ByteWriter encoded = new ByteWriter(64);

  /** The series id of each row, found when the batch is written. */
  private int[] ids = {};

  public PointBatch() {
    this(256);
  }

  /** @param expectedPoints how many rows to make room for at first */
  public PointBatch(int expectedPoints) {
    int capacity = Math.max(1, Math.min(expectedPoints, POINTS_MAX));
    timestamps = new long[capacity];
    values = new double[capacity];
  }

  /** Names the series of the rows that follow. */
  public PointBatch series(String metric, Tags tags) {
    key.clear();
    SeriesKey.encode(metric, tags, key); // Where this throws, the batch stays as it is.
    startSeries();
    keys.writeBytes(key.array(), 0, key.size());
    return this;
  }

  /** Names the series of the rows that follow; {@code seriesKey} may be reused afterwards. */
  public PointBatch series(SeriesKey seriesKey) {
    startSeries();
    seriesKey.encode(keys);
    return this;
  }

  private void startSeries() {
    if (seriesCount > 0 && firstRows[seriesCount - 1] == size) {
      // The previous series got no rows: forget it, so that it is not registered for nothing.
      seriesCount--;
      keys.truncate(keyOffsets[seriesCount]);
    }
    if (seriesCount == firstRows.length) {
      keyOffsets = Arrays.copyOf(keyOffsets, seriesCount * 2);
      firstRows = Arrays.copyOf(firstRows, seriesCount * 2);
    }
    keyOffsets[seriesCount] = keys.size();
    firstRows[seriesCount] = size;
    seriesCount++;
  }

  /**
   * Adds a sample to the series named last.
   *
   * @param timestamp nanoseconds since the epoch; any but {@link Long#MAX_VALUE}
   * @param value any double; NaN payloads such as the stale marker are kept
   */
  public PointBatch add(long timestamp, double value) {
    checkSample(timestamp);
    addRow(timestamp, value);
    return this;
  }

  /**
   * Adds a native histogram to the series named last.
   *
   * @param timestamp nanoseconds since the epoch; any but {@link Long#MAX_VALUE}
   */
  public PointBatch add(long timestamp, NativeHistogram histogram) {
    checkSample(timestamp);
    HistogramColumn column = histograms;
    if (column == null) {
      column = new HistogramColumn(16);
      histograms = column;
    }
    int at = column.size();
    addRow(timestamp, HistogramRows.reference(at));
    if (at == histogramRows.length) {
      histogramRows = Arrays.copyOf(histogramRows, Math.max(16, 2 * at));
    }
    histogramRows[at] = size - 1;
    column.add(histogram);
    return this;
  }

  private void checkSample(long timestamp) {
    if (seriesCount == 0) {
      throw new IllegalStateException("name a series before adding samples");
    }
    checkTimestamp(timestamp);
  }

  private void addRow(long timestamp, double value) {
    if (size == timestamps.length) {
      if (size == POINTS_MAX) {
        throw new BadDataException(
            "a batch holds at most " + POINTS_MAX + " points; write it and go on with the next");
      }
      int capacity = Math.min(POINTS_MAX, Math.max(16, size * 2));
      timestamps = Arrays.copyOf(timestamps, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    timestamps[size] = timestamp;
    values[size] = value;
    size++;
  }

  static void checkTimestamp(long timestamp) {
    if (timestamp == Long.MAX_VALUE) {
      throw new BadDataException("timestamp " + timestamp + " is reserved for open ranges");
    }
  }

  public PointBatch add(String metric, Tags tags, long timestamp, double value) {
    return series(metric, tags).add(timestamp, value);
  }

  /** Rows so far. */
  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Forgets all rows and keeps the memory. */
  public void clear() {
    keys.clear();
    seriesCount = 0;
    size = 0;
    if (histograms != null) {
      histograms.clear();
    }
  }

  /** Registers the series and returns the id of each row, those of histograms {@linkplain HistogramRows marked}; valid until the next change of the batch. */
  int[] resolve(SeriesRegistry registry) {
    if (ids.length < size) {
      ids = new int[timestamps.length];
    }
    for (int i = 0; i < seriesCount; i++) {
      boolean last = i + 1 == seriesCount;
      int end = last ? size : firstRows[i + 1];
      if (firstRows[i] < end) {
        int keyEnd = last ? keys.size() : keyOffsets[i + 1];
        int id = registry.register(keys.array(), keyOffsets[i], keyEnd - keyOffsets[i], expectedId);
        expectedId = id + 1;
        Arrays.fill(ids, firstRows[i], end, id);
      }
    }
    for (int i = 0; histograms != null && i < histograms.size(); i++) {
      ids[histogramRows[i]] = HistogramRows.marked(ids[histogramRows[i]]);
    }
    return ids;
  }

  /** Null where there are none. */
  @Nullable
  HistogramColumn histograms() {
    return histograms == null || histograms.size() == 0 ? null : histograms;
  }

  ByteWriter encoded() {
    return encoded;
  }

  long[] timestamps() {
    return timestamps;
  }

  double[] values() {
    return values;
  }
}
