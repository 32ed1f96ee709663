package io.chronicledb.engine.recovery;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.QueryOptions;

/**
 * All that a database shows, as points: an exemplar is one of a series that is called after its own and its labels, so that a set is one, and
 * metadata one of a series that is called after its metric, at a time that no deletion reaches.
 */
final class Contents {

  private static final String EXEMPLAR = "exemplar of ";
  private static final String METADATA = "metadata of ";
  private static final String LABELS = " with ";
  private static final long METADATA_TIME = Long.MAX_VALUE - 1;

  private Contents() {}

  static Points of(ChronicleDatabase database) {
    Points contents = Points.of(database).putAll(exemplars(database));
    database
        .queryEngine()
        .metadata(null)
        .forEach((metric, metadata) -> put(metric, metadata, contents));
    return contents;
  }

  /** The exemplars alone. */
  static Points exemplars(ChronicleDatabase database) {
    var contents = new Points();
    database
        .queryEngine()
        .exemplars("{__name__=~\".+\"}", TimeRange.ALL, QueryOptions.defaults())
        .forEach(series -> series
            .exemplars()
            .forEach(exemplar -> put(series.labels().toString(), exemplar, contents)));
    return contents;
  }

  static void put(String series, Exemplar exemplar, Points into) {
    into.put(
        EXEMPLAR + series + LABELS + exemplar.labels(), exemplar.timestamp(), exemplar.value());
  }

  static void put(String metric, MetricMetadata metadata, Points into) {
    double code = metadata.hashCode();
    into.put(METADATA + metric, METADATA_TIME, code);
  }

  /** The series that a point belongs to. */
  static String series(String name) {
    return name.startsWith(EXEMPLAR)
        ? name.substring(EXEMPLAR.length(), name.lastIndexOf(LABELS))
        : name;
  }
}
