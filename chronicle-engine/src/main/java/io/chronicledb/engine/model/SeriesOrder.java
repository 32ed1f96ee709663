package io.chronicledb.engine.model;

/**
 * The order of series in every sorted run: by metric, then by series, so that one metric's chunks lie side by side. Both ids are
 * packed into one long whose natural order it is. A metric's id is the id of its first series; ids are never negative.
 */
public final class SeriesOrder {

  private SeriesOrder() {}

  public static long of(int metricId, int seriesId) {
    return ((long) metricId << 32) | seriesId;
  }

  public static int metricId(long order) {
    return (int) (order >>> 32);
  }

  public static int seriesId(long order) {
    return (int) order;
  }
}
