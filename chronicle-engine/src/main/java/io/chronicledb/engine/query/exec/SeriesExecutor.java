package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.function.ScalarFunction;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.PlanNode.Absent;
import io.chronicledb.engine.query.plan.PlanNode.Aggregate;
import io.chronicledb.engine.query.plan.PlanNode.Apply;
import io.chronicledb.engine.query.plan.PlanNode.Constant;
import io.chronicledb.engine.query.plan.PlanNode.EvaluationTime;
import io.chronicledb.engine.query.plan.PlanNode.Join;
import io.chronicledb.engine.query.plan.PlanNode.ScalarNode;
import io.chronicledb.engine.query.plan.PlanNode.ScalarOperation;
import io.chronicledb.engine.query.plan.PlanNode.Scan;
import io.chronicledb.engine.query.plan.PlanNode.SeriesNode;
import io.chronicledb.engine.query.plan.PlanNode.SortByValue;
import io.chronicledb.engine.query.plan.PlanNode.ToScalar;
import io.chronicledb.engine.query.plan.PlanNode.ToVector;
import io.chronicledb.engine.query.plan.PlanNode.Window;
import io.chronicledb.engine.query.plan.PlanNode.WithScalar;
import io.chronicledb.engine.read.SeriesCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/** Turns series nodes into operators and runs them. */
public final class SeriesExecutor {

  private final ExecutionContext context;
  private final int instants;

  public SeriesExecutor(ExecutionContext context) {
    this.context = context;
    this.instants = context.grid().count();
  }

  /** All series of a plan; no two have the same labels. */
  public List<SeriesBatch> series(SeriesNode node) {
    return operator(node).drain(context);
  }

  /** Takes the samples of one series. */
  @FunctionalInterface
  public interface SampleConsumer {
    void accept(Tags labels, long[] timestamps, double[] values);
  }

  /** Hands over the samples of each series that has some, without stale markers. */
  public void samples(Scan scan, SampleConsumer consumer) {
    SeriesCursor cursor = context.view().cursor(scan.range());
    var samples = new PlainSamples(cursor, context);
    long held = 0;
    for (long order : context.select(scan.matchers())) {
      cursor.series(order);
      var timestamps = new LongColumn(64);
      var values = new DoubleColumn(64);
      while (samples.next()) {
        timestamps.addAll(samples.timestamps(), samples.start(), samples.count());
        values.addAll(samples.values(), samples.start(), samples.count());
        held += samples.count();
        context.checkResult(held);
      }
      if (timestamps.size() > 0) {
        consumer.accept(context.view().tags(order), timestamps.toArray(), values.toArray());
      }
    }
  }

  /** The values of a scalar plan, one for each instant. */
  public double[] scalar(ScalarNode node) {
    var values = new double[instants];
    if (node instanceof Constant constant) {
      Arrays.fill(values, constant.value());
    } else if (node instanceof EvaluationTime) {
      Grid grid = context.grid();
      for (int i = 0; i < instants; i++) {
        // Whole milliseconds first, as Prometheus counts them.
        values[i] = Math.floorDiv(grid.at(i), 1_000_000L) / 1000.0;
      }
    } else if (node instanceof ScalarOperation operation) {
      double[] left = scalar(operation.left());
      double[] right = scalar(operation.right());
      BinaryOperation op = operation.operation();
      for (int i = 0; i < instants; i++) {
        values[i] =
            op.isComparison() ? (op.test(left[i], right[i]) ? 1 : 0) : op.apply(left[i], right[i]);
      }
    } else if (node instanceof ToScalar toScalar) {
      onlyValue(operator(toScalar.input()), values);
    } else {
      throw new IllegalStateException("no operator for " + node.describe());
    }
    return values;
  }

  private void onlyValue(SeriesOperator input, double[] values) {
    var counts = new int[instants];
    for (SeriesBatch batch = input.next(); batch != null; batch = input.next()) {
      for (int i = 0; i < instants; i++) {
        if (!StaleMarker.is(batch.values()[i])) {
          values[i] = batch.values()[i];
          counts[i]++;
        }
      }
    }
    for (int i = 0; i < instants; i++) {
      values[i] = counts[i] == 1 ? values[i] : Double.NaN;
    }
  }

