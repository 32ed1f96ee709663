package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.histogram.BucketLayout;

/**
 * Turns native histograms of one series and their timestamps into the bytes of a chunk. {@link HistogramChunkDecoder} reads them.
 * Reusable; not thread-safe.
 *
 * <pre>
 * │ compressor u8 = 0 │ timestamps │ histograms │
 *
 * timestamps   drawn in {@link TimestampEncoder}
 * histograms   │ id u8 = 1 │ hints │ sums │ group │ group │ ...           until all rows are there
 *   hints      │ run uvarint │ ...                                       4 * (length - 1) + hint, see {@link
 *              io.chronicledb.engine.histogram.CounterResetHint}
 *   sums       drawn in {@link ValueEncoder}; a stale marker is a row of which the rest means nothing
 *   group      │ rows-1 uvarint │ buckets │ presence │ columns │
 *     buckets         those that one of its rows has, drawn in {@link BucketFormat}; the form's bit 7: whole numbers
 *     presence        │ run │ ...                                        until all rows of the group are there
 *       run           │ 2 * (rows - 1) + p uvarint │ mask, if p = 1 │    a bit for each bucket: do these rows have it?
 *     columns         │ count │ zero count, not of custom buckets │ negative bucket │ ... │ positive bucket │ ...
 *                     whole numbers: integers, drawn in {@link IntegerEncoder}; the count less zero count and buckets, which is 0 where
 *                     no observation is NaN. Otherwise values, drawn in {@link ValueEncoder}
 * </pre>
 *
 * A bucket that a row does not have is 0 in its column, and a stale row repeats the one before. Counters that grow make columns of small
 * differences: 160 buckets of Poisson increments, 1,304 bytes as doubles, take 73 bytes a histogram, and 55 in a cold chunk.
 */
public final class HistogramChunkEncoder {

  static final int ID = 1;

  /**
   * Buckets of all rows of a chunk at most: 2 MiB when they are decoded. More rows than these allow go into the next chunk, and a reader
   * allocates no more for a forged one. One histogram always fits.
   */
  public static final int CELLS_MAX = 1 << 18;

  private final TimestampEncoder timestampEncoder;
  private final ValueEncoder valueEncoder;
  private final IntegerEncoder integerEncoder;
  private final IntegerPlan plan = new IntegerPlan();
  private final HistogramGroups groups = new HistogramGroups();
  private final double[] values = new double[ChunkEncoder.SAMPLES_MAX];
  private final long[] integers = new long[ChunkEncoder.SAMPLES_MAX];
  private double[] cells = {};

  public HistogramChunkEncoder(Effort effort) {
    this.integerEncoder = new IntegerEncoder(effort);
    this.timestampEncoder = new TimestampEncoder(integerEncoder);
    this.valueEncoder = new ValueEncoder(effort, integerEncoder);
  }

  /** How many rows from {@code offset} on go into one chunk: {@code count}, or fewer where they have many buckets, but one at least. */
  public int fitting(HistogramColumn histograms, int offset, int count) {
    int rows = Math.min(count, ChunkEncoder.SAMPLES_MAX);
    return groups.divide(histograms, offset, offset + rows) - offset;
  }

  /**
   * Appends the chunk of {@code count} rows from {@code offset} on.
   *
   * @param timestamps strictly ascending, below {@link Long#MAX_VALUE}
   * @param count from 1 to what {@link #fitting} says
   * @throws IllegalArgumentException where the rows do not fit into a chunk, or one has more than {@link BucketLayout#BUCKETS_MAX} buckets
   */
  public void encode(
      long[] timestamps, HistogramColumn histograms, int offset, int count, ByteWriter out) {
    if (count < 1 || fitting(histograms, offset, count) != count) {
      throw new IllegalArgumentException("a chunk of " + count + " histograms, the first of "
          + histograms.layout(offset).bucketCount() + " buckets");
    }
    out.writeByte(ByteCompression.NONE);
    timestampEncoder.encode(timestamps, offset, count, out);
    out.writeByte(ID);
    writeHints(histograms, offset, offset + count, out);
    for (int i = 0; i < count; i++) {
      values[i] = histograms.sum(offset + i);
    }
    valueEncoder.encode(values, 0, count, out);
    for (HistogramGroups.Group group : groups.groups()) {
      writeGroup(histograms, group, out);
    }
  }

  private static void writeHints(HistogramColumn histograms, int from, int to, ByteWriter out) {
    for (int row = from; row < to; ) {
      int end = row + 1;
      while (end < to && histograms.hint(end) == histograms.hint(row)) {
        end++;
      }
      out.writeUnsignedVarint((end - row - 1L) << 2 | histograms.hint(row).ordinal());
      row = end;
    }
  }

  private void writeGroup(HistogramColumn histograms, HistogramGroups.Group group, ByteWriter out) {
    gather(histograms, group);
    boolean whole = isWhole(histograms, group);
    out.writeUnsignedVarint(group.rows() - 1);
    BucketFormat.write(group.union(), whole, out);
    writePresence(histograms, group, out);
    if (whole) {
      writeWholeColumns(histograms, group, out);
    } else {
      writeColumns(histograms, group, out);
    }
  }

