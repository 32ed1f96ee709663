package io.chronicledb.engine.query;

import java.time.Duration;

/**
 * What any query may use up, unless it asks for less.
 *
 * @param timeout wall time
 * @param lookback how old a sample may be for a PromQL selector to take it as the present value
 * @param samplesMax samples read
 * @param resultMax values held for the result
 * @param pointsPerSeriesMax instants of a PromQL range query
 */
public record QueryLimits(
    Duration timeout, Duration lookback, long samplesMax, long resultMax, int pointsPerSeriesMax) {

  public QueryLimits {
    if (timeout.isNegative() || timeout.isZero() || lookback.isNegative() || lookback.isZero()) {
      throw new IllegalArgumentException(
          "timeout " + timeout + " and lookback " + lookback + " must be positive");
    }
  }

  public static QueryLimits defaults() {
    return new QueryLimits(
        Duration.ofSeconds(30), Duration.ofMinutes(5), 50_000_000, 20_000_000, 11_000);
  }
}
