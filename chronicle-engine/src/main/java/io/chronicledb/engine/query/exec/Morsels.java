package io.chronicledb.engine.query.exec;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Splits work into numbered pieces, which some threads do and whose results are merged in the order of their numbers: the outcome does not depend
 * on the threads. The pieces are taken in order, and nobody runs far ahead of what is merged, so that few results wait.
 *
 * <p>After Leis et al., Morsel-Driven Parallelism (SIGMOD 2014).
 *
 * @param <T> the result of a piece
 */
final class Morsels<T> {

  /** Does pieces, one at a time, with what one thread needs for them. */
  @FunctionalInterface
  interface Worker<T> {
    T work(int piece);
  }

  private final ExecutionContext context;
  private final int pieces;
  private final Consumer<T> merge;
  private final @Nullable Object[] results;
  private final int aheadMax;
  private int next;
  private int merged;
  private int running;

  private Morsels(ExecutionContext context, int pieces, int threads, Consumer<T> merge) {
    this.context = context;
    this.pieces = pieces;
    this.merge = merge;
    this.results = new Object[pieces];
    this.aheadMax = 2 * threads;
  }

  /**
   * Does all pieces, on the calling thread and on others where some are free; returns when all are merged and no other thread works on them.
   *
   * @param workers makes a worker for each thread
   */
  static <T> void run(
      ExecutionContext context, int pieces, Supplier<Worker<T>> workers, Consumer<T> merge) {
    int threads = Math.min(context.threads().count(), pieces);
    if (threads <= 1) {
      if (pieces > 0) {
        Worker<T> worker = workers.get();
        for (int piece = 0; piece < pieces; piece++) {
          merge.accept(worker.work(piece));
        }
      }
      return;
    }
    new Morsels<>(context, pieces, threads, merge).run(threads, workers);
  }

  private void run(int threads, Supplier<Worker<T>> workers) {
    for (int i = 1; i < threads; i++) {
      try {
        context.threads().executor().execute(() -> {
          if (enter()) {
            try {
              take(workers);
            } catch (RuntimeException | Error e) {
              context.end(
                  e instanceof RuntimeException failure ? failure : new IllegalStateException(e));
            } finally {
              leave();
            }
          }
        });
      } catch (RejectedExecutionException e) {
        break; // All are busy: this thread does it alone.
      }
    }
    try {
      take(workers);
    } catch (RuntimeException | Error e) {
      context.end(e instanceof RuntimeException failure ? failure : new IllegalStateException(e));
      throw e;
    } finally {
      awaitOthers();
    }
    context.check();
  }

  private synchronized boolean enter() {
    if (next >= pieces) {
      return false;
    }
    running++;
    return true;
  }

  private synchronized void leave() {
    running--;
    notifyAll();
  }

  private synchronized void awaitOthers() {
    next = pieces;
    boolean interrupted = false;
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(Supplier<Worker<T>> workers) {
    Worker<T> worker = null;
    for (int piece = nextPiece(); piece >= 0; piece = nextPiece()) {
      if (worker == null) {
        worker = workers.get();
      }
      finished(piece, worker.work(piece));
    }
  }

  /** The next piece to do; -1 where there is none. Waits while too many results wait for an earlier one. */
  private synchronized int nextPiece() {
    boolean interrupted = false;
    while (next < pieces && next >= merged + aheadMax) {
      context.check();
      try {
        wait(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return next < pieces ? next++ : -1;
  }

  private synchronized void finished(int piece, T result) {
    results[piece] = result;
    while (merged < pieces && results[merged] != null) {
      @SuppressWarnings("unchecked") // Only results get in.
      T ready = (T) results[merged];
      results[merged++] = null;
      merge.accept(ready);
    }
    notifyAll();
  }
}