  private static void writePresence(
      HistogramColumn histograms, HistogramGroups.Group group, ByteWriter out) {
    for (int row = group.from; row < group.to; ) {
      // Stale rows have what suits those around them.
      int first = row;
      while (first < group.to && histograms.isStale(first)) {
        first++;
      }
      if (first == group.to) {
        out.writeUnsignedVarint((group.to - row - 1L) << 1);
        return;
      }
      BucketLayout layout = histograms.layout(first);
      int end = first + 1;
      while (end < group.to
          && (histograms.isStale(end) || histograms.layout(end).equals(layout))) {
        end++;
      }
      boolean partial = layout.bucketCount() < group.width();
      out.writeUnsignedVarint((end - row - 1L) << 1 | (partial ? 1 : 0));
      if (partial) {
        writeMask(layout, group, out);
      }
      row = end;
    }
  }

  private static void writeMask(BucketLayout layout, HistogramGroups.Group group, ByteWriter out) {
    int bits = 0;
    int at = 0;
    int negatives = group.negative.length;
    for (int i = 0; i < group.width(); i++) {
      boolean there = i < negatives
          ? at < layout.negativeCount() && layout.negativeIndex(at) == group.negative[i]
          : at < layout.bucketCount()
              && layout.positiveIndex(at - layout.negativeCount()) == group.positive[i - negatives];
      if (there) {
        bits |= 1 << (i & 7);
        at++;
      }
      if ((i & 7) == 7 || i == group.width() - 1) {
        out.writeByte(bits);
        bits = 0;
      }
    }
  }

  /** Brings the buckets of a group into rows of equal width. */
  private void gather(HistogramColumn histograms, HistogramGroups.Group group) {
    int width = group.width();
    int needed = group.rows() * width;
    if (cells.length < needed) {
      cells = new double[Math.max(needed, Math.min(CELLS_MAX, 2 * cells.length))];
    }
    double[] buckets = histograms.buckets();
    for (int row = group.from; row < group.to; row++) {
      int to = (row - group.from) * width;
      BucketLayout layout = histograms.layout(row);
      if (histograms.isStale(row)) {
        for (int i = to; i < to + width; i++) {
          cells[i] = row == group.from ? 0 : cells[i - width];
        }
      } else if (layout.bucketCount() == width) {
        System.arraycopy(buckets, histograms.bucketOffset(row), cells, to, width);
      } else {
        spread(layout, buckets, histograms.bucketOffset(row), group, to);
      }
    }
  }

  private void spread(
      BucketLayout layout, double[] buckets, int offset, HistogramGroups.Group group, int to) {
    int from = offset;
    int at = to;
    int i = 0;
    for (int index : group.negative) {
      boolean there = i < layout.negativeCount() && layout.negativeIndex(i) == index;
      cells[at++] = there ? buckets[from++] : 0;
      i += there ? 1 : 0;
    }
    i = 0;
    for (int index : group.positive) {
      boolean there = i < layout.positiveCount() && layout.positiveIndex(i) == index;
      cells[at++] = there ? buckets[from++] : 0;
      i += there ? 1 : 0;
    }
  }

  private static boolean isWhole(HistogramColumn histograms, HistogramGroups.Group group) {
    for (int row = group.from; row < group.to; row++) {
      if (!histograms.isStale(row) && !histograms.isWhole(row)) {
        return false;
      }
    }
    return true;
  }

  private void writeWholeColumns(
      HistogramColumn histograms, HistogramGroups.Group group, ByteWriter out) {
    int rows = group.rows();
    int width = group.width();
    for (int i = 0; i < rows; i++) {
      int row = group.from + i;
      if (histograms.isStale(row)) {
        integers[i] = i == 0 ? 0 : integers[i - 1];
        continue;
      }
      // Sums that are too large wrap around, and back when they are read.
      long excess = (long) histograms.count(row) - (long) histograms.zeroCount(row);
      for (int j = i * width; j < (i + 1) * width; j++) {
        excess -= (long) cells[j];
      }
      integers[i] = excess;
    }
    writeIntegers(rows, out);
    if (!group.layout.isCustom()) {
      for (int i = 0; i < rows; i++) {
        boolean stale = histograms.isStale(group.from + i);
        integers[i] =
            !stale ? (long) histograms.zeroCount(group.from + i) : i == 0 ? 0 : integers[i - 1];
      }
      writeIntegers(rows, out);
    }
    for (int column = 0; column < width; column++) {
      for (int i = 0; i < rows; i++) {
        integers[i] = (long) cells[i * width + column];
      }
      writeIntegers(rows, out);
    }
  }

  private void writeIntegers(int rows, ByteWriter out) {
    integerEncoder.plan(integers, rows, IntegerEncoder.ALL, plan);
    integerEncoder.write(integers, rows, plan, out);
  }

  private void writeColumns(
      HistogramColumn histograms, HistogramGroups.Group group, ByteWriter out) {
    int rows = group.rows();
    int width = group.width();
    for (int i = 0; i < rows; i++) {
      boolean stale = histograms.isStale(group.from + i);
      values[i] = !stale ? histograms.count(group.from + i) : i == 0 ? 0 : values[i - 1];
    }
    valueEncoder.encode(values, 0, rows, out);
    if (!group.layout.isCustom()) {
      for (int i = 0; i < rows; i++) {
        boolean stale = histograms.isStale(group.from + i);
        values[i] = !stale ? histograms.zeroCount(group.from + i) : i == 0 ? 0 : values[i - 1];
      }
      valueEncoder.encode(values, 0, rows, out);
    }
    for (int column = 0; column < width; column++) {
      for (int i = 0; i < rows; i++) {
        values[i] = cells[i * width + column];
      }
      valueEncoder.encode(values, 0, rows, out);
    }
  }
}
