package io.chronicledb.engine.query;

/**
 * What a query did.
 *
 * @param samples samples read from storage and memory
 * @param rows rows of the result so far
 * @param memoryBytes the most memory that it held, besides the result
 * @param elapsedNanos since it began to run
 */
public record QueryStatistics(long samples, long rows, long memoryBytes, long elapsedNanos) {}
