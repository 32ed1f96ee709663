package io.chronicledb.engine.query;

import java.time.Duration;

/**
 * What any query may use up, unless it asks for less.
 *
 * @param timeout wall time
 * @param lookback how old a sample may be for a PromQL selector to take it as the present value
 * @param samplesMax samples read
 * @param resultMax values held for the result, times and labels of rows among them
 * @param pointsPerSeriesMax instants of a PromQL range query
 * @param concurrentMax queries that run at the same time; others wait, and are refused after their timeout
 */
public record QueryLimits(
    Duration timeout,
    Duration lookback,
    long samplesMax,
    long resultMax,
    int pointsPerSeriesMax,
    int concurrentMax) {

  public QueryLimits {
    if (samplesMax < 1) {
      throw new IllegalArgumentException("a query must be allowed to read at least one point");
    }
    if (concurrentMax < 1) {
      throw new IllegalArgumentException(
          "at least one query must be able to run, not " + concurrentMax);
    }
    if (timeout.isNegative() || timeout.isZero() || lookback.isNegative() || lookback.isZero()) {
      throw new IllegalArgumentException(
          "timeout " + timeout + " and lookback " + lookback + " must be positive");
    }
  }

  public QueryLimits withTimeout(Duration longest) {
    return new QueryLimits(
        longest, lookback, samplesMax, resultMax, pointsPerSeriesMax, concurrentMax);
  }

  public QueryLimits withLookback(Duration age) {
    return new QueryLimits(timeout, age, samplesMax, resultMax, pointsPerSeriesMax, concurrentMax);
  }

  public QueryLimits withSamplesMax(long samples) {
    return new QueryLimits(
        timeout, lookback, samples, resultMax, pointsPerSeriesMax, concurrentMax);
  }

  public QueryLimits withConcurrentMax(int queries) {
    return new QueryLimits(timeout, lookback, samplesMax, resultMax, pointsPerSeriesMax, queries);
  }

  public static QueryLimits defaults() {
    return new QueryLimits(
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        50_000_000,
        5_000_000,
        11_000,
        2 * Runtime.getRuntime().availableProcessors());
  }
}
