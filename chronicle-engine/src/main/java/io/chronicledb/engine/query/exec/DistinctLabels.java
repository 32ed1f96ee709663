package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.model.Tags;
import java.util.HashSet;
import java.util.Set;

/** Refuses two series with the same labels, which dropping the metric's name can leave. */
final class DistinctLabels {

  private final Set<Tags> seen = new HashSet<>();

  Tags add(Tags labels) {
    if (!seen.add(labels)) {
      throw new QueryExecutionException(
          "vector cannot contain metrics with the same labelset: " + labels);
    }
    return labels;
  }
}
