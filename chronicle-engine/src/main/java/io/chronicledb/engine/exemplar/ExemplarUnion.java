package io.chronicledb.engine.exemplar;

import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.column.ExemplarRows;
import java.util.ArrayList;
import java.util.List;

/** Collects exemplars from blocks and batches and puts them in order, each once. Not thread-safe. */
final class ExemplarUnion {

  /** A row of one of the sources. */
  private record Row(ExemplarRows rows, int row) {}

  private final List<Row> all = new ArrayList<>();

  /** Adds the exemplars of a batch that no deletion hides. */
  void add(ExemplarBatch batch, List<Tombstone> tombstones) {
    for (int row = 0; row < batch.rows().size(); row++) {
      if (batch.shows(row, tombstones)) {
        all.add(new Row(batch.rows(), row));
      }
    }
  }

  /** Adds all exemplars of a block. */
  void add(ExemplarRows rows) {
    for (int row = 0; row < rows.size(); row++) {
      all.add(new Row(rows, row));
    }
  }

  /** The exemplars ascending by series, time, value and labels. */
  ExemplarRows finish() {
    all.sort((a, b) -> a.rows.compare(a.row, b.rows, b.row));
    var united = new ExemplarRows(all.size());
    for (Row next : all) {
      if (united.isEmpty() || united.compare(united.size() - 1, next.rows, next.row) != 0) {
        united.add(next.rows.series(next.row), next.rows, next.row);
      }
    }
    return united;
  }
}
