package io.chronicledb.engine.query;

import java.time.Duration;

/**
 * What any query may use up, unless it asks for less.
 *
 * @param timeout wall time, with the wait for its turn
 * @param lookback how old a sample may be for a PromQL selector to take it as the present value
 * @param samplesMax samples read
 * @param resultMax values held for the result, times and labels of rows among them
 * @param memoryBytes bytes that one query holds at the same time; 0 for a quarter of the database's memory. All together may hold half of
 *     that memory, or as much as one if that is more
 * @param pointsPerSeriesMax instants of a PromQL range query
 * @param concurrentMax queries that run at the same time; others wait, and are refused after their timeout
 * @param waitingMax queries that wait; further ones are refused at once
 * @param slowAfter queries that take longer are logged; zero for none
 */
public record QueryLimits(
    Duration timeout,
    Duration lookback,
    long samplesMax,
    long resultMax,
    long memoryBytes,
    int pointsPerSeriesMax,
    int concurrentMax,
    int waitingMax,
    Duration slowAfter) {

  public QueryLimits {
    if (samplesMax < 1) {
      throw new IllegalArgumentException("a query must be allowed to read at least one point");
    }
    if (memoryBytes < 0) {
      throw new IllegalArgumentException("a query cannot hold " + memoryBytes + " bytes");
    }
    if (concurrentMax < 1 || waitingMax < 0) {
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
        longest,
        lookback,
        samplesMax,
        resultMax,
        memoryBytes,
        pointsPerSeriesMax,
        concurrentMax,
        waitingMax,
        slowAfter);
  }

  public QueryLimits withLookback(Duration age) {
    return new QueryLimits(
        timeout,
        age,
        samplesMax,
        resultMax,
        memoryBytes,
        pointsPerSeriesMax,
        concurrentMax,
        waitingMax,
        slowAfter);
  }

  public QueryLimits withSamplesMax(long samples) {
    return new QueryLimits(
        timeout,
        lookback,
        samples,
        resultMax,
        memoryBytes,
        pointsPerSeriesMax,
        concurrentMax,
        waitingMax,
        slowAfter);
  }

  public QueryLimits withMemoryBytes(long bytes) {
    return new QueryLimits(
        timeout,
        lookback,
        samplesMax,
        resultMax,
        bytes,
        pointsPerSeriesMax,
        concurrentMax,
        waitingMax,
        slowAfter);
  }

  public QueryLimits withConcurrentMax(int queries) {
    return new QueryLimits(
        timeout,
        lookback,
        samplesMax,
        resultMax,
        memoryBytes,
        pointsPerSeriesMax,
        queries,
        waitingMax,
        slowAfter);
  }

  public QueryLimits withSlowAfter(Duration time) {
    return new QueryLimits(
        timeout,
        lookback,
        samplesMax,
        resultMax,
        memoryBytes,
        pointsPerSeriesMax,
        concurrentMax,
        waitingMax,
        time);
  }

  public static QueryLimits defaults() {
    return new QueryLimits(
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        50_000_000,
        5_000_000,
        0,
        11_000,
        2 * Runtime.getRuntime().availableProcessors(),
        100,
        Duration.ofSeconds(5));
  }
}
