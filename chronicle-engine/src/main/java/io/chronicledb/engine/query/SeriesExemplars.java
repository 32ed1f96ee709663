package io.chronicledb.engine.query;

import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.read.ReadView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The exemplars of one series.
 *
 * @param labels of the series, with the metric among them under {@link Tags#METRIC}
 * @param exemplars at least one, ascending in time
 */
public record SeriesExemplars(Tags labels, List<Exemplar> exemplars) {

  public SeriesExemplars {
    exemplars = List.copyOf(exemplars);
  }

  /** What a view found, sorted by labels. */
  static List<SeriesExemplars> of(ExemplarRows rows, Set<Long> orders, ReadView view) {
    var byId = new HashMap<Integer, Long>();
    orders.forEach(order -> byId.put(SeriesOrder.seriesId(order), order));
    var found = new ArrayList<SeriesExemplars>();
    int row = 0;
    while (row < rows.size()) {
      int id = rows.series(row);
      var exemplars = new ArrayList<Exemplar>();
      while (row < rows.size() && rows.series(row) == id) {
        exemplars.add(rows.exemplar(row++));
      }
      long order = Objects.requireNonNull(byId.get(id));
      found.add(new SeriesExemplars(view.tags(order), exemplars));
    }
    found.sort((a, b) -> a.labels().compareTo(b.labels()));
    return found;
  }
}
