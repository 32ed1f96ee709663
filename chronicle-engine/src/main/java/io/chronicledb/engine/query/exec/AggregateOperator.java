package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.GroupAccumulator;
import io.chronicledb.engine.query.function.SeriesAggregate;
import io.chronicledb.engine.query.function.ShortestDecimal;
import io.chronicledb.engine.query.plan.Grouping;
import io.chronicledb.engine.query.plan.PlanNode.Aggregate;
import io.chronicledb.engine.query.plan.PlanNode.CountValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes one series of each group. Consumes its whole input at construction. */
final class AggregateOperator {

  /** Arrays that a group keeps for each instant, in bytes: value, compensation, count. */
  private static final int INSTANT_BYTES = 20;

  private AggregateOperator() {}

  private static final class Group {
    private final GroupAccumulator accumulator;
    private boolean dropsMetric;

    Group(GroupAccumulator accumulator) {
      this.accumulator = accumulator;
    }
  }

  /** @param parameters one for each instant; of no meaning where the aggregate has none */
  static SeriesOperator of(
      ExecutionContext context,
      int instants,
      Aggregate node,
      SeriesOperator input,
      double[] parameters) {
    if (node.aggregate() == SeriesAggregate.QUANTILE) {
      for (double quantile : parameters) {
        context.annotations().quantile(quantile, node.parameterPosition());
      }
    }
    Map<Tags, Group> groups = new LinkedHashMap<>();
    long held = 0;
    for (SeriesBatch batch = input.next(); batch != null; batch = input.next()) {
      context.check();
      Tags labels = node.grouping().of(batch.labels());
      Group group = groups.get(labels);
      if (group == null) {
        group = new Group(new GroupAccumulator(node.aggregate(), instants));
        groups.put(labels, group);
        context.checkResult((long) groups.size() * instants);
        context.hold((long) INSTANT_BYTES * instants);
        held += (long) INSTANT_BYTES * instants;
      }
      if (node.aggregate() == SeriesAggregate.QUANTILE) {
        // Every value stays until the end.
        context.hold(batch.heldBytes());
        held += batch.heldBytes();
      }
      group.accumulator.add(batch.values());
      group.dropsMetric |= batch.dropsMetric();
    }
    var result = new ArrayList<SeriesBatch>(groups.size());
    groups.forEach((labels, group) -> {
      context.check();
      result.add(new SeriesBatch(labels, group.accumulator.result(parameters), group.dropsMetric));
    });
    context.release(held);
    return SeriesOperator.of(result);
  }

  static SeriesOperator countValues(
      ExecutionContext context, int instants, CountValues node, SeriesOperator input) {
    Grouping grouping = node.grouping().with(node.label());
    Map<Tags, double[]> counts = new LinkedHashMap<>();
    for (SeriesBatch batch = input.next(); batch != null; batch = input.next()) {
      context.check();
      for (int i = 0; i < instants; i++) {
        if (!batch.has(i)) {
          continue;
        }
        Tags labels = grouping.of(
            batch.labels().with(node.label(), ShortestDecimal.plain(batch.values()[i])));
        double[] column = counts.get(labels);
        if (column == null) {
          column = SeriesBatch.absent(instants);
          counts.put(labels, column);
          context.checkResult((long) counts.size() * instants);
          context.hold(8L * instants);
        }
        column[i] = StaleMarker.is(column[i]) ? 1 : column[i] + 1;
      }
    }
    context.release(8L * instants * counts.size());
    var result = new ArrayList<SeriesBatch>(counts.size());
    counts.forEach((labels, column) -> result.add(new SeriesBatch(labels, column)));
    return SeriesOperator.of(result);
  }
}
