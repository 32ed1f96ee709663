package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.query.function.Statistic;
import java.util.Arrays;

/**
 * The statistics of one group: a row of states for each bucket of time that has samples, found by the bucket's start. Buckets that follow one
 * another, the ordinary case, are found without hashing.
 */
final class GroupedStates {

  private final int width;
  private long[] buckets = new long[16];
  private double[] states;
  private int rows;
  private int[] slots = new int[64];
  private int lastRow = -1;

  /** @param width doubles of one row of states */
  GroupedStates(int width) {
    this.width = width;
    this.states = new double[16 * width];
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
   * Merges a state into the row of a bucket.
   *
   * @param column where the statistic's state stands within the row
   */
  void merge(long bucket, int column, Statistic statistic, double[] state, int from) {
    int at = offset(row(bucket)) + column;
    if (StaleMarker.is(states[at])) {
      System.arraycopy(state, from, states, at, statistic.width());
    } else {
      statistic.merge(states, at, state, from);
    }
  }

  private int row(long bucket) {
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
