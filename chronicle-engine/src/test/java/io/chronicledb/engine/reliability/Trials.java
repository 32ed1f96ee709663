package io.chronicledb.engine.reliability;

import io.chronicledb.engine.TestDatabase;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Independent trials, numbered from 0, on as many threads as there are processors; without the engine's log. */
public final class Trials {

  private Trials() {}

  /** One trial. It throws, an {@link AssertionError} as a rule, to end them all. */
  public interface Trial {
    void run(long number) throws Exception;
  }

  /** Runs so many trials. */
  public static void run(long count, Trial trial) {
    runWhile(() -> true, count, trial);
  }

  /** Runs trials as long as the condition holds, and at most {@code max}. */
  public static void runWhile(BooleanSupplier more, long max, Trial trial) {
    var next = new AtomicLong();
    int threads = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
    var pool = Executors.newFixedThreadPool(threads);
    try {
      var running = new ArrayList<Future<?>>();
      for (int i = 0; i < threads; i++) {
        running.add(pool.submit(() -> TestDatabase.quietly(() -> loop(more, max, next, trial))));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError failed) {
        throw failed;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      pool.shutdownNow();
    }
  }

  private static void loop(BooleanSupplier more, long max, AtomicLong next, Trial trial) {
    try {
      long number = next.getAndIncrement();
      while (number < max && more.getAsBoolean()) {
        trial.run(number);
        number = next.getAndIncrement();
      }
    } catch (Exception e) {
      next.set(max);
      throw new AssertionError(e);
    } catch (Error e) {
      next.set(max);
      throw e;
    }
  }
}
