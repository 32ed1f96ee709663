package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.metadata.MetadataChange;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import java.util.List;

/** The payload of a batch record, in both directions. */
public final class WalBatch {

  private static final int POINT_BYTES_MIN = 9;
  private static final int RUN_BYTES_MIN = 2 + POINT_BYTES_MIN;

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

    /** A batch; series ids are the segment's, arrays are valid during the call. */
    void batch(
        long sequence, int[] segmentSeriesIds, long[] timestamps, double[] values, int count);

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

  /** Appends the points' part of a payload. Series ids are whatever the segment's series parts say they are. */
  public static void encodePoints(
      int[] seriesIds, long[] timestamps, double[] values, int count, ByteWriter out) {
    out.writeUnsignedVarint(count);
    long previousTime = 0;
    int previousId = 0;
    int row = 0;
    while (row < count) {
      int id = seriesIds[row];
      int end = row + 1;
      while (end < count && seriesIds[end] == id) {
        end++;
      }
      out.writeVarint((long) id - previousId);
      out.writeUnsignedVarint(end - row);
      previousId = id;
      while (row < end) {
        out.writeVarint(timestamps[row] - previousTime);
        previousTime = timestamps[row];
        out.writeDouble(values[row]);
        row++;
      }
    }
  }

  static void decode(long sequence, ByteReader in, Visitor visitor) {
    decodeSeries(in, visitor);
    decodePoints(sequence, in, visitor);
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

  private static void decodePoints(long sequence, ByteReader in, Visitor visitor) {
    int count = in.readCount(POINT_BYTES_MIN);
    var ids = new int[count];
    var timestamps = new long[count];
    var values = new double[count];
    long time = 0;
    long id = 0;
    int row = 0;
    while (row < count) {
      if (in.remaining() < RUN_BYTES_MIN) {
        throw new CorruptionException("batch ends after " + row + " of " + count + " points");
      }
      id += in.readVarint();
      long run = in.readUnsignedVarint();
      if (id < 0 || id > Integer.MAX_VALUE || run <= 0 || run > count - row) {
        throw new CorruptionException(
            "run of " + run + " points of series " + id + " at point " + row + " of " + count);
      }
      for (long end = row + run; row < end; row++) {
        ids[row] = (int) id;
        time += in.readVarint();
        timestamps[row] = time;
        values[row] = in.readDouble();
      }
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes follow the last point of a batch");
    }
    visitor.batch(sequence, ids, timestamps, values, count);
  }
}
