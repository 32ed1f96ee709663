package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.metadata.MetadataChange;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The payload of a batch record, in both directions. */
public final class WalBatch {

  private static final int POINT_BYTES_MIN = 9;
  /** Of a stale marker. */
  private static final int HISTOGRAM_BYTES_MIN = 2;

  private static final int RUN_HEADER_BYTES_MIN = 2;

  private WalBatch() {}

  /** Looks up the key of a series id. */
  @FunctionalInterface
  public interface Keys {
    /** Appends the length of the series' key as a uvarint, then the key. */
    void write(int seriesId, ByteWriter out);
  }

  /** Receives what a log holds, record by record. */
  public interface Visitor {

    /** A new segment starts: ids of series mean something else from here on. */
    void segment(long number);

    /** A series id of the current segment and its key; the bytes are valid during the call. */
    void series(int segmentSeriesId, byte[] bytes, int offset, int length);

    /**
     * A batch; series ids are the segment's, arrays are valid during the call.
     *
     * @param segmentSeriesIds those of histograms {@linkplain HistogramRows marked}
     * @param histograms null where the batch has none
     */
    void batch(
        long sequence,
        int[] segmentSeriesIds,
        long[] timestamps,
        double[] values,
        @Nullable HistogramColumn histograms,
        int count);

    /**
     * A deletion of all points with lower sequences, of the series that all matchers match, within a range.
     *
     * @param matchers none means every series
     */
    void deletion(long sequence, List<TagMatcher> matchers, TimeRange range);

    /** Exemplars; series ids are the segment's. The rows are the visitor's to keep. */
    void exemplars(long sequence, ExemplarRows rows);

    /** What has become known of metrics and measurements. */
    void metadata(long sequence, List<MetadataChange> changes);
  }

  /**
   * Appends the points' part of a payload.
   *
   * @param seriesIds whatever the segment's series parts say they are; those of histograms {@linkplain HistogramRows marked}
   * @param histograms null where there are none
   */
  public static void encodePoints(
      int[] seriesIds,
      long[] timestamps,
      double[] values,
      @Nullable HistogramColumn histograms,
      int count,
      ByteWriter out) {
    out.writeUnsignedVarint(count);
    long previousTime = 0;
    int previousId = 0;
    BucketLayout layout = BucketLayout.EMPTY;
    int row = 0;
    while (row < count) {
      int id = seriesIds[row];
      int end = row + 1;
      while (end < count && seriesIds[end] == id) {
        end++;
      }
      int unmarked = HistogramRows.id(id);
      boolean ofHistograms = HistogramRows.isMarked(id);
      out.writeVarint((long) unmarked - previousId);
      long run = end - row;
      out.writeUnsignedVarint(histograms == null ? run : run << 1 | (ofHistograms ? 1 : 0));
      previousId = unmarked;
      while (row < end) {
        out.writeVarint(timestamps[row] - previousTime);
        previousTime = timestamps[row];
        if (ofHistograms && histograms != null) {
          layout = WalHistogram.encode(histograms, HistogramRows.row(values[row]), layout, out);
        } else {
          out.writeDouble(values[row]);
        }
        row++;
      }
    }
  }

  /** @param mixed whether runs say of what kind they are */
  static void decode(long sequence, boolean mixed, ByteReader in, Visitor visitor) {
    decodeSeries(in, visitor);
    decodePoints(sequence, mixed, in, visitor);
  }

  /** Reads the part of a payload that names series. */
  static void decodeSeries(ByteReader in, Visitor visitor) {
    int series = in.readCount(3);
    for (int i = 0; i < series; i++) {
      long id = in.readUnsignedVarint();
      int length = in.readCount(1);
      if (id > Integer.MAX_VALUE || id < 0) {
        throw new CorruptionException(
            "series id " + Long.toUnsignedString(id) + " is out of range");
      }
      visitor.series((int) id, in.array(), in.arrayOffset(), length);
      in.skip(length);
    }
  }

  private static void decodePoints(long sequence, boolean mixed, ByteReader in, Visitor visitor) {
    int pointBytesMin = mixed ? HISTOGRAM_BYTES_MIN : POINT_BYTES_MIN;
    int count = in.readCount(pointBytesMin);
    var ids = new int[count];
    var timestamps = new long[count];
    var values = new double[count];
    HistogramColumn histograms = mixed ? new HistogramColumn(0) : null;
    BucketLayout layout = BucketLayout.EMPTY;
    long time = 0;
    long id = 0;
    int row = 0;
    while (row < count) {
      if (in.remaining() < RUN_HEADER_BYTES_MIN + pointBytesMin) {
        throw new CorruptionException("batch ends after " + row + " of " + count + " points");
      }
      id += in.readVarint();
      long head = in.readUnsignedVarint();
      long run = mixed ? head >>> 1 : head;
      boolean ofHistograms = mixed && (head & 1) != 0;
      if (id < 0 || id > Integer.MAX_VALUE || run <= 0 || run > count - row) {
        throw new CorruptionException(
            "run of " + run + " points of series " + id + " at point " + row + " of " + count);
      }
      for (long end = row + run; row < end; row++) {
        time += in.readVarint();
        timestamps[row] = time;
        if (ofHistograms && histograms != null) {
          ids[row] = HistogramRows.marked((int) id);
          values[row] = HistogramRows.reference(histograms.size());
          layout = WalHistogram.decode(in, layout, histograms);
        } else {
          ids[row] = (int) id;
          values[row] = in.readDouble();
        }
      }
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes follow the last point of a batch");
    }
    visitor.batch(sequence, ids, timestamps, values, histograms, count);
  }
}
