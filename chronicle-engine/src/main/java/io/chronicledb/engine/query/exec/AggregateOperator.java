package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.GroupAccumulator;
import io.chronicledb.engine.query.function.SeriesAggregate;
import io.chronicledb.engine.query.function.ShortestDecimal;
import io.chronicledb.engine.query.plan.Grouping;
import io.chronicledb.engine.query.plan.PlanNode.Aggregate;
import io.chronicledb.engine.query.plan.PlanNode.CountValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes one series of each group. Consumes its whole input at construction. */
final class AggregateOperator {

  /** Arrays that a group keeps for each instant, in bytes: value, compensation, count. */
  private static final int INSTANT_BYTES = 20;

  private final ExecutionContext context;
  private final int instants;
  private final Aggregate node;
  private final Map<Tags, Group> groups = new LinkedHashMap<>();
  private long held;

  private AggregateOperator(ExecutionContext context, int instants, Aggregate node) {
    this.context = context;
    this.instants = instants;
    this.node = node;
  }

  private static final class Group {
    private final GroupAccumulator accumulator;
    private boolean dropsMetric;
    /** Of sums and means; null as long as there is no histogram. */
    private @Nullable HistogramGroup histograms;

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
    var operator = new AggregateOperator(context, instants, node);
    input.forEach(operator::add);
    return operator.result(parameters);
  }

  private void add(SeriesBatch batch) {
    context.check();
    Tags labels = node.grouping().of(batch.labels());
    Group group = groups.get(labels);
    if (group == null) {
      group = new Group(new GroupAccumulator(node.aggregate(), instants));
      groups.put(labels, group);
      context.checkResult((long) groups.size() * instants);
      hold((long) INSTANT_BYTES * instants);
    }
    if (node.aggregate() == SeriesAggregate.QUANTILE) {
      // Every value stays until the end.
      hold(batch.heldBytes());
    }
    if (batch.histograms() != null) {
      addHistograms(group, batch);
    }
    group.accumulator.add(counted(node.aggregate(), batch));
    group.dropsMetric |= batch.dropsMetric();
  }

  private void hold(long bytes) {
    context.hold(bytes);
    held += bytes;
  }

  private SeriesOperator result(double[] parameters) {
    var result = new ArrayList<SeriesBatch>(groups.size());
    groups.forEach((labels, group) -> {
      context.check();
      double[] values = group.accumulator.result(parameters);
      var batch = group.histograms == null
          ? new SeriesBatch(labels, values, group.dropsMetric)
          : withHistograms(labels, values, group.histograms, group.dropsMetric);
      if (!batch.isEmpty()) {
        result.add(batch);
      }
    });
    context.release(held);
    return SeriesOperator.of(result);
  }

  /** The doubles of a series; where only their number matters, one in place of each histogram as well. */
  private static double[] counted(SeriesAggregate aggregate, SeriesBatch batch) {
    double[] values = batch.values();
    if (batch.histograms() != null
        && (aggregate == SeriesAggregate.COUNT || aggregate == SeriesAggregate.GROUP)) {
      values = values.clone();
      for (int i = 0; i < values.length; i++) {
        values[i] = batch.histogram(i) == null ? values[i] : 1;
      }
    }
    return values;
  }

  /** Adds histograms where the aggregate takes them, and tells where it does not. */
  private void addHistograms(Group group, SeriesBatch batch) {
    switch (node.aggregate()) {
      case SUM, AVG -> {
        HistogramGroup histograms = group.histograms;
        if (histograms == null) {
          histograms = new HistogramGroup(
              context.annotations(),
              node.inputPosition(),
              instants,
              node.aggregate() == SeriesAggregate.AVG);
          group.histograms = histograms;
          // About what the sums will take, with what they lose beside them.
          hold(3 * batch.heldBytes());
        }
        histograms.add(batch);
      }
      case COUNT, GROUP -> {}
      default -> {
        if (batch.hasHistograms()) {
          context
              .annotations()
              .ignoredInAggregation(
                  node.aggregate().name().toLowerCase(Locale.ROOT), node.inputPosition());
        }
      }
    }
  }

  private SeriesBatch withHistograms(
      Tags labels, double[] values, HistogramGroup group, boolean dropsMetric) {
    var column = new SeriesColumn(values.length);
    for (int i = 0; i < values.length; i++) {
      boolean hasFloat = !StaleMarker.is(values[i]);
      if (group.has(i) && hasFloat) {
        context.annotations().mixedKindsInAggregation(node.inputPosition());
        continue;
      }
      NativeHistogram histogram = group.result(i);
      if (histogram != null) {
        column.set(i, histogram);
      } else if (hasFloat) {
        column.set(i, values[i]);
      }
    }
    return column.batch(labels, dropsMetric);
  }

  static SeriesOperator countValues(
      ExecutionContext context, int instants, CountValues node, SeriesOperator input) {
    Grouping grouping = node.grouping().with(node.label());
    Map<Tags, double[]> counts = new LinkedHashMap<>();
    input.forEach(batch -> {
      context.check();
      for (int i = 0; i < instants; i++) {
        if (!batch.has(i)) {
          continue;
        }
        Tags labels = grouping.of(batch.labels().with(node.label(), text(batch, i)));
        double[] column = counts.get(labels);
        if (column == null) {
          column = SeriesBatch.absent(instants);
          counts.put(labels, column);
          context.checkResult((long) counts.size() * instants);
          context.hold(8L * instants);
        }
        column[i] = StaleMarker.is(column[i]) ? 1 : column[i] + 1;
      }
    });
    context.release(8L * instants * counts.size());
    var result = new ArrayList<SeriesBatch>(counts.size());
    counts.forEach((labels, column) -> result.add(new SeriesBatch(labels, column)));
    return SeriesOperator.of(result);
  }

  private static String text(SeriesBatch batch, int instant) {
    NativeHistogram histogram = batch.histogram(instant);
    return histogram == null
        ? ShortestDecimal.plain(batch.values()[instant])
        : histogram.toString();
  }
}
