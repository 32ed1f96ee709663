package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.read.ReadView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One running query: what it reads, what it may use up, and whether it is to go on. Accounting and {@link #cancel()} are thread-safe.
 */
public final class ExecutionContext implements AutoCloseable {

  private final ReadView view;
  private final Grid grid;
  private final Limits limits;
  private final QueryMemory memory;
  private final Threads threads;
  private final LongSupplier monotonicNanos;
  private final long started;
  private final @Nullable Measurements measurements;
  private final List<Known> entities = new ArrayList<>();
  private final Map<String, Double> textCodes = new ConcurrentHashMap<>();
  private final AtomicInteger nextTextCode = new AtomicInteger();
  private final Annotations annotations = new Annotations();
  private final AtomicLong scanned = new AtomicLong();
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong heldMax = new AtomicLong();
  private final AtomicLong kept = new AtomicLong();
  /** Samples that windows showed at each instant of the grid; null where nobody counts. */
  private long @Nullable [] shown;

  private volatile @Nullable RuntimeException ended;

  /**
   * What a query may use up.
   *
   * @param timeout wall time
   * @param samplesMax samples read from storage and memory
   * @param resultMax samples or rows held for the result
   * @param memoryBytes bytes held at the same time
   */
  public record Limits(Duration timeout, long samplesMax, long resultMax, long memoryBytes) {}

  /**
   * The threads that help a query.
   *
   * @param count how many work on one query at most, the caller's included
   */
  public record Threads(Executor executor, int count) {}

  /** Entities of a scan, whatever the time it reads. */
  private record Known(Scan scan, boolean byTags, Entities entities) {}

  /**
   * @param grid the instants of the result; of no meaning for tables
   * @param memory what all queries hold together
   * @param monotonicNanos a clock like {@link System#nanoTime()}
   * @param measurements takes what every step does; null where nobody wants to know
   */
  public ExecutionContext(
      ReadView view,
      Grid grid,
      Limits limits,
      QueryMemory memory,
      Threads threads,
      LongSupplier monotonicNanos,
      @Nullable Measurements measurements) {
    this.view = view;
    this.grid = grid;
    this.limits = limits;
    this.memory = memory;
    this.threads = threads;
    this.monotonicNanos = monotonicNanos;
    this.started = monotonicNanos.getAsLong();
    this.measurements = measurements;
  }

  public ReadView view() {
    return view;
  }

  public Grid grid() {
    return grid;
  }

  Threads threads() {
    return threads;
  }

  Annotations annotations() {
    return annotations;
  }

  /** Warnings and infos for the author of a PromQL query, so far; an info begins with {@code PromQL info:}. */
  public List<String> warnings() {
    return annotations.texts();
  }

  @Nullable
  Measurements measurements() {
    return measurements;
  }

  long nanos() {
    return monotonicNanos.getAsLong();
  }

  /** Nanoseconds since the query began. */
  public long elapsedNanos() {
    return monotonicNanos.getAsLong() - started;
  }

  /** Samples read so far. */
  public long scannedSamples() {
    return scanned.get();
  }

  /** Bytes held now. */
  public long heldBytes() {
    return held.get();
  }

  /** Ends the query as soon as it looks. */
  public void cancel() {
    end(new QueryLimitException(ErrorCode.QUERY_CANCELED, "the query was cancelled"));
  }

  /** Lets all threads of the query end with an error that one of them met; the first counts. */
  void end(RuntimeException reason) {
    synchronized (scanned) {
      if (ended == null) {
        ended = reason;
      }
    }
  }

  /** The series that all matchers match, by order; within the query's time. */
  public long[] select(List<TagMatcher> matchers) {
    return view.select(matchers, this::check);
  }

  /** What a scan reads, found once for all slices of time and all parts that read the same. */
  synchronized Entities entities(Scan scan, boolean byTags) {
    Scan wanted = scan.withRange(TimeRange.ALL).withBounds(Map.of());
    for (Known known : entities) {
      if (known.byTags() == byTags && known.scan().equals(wanted)) {
        return known.entities();
      }
    }
    Entities found = Entities.of(this, scan, byTags);
    entities.add(new Known(wanted, byTags, found));
    return found;
  }

  /** A number that stands for a text in this query. */
  double codeOf(String text) {
    return textCodes.computeIfAbsent(text, key -> {
      hold(100 + 2L * key.length());
      return (double) nextTextCode.incrementAndGet();
    });
  }

  /** Accounts for samples read, and ends the query where it is over a limit. */
  public void scanned(int samples) {
    if (scanned.addAndGet(samples) > limits.samplesMax()) {
      throw new QueryLimitException(
          ErrorCode.QUERY_MEMORY_EXCEEDED,
          "the query reads more than " + limits.samplesMax()
              + " samples; narrow its time range or its selectors");
    }
    check();
  }

  /** From here on, counts the samples that windows show at each instant. */
  public void countShown() {
    shown = new long[grid.count()];
  }

  /** Samples that windows showed at each instant; null unless {@link #countShown()} was called before. */
  public long @Nullable [] shown() {
    return shown;
  }

  /** Whether they are counted, which one thread does, and for each place in the query by itself. */
  boolean countsShown() {
    return shown != null;
  }

  /** Ends the query where a result of that size is over the limit. */
  public void checkResult(long samples) {
    if (samples > limits.resultMax()) {
      throw new QueryLimitException(
          ErrorCode.QUERY_MEMORY_EXCEEDED,
          "the result has more than " + limits.resultMax()
              + " values; use larger windows, fewer series or a LIMIT");
    }
    check();
  }

  /** Accounts for memory that the query keeps, and ends it where that is over a limit. */
  void hold(long bytes) {
    long now = held.addAndGet(bytes);
    memory.take(bytes);
    if (now > heldMax.get()) {
      heldMax.accumulateAndGet(now, Math::max);
    }
    if (now > limits.memoryBytes()) {
      throw new QueryLimitException(
          ErrorCode.QUERY_MEMORY_EXCEEDED,
          "the query needs more than " + limits.memoryBytes() / 1024
              + " KiB of memory; use larger windows, fewer groups or a LIMIT");
    }
    memory.check();
    check();
  }

  /** The most that was held at any time. */
  public long heldBytesMax() {
    return heldMax.get();
  }

  /** Accounts for memory in which the caller keeps results: it stays held until the query is closed. */
  public void keep(long bytes) {
    kept.addAndGet(bytes);
    hold(bytes);
  }

  /** Bytes that steps hold now, without what the caller keeps. */
  long workingBytes() {
    return held.get() - kept.get();
  }

  /** Gives back what was held. */
  void release(long bytes) {
    held.addAndGet(-bytes);
    memory.take(-bytes);
  }

  /** How much more may be held. */
  long roomBytes() {
    return Math.max(0, limits.memoryBytes() - held.get());
  }

  /** Gives back all that is held; the query has ended. */
  @Override
  public void close() {
    memory.take(-held.getAndSet(0));
  }

  void check() {
    RuntimeException reason = ended;
    if (reason != null) {
      throw reason;
    }
    if (monotonicNanos.getAsLong() - started > limits.timeout().toNanos()) {
      throw new QueryLimitException(
          ErrorCode.QUERY_TIMEOUT,
          "the query took longer than its timeout of " + limits.timeout().toMillis() + " ms");
    }
  }
}