  private SeriesOperator operator(SeriesNode node) {
    if (node instanceof Window window) {
      return new WindowOperator(context, window);
    }
    if (node instanceof Aggregate aggregate) {
      ScalarNode parameter = aggregate.parameter();
      double[] parameters = parameter == null ? new double[instants] : scalar(parameter);
      return AggregateOperator.of(context, aggregate, operator(aggregate.input()), parameters);
    }
    if (node instanceof Apply apply) {
      return apply(apply);
    }
    if (node instanceof WithScalar withScalar) {
      return withScalar(withScalar);
    }
    if (node instanceof Join join) {
      return JoinOperator.of(context, join, series(join.left()), series(join.right()));
    }
    if (node instanceof Absent absent) {
      return absent(absent);
    }
    if (node instanceof SortByValue sort) {
      return sort(sort);
    }
    if (node instanceof ToVector toVector) {
      return SeriesOperator.of(List.of(new SeriesBatch(Tags.empty(), scalar(toVector.input()))));
    }
    if (node instanceof ScalarNode scalar) {
      return SeriesOperator.of(List.of(new SeriesBatch(Tags.empty(), scalar(scalar))));
    }
    throw new IllegalStateException("no operator for " + node.describe());
  }

  private SeriesOperator apply(Apply node) {
    SeriesOperator input = operator(node.input());
    ScalarFunction function = node.function();
    double[] first = argument(node.arguments(), 0);
    double[] second = argument(node.arguments(), 1);
    var distinct = new DistinctLabels();
    return () -> {
      for (SeriesBatch batch = input.next(); batch != null; batch = input.next()) {
        double[] values = batch.values();
        for (int i = 0; i < instants; i++) {
          if (StaleMarker.is(values[i])) {
            continue;
          }
          // Bounds that cross leave nothing.
          values[i] = function == ScalarFunction.CLAMP && first[i] > second[i]
              ? StaleMarker.value()
              : function.apply(values[i], first[i], second[i]);
        }
        var result = new SeriesBatch(batch.labels().without(Tags.METRIC), values);
        if (!result.isEmpty()) {
          distinct.add(result.labels());
          return result;
        }
      }
      return null;
    };
  }

  private double[] argument(List<ScalarNode> arguments, int index) {
    return index < arguments.size() ? scalar(arguments.get(index)) : new double[instants];
  }

  private SeriesOperator withScalar(WithScalar node) {
    double[] scalar = scalar(node.scalar());
    SeriesOperator input = operator(node.vector());
    BinaryOperation operation = node.operation();
    boolean comparison = operation.isComparison();
    boolean keepMetric = comparison && !node.returnBool();
    var distinct = new DistinctLabels();
    return () -> {
      for (SeriesBatch batch = input.next(); batch != null; batch = input.next()) {
        double[] values = batch.values();
        for (int i = 0; i < instants; i++) {
          double value = values[i];
          if (StaleMarker.is(value)) {
            continue;
          }
          double left = node.scalarLeft() ? scalar[i] : value;
          double right = node.scalarLeft() ? value : scalar[i];
          if (!comparison) {
            values[i] = operation.apply(left, right);
          } else if (node.returnBool()) {
            values[i] = operation.test(left, right) ? 1 : 0;
          } else if (!operation.test(left, right)) {
            values[i] = StaleMarker.value();
          }
        }
        var result =
            keepMetric ? batch : new SeriesBatch(batch.labels().without(Tags.METRIC), values);
        if (!result.isEmpty()) {
          if (!keepMetric) {
            distinct.add(result.labels());
          }
          return result;
        }
      }
      return null;
    };
  }

  private SeriesOperator absent(Absent node) {
    var values = new double[instants];
    Arrays.fill(values, 1);
    SeriesOperator input = operator(node.input());
    for (SeriesBatch batch = input.next(); batch != null; batch = input.next()) {
      for (int i = 0; i < instants; i++) {
        if (!StaleMarker.is(batch.values()[i])) {
          values[i] = StaleMarker.value();
        }
      }
    }
    var result = new SeriesBatch(labelsOf(node.matchers()), values);
    return SeriesOperator.of(result.isEmpty() ? List.of() : List.of(result));
  }

  /** The labels that a missing series would have had: those that are asked for once and by equality. */
  private static Tags labelsOf(List<TagMatcher> matchers) {
    var count = new HashMap<String, Integer>();
    matchers.forEach(matcher -> count.merge(matcher.name(), 1, Integer::sum));
    var labels = Tags.builder();
    for (TagMatcher matcher : matchers) {
      if (matcher.op() == TagMatcher.Op.EQUAL
          && count.getOrDefault(matcher.name(), 0) == 1
          && !matcher.name().equals(Tags.METRIC)) {
        labels.add(matcher.name(), matcher.value());
      }
    }
    return labels.build();
  }

  private SeriesOperator sort(SortByValue node) {
    var batches = new ArrayList<>(series(node.input()));
    int last = instants - 1;
    Comparator<SeriesBatch> byValue = (a, b) -> {
      double x = a.values()[last];
      double y = b.values()[last];
      if (Double.isNaN(x) || Double.isNaN(y)) {
        return Boolean.compare(Double.isNaN(x), Double.isNaN(y));
      }
      return node.descending() ? Double.compare(y, x) : Double.compare(x, y);
    };
    batches.sort(byValue);
    return SeriesOperator.of(batches);
  }
}
