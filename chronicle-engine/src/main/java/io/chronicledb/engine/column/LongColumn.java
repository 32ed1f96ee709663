package io.chronicledb.engine.column;

import java.util.Arrays;

/** A growing column of longs. Reusable after {@link #clear()}; not thread-safe. */
public final class LongColumn {

  private long[] values;
  private int size;

  public LongColumn(int initialCapacity) {
    values = new long[Math.max(8, initialCapacity)];
  }

  public int size() {
    return size;
  }

  public long get(int index) {
    return values[index];
  }

  public void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  public void addAll(long[] source, int offset, int count) {
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
  public long[] array() {
    return values;
  }

  public void clear() {
    size = 0;
  }

  public long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
