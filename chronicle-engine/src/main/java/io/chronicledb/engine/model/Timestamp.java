package io.chronicledb.engine.model;

import java.time.Instant;

/** Timestamps as the engine counts them: nanoseconds since the epoch in a long, which spans 1677 to 2262. */
public final class Timestamp {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private Timestamp() {}

  /** @throws ArithmeticException for an instant outside of the span */
  public static long of(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), NANOS_PER_SECOND), instant.getNano());
  }
}
