package io.chronicledb.engine.query;

import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.read.ReadView;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Set;

/**
 * The exemplars of one series.
 *
 * @param labels of the series, with the metric among them under {@link Tags#METRIC}
 * @param exemplars at least one, ascending in time; read-only, and made one by one when they are asked for, so that many take little memory
 */
public record SeriesExemplars(Tags labels, List<Exemplar> exemplars) {

  /** Some of the rows that a query found. */
  private static final class Rows extends AbstractList<Exemplar> implements RandomAccess {

    private final ExemplarRows rows;
    private final int from;
    private final int to;

    Rows(ExemplarRows rows, int from, int to) {
      this.rows = rows;
      this.from = from;
      this.to = to;
    }

    @Override
    public Exemplar get(int index) {
      return rows.exemplar(from + Objects.checkIndex(index, size()));
    }

    @Override
    public int size() {
      return to - from;
    }
  }

  /** What a view found, sorted by labels. */
  static List<SeriesExemplars> of(ExemplarRows rows, Set<Long> orders, ReadView view) {
    var byId = new HashMap<Integer, Long>();
    orders.forEach(order -> byId.put(SeriesOrder.seriesId(order), order));
    var found = new ArrayList<SeriesExemplars>();
    int row = 0;
    while (row < rows.size()) {
      int first = row;
      int id = rows.series(first);
      while (row < rows.size() && rows.series(row) == id) {
        row++;
      }
      long order = Objects.requireNonNull(byId.get(id));
      found.add(new SeriesExemplars(view.tags(order), new Rows(rows, first, row)));
    }
    found.sort((a, b) -> a.labels().compareTo(b.labels()));
    return found;
  }
}
