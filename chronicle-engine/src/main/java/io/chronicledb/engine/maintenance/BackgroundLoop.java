package io.chronicledb.engine.maintenance;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that runs one job again and again: at an interval, and at once when it is woken. A failure is logged and does not end the loop.
 * The thread is a daemon: a database that nobody closes must not keep its process alive.
 */
public final class BackgroundLoop implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(BackgroundLoop.class);

  private final String name;
  private final long intervalNanos;
  private final Runnable job;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean woken;
  private boolean closed;

  /** Starts the loop; the job runs for the first time after one interval. */
  public BackgroundLoop(String name, Duration interval, Runnable job) {
    this.name = name;
    this.intervalNanos = interval.toNanos();
    this.job = job;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Lets the job run soon; calls in quick succession count as one. */
  public void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (awaitTurn()) {
      try {
        job.run();
      } catch (RuntimeException | Error e) { // Without this thread writers would wait for ever.
        log.error("{} failed and is tried again: {}", name, e.getMessage(), e);
      }
    }
  }

  /** False once the loop is closed. */
  private boolean awaitTurn() {
    lock.lock();
    try {
      long left = intervalNanos;
      while (!closed && !woken && left > 0) {
        try {
          left = changed.awaitNanos(left);
        } catch (InterruptedException e) {
          // Nobody has business interrupting this thread; the end comes through close.
          left = Math.min(left, TimeUnit.MILLISECONDS.toNanos(1));
        }
      }
      woken = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the loop and waits for a job that is running. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
