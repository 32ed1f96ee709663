package io.chronicledb.engine.column;

/**
 * How columns of samples carry native histograms: where a column of values has a {@link HistogramColumn} beside it, the bits of a value
 * are the row of its histogram there. So whatever sorts, merges or copies samples moves 64 bits and need not know of what kind they are.
 *
 * <p>In a column with samples of both kinds, the series id of a histogram's row has its sign bit set.
 */
public final class HistogramRows {

  private static final int MARK = Integer.MIN_VALUE;

  private HistogramRows() {}

  /** What stands in place of a value. */
  public static double reference(int row) {
    return Double.longBitsToDouble(row);
  }

  /** The row that a value stands for. */
  public static int row(double reference) {
    return (int) Double.doubleToRawLongBits(reference);
  }

  /** The series id of a histogram's row. */
  public static int marked(int id) {
    return id | MARK;
  }

  public static boolean isMarked(int id) {
    return id < 0;
  }

  /** The id without the mark, where it has one. */
  public static int id(int id) {
    return id & ~MARK;
  }
}
