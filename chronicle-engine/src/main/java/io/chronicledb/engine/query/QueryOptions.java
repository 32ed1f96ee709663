package io.chronicledb.engine.query;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one query asks for itself.
 *
 * @param timeout its wall time, where that is less than the limit; null for the limit
 * @param lookback in place of the default; null for the default
 * @param rewritten whether its plan is rewritten to do less; without, it answers the same, slower
 */
public record QueryOptions(
    @Nullable Duration timeout, @Nullable Duration lookback, boolean rewritten) {

  private static final QueryOptions DEFAULTS = new QueryOptions(null, null, true);

  public QueryOptions(@Nullable Duration timeout, @Nullable Duration lookback) {
    this(timeout, lookback, true);
  }

  public static QueryOptions defaults() {
    return DEFAULTS;
  }

  /** Runs the plan as it was made, for tests and to find a rewrite that is wrong. */
  public QueryOptions withoutRewrites() {
    return new QueryOptions(timeout, lookback, false);
  }
}
