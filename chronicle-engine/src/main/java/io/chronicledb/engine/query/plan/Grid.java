package io.chronicledb.engine.query.plan;

/**
 * Instants at a constant distance.
 *
 * @param start the first, in nanoseconds
 * @param step nanoseconds between them; positive
 * @param count how many; at least 1
 * @param end where the range ends that was asked for: the last instant, or less than a step after it
 */
public record Grid(long start, long step, int count, long end) {

  public Grid {
    if (step <= 0 || count < 1) {
      throw new IllegalArgumentException("step=" + step + " count=" + count);
    }
  }

  /** A single instant. */
  public static Grid instant(long time) {
    return new Grid(time, 1, 1, time);
  }

  public long at(int index) {
    return start + index * step;
  }

  public long[] timestamps() {
    var timestamps = new long[count];
    for (int i = 0; i < count; i++) {
      timestamps[i] = at(i);
    }
    return timestamps;
  }
}
