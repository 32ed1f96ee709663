package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.function.LabelRewrite;
import io.chronicledb.engine.query.function.NaturalOrder;
import io.chronicledb.engine.query.function.ScalarFunction;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.PlanNode.Absent;
import io.chronicledb.engine.query.plan.PlanNode.AddInfo;
import io.chronicledb.engine.query.plan.PlanNode.Aggregate;
import io.chronicledb.engine.query.plan.PlanNode.Apply;
import io.chronicledb.engine.query.plan.PlanNode.Constant;
import io.chronicledb.engine.query.plan.PlanNode.CountValues;
import io.chronicledb.engine.query.plan.PlanNode.EvaluationTime;
import io.chronicledb.engine.query.plan.PlanNode.HistogramFigures;
import io.chronicledb.engine.query.plan.PlanNode.HistogramFraction;
import io.chronicledb.engine.query.plan.PlanNode.HistogramQuantiles;
import io.chronicledb.engine.query.plan.PlanNode.InstantOfValues;
import io.chronicledb.engine.query.plan.PlanNode.Join;
import io.chronicledb.engine.query.plan.PlanNode.Nothing;
import io.chronicledb.engine.query.plan.PlanNode.Relabel;
import io.chronicledb.engine.query.plan.PlanNode.Repeated;
import io.chronicledb.engine.query.plan.PlanNode.SampleNode;
import io.chronicledb.engine.query.plan.PlanNode.ScalarChoice;
import io.chronicledb.engine.query.plan.PlanNode.ScalarNode;
import io.chronicledb.engine.query.plan.PlanNode.ScalarOperation;
import io.chronicledb.engine.query.plan.PlanNode.Scan;
import io.chronicledb.engine.query.plan.PlanNode.SeriesNode;
import io.chronicledb.engine.query.plan.PlanNode.SortByLabels;
import io.chronicledb.engine.query.plan.PlanNode.SortByValue;
import io.chronicledb.engine.query.plan.PlanNode.Subquery;
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
import org.jspecify.annotations.Nullable;

/** Turns series nodes into operators over a grid of instants, and runs them. */
public final class SeriesExecutor {

  private final ExecutionContext context;
  private final Grid grid;
  private final ShownSamples shown;
  private final int instants;
  private final SharedSeries shared;

  public SeriesExecutor(ExecutionContext context) {
    this(context, context.grid(), ShownSamples.to(context.shown()));
  }

  private SeriesExecutor(ExecutionContext context, Grid grid, ShownSamples shown) {
    this.context = context;
    this.grid = grid;
    this.shown = shown;
    this.instants = grid.count();
    this.shared = new SharedSeries(context, instants);
  }

  /** All series of a plan, without the names that its functions drop; no two have the same labels. */
  public List<SeriesBatch> series(SeriesNode node) {
    shared.plan(node);
    return SameLabels.withoutDroppedNames(operator(node).drain(context));
  }

  /** Takes the samples of one series. */
  @FunctionalInterface
  public interface SampleConsumer {
    void accept(
        Tags labels,
        long[] timestamps,
        double[] values,
        long[] histogramTimestamps,
        NativeHistogram[] histograms);
  }

  /** Hands over the samples of each series that has some, without stale markers. */
  public void samples(SampleNode node, SampleConsumer consumer) {
    if (node instanceof Subquery subquery) {
      long[] timestamps = subquery.grid().timestamps();
      for (SeriesBatch batch :
          on(subquery.grid(), ShownSamples.ofSubquery()).series(subquery.input())) {
        batch.samples(timestamps, (labels, times, values, histogramTimes, histograms) -> {
          consumer.accept(labels, times, values, histogramTimes, histograms);
          return labels;
        });
      }
      return;
    }
    Scan scan = (Scan) node;
    SeriesCursor cursor = context.view().cursor(scan.range());
    long held = 0;
    for (long order : context.select(scan.matchers())) {
      cursor.series(order);
      var timestamps = new LongColumn(64);
      var values = new DoubleColumn(64);
      var histogramTimestamps = new LongColumn(8);
      var histograms = new ArrayList<NativeHistogram>();
      while (cursor.next()) {
        int count = cursor.end() - cursor.start();
        context.scanned(count);
        held += count;
        context.checkResult(held);
        boolean ofHistograms = cursor.histograms() != null;
        for (int i = cursor.start(); i < cursor.end(); i++) {
          if (cursor.isStale(i)) {
            continue;
          }
          if (ofHistograms) {
            NativeHistogram histogram = cursor.histogram(i);
            context.hold(histogram.memoryBytes());
            histogramTimestamps.add(cursor.timestamps()[i]);
            histograms.add(histogram);
          } else {
            timestamps.add(cursor.timestamps()[i]);
            values.add(cursor.values()[i]);
          }
        }
      }
      shown.add(0, timestamps.size() + histograms.size());
      if (timestamps.size() > 0 || !histograms.isEmpty()) {
        consumer.accept(
            context.view().tags(order),
            timestamps.toArray(),
            values.toArray(),
            histogramTimestamps.toArray(),
            histograms.toArray(new NativeHistogram[0]));
      }
    }
  }

