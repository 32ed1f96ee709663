package io.chronicledb.engine.model;

import java.util.List;

/**
 * How many series there are, and which names and values make them many. Lists have the largest first.
 *
 * @param series series that live
 * @param tagPairs different pairs of name and value, the metric's name among them under {@link Tags#METRIC}
 * @param seriesByMetric series of a metric
 * @param valuesByTag different values of a tag
 * @param bytesByTag bytes of the values of a tag, counted once for each series that carries them
 * @param seriesByPair series that carry a pair, which is written {@code name=value}
 */
public record SeriesStatistics(
    int series,
    long tagPairs,
    List<Count> seriesByMetric,
    List<Count> valuesByTag,
    List<Count> bytesByTag,
    List<Count> seriesByPair) {

  /** So many of what has that name. */
  public record Count(String name, long count) {}
}
