package io.chronicledb.engine.query;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.query.exec.ExecutionContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets so many queries run at a time, and knows which do. Thread-safe. */
final class QueryAdmission {

  private static final Logger slowLog = LoggerFactory.getLogger("io.chronicledb.engine.query.slow");

  private static final long WAIT_NANOS = 50_000_000;

  private final QueryLimits limits;
  private final InstantSource clock;
  private final LongSupplier monotonicNanos;
  /** Fair, so that a waiting query has its turn. */
  private final Semaphore turns;

  private final AtomicLong ids = new AtomicLong();
  private final ConcurrentHashMap<Long, Ticket> tickets = new ConcurrentHashMap<>();

  QueryAdmission(QueryLimits limits, InstantSource clock, LongSupplier monotonicNanos) {
    this.limits = limits;
    this.clock = clock;
    this.monotonicNanos = monotonicNanos;
    this.turns = new Semaphore(limits.concurrentMax(), true);
  }

  /** One query from its admission to its end. */
  final class Ticket implements AutoCloseable {

    private final long id = ids.incrementAndGet();
    private final String language;
    private final String text;
    private final Instant started = clock.instant();
    private final long startedNanos = monotonicNanos.getAsLong();
    private volatile boolean waiting = true;
    private volatile boolean cancelled;
    private volatile @Nullable ExecutionContext context;
    private boolean closed;

    Ticket(String language, String text) {
      this.language = language;
      this.text = text;
    }

    /** Says how the query runs, so that it can be watched and cancelled. */
    void running(ExecutionContext executing) {
      context = executing;
      if (cancelled) {
        executing.cancel();
      }
    }

    private RunningQuery describe() {
      ExecutionContext executing = context;
      return new RunningQuery(
          id,
          language,
          text,
          started,
          Duration.ofNanos(monotonicNanos.getAsLong() - startedNanos),
          waiting,
          executing == null ? 0 : executing.scannedSamples(),
          executing == null ? 0 : executing.heldBytes());
    }

    private void cancel() {
      cancelled = true;
      ExecutionContext executing = context;
      if (executing != null) {
        executing.cancel();
      }
    }

    /** Lets the next query have the turn. Further calls do nothing. */
    @Override
    public synchronized void close() {
      if (closed) {
        return;
      }
      closed = true;
      tickets.remove(id);
      turns.release();
      long elapsed = monotonicNanos.getAsLong() - startedNanos;
      if (!limits.slowAfter().isZero() && elapsed > limits.slowAfter().toNanos()) {
        ExecutionContext executing = context;
        slowLog.warn(
            "slow {} query: {} ms, {} samples: {}",
            language,
            elapsed / 1_000_000,
            executing == null ? 0 : executing.scannedSamples(),
            text.replaceAll("\\p{Cntrl}+", " "));
      }
    }
  }

  /**
   * Waits for a turn.
   *
   * @param idTo is told the id before; null where nobody wants to know
   * @throws ChronicleException with {@code overloaded} where it does not come within the timeout, or too many wait already
   */
  Ticket admit(String language, String text, Duration timeout, @Nullable LongConsumer idTo) {
    var ticket = new Ticket(language, text);
    if (idTo != null) {
      idTo.accept(ticket.id);
    }
    if (!turns.tryAcquire()) {
      if (turns.getQueueLength() >= limits.waitingMax()) {
        throw overloaded();
      }
      tickets.put(ticket.id, ticket);
      try {
        await(ticket, timeout);
      } catch (RuntimeException e) {
        tickets.remove(ticket.id);
        throw e;
      }
    }
    ticket.waiting = false;
    tickets.put(ticket.id, ticket);
    return ticket;
  }

  private void await(Ticket ticket, Duration timeout) {
    long deadline = monotonicNanos.getAsLong() + timeout.toNanos();
    try {
      while (true) {
        long left = deadline - monotonicNanos.getAsLong();
        if (left <= 0) {
          throw overloaded();
        }
        if (ticket.cancelled) {
          throw new ChronicleException(ErrorCode.QUERY_CANCELED, "the query was cancelled");
        }
        if (turns.tryAcquire(Math.min(left, WAIT_NANOS), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChronicleException(
          ErrorCode.QUERY_CANCELED, "the caller was interrupted while its query waited", e);
    }
  }

  private ChronicleException overloaded() {
    return new ChronicleException(
        ErrorCode.OVERLOADED,
        limits.concurrentMax() + " queries are running already; try again later");
  }

  List<RunningQuery> running() {
    return tickets.values().stream()
        .map(Ticket::describe)
        .sorted(Comparator.comparingLong(RunningQuery::id))
        .toList();
  }

  boolean cancel(long id) {
    Ticket ticket = tickets.get(id);
    if (ticket == null) {
      return false;
    }
    ticket.cancel();
    return true;
  }

  void cancelAll() {
    tickets.values().forEach(Ticket::cancel);
  }
}
