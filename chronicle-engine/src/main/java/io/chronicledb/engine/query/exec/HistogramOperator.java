package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.Estimate;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.ClassicHistogram;
import io.chronicledb.engine.query.function.ShortestDecimal;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.PlanNode.HistogramFraction;
import io.chronicledb.engine.query.plan.PlanNode.HistogramQuantiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Quantiles and fractions of histograms: native ones, and those with one series for each bucket, which the label {@code le} tells apart.
 * Where one of each kind has the same labels at an instant, both are left out.
 */
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

  /**
   * One histogram of either kind, or of both, at different instants.
   *
   * @param labels without that of the bucket
   * @param buckets of the classic one, by ascending bound; empty where there is none
   * @param natives series with the native ones
   */
  private record Histogram(Tags labels, List<Bucket> buckets, List<SeriesBatch> natives) {

    @Nullable
    NativeHistogram nativeAt(int instant) {
      for (SeriesBatch batch : natives) {
        NativeHistogram histogram = batch.histogram(instant);
        if (histogram != null) {
          return histogram;
        }
      }
      return null;
    }

    String name() {
      String name = labels.get(Tags.METRIC);
      return name == null ? "" : name;
    }
  }

  /** What is computed of a histogram at one instant. */
  private interface Measure {
    double of(ClassicHistogram histogram, int instant);

    Estimate of(NativeHistogram histogram, int instant);
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
    for (int q = 0; q < quantiles.size(); q++) {
      // Told where the first argument stands, whichever that is.
      String position = node.label() == null ? node.quantilePositions().get(q) : node.position();
      for (Histogram histogram : operator.histograms) {
        operator.quantiles(node, histogram, quantiles.get(q), position, result);
      }
    }
    SeriesOperator.release(context, batches);
    return SeriesOperator.of(result);
  }

  private void quantiles(
      HistogramQuantiles node,
      Histogram histogram,
      double[] quantile,
      String nanPosition,
      List<SeriesBatch> result) {
    Measure measure = new Measure() {
      @Override
      public double of(ClassicHistogram buckets, int instant) {
        double value = buckets.quantile(quantile[instant]);
        if (buckets.isForced()) {
          context
              .annotations()
              .forcedMonotonicity(histogram.name(), buckets, grid.at(instant), node.position());
        }
        return value;
      }

      @Override
      public Estimate of(NativeHistogram whole, int instant) {
        return whole.quantile(quantile[instant]);
      }
    };
    double[] column = column(histogram, measure, node.position(), nanPosition);
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
      HistogramFraction node) {
    List<SeriesBatch> batches = input.drain(context);
    var operator =
        new HistogramOperator(context, grid, histograms(context, batches, node.position()));
    Measure measure = new Measure() {
      @Override
      public double of(ClassicHistogram buckets, int instant) {
        return buckets.fraction(lower[instant], upper[instant]);
      }

      @Override
      public Estimate of(NativeHistogram whole, int instant) {
        return whole.fraction(lower[instant], upper[instant]);
      }
    };
    var result = new ArrayList<SeriesBatch>();
    for (Histogram histogram : operator.histograms) {
      double[] column = operator.column(histogram, measure, node.position(), node.lowerPosition());
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

  /**
   * @param position where the histograms stand in the query
   * @param nanPosition where to say that observations are NaN
   */
  private double[] column(
      Histogram histogram, Measure measure, String position, String nanPosition) {
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
      NativeHistogram whole = histogram.nativeAt(i);
      if (whole == null) {
        if (!buckets.isEmpty()) {
          column[i] = measure.of(buckets, i);
        }
      } else if (!buckets.isEmpty()) {
        context.annotations().mixedClassicAndNative(histogram.name(), position);
      } else {
        Estimate estimate = measure.of(whole, i);
        context.annotations().nanObservations(estimate.nanEffect(), histogram.name(), nanPosition);
        column[i] = estimate.value();
      }
    }
    return column;
  }

  private static List<Histogram> histograms(
      ExecutionContext context, List<SeriesBatch> batches, String position) {
    Map<Tags, Histogram> histograms = new LinkedHashMap<>();
    for (SeriesBatch batch : batches) {
      if (batch.hasHistograms()) {
        histogram(histograms, batch.labels()).natives().add(batch);
        if (!batch.hasFloats()) {
          continue;
        }
      }
      String text = batch.labels().get(BOUND);
      Double bound = bound(text == null ? "" : text);
      if (bound == null) {
        String name = batch.labels().get(Tags.METRIC);
        context
            .annotations()
            .bucketLabel(name == null ? "" : name, text == null ? "" : text, position);
        continue;
      }
      histogram(histograms, batch.labels().without(BOUND))
          .buckets()
          .add(new Bucket(bound, batch.values()));
    }
    histograms
        .values()
        .forEach(histogram -> histogram.buckets().sort(Comparator.comparingDouble(Bucket::bound)));
    return new ArrayList<>(histograms.values());
  }

  private static Histogram histogram(Map<Tags, Histogram> histograms, Tags labels) {
    return histograms.computeIfAbsent(
        labels, all -> new Histogram(all, new ArrayList<>(), new ArrayList<>(1)));
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
