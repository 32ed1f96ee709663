package io.chronicledb.engine.model;

/**
 * A half-open range of time in nanoseconds since the epoch.
 *
 * @param start the first instant inside
 * @param end the first instant after; equal to {@code start} in an empty range
 */
public record TimeRange(long start, long end) {

  /** Every timestamp that can be stored: all but {@link Long#MAX_VALUE}, which only ever is an open end. */
  public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

  public TimeRange {
    if (end < start) {
      throw new IllegalArgumentException(
          "a time range ends at " + end + " before it starts at " + start);
    }
  }

  public boolean isEmpty() {
    return start == end;
  }

  public boolean contains(long timestamp) {
    return timestamp >= start && timestamp < end;
  }

  public boolean overlaps(TimeRange other) {
    return start < other.end && other.start < end;
  }

  /** Whether any instant of the closed range from {@code min} to {@code max} lies inside. */
  public boolean overlapsClosed(long min, long max) {
    return start <= max && min < end;
  }
}
