package io.chronicledb.engine.query;

import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.Tags;
import java.util.List;

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
}
