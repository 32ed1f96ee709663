package io.chronicledb.engine.index;

import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.Tags;

/**
 * The series that lived at one moment; see {@link SeriesRegistry#snapshot}. Later ones may or may not show. Thread-safe, needs no
 * closing.
 */
public final class SeriesSnapshot {

  private final SeriesTables tables;

  SeriesSnapshot(SeriesTables tables) {
    this.tables = tables;
  }

  public boolean isLive(int id) {
    return tables.isLive(id);
  }

  /** The place of a series in every sorted run; see {@link SeriesOrder}. */
  public long order(int id) {
    return tables.order(id);
  }

  /** The series' tags with the metric among them under {@link Tags#METRIC}. */
  public Tags tags(int id) {
    return tables.tags(id);
  }
}
