package io.chronicledb.engine.query.function;

import java.util.Arrays;

/** The values of a window that slides, kept sorted: what has come and gone is put in and taken out. */
final class SortedWindow {

  /** In the order of time, the oldest at {@link #head}. */
  private double[] queue = new double[64];

  private int head;
  /** As {@link Arrays#sort(double[])} has them. */
  private double[] sorted = new double[64];

  private int count;

  void restart() {
    count = 0;
  }

  /**
   * Moves on; neither end is earlier than before.
   *
   * @param firstNew place of the first value that has not been in it
   */
  void moveTo(double[] values, int from, int to, int firstNew) {
    int coming = to - firstNew;
    int leaving = count - (firstNew - from);
    if (coming + leaving > to - from) {
      sort(values, from, to);
      return;
    }
    int kept = count;
    makeRoom(kept + coming);
    System.arraycopy(values, firstNew, queue, head + kept, coming);
    int replaced = Math.min(coming, leaving);
    for (int i = 0; i < replaced; i++) {
      put(place(queue[head + i]), values[firstNew + i]);
    }
    for (int i = replaced; i < leaving; i++) {
      int place = place(queue[head + i]);
      System.arraycopy(sorted, place + 1, sorted, place, --count - place);
    }
    for (int i = replaced; i < coming; i++) {
      put(count++, values[firstNew + i]);
    }
    head += leaving;
  }

  private void sort(double[] values, int from, int to) {
    count = 0;
    head = 0;
    makeRoom(to - from);
    count = to - from;
    System.arraycopy(values, from, queue, 0, count);
    System.arraycopy(values, from, sorted, 0, count);
    Arrays.sort(sorted, 0, count);
  }

  private void makeRoom(int values) {
    if (sorted.length < values) {
      sorted = Arrays.copyOf(sorted, 2 * values);
    }
    if (head + values > queue.length) {
      double[] moved = queue.length < 2 * values ? new double[4 * values] : queue;
      System.arraycopy(queue, head, moved, 0, count);
      queue = moved;
      head = 0;
    }
  }

  private int place(double value) {
    return Arrays.binarySearch(sorted, 0, count, value);
  }

  /** Puts a value in the stead of the one at a place, and moves it to where it belongs. */
  private void put(int place, double value) {
    int at = place;
    while (at + 1 < count && Double.compare(sorted[at + 1], value) < 0) {
      sorted[at] = sorted[at + 1];
      at++;
    }
    while (at > 0 && Double.compare(sorted[at - 1], value) > 0) {
      sorted[at] = sorted[at - 1];
      at--;
    }
    sorted[at] = value;
  }

  /** The quantile of the values, of which there is one at least. */
  double quantile(double quantile) {
    return Quantile.ofSorted(sorted, count, quantile);
  }
}
