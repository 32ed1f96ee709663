package io.chronicledb.engine.query;

import java.util.function.LongSupplier;

/** Measures the phases of one query, each from the end of the one before. */
final class StopWatch {

  private final LongSupplier monotonicNanos;
  private long last;

  StopWatch(LongSupplier monotonicNanos) {
    this.monotonicNanos = monotonicNanos;
    this.last = monotonicNanos.getAsLong();
  }

  /** Nanoseconds since the last call, or since it was made. */
  long lap() {
    long now = monotonicNanos.getAsLong();
    long elapsed = now - last;
    last = now;
    return elapsed;
  }
}
