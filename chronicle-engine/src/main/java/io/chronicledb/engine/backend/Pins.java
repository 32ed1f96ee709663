package io.chronicledb.engine.backend;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open pins of a backend, counted by the generation at which they were taken. Taking and closing one touches a counter and nothing
 * else, since every query does both.
 *
 * <p>A pin that is taken while the generation changes counts for one of the two: it adds itself to the newest counter and looks again; the
 * writer publishes a new counter first and reads the older ones afterwards. So either the pin sees the change and moves on, or the writer
 * sees the pin.
 */
public final class Pins {

  private static final class Counter {
    final long generation;
    final AtomicInteger open = new AtomicInteger();

    Counter(long generation) {
      this.generation = generation;
    }
  }

  private volatile Counter newest;
  /** Counters that may still be above zero, the oldest first. Guarded by this. */
  private final ArrayDeque<Counter> counters = new ArrayDeque<>();

  /** @param generation of the root that counts now */
  public Pins(long generation) {
    newest = new Counter(generation);
    counters.add(newest);
  }

  /** Takes a pin at the present generation; any thread. */
  public StorageBackend.Pin pin() {
    while (true) {
      Counter counter = newest;
      counter.open.incrementAndGet();
      if (counter == newest) {
        var closed = new AtomicBoolean();
        return () -> {
          if (closed.compareAndSet(false, true)) {
            counter.open.decrementAndGet();
          }
        };
      }
      counter.open.decrementAndGet();
    }
  }

  /** Counts pins for another generation from here on. To be called once its root is visible. */
  public synchronized void advance(long generation) {
    var next = new Counter(generation);
    counters.add(next);
    newest = next;
  }

  /** The lowest generation at which a pin was taken that is still open; {@link Long#MAX_VALUE} where there is none. */
  public synchronized long oldest() {
    counters.removeIf(counter -> counter != newest && counter.open.get() == 0);
    for (Counter counter : counters) {
      if (counter.open.get() > 0) {
        return counter.generation;
      }
    }
    return Long.MAX_VALUE;
  }
}
