package io.chronicledb.engine.write;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.metadata.MetadataChange;
import io.chronicledb.engine.metadata.MetadataStore;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.ExemplarLabels;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** Exemplars of one batch at most. */
  public static final int EXEMPLARS_MAX = 1 << 16;

  /** Bytes of metadata in one batch at most. */
  public static final int METADATA_BYTES_MAX = 16 << 20;

  /** Bytes of the keys of series with exemplars in one batch at most; all of them must fit one record of the log. */
  private static final int EXEMPLAR_KEY_BYTES_MAX = 128 << 20;

  private static final ExemplarRows NO_EXEMPLARS = new ExemplarRows(0);

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

  /** By the place of their series among the named ones. */
  private ExemplarRows exemplars = NO_EXEMPLARS;

  private long exemplarKeyBytes;
  private List<MetadataChange> metadata = List.of();
  private long metadataBytes;

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
    if (seriesCount > 0 && firstRows[seriesCount - 1] == size && !hasExemplars(seriesCount - 1)) {
      // The previous series got nothing: forget it, so that it is not registered for nothing.
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

  /** Whether the series named last, which is given by its place, has exemplars. */
  private boolean hasExemplars(int last) {
    return !exemplars.isEmpty() && exemplars.series(exemplars.size() - 1) == last;
  }

  /**
   * Adds an exemplar to the series named last. A series has a set of exemplars, in any order: one with the same labels, time and value as
   * another is that one. They become visible right after the points of the batch; of all series together the database keeps a bounded number, and
   * lets go of those that came first.
   *
   * @param labels what tells about it, such as {@code trace_id}; at most {@link ExemplarLabels#CODE_POINTS_MAX} characters
   * @param timestamp nanoseconds since the epoch; any but {@link Long#MAX_VALUE}
   * @throws BadDataException past a limit; the batch stays as it is
   */
  public PointBatch exemplar(Tags labels, long timestamp, double value) {
    if (seriesCount == 0) {
      throw new IllegalStateException("name a series before adding exemplars");
    }
    checkTimestamp(timestamp);
    if (exemplars.size() == EXEMPLARS_MAX) {
      throw new BadDataException("a batch holds at most " + EXEMPLARS_MAX
          + " exemplars; write it and go on with the next");
    }
    int last = seriesCount - 1;
    long keyBytes = exemplarKeyBytes + (hasExemplars(last) ? 0 : keys.size() - keyOffsets[last]);
    if (keyBytes > EXEMPLAR_KEY_BYTES_MAX) {
      throw new BadDataException("the series with exemplars of a batch have names of " + keyBytes
          + " bytes; write it and go on with the next");
    }
    if (exemplars == NO_EXEMPLARS) {
      exemplars = new ExemplarRows(16);
    }
    exemplars.add(last, new Exemplar(labels, timestamp, value));
    exemplarKeyBytes = keyBytes;
    return this;
  }

  /** How many exemplars there are so far. */
  public int exemplarCount() {
    return exemplars.size();
  }

  /**
   * Says what is known of a metric, in the place of what was known before. It need not have any points.
   *
   * @throws BadDataException for a name that is empty or too long, or for more metadata than a batch holds
   */
  public PointBatch metadata(String metric, MetricMetadata known) {
    checkName("metric name", metric);
    return add(
        new MetadataChange.OfMetric(metric, known),
        metric.length() + known.help().length() + known.unit().length());
  }

  /**
   * Says that points of a measurement come with a field, whose values are stored under the metric {@code measurement_field}, or under {@code
   * measurement} where the field is called {@code value}. SQL then reads the measurement as a table with that column.
   *
   * @throws BadDataException for a name that is empty or too long, or for more metadata than a batch holds
   */
  public PointBatch field(String measurement, String field) {
    checkName("measurement", measurement);
    checkName("field", field);
    return add(new MetadataChange.Field(measurement, field), measurement.length() + field.length());
  }

  private static void checkName(String what, String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > SeriesKey.NAME_BYTES_MAX) {
      throw new BadDataException(
          "a " + what + " has 1 to " + SeriesKey.NAME_BYTES_MAX + " bytes, not " + bytes);
    }
  }

  private PointBatch add(MetadataChange change, int chars) {
    long bytes = metadataBytes + 16 + 3L * chars;
    if (bytes > METADATA_BYTES_MAX) {
      throw new BadDataException("a batch holds at most " + METADATA_BYTES_MAX
          + " bytes of metadata; write it and go on with the next");
    }
    if (metadata.isEmpty()) {
      metadata = new ArrayList<>();
    }
    metadata.add(change);
    metadataBytes = bytes;
    return this;
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

  /** Whether there is nothing to write: no row, no exemplar, no metadata. */
  public boolean isEmpty() {
    return size == 0 && exemplars.isEmpty() && metadata.isEmpty();
  }

  /** Forgets all that was added and keeps the memory of the rows. */
  public void clear() {
    keys.clear();
    seriesCount = 0;
    size = 0;
    exemplars = NO_EXEMPLARS;
    exemplarKeyBytes = 0;
    metadata = List.of();
    metadataBytes = 0;
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
        int id = register(i, registry);
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

  private int register(int series, SeriesRegistry registry) {
    int keyEnd = series + 1 == seriesCount ? keys.size() : keyOffsets[series + 1];
    return registry.register(
        keys.array(), keyOffsets[series], keyEnd - keyOffsets[series], expectedId);
  }

  /**
   * What the batch carries besides its rows, with the series of its exemplars registered.
   *
   * @param known what of the metadata need not be written again
   * @param exemplarsWanted whether exemplars are kept at all
   */
  Attachments attachments(SeriesRegistry registry, MetadataStore known, boolean exemplarsWanted) {
    if ((exemplars.isEmpty() || !exemplarsWanted) && metadata.isEmpty()) {
      return Attachments.NONE;
    }
    // What is known may be in the log only since a moment ago: who waits for it to be durable waits
    // for that.
    long knownSequence = metadata.isEmpty() ? 0 : known.lastSequence();
    List<MetadataChange> news = Attachments.news(metadata, known);
    var registered = new ExemplarRows(exemplars.size());
    int id = -1;
    for (int row = 0; exemplarsWanted && row < exemplars.size(); row++) {
      int series = exemplars.series(row);
      if (row == 0 || series != exemplars.series(row - 1)) {
        id = register(series, registry);
      }
      registered.add(id, exemplars, row);
    }
    return new Attachments(registered, news, knownSequence);
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
