package io.chronicledb.engine.query;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one query asks for itself.
 *
 * @param timeout its wall time, where that is less than the limit; null for the limit
 * @param lookback in place of the default; null for the default
 * @param rewritten whether its plan is rewritten to do less; without, it answers the same, slower
 * @param idTo is told the query's {@linkplain QueryEngine#cancel id} before it waits for its turn; null where nobody wants to know
 * @param statisticsTo is told what a PromQL query did before its result is returned; null where nobody wants to know
 */
public record QueryOptions(
    @Nullable Duration timeout,
    @Nullable Duration lookback,
    boolean rewritten,
    @Nullable LongConsumer idTo,
    @Nullable Consumer<PromQlStatistics> statisticsTo) {

  private static final QueryOptions DEFAULTS = new QueryOptions(null, null, true, null, null);

  public QueryOptions(@Nullable Duration timeout, @Nullable Duration lookback) {
    this(timeout, lookback, true, null, null);
  }

  public static QueryOptions defaults() {
    return DEFAULTS;
  }

  /** Runs the plan as it was made, for tests and to find a rewrite that is wrong. */
  public QueryOptions withoutRewrites() {
    return new QueryOptions(timeout, lookback, false, idTo, statisticsTo);
  }

  /** Tells the query's id to somebody who may cancel it while its caller waits for the result. */
  public QueryOptions withIdTo(LongConsumer consumer) {
    return new QueryOptions(timeout, lookback, rewritten, consumer, statisticsTo);
  }

  /** Has a PromQL query counted and measured, at a small cost. */
  public QueryOptions withStatisticsTo(Consumer<PromQlStatistics> consumer) {
    return new QueryOptions(timeout, lookback, rewritten, idTo, consumer);
  }
}
