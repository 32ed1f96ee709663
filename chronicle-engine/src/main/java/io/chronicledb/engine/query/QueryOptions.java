package io.chronicledb.engine.query;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one query asks for itself.
 *
 * @param timeout its wall time, where that is less than the limit; null for the limit
 * @param lookback in place of the default; null for the default
 */
public record QueryOptions(
    @Nullable Duration timeout, @Nullable Duration lookback) {

  private static final QueryOptions DEFAULTS = new QueryOptions(null, null);

  public static QueryOptions defaults() {
    return DEFAULTS;
  }
}
