package io.chronicledb.app.ingest;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.write.PointBatch;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the points of one request and hands them to the database in as few batches as the limits of a batch allow, mostly one.
 * Belongs to one request; not thread-safe.
 */
public final class BatchWriter implements PointSink {

  /**
   * Bytes of series keys in one batch. A short line with many tags and fields writes its tags out once for each field, so the keys can
   * take far more room than the body.
   */
  static final long KEY_BYTES_PER_BATCH = 16L << 20;

  /** A quarter of what a batch holds at most, since a character may take three bytes. */
  private static final long METADATA_CHARS_PER_BATCH = PointBatch.METADATA_BYTES_MAX / 4;

  private static final int METADATA_CHARS_EACH = 16;

  private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);
  /** Bytes of native histograms in one batch, so that each record of the log stays small. */
  private static final long HISTOGRAM_BYTES_PER_BATCH = 16L << 20;

  private final Consumer<PointBatch> writer;
  private final String unit;
  private final List<IngestReport.Refusal> refusals = new ArrayList<>();
  private final boolean wholeOrNothing;
  private final List<PointBatch> complete = new ArrayList<>();
  private PointBatch batch = new PointBatch();
  private long batchKeyBytes;
  private long batchHistogramBytes;
  private long written;
  private long refused;
  private @Nullable SeriesKey series;
  private int seriesKeyBytes;
  private long metadataChars;
  private final Map<Dropped, Long> dropped = new EnumMap<>(Dropped.class);

  /**
   * @param unit what is refused or accepted as a whole: {@code line}, {@code point} or {@code series}
   * @param wholeOrNothing whether nothing may be written before {@link #finish()}; then all batches are held in memory
   */
  public BatchWriter(ChronicleDatabase database, String unit, boolean wholeOrNothing) {
    this(database::write, unit, wholeOrNothing);
  }

  /** With any receiver of the batches. */
  public BatchWriter(Consumer<PointBatch> writer, String unit, boolean wholeOrNothing) {
    this.writer = writer;
    this.unit = unit;
    this.wholeOrNothing = wholeOrNothing;
  }

  @Override
  public void series(SeriesKey seriesKey, int bytes) {
    if (batchKeyBytes + bytes > KEY_BYTES_PER_BATCH) {
      next();
    }
    batchKeyBytes += bytes;
    batch.series(seriesKey);
    series = seriesKey;
    seriesKeyBytes = bytes;
  }

  @Override
  public void add(long timestamp, double value) {
    makeRoom();
    batch.add(timestamp, value);
  }

  @Override
  public void add(long timestamp, NativeHistogram histogram) {
    // Their buckets take far more room than a sample.
    if (batchHistogramBytes > HISTOGRAM_BYTES_PER_BATCH) {
      goOn();
    }
    makeRoom();
    batchHistogramBytes += histogram.memoryBytes();
    batch.add(timestamp, histogram);
  }

  private void makeRoom() {
    if (batch.size() == PointBatch.POINTS_MAX) {
      goOn();
    }
  }

  /** Goes on with the series in another batch. */
  private void goOn() {
    if (series != null) {
      next();
      batch.series(series);
      batchKeyBytes += seriesKeyBytes;
    }
  }

  @Override
  public void exemplar(Tags labels, long timestamp, double value) {
    if (batch.exemplarCount() == PointBatch.EXEMPLARS_MAX && series != null) {
      next();
      batch.series(series);
      batchKeyBytes += seriesKeyBytes;
    }
    try {
      batch.exemplar(labels, timestamp, value);
    } catch (BadDataException e) {
      drop(Dropped.EXEMPLAR, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void metadata(String metric, MetricMetadata metadata) {
    int chars = metric.length() + metadata.help().length() + metadata.unit().length();
    describe(chars, () -> batch.metadata(metric, metadata));
  }

  @Override
  public void field(String measurement, String field) {
    describe(measurement.length() + field.length(), () -> batch.field(measurement, field));
  }

  private void describe(int chars, Runnable addition) {
    if (metadataChars + chars > METADATA_CHARS_PER_BATCH) {
      SeriesKey named = series;
      next();
      if (named != null) {
        batch.series(named);
        batchKeyBytes += seriesKeyBytes;
      }
    }
    try {
      addition.run();
      metadataChars += METADATA_CHARS_EACH + chars;
    } catch (BadDataException e) {
      drop(Dropped.METADATA, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void drop(Dropped what, String reason) {
    dropped.merge(what, 1L, Long::sum);
    LOG.debug("{} dropped: {}", what.wireName(), reason);
  }

  /** How many were left out so far. */
  public long dropped(Dropped what) {
    return dropped.getOrDefault(what, 0L);
  }

  @Override
  public void refuse(long number, String reason) {
    refused++;
    if (refusals.size() < IngestReport.REFUSALS_MAX) {
      refusals.add(new IngestReport.Refusal(number, reason));
    }
  }

  /**
   * Writes what is left.
   *
   * @throws ChronicleException as the database does; the message then says how many points were stored before
   */
  public IngestReport finish() {
    complete.add(batch);
    complete.forEach(this::write);
    complete.clear();
    return new IngestReport(unit, written, refused, refusals);
  }

  private void next() {
    if (wholeOrNothing) {
      complete.add(batch);
      batch = new PointBatch();
    } else {
      write(batch);
      batch.clear();
    }
    batchKeyBytes = 0;
    metadataChars = 0;
    batchHistogramBytes = 0;
  }

  private void write(PointBatch full) {
    if (full.isEmpty()) {
      return;
    }
    try {
      writer.accept(full);
    } catch (ChronicleException e) {
      if (written == 0) {
        throw e;
      }
      throw new ChronicleException(
          e.code(),
          e.getMessage() + " (" + written + " points of this request were stored before)",
          e);
    }
    written += full.size();
  }
}
