package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.read.ReadView;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One running query: what it reads, and what it may use up. For the query's thread.
 */
public final class ExecutionContext {

  private final ReadView view;
  private final Grid grid;
  private final Limits limits;
  private final LongSupplier monotonicNanos;
  private final long deadline;
  private long scanned;

  /**
   * What a query may use up.
   *
   * @param timeout wall time
   * @param samplesMax samples read from storage and memory
   * @param resultMax samples or rows held for the result
   */
  public record Limits(Duration timeout, long samplesMax, long resultMax) {}

  /**
   * @param grid the instants of the result; of no meaning for tables
   * @param monotonicNanos a clock like {@link System#nanoTime()}
   */
  public ExecutionContext(ReadView view, Grid grid, Limits limits, LongSupplier monotonicNanos) {
    this.view = view;
    this.grid = grid;
    this.limits = limits;
    this.monotonicNanos = monotonicNanos;
    this.deadline = monotonicNanos.getAsLong() + limits.timeout().toNanos();
  }

  public ReadView view() {
    return view;
  }

  public Grid grid() {
    return grid;
  }

  /** The series that all matchers match, by order; within the query's time. */
  public long[] select(List<TagMatcher> matchers) {
    return view.select(matchers, this::check);
  }

  /** Accounts for samples read, and ends the query where it is over a limit. */
  void scanned(int samples) {
    scanned += samples;
    if (scanned > limits.samplesMax()) {
      throw new QueryLimitException(
          ErrorCode.QUERY_MEMORY_EXCEEDED,
          "the query reads more than " + limits.samplesMax()
              + " samples; narrow its time range or its selectors");
    }
    check();
  }

  /** Ends the query where a result of that size is over the limit. */
  void checkResult(long samples) {
    if (samples > limits.resultMax()) {
      throw new QueryLimitException(
          ErrorCode.QUERY_MEMORY_EXCEEDED,
          "the result has more than " + limits.resultMax()
              + " values; use larger windows, fewer series or a LIMIT");
    }
    check();
  }

  void check() {
    if (monotonicNanos.getAsLong() - deadline > 0) {
      throw new QueryLimitException(
          ErrorCode.QUERY_TIMEOUT,
          "the query took longer than its timeout of " + limits.timeout().toMillis() + " ms");
    }
  }
}
