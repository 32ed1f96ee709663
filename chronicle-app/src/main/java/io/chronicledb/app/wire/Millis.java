package io.chronicledb.app.wire;

import io.chronicledb.engine.model.TimeRange;

/** Times of protocols that count milliseconds since the epoch, against the engine's nanoseconds. */
public final class Millis {

  public static final long NANOS = 1_000_000;

  /** The outermost milliseconds of which every nanosecond can be stored. */
  public static final long MIN = Long.MIN_VALUE / NANOS;

  public static final long MAX = Long.MAX_VALUE / NANOS - 1;

  private Millis() {}

  /** The millisecond that a time in nanoseconds lies in. */
  public static long of(long nanos) {
    return Math.floorDiv(nanos, NANOS);
  }

  /**
   * From the first nanosecond of one millisecond to the last of another, which is not before; bounds that cannot be stored stand for the
   * nearest that can.
   */
  public static TimeRange closed(long start, long end) {
    return new TimeRange(
        start <= MIN ? Long.MIN_VALUE : Math.min(start, MAX) * NANOS,
        end >= MAX ? Long.MAX_VALUE : (Math.max(end, MIN) + 1) * NANOS);
  }
}
