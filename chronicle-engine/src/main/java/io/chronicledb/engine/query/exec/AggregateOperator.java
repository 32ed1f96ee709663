package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.GroupAccumulator;
import io.chronicledb.engine.query.function.SeriesAggregate;
import io.chronicledb.engine.query.plan.PlanNode.Aggregate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes one series of each group, or keeps some series of each group. Consumes its whole input at construction. */
final class AggregateOperator {

  private AggregateOperator() {}

  static SeriesOperator of(
      ExecutionContext context, Aggregate node, SeriesOperator input, double[] parameters) {
    return SeriesOperator.of(
        node.aggregate().selectsSeries()
            ? select(context, node, input, parameters)
            : accumulate(context, node, input, parameters));
  }

  private static List<SeriesBatch> accumulate(
      ExecutionContext context, Aggregate node, SeriesOperator input, double[] parameters) {
    int instants = context.grid().count();
    Map<Tags, GroupAccumulator> groups = new LinkedHashMap<>();
    for (SeriesBatch batch = input.next(); batch != null; batch = input.next()) {
      Tags group = node.grouping().of(batch.labels());
      GroupAccumulator accumulator = groups.get(group);
      if (accumulator == null) {
        accumulator = new GroupAccumulator(node.aggregate(), instants);
        groups.put(group, accumulator);
        context.checkResult((long) groups.size() * instants);
      }
      accumulator.add(batch.values());
    }
    var result = new ArrayList<SeriesBatch>(groups.size());
    groups.forEach((labels, accumulator) ->
        result.add(new SeriesBatch(labels, accumulator.result(parameters))));
    return result;
  }

  /** topk and bottomk: at each instant only the values of the first so many series of the group remain. */
  private static List<SeriesBatch> select(
      ExecutionContext context, Aggregate node, SeriesOperator input, double[] parameters) {
    Map<Tags, List<SeriesBatch>> groups = new LinkedHashMap<>();
    for (SeriesBatch batch : input.drain(context)) {
      groups
          .computeIfAbsent(node.grouping().of(batch.labels()), labels -> new ArrayList<>())
          .add(batch);
    }
    boolean largest = node.aggregate() == SeriesAggregate.TOPK;
    var result = new ArrayList<SeriesBatch>();
    for (List<SeriesBatch> group : groups.values()) {
      var kept = new LinkedHashMap<SeriesBatch, double[]>();
      for (int i = 0; i < context.grid().count(); i++) {
        int instant = i;
        double count = parameters[i];
        if (Double.isNaN(count) || count < 1) {
          continue;
        }
        group.stream()
            .filter(batch -> !StaleMarker.is(batch.values()[instant]))
            .sorted(byValue(instant, largest))
            .limit((long) count)
            .forEach(batch -> kept.computeIfAbsent(batch, b -> absent(b.values().length))[instant] =
                batch.values()[instant]);
      }
      kept.forEach((batch, values) -> result.add(new SeriesBatch(batch.labels(), values)));
    }
    return result;
  }

  /** NaN after every number, whichever way is asked for. */
  private static Comparator<SeriesBatch> byValue(int instant, boolean descending) {
    return (a, b) -> {
      double x = a.values()[instant];
      double y = b.values()[instant];
      if (Double.isNaN(x) || Double.isNaN(y)) {
        return Boolean.compare(Double.isNaN(x), Double.isNaN(y));
      }
      return descending ? Double.compare(y, x) : Double.compare(x, y);
    };
  }

  private static double[] absent(int count) {
    var values = new double[count];
    Arrays.fill(values, StaleMarker.value());
    return values;
  }
}
