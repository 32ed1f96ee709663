package io.chronicledb.engine.query;

/**
 * What a PromQL query did. Times are nanoseconds.
 *
 * @param queueNanos until it had its turn
 * @param preparationNanos reading and planning the text
 * @param evaluationNanos computing the series
 * @param sortNanos sorting them
 * @param timestamps the instants of the result
 * @param samplesPerStep samples in the windows of all selectors, at each instant; a sample in several windows counts in each, a value of
 *     a subquery is a sample
 * @param peakBytes the most memory that it held
 */
public record PromQlStatistics(
    long queueNanos,
    long preparationNanos,
    long evaluationNanos,
    long sortNanos,
    long[] timestamps,
    long[] samplesPerStep,
    long peakBytes) {

  /** Samples in the windows of all selectors at all instants. */
  public long samples() {
    long sum = 0;
    for (long samples : samplesPerStep) {
      sum += samples;
    }
    return sum;
  }
}
