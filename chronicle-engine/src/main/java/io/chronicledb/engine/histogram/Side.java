package io.chronicledb.engine.histogram;

import java.util.Arrays;

/**
 * The buckets on one side of zero while they are worked on: indexes, ascending, and what the buckets hold. Operations leave this one as
 * it is.
 */
record Side(int[] indexes, double[] counts) {

  int size() {
    return indexes.length;
  }

  /** At a resolution that is lower by some schemas. */
  Side coarser(int steps) {
    if (steps == 0 || indexes.length == 0) {
      return this;
    }
    var fewer = new int[indexes.length];
    var sums = new double[indexes.length];
    int size = 0;
    for (int i = 0; i < indexes.length; i++) {
      int index = ExponentialBounds.coarser(indexes[i], steps);
      if (size > 0 && fewer[size - 1] == index) {
        sums[size - 1] += counts[i];
      } else {
        fewer[size] = index;
        sums[size++] = counts[i];
      }
    }
    return new Side(Arrays.copyOf(fewer, size), Arrays.copyOf(sums, size));
  }

  /** Without the first {@code count} buckets. */
  Side from(int count) {
    return count == 0
        ? this
        : new Side(
            Arrays.copyOfRange(indexes, count, indexes.length),
            Arrays.copyOfRange(counts, count, counts.length));
  }

  /** Without empty buckets, but with those that fill gaps of at most {@code emptyMax}. */
  Side compact(int emptyMax) {
    int populated = 0;
    long filled = 0;
    long last = 0;
    for (int i = 0; i < indexes.length; i++) {
      if (counts[i] != 0) {
        long gap = indexes[i] - last - 1;
        filled += populated > 0 && gap <= emptyMax ? gap : 0;
        last = indexes[i];
        populated++;
      }
    }
    if (filled + populated > BucketLayout.BUCKETS_MAX) {
      filled = 0;
      emptyMax = 0;
    }
    int size = (int) filled + populated;
    if (size == indexes.length && populated == size) {
      return this;
    }
    var kept = new int[size];
    var values = new double[size];
    int at = 0;
    for (int i = 0; i < indexes.length; i++) {
      if (counts[i] == 0) {
        continue;
      }
      if (at > 0 && (long) indexes[i] - kept[at - 1] - 1 <= emptyMax) {
        while (kept[at - 1] + 1 < indexes[i]) {
          kept[at] = kept[at - 1] + 1;
          at++;
        }
      }
      kept[at] = indexes[i];
      values[at++] = counts[i];
    }
    return new Side(kept, values);
  }

  /** The counts of these buckets among {@code wider} ones, which include them; 0 for the others. */
  double[] among(int[] wider) {
    if (wider.length == indexes.length) {
      return counts;
    }
    var spread = new double[wider.length];
    int at = 0;
    for (int i = 0; i < indexes.length; i++) {
      while (wider[at] != indexes[i]) {
        at++;
      }
      spread[at] = counts[i];
    }
    return spread;
  }

  /** Copies the counts of buckets that are among others too to the places of those. */
  void copyCommon(int[] others, double[] into, int offset) {
    int at = 0;
    for (int i = 0; i < indexes.length; i++) {
      while (at < others.length && others[at] < indexes[i]) {
        at++;
      }
      if (at < others.length && others[at] == indexes[i]) {
        into[offset + at] = counts[i];
      }
    }
  }

  /** The indexes of both, ascending; the very array of one of them where that has them all. */
  static int[] union(int[] a, int[] b) {
    if (Arrays.equals(a, b)) {
      return a;
    }
    var both = new int[a.length + b.length];
    int size = 0;
    int i = 0;
    int j = 0;
    while (i < a.length || j < b.length) {
      int next = j == b.length || i < a.length && a[i] <= b[j] ? a[i] : b[j];
      i += i < a.length && a[i] == next ? 1 : 0;
      j += j < b.length && b[j] == next ? 1 : 0;
      both[size++] = next;
    }
    return size == a.length ? a : size == b.length ? b : Arrays.copyOf(both, size);
  }
}
