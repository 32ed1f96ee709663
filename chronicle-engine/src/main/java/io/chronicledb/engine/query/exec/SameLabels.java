package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.model.Tags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes one series of those with the same labels, which new labels and dropped names can leave. They must not have values at the same instant. */
final class SameLabels {

  private SameLabels() {}

  /** The result of a query: names that are to be dropped are dropped. */
  static List<SeriesBatch> withoutDroppedNames(List<SeriesBatch> batches) {
    var named = new ArrayList<SeriesBatch>(batches.size());
    for (SeriesBatch batch : batches) {
      named.add(
          batch.dropsMetric() ? batch.named(batch.labels().without(Tags.METRIC), false) : batch);
    }
    return merge(named);
  }

  static List<SeriesBatch> merge(List<SeriesBatch> batches) {
    Map<Key, SeriesBatch> merged = new LinkedHashMap<>();
    for (SeriesBatch batch : batches) {
      merged.merge(Key.of(batch), batch, SameLabels::merge);
    }
    return new ArrayList<>(merged.values());
  }

  /** What tells series apart: a name that is to be dropped is another than the same that stays. */
  private record Key(Tags labels, boolean dropsMetric) {

    static Key of(SeriesBatch batch) {
      boolean named = batch.labels().get(Tags.METRIC) != null;
      return new Key(batch.labels(), named && batch.dropsMetric());
    }
  }

  private static SeriesBatch merge(SeriesBatch a, SeriesBatch b) {
    var column = new SeriesColumn(a.values().length);
    for (int i = 0; i < a.values().length; i++) {
      if (a.has(i) && b.has(i)) {
        throw new QueryExecutionException("vector cannot contain metrics with the same labelset");
      }
      column.take(a.has(i) ? a : b, i);
    }
    return column.batch(a.labels(), a.dropsMetric() || b.dropsMetric());
  }
}
