package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.index.ValueMatcher;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.plan.PlanNode.AddInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code info()}: adds to each series the labels of the info series of the same instance and job, as they are at each instant. */
final class InfoOperator {

  private static final List<String> IDENTIFYING = List.of("instance", "job");

  private final ExecutionContext context;
  private final int instants;
  private final AddInfo node;
  /** Info series by instance and job, then by metric. */
  private final Map<Tags, Map<String, List<SeriesBatch>>> infos = new HashMap<>();

  private final Map<Result, SeriesColumn> results = new LinkedHashMap<>();

  /** A series of the result: with and without its name it is not the same. */
  private record Result(Tags labels, boolean dropsMetric) {}

  private InfoOperator(ExecutionContext context, int instants, AddInfo node) {
    this.context = context;
    this.instants = instants;
    this.node = node;
  }

  /** @param info the values are timestamps */
  static SeriesOperator of(
      ExecutionContext context,
      int instants,
      AddInfo node,
      SeriesOperator input,
      SeriesOperator info) {
    var operator = new InfoOperator(context, instants, node);
    List<SeriesBatch> base = input.drain(context);
    List<SeriesBatch> held = info.drain(context);
    for (SeriesBatch batch : held) {
      String metric = String.valueOf(batch.labels().get(Tags.METRIC));
      operator
          .infos
          .computeIfAbsent(batch.labels().retain(IDENTIFYING), key -> new TreeMap<>())
          .computeIfAbsent(metric, name -> new ArrayList<>(1))
          .add(batch);
    }
    base.forEach(operator::add);
    SeriesOperator.release(context, base);
    SeriesOperator.release(context, held);
    var batches = new ArrayList<SeriesBatch>();
    operator.results.forEach(
        (result, column) -> batches.add(column.batch(result.labels(), result.dropsMetric())));
    return SeriesOperator.of(batches);
  }

  private void add(SeriesBatch batch) {
    context.check();
    Tags identity = batch.labels().retain(IDENTIFYING);
    String metric = batch.labels().get(Tags.METRIC);
    boolean isInfo = node.names().stream()
        .allMatch(name -> ValueMatcher.of(name).matches(metric == null ? "" : metric));
    Map<String, List<SeriesBatch>> candidates =
        isInfo || identity.isEmpty() ? Map.of() : infos.getOrDefault(identity, Map.of());
    boolean needsInfo = !isInfo
        && node.data().stream().anyMatch(matcher -> !ValueMatcher.of(matcher).matches(""));
    for (int i = 0; i < instants; i++) {
      if (!batch.has(i)) {
        continue;
      }
      var data = new TreeMap<String, String>(Tags.ORDER);
      boolean found = false;
      for (List<SeriesBatch> sameMetric : candidates.values()) {
        SeriesBatch newest = newest(sameMetric, i);
        if (newest != null) {
          found = true;
          collect(newest.labels(), batch.labels(), data);
        }
      }
      if (!found && needsInfo) {
        continue;
      }
      Tags labels = batch.labels();
      for (var label : data.entrySet()) {
        labels = labels.with(label.getKey(), label.getValue());
      }
      put(labels, batch, i);
    }
  }

  private static @Nullable SeriesBatch newest(List<SeriesBatch> batches, int instant) {
    SeriesBatch newest = null;
    for (SeriesBatch batch : batches) {
      if (!batch.has(instant)) {
        continue;
      }
      if (newest != null && newest.values()[instant] == batch.values()[instant]) {
        throw new QueryExecutionException("found duplicate series for info metric: existing "
            + newest.labels() + ", new " + batch.labels());
      }
      if (newest == null || batch.values()[instant] > newest.values()[instant]) {
        newest = batch;
      }
    }
    return newest;
  }

  private void collect(Tags info, Tags base, Map<String, String> data) {
    info.forEach((name, value) -> {
      boolean wanted = node.data().isEmpty()
          || node.data().stream().map(TagMatcher::name).anyMatch(name::equals);
      if (name.equals(Tags.METRIC) || !wanted) {
        return;
      }
      String other = data.get(name);
      if (other != null && !other.equals(value)) {
        throw new QueryExecutionException("conflicting label: " + name);
      }
      if (base.get(name) == null) {
        data.put(name, value);
      }
    });
  }

  private void put(Tags labels, SeriesBatch batch, int instant) {
    var key = new Result(labels, batch.dropsMetric());
    SeriesColumn result = results.get(key);
    if (result == null) {
      result = new SeriesColumn(instants);
      results.put(key, result);
      context.checkResult((long) results.size() * instants);
    }
    if (result.has(instant)) {
      throw new QueryExecutionException("vector cannot contain metrics with the same labelset");
    }
    result.take(batch, instant);
  }
}