  private SeriesExecutor on(Grid other, ShownSamples counted) {
    context.checkResult(other.count());
    return new SeriesExecutor(context, other, counted);
  }

  /** The values of a scalar plan, one for each instant. */
  public double[] scalar(ScalarNode node) {
    var values = new double[instants];
    if (node instanceof Constant constant) {
      Arrays.fill(values, constant.value());
    } else if (node instanceof EvaluationTime) {
      for (int i = 0; i < instants; i++) {
        values[i] = seconds(i);
      }
    } else if (node instanceof ScalarOperation operation) {
      double[] left = scalar(operation.left());
      double[] right = scalar(operation.right());
      BinaryOperation op = operation.operation();
      for (int i = 0; i < instants; i++) {
        values[i] =
            op.isComparison() ? (op.test(left[i], right[i]) ? 1 : 0) : op.apply(left[i], right[i]);
      }
    } else if (node instanceof ScalarChoice choice) {
      double[] left = scalar(choice.left());
      double[] right = scalar(choice.right());
      for (int i = 0; i < instants; i++) {
        values[i] = choose(left[i], right[i], choice.larger());
      }
    } else if (node instanceof ToScalar toScalar) {
      onlyValue(operator(toScalar.input()), values);
    } else {
      throw new IllegalStateException("no operator for " + node.describe());
    }
    return values;
  }

  /** An instant of the grid; whole milliseconds first, as Prometheus counts them. */
  private double seconds(int index) {
    return Math.floorDiv(grid.at(index), 1_000_000L) / 1000.0;
  }

  /** An infinite extreme wins even over NaN, as in Go. */
  private static double choose(double a, double b, boolean larger) {
    double extreme = larger ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    if (a == extreme || b == extreme) {
      return extreme;
    }
    return larger ? Math.max(a, b) : Math.min(a, b);
  }

  private void onlyValue(SeriesOperator input, double[] values) {
    var counts = new int[instants];
    input.forEach(batch -> {
      for (int i = 0; i < instants; i++) {
        if (!StaleMarker.is(batch.values()[i])) {
          values[i] = batch.values()[i];
          counts[i]++;
        }
      }
    });
    for (int i = 0; i < instants; i++) {
      values[i] = counts[i] == 1 ? values[i] : Double.NaN;
    }
  }

  private List<double[]> scalars(List<ScalarNode> nodes) {
    return nodes.stream().map(this::scalar).toList();
  }

  private SeriesOperator operator(SeriesNode node) {
    return shared.of(node, () -> evaluated(node));
  }

