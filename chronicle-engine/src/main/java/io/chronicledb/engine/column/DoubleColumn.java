package io.chronicledb.engine.column;

import java.util.Arrays;

/**
 * A growing column of doubles. In results, the bits of the stale marker stand for "no value" (NULL in SQL, an absent sample in PromQL):
 * no operation yields that pattern, so it costs no second array. Reusable after {@link #clear()}; not thread-safe.
 */
public final class DoubleColumn {

  private double[] values;
  private int size;

  public DoubleColumn(int initialCapacity) {
    values = new double[Math.max(8, initialCapacity)];
  }

  public int size() {
    return size;
  }

  public double get(int index) {
    return values[index];
  }

  public boolean isAbsent(int index) {
    return StaleMarker.is(values[index]);
  }

  public void add(double value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  public void addAll(double[] source, int offset, int count) {
    ensure(count);
    System.arraycopy(source, offset, values, size, count);
    size += count;
  }

  /** Makes room for {@code more} further values. */
  public void ensure(int more) {
    if (values.length - size < more) {
      values = Arrays.copyOf(values, Math.max(size + more, size * 2));
    }
  }

  /** The backing array; valid up to {@link #size()} until the next addition. */
  public double[] array() {
    return values;
  }

  public void clear() {
    size = 0;
  }

  public double[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
