package io.chronicledb.engine.column;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.ExemplarLabels;
import java.util.Arrays;

/**
 * Exemplars in columns: rows of (series, timestamp, value, labels). A series is an int whose meaning is its user's, labels are the bytes that
 * {@link ExemplarLabels} draws. Grows; not thread-safe, but any thread may read one that grows no more.
 */
public final class ExemplarRows {

  private static final int OVERHEAD_BYTES = 160;
  private static final int ROW_BYTES = 4 + 8 + 8 + 4;

  private int[] series;
  private long[] timestamps;
  private double[] values;
  private int[] labelEnds;
  private final ByteWriter labels;
  private int size;

  public ExemplarRows(int expectedRows) {
    int capacity = Math.max(1, expectedRows);
    series = new int[capacity];
    timestamps = new long[capacity];
    values = new double[capacity];
    labelEnds = new int[capacity];
    labels = new ByteWriter(64 * Math.min(capacity, 1024));
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Adds a row whose labels are canonical bytes. */
  public void add(
      int seriesId, long timestamp, double value, byte[] label, int offset, int length) {
    labels.writeBytes(label, offset, length);
    add(seriesId, timestamp, value);
  }

  /**
   * Adds a row.
   *
   * @throws io.chronicledb.engine.error.BadDataException for labels past the limit; nothing is added then
   */
  public void add(int seriesId, Exemplar exemplar) {
    ExemplarLabels.encode(exemplar.labels(), labels);
    add(seriesId, exemplar.timestamp(), exemplar.value());
  }

  private void add(int seriesId, long timestamp, double value) {
    if (size == series.length) {
      int capacity = size + (size >> 1) + 8;
      series = Arrays.copyOf(series, capacity);
      timestamps = Arrays.copyOf(timestamps, capacity);
      values = Arrays.copyOf(values, capacity);
      labelEnds = Arrays.copyOf(labelEnds, capacity);
    }
    series[size] = seriesId;
    timestamps[size] = timestamp;
    values[size] = value;
    labelEnds[size] = labels.size();
    size++;
  }

  /** Adds a row of other rows, for a series that may be called otherwise here. */
  public void add(int seriesId, ExemplarRows from, int row) {
    add(
        seriesId,
        from.timestamps[row],
        from.values[row],
        from.labels.array(),
        from.labelStart(row),
        from.labelLength(row));
  }

  public int series(int row) {
    return series[row];
  }

  /** The series of all rows; valid up to {@link #size()} and until a row is added. Not to be changed. */
  public int[] series() {
    return series;
  }

  public long timestamp(int row) {
    return timestamps[row];
  }

  public double value(int row) {
    return values[row];
  }

  /** Where the labels of all rows lie; valid until a row is added. */
  public byte[] labelBytes() {
    return labels.array();
  }

  /** Where a row's labels start in {@link #labelBytes()}. */
  public int labelStart(int row) {
    return row == 0 ? 0 : labelEnds[row - 1];
  }

  public int labelLength(int row) {
    return labelEnds[row] - labelStart(row);
  }

  /** Bytes of all labels. */
  public int labelSize() {
    return labels.size();
  }

  public Exemplar exemplar(int row) {
    return new Exemplar(
        ExemplarLabels.decode(labels.array(), labelStart(row), labelLength(row)),
        timestamps[row],
        values[row]);
  }

  /** The order of two rows: by series, time, value with all its bits, labels. Zero where they are one and the same exemplar. */
  public int compare(int row, ExemplarRows other, int otherRow) {
    int order = Integer.compare(series[row], other.series[otherRow]);
    if (order == 0) {
      order = Long.compare(timestamps[row], other.timestamps[otherRow]);
    }
    if (order == 0) {
      order = Double.compare(values[row], other.values[otherRow]);
    }
    if (order == 0) {
      order = Long.compare(
          Double.doubleToRawLongBits(values[row]),
          Double.doubleToRawLongBits(other.values[otherRow]));
    }
    return order != 0
        ? order
        : Arrays.compareUnsigned(
            labels.array(),
            labelStart(row),
            labelEnds[row],
            other.labels.array(),
            other.labelStart(otherRow),
            other.labelEnds[otherRow]);
  }

  public long memoryBytes() {
    return OVERHEAD_BYTES + (long) ROW_BYTES * series.length + labels.array().length;
  }
}
