package io.chronicledb.engine.codec;

import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Divides rows of a column into groups that are written together: bounds are the same within a group, and a bucket that only some of its
 * rows have is an empty one of the others, so that a counter that comes to have another bucket goes on in its group.
 */
final class HistogramGroups {

  /** A group may be that much larger than what its rows hold: otherwise a new one begins. */
  private static final int WASTE_MAX = 2;

  private static final int WASTE_FREE = 1024;

  private static final int[] NONE = {};

  private final List<Group> groups = new ArrayList<>();

  /** Buckets of all groups but the last one. */
  private long cellsBefore;

  /** Rows {@code [from, to)} and all buckets that one of them has. */
  static final class Group {

    final int from;
    int to;
    BucketLayout layout = BucketLayout.EMPTY;
    int[] negative = NONE;
    int[] positive = NONE;

    private boolean hasLayout;
    private long held;
    private double lastCount = Double.NEGATIVE_INFINITY;

    private Group(int from) {
      this.from = from;
      this.to = from;
    }

    int rows() {
      return to - from;
    }

    /** The bounds of the group with all of its buckets. */
    BucketLayout union() {
      return layout.withBuckets(negative, positive);
    }

    /** Buckets of one row. */
    int width() {
      return negative.length + positive.length;
    }
  }

  List<Group> groups() {
    return groups;
  }

  /**
   * Makes groups of the rows from {@code from} on.
   *
   * @return where it ended: at {@code to}, or where the chunk would hold too many buckets; not before the second row
   */
  int divide(HistogramColumn histograms, int from, int to) {
    groups.clear();
    cellsBefore = 0;
    Group group = new Group(from);
    groups.add(group);
    for (int row = from; row < to; row++) {
      if (!append(histograms, row, group)) {
        long cells = cellsBefore + (long) group.rows() * group.width();
        if (group.rows() == 0
            || cells + histograms.layout(row).bucketCount() > HistogramChunkEncoder.CELLS_MAX) {
          return row;
        }
        group = new Group(row);
        groups.add(group);
        cellsBefore = cells;
        if (!append(histograms, row, group)) {
          groups.remove(group);
          return row;
        }
      }
    }
    return to;
  }

  private boolean append(HistogramColumn histograms, int row, Group group) {
    int rows = group.rows() + 1;
    if (histograms.isStale(row)) {
      // It has no buckets of its own, and takes the place of some.
      if (cellsBefore + (long) rows * group.width() > HistogramChunkEncoder.CELLS_MAX) {
        return false;
      }
      group.to = row + 1;
      return true;
    }
    BucketLayout layout = histograms.layout(row);
    int[] negative = group.negative;
    int[] positive = group.positive;
    double count = histograms.count(row);
    if (!group.hasLayout || !layout.equals(group.layout)) {
      if (group.hasLayout && !layout.hasSameBounds(group.layout)) {
        return false;
      }
      negative = union(negative, layout.negativeCount(), layout::negativeIndex);
      positive = union(positive, layout.positiveCount(), layout::positiveIndex);
    }
    // What a counter holds after a reset is far from what it held before.
    if (count < group.lastCount && histograms.hint(row) != CounterResetHint.GAUGE) {
      return false;
    }
    long width = (long) negative.length + positive.length;
    long held = group.held + layout.bucketCount();
    if (width > BucketLayout.BUCKETS_MAX
        || cellsBefore + rows * width > HistogramChunkEncoder.CELLS_MAX
        || rows * width > WASTE_MAX * held + WASTE_FREE) {
      return false;
    }
    group.layout = layout;
    group.hasLayout = true;
    group.negative = negative;
    group.positive = positive;
    group.held = held;
    group.lastCount = count;
    group.to = row + 1;
    return true;
  }

  private interface Indexes {
    int at(int i);
  }

  /** The very array of the first ones where it has them all. */
  private static int[] union(int[] first, int count, Indexes others) {
    int missing = 0;
    int at = 0;
    for (int i = 0; i < count; i++) {
      int index = others.at(i);
      while (at < first.length && first[at] < index) {
        at++;
      }
      missing += at < first.length && first[at] == index ? 0 : 1;
    }
    if (missing == 0) {
      return first;
    }
    int[] union = Arrays.copyOf(first, first.length + missing);
    int size = first.length;
    at = 0;
    for (int i = 0; i < count; i++) {
      int index = others.at(i);
      while (at < first.length && first[at] < index) {
        at++;
      }
      if (at == first.length || first[at] != index) {
        union[size++] = index;
      }
    }
    Arrays.sort(union);
    return union;
  }
}
