package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import java.util.Arrays;

/**
 * Reads what {@link HistogramChunkEncoder} writes, where the layout is drawn. Holds what decoding needs: some 250 KiB, and up to 2 MiB
 * more once chunks with many buckets came by. Reusable; not thread-safe.
 */
public final class HistogramChunkDecoder {

  private final ByteReader in = new ByteReader(new byte[0]);
  private final TimestampDecoder timestampDecoder;
  private final ValueDecoder valueDecoder;
  private final IntegerDecoder integerDecoder;
  private final double[] sums = new double[ChunkEncoder.SAMPLES_MAX];
  private final CounterResetHint[] hints = new CounterResetHint[ChunkEncoder.SAMPLES_MAX];
  private final long[] integers = new long[ChunkEncoder.SAMPLES_MAX];
  private final long[] wholeCounts = new long[ChunkEncoder.SAMPLES_MAX];
  private final double[] values = new double[ChunkEncoder.SAMPLES_MAX];
  private final double[] counts = new double[ChunkEncoder.SAMPLES_MAX];
  private final double[] zeroCounts = new double[ChunkEncoder.SAMPLES_MAX];
  private double[] cells = {};

  /** Of the group that is read: layouts, and where the rows of each end. */
  private final BucketLayout[] layouts = new BucketLayout[ChunkEncoder.SAMPLES_MAX];

  private final int[] layoutEnds = new int[ChunkEncoder.SAMPLES_MAX];

  public HistogramChunkDecoder() {
    this.integerDecoder = new IntegerDecoder();
    this.timestampDecoder = new TimestampDecoder(integerDecoder);
    this.valueDecoder = new ValueDecoder(integerDecoder);
  }

  /**
   * Decodes the chunk that fills {@code length} bytes into the front of an array that holds {@code count} timestamps, and as the only
   * rows of a column. What they hold after an error is undefined.
   *
   * @throws CorruptionException where the bytes are not what encode writes
   * @throws ChronicleException with {@link ErrorCode#UNSUPPORTED} for an encoding of a newer version
   */
  public void decode(
      byte[] bytes, int offset, int length, int count, long[] timestamps, HistogramColumn into) {
    if (count < 1 || count > ChunkEncoder.SAMPLES_MAX) {
      throw new CorruptionException("a chunk of " + count + " histograms");
    }
    into.clear();
    in.reset(bytes, offset, length);
    int compressor = in.readByte();
    if (compressor != ByteCompression.NONE) {
      throw ChunkDecoder.unknown("byte compressor of histograms", compressor);
    }
    timestampDecoder.decode(in, count, timestamps);
    int id = in.readByte();
    if (id != HistogramChunkEncoder.ID) {
      throw ChunkDecoder.unknown("histogram encoding", id);
    }
    readHints(count);
    valueDecoder.decode(in, count, sums);
    long cellsLeft = HistogramChunkEncoder.CELLS_MAX;
    int row = 0;
    while (row < count) {
      long rows = in.readUnsignedVarint() + 1;
      if (rows < 1 || rows > count - row) {
        throw corrupt("a group of " + rows + " rows from row " + row + " of " + count);
      }
      cellsLeft = readGroup(row, (int) rows, cellsLeft, into);
      row += (int) rows;
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes after the histograms of a chunk");
    }
  }

  private CorruptionException corrupt(String what) {
    return new CorruptionException(what + ", at offset " + in.position());
  }

  private void readHints(int count) {
    for (int row = 0; row < count; ) {
      long run = in.readUnsignedVarint();
      long length = (run >>> 2) + 1;
      if (length > count - row) {
        throw corrupt("a run of " + length + " hints from row " + row + " of " + count);
      }
      Arrays.fill(hints, row, row + (int) length, CounterResetHint.of((int) run & 3));
      row += (int) length;
    }
  }

  private long readGroup(int firstRow, int rows, long cellsLeft, HistogramColumn into) {
    int form = in.readByte();
    BucketLayout all = BucketFormat.read(form, in);
    int width = all.bucketCount();
    long left = cellsLeft - (long) rows * width;
    if (left < 0) {
      throw corrupt(rows + " histograms of " + width + " buckets from row " + firstRow);
    }
    readPresence(rows, all);
    // Allocated here, where the bytes have proved to say something sensible so far.
    if (cells.length < rows * width) {
      cells = new double
          [Math.max(rows * width, Math.min(HistogramChunkEncoder.CELLS_MAX, 2 * cells.length))];
    }
    if ((form & BucketFormat.FLAG) != 0) {
      readWholeColumns(rows, width, all.isCustom());
    } else {
      readColumns(rows, width, all.isCustom());
    }
    fill(firstRow, rows, all, into);
    return left;
  }