  private SeriesOperator evaluated(SeriesNode node) {
    if (node instanceof Window window) {
      return window(window);
    }
    if (node instanceof Aggregate aggregate) {
      ScalarNode parameter = aggregate.parameter();
      double[] parameters = parameter == null ? new double[instants] : scalar(parameter);
      SeriesOperator input = operator(aggregate.input());
      return aggregate.aggregate().selectsSeries()
          ? SelectOperator.of(context, instants, aggregate, input, parameters)
          : AggregateOperator.of(context, instants, aggregate, input, parameters);
    }
    if (node instanceof CountValues countValues) {
      return AggregateOperator.countValues(
          context, instants, countValues, operator(countValues.input()));
    }
    if (node instanceof Apply apply) {
      return apply(apply);
    }
    if (node instanceof WithScalar withScalar) {
      return withScalar(withScalar);
    }
    if (node instanceof Join join) {
      List<SeriesBatch> left = operator(join.left()).drain(context);
      List<SeriesBatch> right = operator(join.right()).drain(context);
      return JoinOperator.of(context, instants, join, left, right);
    }
    if (node instanceof Absent absent) {
      return absent(absent);
    }
    if (node instanceof SortByValue sort) {
      return sorted(floatsOf(sort.input()), byValue(sort), sort.position());
    }
    if (node instanceof SortByLabels sort) {
      return sorted(operator(sort.input()), byLabels(sort), sort.position());
    }
    if (node instanceof Relabel relabel) {
      return relabel(relabel);
    }
    if (node instanceof AddInfo info) {
      return InfoOperator.of(
          context, instants, info, operator(info.input()), operator(info.info()));
    }
    if (node instanceof HistogramQuantiles quantiles) {
      return HistogramOperator.quantiles(
          context, grid, quantiles, operator(quantiles.input()), scalars(quantiles.quantiles()));
    }
    if (node instanceof HistogramFraction fraction) {
      return HistogramOperator.fraction(
          context,
          grid,
          operator(fraction.input()),
          scalar(fraction.lower()),
          scalar(fraction.upper()),
          fraction);
    }
    if (node instanceof HistogramFigures figures) {
      return figures(figures);
    }
    if (node instanceof InstantOfValues instant) {
      return instantOfValues(instant);
    }
    if (node instanceof Repeated repeated) {
      return repeated(repeated);
    }
    if (node instanceof Nothing) {
      return SeriesOperator.of(List.of());
    }
    if (node instanceof ToVector toVector) {
      return SeriesOperator.of(List.of(new SeriesBatch(Tags.empty(), scalar(toVector.input()))));
    }
    if (node instanceof ScalarNode scalar) {
      return SeriesOperator.of(List.of(new SeriesBatch(Tags.empty(), scalar(scalar))));
    }
    throw new IllegalStateException("no operator for " + node.describe());
  }

  private SeriesOperator window(Window window) {
    List<double[]> parameters = scalars(window.parameters());
    if (window.input() instanceof Subquery subquery) {
      SeriesOperator input =
          on(subquery.grid(), ShownSamples.ofSubquery()).operator(subquery.input());
      var samples = new SlidingSamples.OfSubquery(context, input, subquery.grid());
      return new WindowOperator(
          context, context.annotations(), grid, shown, window, samples, parameters);
    }
    return new ScanWindows(context, grid, shown, window, (Scan) window.input(), parameters);
  }

  private SeriesOperator repeated(Repeated node) {
    SeriesOperator input = on(node.once(), shown.once()).operator(node.input());
    return SeriesOperator.changed(input, batch -> {
      var column = new SeriesColumn(instants);
      for (int i = 0; i < instants; i++) {
        column.repeat(batch, i);
      }
      return column.batch(batch.labels(), batch.dropsMetric());
    });
  }

  private SeriesOperator apply(Apply node) {
    SeriesOperator input = operator(node.input());
    ScalarFunction function = node.function();
    double[] first = argument(node.arguments(), 0);
    double[] second = argument(node.arguments(), 1);
    return SeriesOperator.changed(input, batch -> {
      context.check();
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
      return new SeriesBatch(
          batch.labels(), values, function == ScalarFunction.NEGATE ? negated(batch) : null, true);
    });
  }

  /** The histograms of a series with another sign, in its own array; other functions leave them out. */
  private static @Nullable NativeHistogram @Nullable [] negated(SeriesBatch batch) {
    @Nullable NativeHistogram[] histograms = batch.histograms();
    for (int i = 0; histograms != null && i < histograms.length; i++) {
      NativeHistogram histogram = histograms[i];
      histograms[i] = histogram == null ? null : histogram.negated();
    }
    return histograms;
  }

  private SeriesOperator figures(HistogramFigures node) {
    SeriesOperator input = operator(node.input());
    return SeriesOperator.changed(input, batch -> {
      context.check();
      double[] values = SeriesBatch.absent(instants);
      for (int i = 0; i < instants; i++) {
        NativeHistogram histogram = batch.histogram(i);
        if (histogram != null) {
          values[i] = node.figure().of(histogram);
        }
      }
      return new SeriesBatch(batch.labels(), values, true);
    });
  }

  private double[] argument(List<ScalarNode> arguments, int index) {
    return index < arguments.size() ? scalar(arguments.get(index)) : new double[instants];
  }

  private SeriesOperator withScalar(WithScalar node) {
    double[] scalar = scalar(node.scalar());
    SeriesOperator input = operator(node.vector());
    BinaryOperation operation = node.operation();
    boolean comparison = operation.isComparison();
    boolean keepsMetric = comparison && !node.returnBool();
    var mixed =
        new SampleOperation(context.annotations(), operation, node.returnBool(), node.position());
    return SeriesOperator.changed(input, batch -> {
      context.check();
      boolean dropsMetric = batch.dropsMetric() || !keepsMetric;
      if (batch.histograms() != null || operation.isTrim()) {
        return withScalar(batch, scalar, node, mixed, dropsMetric);
      }
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
      return new SeriesBatch(batch.labels(), values, dropsMetric);
    });
  }

