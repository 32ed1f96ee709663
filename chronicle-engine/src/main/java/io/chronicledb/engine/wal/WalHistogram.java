package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.codec.BucketFormat;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;

/**
 * A native histogram of a batch record, in both directions.
 *
 * <pre>
 * │ form u8 │ buckets, if bit 2 is not set │ sum f64 │ count │ zero count │ bucket │ ... │
 *
 * form      bits 0-1 hint │ 2 the buckets are those of the histogram before in the record │ 3 whole numbers │ 4 a stale marker: nothing
 *           follows │ other bits 0
 * buckets   drawn in {@link BucketFormat}; the form's bit 7 is 0
 * count, zero count, bucket
 *           whole numbers: varint, otherwise f64; the zero count is absent with custom buckets
 * </pre>
 *
 * The buckets before the first histogram of a record are {@link BucketLayout#EMPTY}.
 */
final class WalHistogram {

  private static final int HINT_MASK = 3;
  private static final int SAME_BUCKETS = 1 << 2;
  private static final int WHOLE = 1 << 3;
  private static final int STALE = 1 << 4;
  private static final int FORM_MAX = STALE | WHOLE | SAME_BUCKETS | HINT_MASK;

  private WalHistogram() {}

  /**
   * Appends a row of a column.
   *
   * @param before the layout that was written last in the record
   * @return the layout that is now
   */
  static BucketLayout encode(
      HistogramColumn histograms, int row, BucketLayout before, ByteWriter out) {
    int hint = histograms.hint(row).ordinal();
    if (histograms.isStale(row)) {
      out.writeByte(hint | STALE);
      return before;
    }
    BucketLayout layout = histograms.layout(row);
    boolean same = layout.equals(before);
    boolean whole = histograms.isWhole(row);
    out.writeByte(hint | (same ? SAME_BUCKETS : 0) | (whole ? WHOLE : 0));
    if (!same) {
      BucketFormat.write(layout, false, out);
    }
    out.writeDouble(histograms.sum(row));
    write(histograms.count(row), whole, out);
    if (!layout.isCustom()) {
      write(histograms.zeroCount(row), whole, out);
    }
    int offset = histograms.bucketOffset(row);
    for (int i = 0; i < layout.bucketCount(); i++) {
      write(histograms.buckets()[offset + i], whole, out);
    }
    return layout;
  }

  private static void write(double value, boolean whole, ByteWriter out) {
    if (whole) {
      out.writeVarint((long) value);
    } else {
      out.writeDouble(value);
    }
  }

  /**
   * Reads one into the next row of a column.
   *
   * @param before the layout that was read last in the record
   * @return the layout that is now
   */
  static BucketLayout decode(ByteReader in, BucketLayout before, HistogramColumn into) {
    int form = in.readByte();
    if (form > FORM_MAX) {
      throw new CorruptionException("a histogram of form " + form);
    }
    CounterResetHint hint = CounterResetHint.of(form & HINT_MASK);
    if ((form & STALE) != 0) {
      into.addRow(BucketLayout.EMPTY, hint, 0, StaleMarker.value(), 0);
      return before;
    }
    BucketLayout layout =
        (form & SAME_BUCKETS) != 0 ? before : BucketFormat.read(in.readByte(), in);
    if (in.remaining() < layout.bucketCount()) {
      throw new CorruptionException(
          "a histogram of " + layout.bucketCount() + " buckets in " + in.remaining() + " bytes");
    }
    boolean whole = (form & WHOLE) != 0;
    double sum = in.readDouble();
    double count = read(in, whole);
    double zeroCount = layout.isCustom() ? 0 : read(in, whole);
    int offset = into.addRow(layout, hint, count, sum, zeroCount);
    for (int i = 0; i < layout.bucketCount(); i++) {
      into.buckets()[offset + i] = read(in, whole);
    }
    return layout;
  }

  private static double read(ByteReader in, boolean whole) {
    return whole ? in.readVarint() : in.readDouble();
  }
}
