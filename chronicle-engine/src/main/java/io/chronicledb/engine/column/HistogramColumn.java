package io.chronicledb.engine.column;

import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.util.Arrays;

/**
 * A growing column of native histograms. What they hold lies in arrays of primitives, and equal layouts that follow each other are one
 * object, so that a chunk of histograms is a dozen arrays and no object each. Reusable after {@link #clear()}; not thread-safe.
 *
 * <pre>
 * row      0         1         2                 layout, hint, count, sum, zero count; where its buckets begin
 * buckets  │ − − + + + │ − − + + + │ + + + + │ ...   the negative ones of the layout, then the positive ones
 * </pre>
 */
public final class HistogramColumn {

  private static final long ROW_BYTES = 5 * 8 + 4;

  /** Up to here, every whole number is a double. */
  private static final double WHOLE_MAX = 1L << 53;

  private BucketLayout[] layouts;
  private CounterResetHint[] hints;
  private double[] counts;
  private double[] sums;
  private double[] zeroCounts;
  private int[] offsets;
  private int size;
  private long layoutBytes;

  private double[] buckets;
  private int bucketCount;

  public HistogramColumn(int initialCapacity) {
    int capacity = Math.max(8, initialCapacity);
    layouts = new BucketLayout[capacity];
    hints = new CounterResetHint[capacity];
    counts = new double[capacity];
    sums = new double[capacity];
    zeroCounts = new double[capacity];
    offsets = new int[capacity];
    buckets = new double[capacity];
  }

  private HistogramColumn(HistogramColumn shared) {
    layouts = shared.layouts;
    hints = shared.hints;
    counts = shared.counts;
    sums = shared.sums;
    zeroCounts = shared.zeroCounts;
    offsets = shared.offsets;
    size = shared.size;
    layoutBytes = shared.layoutBytes;
    buckets = shared.buckets;
    bucketCount = shared.bucketCount;
  }

  /** The rows as they are now, in the same arrays: rows that this column comes to have do not show there, and none may be added there. */
  public HistogramColumn snapshot() {
    return new HistogramColumn(this);
  }

  public int size() {
    return size;
  }

  /** Buckets of all rows together. */
  public int cells() {
    return bucketCount;
  }

  /** Bytes of memory, about. */
  public long memoryBytes() {
    return 8L * buckets.length + ROW_BYTES * layouts.length + layoutBytes;
  }

  /** The i-th histogram as an object of its own. */
  public NativeHistogram get(int index) {
    return NativeHistogram.of(
        layouts[index],
        hints[index],
        counts[index],
        sums[index],
        zeroCounts[index],
        buckets,
        offsets[index]);
  }

  public void add(NativeHistogram histogram) {
    BucketLayout layout = histogram.layout();
    int at =
        addRow(layout, histogram.hint(), histogram.count(), histogram.sum(), histogram.zeroCount());
    histogram.copyBuckets(buckets, at);
  }

  /** Adds a row of another column, or of this one. */
  public void add(HistogramColumn from, int row) {
    int at = addRow(
        from.layouts[row], from.hints[row], from.counts[row], from.sums[row], from.zeroCounts[row]);
    System.arraycopy(from.buckets, from.offsets[row], buckets, at, bucketCount - at);
  }

  /** Adds a stale marker. */
  public void addStale() {
    addRow(BucketLayout.EMPTY, CounterResetHint.UNKNOWN, 0, StaleMarker.value(), 0);
  }

  /**
   * Adds a histogram whose buckets are empty so far.
   *
   * @return where its buckets begin in {@link #buckets}
   */
  public int addRow(
      BucketLayout layout, CounterResetHint hint, double count, double sum, double zeroCount) {
    if (size == layouts.length) {
      grow();
    }
    int more = layout.bucketCount();
    if (buckets.length - bucketCount < more) {
      buckets = Arrays.copyOf(buckets, Math.max(Math.addExact(bucketCount, more), (int)
          Math.min(2L * bucketCount, Integer.MAX_VALUE - 8)));
    }
    int offset = bucketCount;
    Arrays.fill(buckets, offset, offset + more, 0);
    bucketCount += more;
    boolean shared = size > 0 && layout.equals(layouts[size - 1]);
    layoutBytes += shared ? 0 : layout.memoryBytes();
    layouts[size] = shared ? layouts[size - 1] : layout;
    hints[size] = hint;
    counts[size] = count;
    sums[size] = sum;
    zeroCounts[size] = zeroCount;
    offsets[size++] = offset;
    return offset;
  }

  private void grow() {
    int capacity = 2 * size;
    layouts = Arrays.copyOf(layouts, capacity);
    hints = Arrays.copyOf(hints, capacity);
    counts = Arrays.copyOf(counts, capacity);
    sums = Arrays.copyOf(sums, capacity);
    zeroCounts = Arrays.copyOf(zeroCounts, capacity);
    offsets = Arrays.copyOf(offsets, capacity);
  }

  /** The layout of the i-th histogram: the same object as that of the one before where they are equal. */
  public BucketLayout layout(int index) {
    return layouts[index];
  }

  public CounterResetHint hint(int index) {
    return hints[index];
  }

  public double count(int index) {
    return counts[index];
  }

  public double sum(int index) {
    return sums[index];
  }

  public double zeroCount(int index) {
    return zeroCounts[index];
  }

  /** Whether the i-th one is the stale marker: nothing of it but that means anything. */
  public boolean isStale(int index) {
    return StaleMarker.is(sums[index]);
  }

  /** Whether count, zero count and buckets of the i-th histogram are whole numbers that a long and a double hold alike. */
  public boolean isWhole(int index) {
    boolean whole = isWhole(counts[index]) && isWhole(zeroCounts[index]);
    int end = offsets[index] + layouts[index].bucketCount();
    for (int i = offsets[index]; whole && i < end; i++) {
      whole = isWhole(buckets[i]);
    }
    return whole;
  }

  private static boolean isWhole(double value) {
    return Math.abs(value) <= WHOLE_MAX
        && value == (long) value
        && Double.doubleToRawLongBits(value) != Long.MIN_VALUE;
  }

  /** Where the buckets of the i-th histogram begin in {@link #buckets}. */
  public int bucketOffset(int index) {
    return offsets[index];
  }

  /** The buckets of all histograms; valid until the next addition. */
  public double[] buckets() {
    return buckets;
  }

  public void setCount(int index, double count) {
    counts[index] = count;
  }

  public void setZeroCount(int index, double zeroCount) {
    zeroCounts[index] = zeroCount;
  }

  public void clear() {
    Arrays.fill(layouts, 0, size, BucketLayout.EMPTY);
    size = 0;
    layoutBytes = 0;
    bucketCount = 0;
  }
}
