package io.chronicledb.app.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition of another process, and never longer than a limit. */
final class Await {

  private static final Duration PAUSE = Duration.ofMillis(20);

  private Await() {}

  /** @param what the condition in words, for the error when it does not come true in time */
  static void until(String what, Duration limit, Callable<Boolean> condition) throws Exception {
    until(what, limit, PAUSE, condition);
  }

  /** @param pause between two looks, where looking is expensive */
  static void until(String what, Duration limit, Duration pause, Callable<Boolean> condition)
      throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
      }
      pause(pause);
    }
  }

  /** Lets time pass, where that is what happens in a test: a scrape to come, a kill at some moment. */
  static void pause(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
