package io.chronicledb.engine.storage.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Syncs files on threads of its own. An interrupt of the caller inside of {@link FileChannel#force} closes the channel and takes the
 * outcome with it: a failure would be reported to nobody, and a repeated call, on pages that the kernel counts as clean by then, would
 * report success. Here nobody interrupts, so the outcome is always known.
 *
 * <p>Threads are as many as files are synced at once, since a long sync of the data file must not hold up the log; they end when idle.
 */
final class Syncer {

  private static final int IDLE_SECONDS = 60;

  private final ExecutorService threads = new ThreadPoolExecutor(
      0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
        var thread = new Thread(work, "chronicle-sync");
        thread.setDaemon(true);
        return thread;
      });

  /** Waits for the outcome whatever interrupts the caller, and leaves the interrupt for it. */
  void force(FileChannel channel, boolean metadata) throws IOException {
    Future<?> outcome = threads.submit(() -> {
      channel.force(metadata);
      return null;
    });
    boolean interrupted = false;
    try {
      while (true) {
        try {
          outcome.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException) {
        throw new IOException(e.getCause().getMessage(), e.getCause());
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