  private void readPresence(int rows, BucketLayout all) {
    int layoutCount = 0;
    for (int row = 0; row < rows; ) {
      long head = in.readUnsignedVarint();
      long length = (head >>> 1) + 1;
      if (length > rows - row) {
        throw corrupt("a run of " + length + " rows from row " + row + " of " + rows);
      }
      row += (int) length;
      layouts[layoutCount] = (head & 1) == 0 ? all : readMasked(all);
      layoutEnds[layoutCount++] = row;
    }
  }

  private BucketLayout readMasked(BucketLayout all) {
    int width = all.bucketCount();
    byte[] bytes = in.array();
    int mask = in.arrayOffset();
    in.skip((width + 7) / 8);
    var negative = new int[all.negativeCount()];
    var positive = new int[all.positiveCount()];
    int negatives = 0;
    int positives = 0;
    for (int i = 0; i < width; i++) {
      if ((bytes[mask + (i >> 3)] >> (i & 7) & 1) != 0) {
        if (i < negative.length) {
          negative[negatives++] = all.negativeIndex(i);
        } else {
          positive[positives++] = all.positiveIndex(i - negative.length);
        }
      }
    }
    negative = Arrays.copyOf(negative, negatives);
    positive = Arrays.copyOf(positive, positives);
    return all.withBuckets(negative, positive);
  }

  private void readWholeColumns(int rows, int width, boolean custom) {
    integerDecoder.decode(in, rows, wholeCounts);
    if (!custom) {
      integerDecoder.decode(in, rows, integers);
      for (int i = 0; i < rows; i++) {
        zeroCounts[i] = integers[i];
        wholeCounts[i] += integers[i];
      }
    }
    for (int column = 0; column < width; column++) {
      integerDecoder.decode(in, rows, integers);
      for (int i = 0; i < rows; i++) {
        cells[i * width + column] = integers[i];
        wholeCounts[i] += integers[i];
      }
    }
    for (int i = 0; i < rows; i++) {
      counts[i] = wholeCounts[i];
    }
  }

  private void readColumns(int rows, int width, boolean custom) {
    valueDecoder.decode(in, rows, counts);
    if (!custom) {
      valueDecoder.decode(in, rows, zeroCounts);
    }
    for (int column = 0; column < width; column++) {
      valueDecoder.decode(in, rows, values);
      for (int i = 0; i < rows; i++) {
        cells[i * width + column] = values[i];
      }
    }
  }

  private void fill(int firstRow, int rows, BucketLayout all, HistogramColumn into) {
    int run = 0;
    for (int i = 0; i < rows; i++) {
      if (i == layoutEnds[run]) {
        run++;
      }
      double sum = sums[firstRow + i];
      CounterResetHint hint = hints[firstRow + i];
      if (StaleMarker.is(sum)) {
        into.addRow(BucketLayout.EMPTY, hint, 0, sum, 0);
        continue;
      }
      BucketLayout layout = layouts[run];
      double zeroCount = all.isCustom() ? 0 : zeroCounts[i];
      int to = into.addRow(layout, hint, counts[i], sum, zeroCount);
      copyPresent(i * all.bucketCount(), all, layout, into.buckets(), to);
    }
  }

  private void copyPresent(int from, BucketLayout all, BucketLayout layout, double[] into, int to) {
    if (layout.bucketCount() == all.bucketCount()) {
      System.arraycopy(cells, from, into, to, all.bucketCount());
      return;
    }
    int at = 0;
    for (int i = 0; i < layout.negativeCount(); i++) {
      while (all.negativeIndex(at) != layout.negativeIndex(i)) {
        at++;
      }
      into[to + i] = cells[from + at];
    }
    at = 0;
    int negatives = layout.negativeCount();
    for (int i = 0; i < layout.positiveCount(); i++) {
      while (all.positiveIndex(at) != layout.positiveIndex(i)) {
        at++;
      }
      into[to + negatives + i] = cells[from + all.negativeCount() + at];
    }
  }
}