  /** The operation where there are histograms among the samples. */
  private SeriesBatch withScalar(
      SeriesBatch batch,
      double[] scalar,
      WithScalar node,
      SampleOperation mixed,
      boolean dropsMetric) {
    BinaryOperation operation = node.operation();
    var column = new SeriesColumn(instants);
    for (int i = 0; i < instants; i++) {
      if (!batch.has(i)) {
        continue;
      }
      NativeHistogram histogram = batch.histogram(i);
      double value = batch.values()[i];
      double left = node.scalarLeft() ? scalar[i] : value;
      double right = node.scalarLeft() ? value : scalar[i];
      if (histogram != null || operation.isTrim()) {
        if (mixed.apply(
            left,
            node.scalarLeft() ? null : histogram,
            right,
            node.scalarLeft() ? histogram : null)) {
          column.take(mixed, i);
        }
      } else if (!operation.isComparison()) {
        column.set(i, operation.apply(left, right));
      } else if (node.returnBool()) {
        column.set(i, operation.test(left, right) ? 1 : 0);
      } else if (operation.test(left, right)) {
        column.set(i, value);
      }
    }
    return column.batch(batch.labels(), dropsMetric);
  }

  private SeriesOperator instantOfValues(InstantOfValues node) {
    SeriesOperator input = operator(node.input());
    return SeriesOperator.changed(input, batch -> {
      double[] values = batch.values();
      for (int i = 0; i < instants; i++) {
        if (batch.has(i)) {
          values[i] = seconds(i);
        }
      }
      return new SeriesBatch(batch.labels(), values, true);
    });
  }

  private SeriesOperator relabel(Relabel node) {
    LabelRewrite rewrite = node.rewrite();
    boolean named = rewrite.target().equals(Tags.METRIC);
    List<SeriesBatch> batches = operator(node.input()).drain(context);
    var relabelled = new ArrayList<SeriesBatch>(batches.size());
    for (SeriesBatch batch : batches) {
      Tags labels = rewrite.apply(batch.labels());
      // A name that was set here is not the metric's own any more, and stays.
      relabelled.add(labels == null ? batch : batch.named(labels, batch.dropsMetric() && !named));
    }
    SeriesOperator.release(context, batches);
    return SeriesOperator.of(SameLabels.merge(relabelled));
  }

  private SeriesOperator absent(Absent node) {
    var values = new double[instants];
    Arrays.fill(values, 1);
    SeriesOperator input = operator(node.input());
    input.forEach(batch -> {
      for (int i = 0; i < instants; i++) {
        if (batch.has(i)) {
          values[i] = StaleMarker.value();
        }
      }
    });
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

  /** The series of an input without their histograms. */
  private SeriesOperator floatsOf(SeriesNode node) {
    return SeriesOperator.changed(operator(node), SeriesBatch::floats);
  }

  private SeriesOperator sorted(
      SeriesOperator input, Comparator<SeriesBatch> order, String position) {
    if (instants > 1) {
      context.annotations().sortedRange(position);
    }
    List<SeriesBatch> batches = input.drain(context);
    SeriesOperator.release(context, batches);
    batches.sort(order);
    return SeriesOperator.of(batches);
  }

  private Comparator<SeriesBatch> byValue(SortByValue node) {
    int last = instants - 1;
    return (a, b) -> {
      double x = a.values()[last];
      double y = b.values()[last];
      if (Double.isNaN(x) || Double.isNaN(y)) {
        return Boolean.compare(Double.isNaN(x), Double.isNaN(y));
      }
      return node.descending() ? Double.compare(y, x) : Double.compare(x, y);
    };
  }

  private static Comparator<SeriesBatch> byLabels(SortByLabels node) {
    Comparator<SeriesBatch> order = (a, b) -> {
      for (String label : node.labels()) {
        int byLabel = NaturalOrder.INSTANCE.compare(value(a, label), value(b, label));
        if (byLabel != 0) {
          return byLabel;
        }
      }
      return a.labels().compareTo(b.labels());
    };
    return node.descending() ? order.reversed() : order;
  }

  private static String value(SeriesBatch batch, String label) {
    String value = batch.labels().get(label);
    return value == null ? "" : value;
  }
}
