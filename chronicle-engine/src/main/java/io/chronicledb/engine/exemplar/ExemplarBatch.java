package io.chronicledb.engine.exemplar;

import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.column.ExemplarRows;
import java.util.List;

/**
 * The exemplars of one record of the log.
 *
 * @param rows by id of the registry; not to be changed
 */
public record ExemplarBatch(long sequence, ExemplarRows rows) {

  /** Whether none of the deletions hides a row. */
  boolean shows(int row, List<Tombstone> tombstones) {
    return isVisible(rows.series(row), rows.timestamp(row), sequence, tombstones);
  }

  /** Whether none of the deletions that are younger than a sequence hides an exemplar. */
  static boolean isVisible(
      int seriesId, long timestamp, long sequence, List<Tombstone> tombstones) {
    for (Tombstone tombstone : tombstones) {
      if (tombstone.sequence() > sequence
          && tombstone.range().contains(timestamp)
          && (tombstone.series() == null || tombstone.series().contains(seriesId))) {
        return false;
      }
    }
    return true;
  }
}
