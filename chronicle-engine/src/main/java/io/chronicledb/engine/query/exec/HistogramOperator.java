package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.ClassicHistogram;
import io.chronicledb.engine.query.function.ShortestDecimal;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.PlanNode.HistogramQuantiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Quantiles and fractions of histograms with one series for each bucket, which the label {@code le} tells apart. */
final class HistogramOperator {

  private static final String BOUND = "le";
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
          + "|0[xX](?:[0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)[pP][+-]?[0-9]+)");
  private static final Pattern INFINITE = Pattern.compile("([+-]?)inf(?:inity)?");
  private static final int CHECK_INTERVAL = 256;

  private final ExecutionContext context;
  private final Grid grid;
  private final List<Histogram> histograms;

  private record Bucket(double bound, double[] counts) {}

  /** The buckets of one histogram, by ascending bound. */
  private record Histogram(Tags labels, List<Bucket> buckets) {}

  /** What is computed of a histogram at one instant. */
  private interface Measure {
    double of(ClassicHistogram histogram, int instant);
  }

  private HistogramOperator(ExecutionContext context, Grid grid, List<Histogram> histograms) {
    this.context = context;
    this.grid = grid;
    this.histograms = histograms;
  }

  /** @param quantiles each over the grid */
  static SeriesOperator quantiles(
      ExecutionContext context,
      Grid grid,
      HistogramQuantiles node,
      SeriesOperator input,
      List<double[]> quantiles) {
    List<SeriesBatch> batches = input.drain(context);
    var operator =
        new HistogramOperator(context, grid, histograms(context, batches, node.position()));
    for (int q = 0; q < quantiles.size(); q++) {
      for (double quantile : quantiles.get(q)) {
        context.annotations().quantile(quantile, node.quantilePositions().get(q));
      }
    }
    var result = new ArrayList<SeriesBatch>();
    for (double[] quantile : quantiles) {
      for (Histogram histogram : operator.histograms) {
        operator.quantiles(node, histogram, quantile, result);
      }
    }
    SeriesOperator.release(context, batches);
    return SeriesOperator.of(result);
  }

  private void quantiles(
      HistogramQuantiles node, Histogram histogram, double[] quantile, List<SeriesBatch> result) {
    String name = histogram.labels().get(Tags.METRIC);
    double[] column = column(histogram, (buckets, i) -> {
      double value = buckets.quantile(quantile[i]);
      if (buckets.isForced()) {
        context
            .annotations()
            .forcedMonotonicity(name == null ? "" : name, buckets, grid.at(i), node.position());
      }
      return value;
    });
    String label = node.label();
    if (label == null) {
      add(histogram.labels(), column, result);
      return;
    }
    // The quantile may change with time, and with it the label.
    Map<String, double[]> byQuantile = new LinkedHashMap<>();
    for (int i = 0; i < column.length; i++) {
      if (!StaleMarker.is(column[i])) {
        byQuantile
                .computeIfAbsent(
                    openMetrics(quantile[i]), text -> SeriesBatch.absent(column.length))[i] =
            column[i];
      }
    }
    byQuantile.forEach((text, values) -> add(histogram.labels().with(label, text), values, result));
  }

  /** Whole numbers with a fraction, as OpenMetrics writes them. */
  private static String openMetrics(double value) {
    String text = ShortestDecimal.general(value);
    return text.matches("-?[0-9]+") ? text + ".0" : text;
  }

  /** @param lower,upper over the grid */
  static SeriesOperator fraction(
      ExecutionContext context,
      Grid grid,
      SeriesOperator input,
      double[] lower,
      double[] upper,
      String position) {
    List<SeriesBatch> batches = input.drain(context);
    var operator = new HistogramOperator(context, grid, histograms(context, batches, position));
    var result = new ArrayList<SeriesBatch>();
    for (Histogram histogram : operator.histograms) {
      double[] column =
          operator.column(histogram, (buckets, i) -> buckets.fraction(lower[i], upper[i]));
      add(histogram.labels(), column, result);
    }
    SeriesOperator.release(context, batches);
    return SeriesOperator.of(result);
  }

  private static void add(Tags labels, double[] column, List<SeriesBatch> result) {
    var batch = new SeriesBatch(labels, column, true);
    if (!batch.isEmpty()) {
      result.add(batch);
    }
  }

  private double[] column(Histogram histogram, Measure measure) {
    var buckets = new ClassicHistogram(histogram.buckets().size());
    double[] column = SeriesBatch.absent(grid.count());
    for (int i = 0; i < column.length; i++) {
      if (i % CHECK_INTERVAL == 0) {
        context.check();
      }
      buckets.clear();
      for (Bucket bucket : histogram.buckets()) {
        if (!StaleMarker.is(bucket.counts()[i])) {
          buckets.add(bucket.bound(), bucket.counts()[i]);
        }
      }
      if (!buckets.isEmpty()) {
        column[i] = measure.of(buckets, i);
      }
    }
    return column;
  }

  private static List<Histogram> histograms(
      ExecutionContext context, List<SeriesBatch> batches, String position) {
    Map<Tags, List<Bucket>> buckets = new LinkedHashMap<>();
    for (SeriesBatch batch : batches) {
      String text = batch.labels().get(BOUND);
      Double bound = bound(text == null ? "" : text);
      if (bound == null) {
        String name = batch.labels().get(Tags.METRIC);
        context
            .annotations()
            .bucketLabel(name == null ? "" : name, text == null ? "" : text, position);
        continue;
      }
      buckets
          .computeIfAbsent(batch.labels().without(BOUND), labels -> new ArrayList<>())
          .add(new Bucket(bound, batch.values()));
    }
    var histograms = new ArrayList<Histogram>(buckets.size());
    buckets.forEach((labels, all) -> {
      all.sort(Comparator.comparingDouble(Bucket::bound));
      histograms.add(new Histogram(labels, all));
    });
    return histograms;
  }

  /** A number as Go reads it; null for anything else. */
  private static @Nullable Double bound(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    var infinite = INFINITE.matcher(lower);
    if (infinite.matches()) {
      return infinite.group(1).equals("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (lower.equals("nan")) {
      return Double.NaN;
    }
    return NUMBER.matcher(text).matches() ? Double.valueOf(text) : null;
  }
}
