package io.chronicledb.engine.head;

/** Knows the {@linkplain io.chronicledb.engine.model.SeriesOrder order} of each series id. */
@FunctionalInterface
public interface SeriesOrders {
  long order(int seriesId);
}
