package io.chronicledb.engine.partition;

import io.chronicledb.engine.model.TimeRange;
import java.util.HashSet;
import java.util.Set;

/**
 * Chooses the width of the windows that one flush writes: the partition duration, doubled as often as is needed for the points to fall into
 * a bounded number of windows. So one request spread over 300,000 hours makes few blocks. Not thread-safe.
 */
public final class PartitionWindows {

  /** Blocks of one flush at most. */
  static final int WINDOWS_MAX = 64;

  private Set<Long> starts = new HashSet<>();
  private TimeRange last = new TimeRange(0, 0);
  private long width;

  /** @param partitionNanos the partition duration */
  public PartitionWindows(long partitionNanos) {
    this.width = partitionNanos;
  }

  /** Takes note of timestamps that will be written. */
  public void add(long[] timestamps, int count) {
    for (int i = 0; i < count; i++) {
      if (!last.contains(timestamps[i])) {
        last = window(timestamps[i]);
        starts.add(last.start());
        while (starts.size() > WINDOWS_MAX) {
          widen();
        }
      }
    }
  }

  private void widen() {
    width = width > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : width * 2;
    var wider = new HashSet<Long>();
    for (long start : starts) {
      wider.add(window(start).start());
    }
    starts = wider;
    last = new TimeRange(0, 0);
  }

  /** The window of a timestamp; cut off at the ends of time. */
  public TimeRange window(long timestamp) {
    long index = Math.floorDiv(timestamp, width);
    if (index < Long.MIN_VALUE / width) {
      return new TimeRange(Long.MIN_VALUE, (index + 1) * width);
    }
    long start = index * width;
    long end = start > Long.MAX_VALUE - width ? Long.MAX_VALUE : start + width;
    return new TimeRange(start, end);
  }
}
