package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.query.function.Statistic;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The aggregates of one group: a row of states for each bucket of time that has rows, found by the bucket's start, and the values of those
 * aggregates that keep all. Buckets that follow one another, the ordinary case, are found without hashing.
 */
final class GroupedStates {

  private static final int INITIAL = 4;

  private final int width;
  private final int lists;
  private long[] buckets = new long[INITIAL];
  private double[] states;
  private @Nullable DoubleColumn[] kept;
  private int rows;
  private int[] slots = new int[4 * INITIAL];
  private int lastRow = -1;

  /**
   * @param width doubles of one row of states
   * @param lists of values in one row
   */
  GroupedStates(int width, int lists) {
    this.width = width;
    this.lists = lists;
    this.states = new double[INITIAL * width];
    this.kept = new DoubleColumn[INITIAL * lists];
  }

  /** Bytes of one row, roughly, without the values that are kept. */
  static long rowBytes(int width, int lists) {
    return 20L + 8L * width + 40L * lists;
  }

  int rows() {
    return rows;
  }

  long bucket(int row) {
    return buckets[row];
  }

  double[] states() {
    return states;
  }

  int offset(int row) {
    return row * width;
  }

  /**
   * Merges a state into a row.
   *
   * @param column where the statistic's state stands within the row
   */
  void merge(int row, int column, Statistic statistic, double[] state, int from) {
    int at = offset(row) + column;
    if (StaleMarker.is(states[at])) {
      System.arraycopy(state, from, states, at, statistic.width());
    } else {
      statistic.merge(states, at, state, from);
    }
  }

  /** The values that are kept in a row; null where there are none. */
  @Nullable
  DoubleColumn kept(int row, int list) {
    return kept[row * lists + list];
  }

  /** The values that are kept in a row, to be added to. */
  DoubleColumn keep(int row, int list) {
    DoubleColumn values = kept[row * lists + list];
    if (values == null) {
      values = new DoubleColumn(8);
      kept[row * lists + list] = values;
    }
    return values;
  }

  /** The row of a bucket, a new one where there is none. */
  int row(long bucket) {
    if (lastRow >= 0 && buckets[lastRow] == bucket) {
      return lastRow;
    }
    if (lastRow + 1 < rows && buckets[lastRow + 1] == bucket) {
      return ++lastRow;
    }
    lastRow = find(bucket);
    return lastRow;
  }

  private int find(long bucket) {
    int mask = slots.length - 1;
    int slot = slot(bucket, mask);
    while (slots[slot] != 0) {
      int row = slots[slot] - 1;
      if (buckets[row] == bucket) {
        return row;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = rows + 1;
    if (rows == buckets.length) {
      buckets = Arrays.copyOf(buckets, rows * 2);
      states = Arrays.copyOf(states, rows * 2 * width);
      kept = Arrays.copyOf(kept, rows * 2 * lists);
    }
    buckets[rows] = bucket;
    Arrays.fill(states, offset(rows), offset(rows + 1), StaleMarker.value());
    rows++;
    if (rows * 2 > slots.length) {
      rehash();
    }
    return rows - 1;
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    int mask = slots.length - 1;
    for (int row = 0; row < rows; row++) {
      int slot = slot(buckets[row], mask);
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = row + 1;
    }
  }

  private static int slot(long bucket, int mask) {
    return (int) ((bucket * 0x9E3779B97F4A7C15L) >>> 40) & mask;
  }
}
