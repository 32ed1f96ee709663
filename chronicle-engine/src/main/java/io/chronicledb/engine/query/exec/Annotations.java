package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.histogram.Estimate;
import io.chronicledb.engine.query.function.ClassicHistogram;
import io.chronicledb.engine.query.function.ShortestDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is worth telling the author of a query although it has an answer, each once, in the words of Prometheus: warnings begin with {@code PromQL
 * warning:}, all else with {@code PromQL info:}. Thread-safe.
 */
final class Annotations {

  private static final List<String> COUNTER_SUFFIXES =
      List.of("_total", "_sum", "_count", "_bucket");

  private final Set<String> texts = new LinkedHashSet<>();
  private final Map<String, Forced> forced = new LinkedHashMap<>();

  /** Counts of histograms that had to be raised, over all instants. */
  private static final class Forced {
    private final String position;
    private long samples;
    private double boundMin = Double.POSITIVE_INFINITY;
    private double boundMax = Double.NEGATIVE_INFINITY;
    private double differenceMax;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    Forced(String position) {
      this.position = position;
    }
  }

  synchronized void add(String text) {
    texts.add(text);
  }

  /** Warns of a quantile that is none. */
  void quantile(double quantile, String position) {
    if (!(quantile >= 0 && quantile <= 1)) {
      add("PromQL warning: quantile value should be between 0 and 1, got "
          + ShortestDecimal.general(quantile) + at(position));
    }
  }

  void ratio(double ratio, double used, String position) {
    add("PromQL warning: ratio value should be between -1 and 1, got "
        + ShortestDecimal.general(ratio) + ", capping to " + ShortestDecimal.general(used)
        + at(position));
  }

  /** Warns of an order that is lost, since the series of a range come by their labels. */
  void sortedRange(String position) {
    add("PromQL warning: sort is ineffective for range queries since results are always ordered by"
        + " labels" + at(position));
  }

  /** Tells of a rate of what is no counter by its name. */
  void counter(String metric, String position) {
    if (COUNTER_SUFFIXES.stream().noneMatch(metric::endsWith)) {
      add("PromQL info: metric might not be a counter, name does not end in"
          + " _total/_sum/_count/_bucket: " + quoted(metric) + at(position));
    }
  }

  void ignoredInRange(String metric, String position) {
    add(
        "PromQL info: ignored histograms in a range containing both floats and histograms for metric"
            + " name " + quoted(metric) + at(position));
  }

  void ignoredInAggregation(String aggregation, String position) {
    add("PromQL info: ignored histogram in " + aggregation + " aggregation" + at(position));
  }

  void mixedKinds(String metric, String position) {
    add("PromQL warning: encountered a mix of histograms and floats for metric name "
        + quoted(metric) + at(position));
  }

  void mixedKindsInAggregation(String position) {
    add("PromQL warning: encountered a mix of histograms and floats for aggregation"
        + at(position));
  }

  void mixedClassicAndNative(String metric, String position) {
    add("PromQL warning: vector contains a mix of classic and native histograms" + forMetric(metric)
        + at(position));
  }

  /** Warns of exponential buckets together with custom ones. */
  void mixedBuckets(String metric, String position) {
    add("PromQL warning: vector contains a mix of histograms with exponential and custom buckets"
        + " schemas for metric name " + quoted(metric) + at(position));
  }

  void notACounter(String metric, String position) {
    add("PromQL warning: this native histogram metric is not a counter: " + quoted(metric)
        + at(position));
  }

  void notAGauge(String metric, String position) {
    add("PromQL warning: this native histogram metric is not a gauge: " + quoted(metric)
        + at(position));
  }

  /** @param operation addition, subtraction or aggregation */
  void contradictingResets(String operation, String position) {
    add("PromQL warning: conflicting counter resets during histogram " + operation + at(position));
  }

  /** @param operation addition, subtraction or aggregation */
  void reconciledBounds(String operation, String position) {
    add("PromQL info: mismatched custom buckets were reconciled during " + operation
        + at(position));
  }

  /** Tells of operands that an operator does not take; each is {@code float} or {@code histogram}. */
  void incompatibleTypes(String left, String operator, String right, String position) {
    add("PromQL info: incompatible sample types encountered for binary operator " + quoted(operator)
        + ": " + left + " " + operator + " " + right + at(position));
  }

  void incompatibleBuckets(String operator, String position) {
    add("PromQL warning: incompatible bucket layout encountered for binary operator " + operator
        + at(position));
  }

  /** Tells what observations of NaN did to an estimate. */
  void nanObservations(Estimate.NanEffect effect, String metric, String position) {
    String what = switch (effect) {
      case NONE -> "";
      case RESULT_IS_NAN -> "input to histogram_quantile has NaN observations, result is NaN";
      case SKEWED_HIGHER ->
        "input to histogram_quantile has NaN observations, result is skewed higher";
      case EXCLUDED ->
        "input to histogram_fraction has NaN observations, which are excluded from all fractions";
    };
    if (!what.isEmpty()) {
      add("PromQL info: " + what + forMetric(metric) + at(position));
    }
  }

  void bucketLabel(String metric, String label, String position) {
    add("PromQL warning: bucket label \"le\" is missing or has a malformed value of "
        + quoted(label) + forMetric(metric) + at(position));
  }

  synchronized void forcedMonotonicity(
      String metric, ClassicHistogram histogram, long instant, String position) {
    Forced all = forced.computeIfAbsent(metric, name -> new Forced(position));
    all.samples++;
    all.boundMin = Math.min(all.boundMin, histogram.forcedBoundMin());
    all.boundMax = Math.max(all.boundMax, histogram.forcedBoundMax());
    all.differenceMax = Math.max(all.differenceMax, histogram.forcedDifferenceMax());
    all.first = Math.min(all.first, instant);
    all.last = Math.max(all.last, instant);
  }

  void addAll(List<String> others) {
    others.forEach(this::add);
  }

  /** All of them, in the order in which they came up; then there are none. */
  synchronized List<String> take() {
    List<String> all = texts();
    texts.clear();
    forced.clear();
    return all;
  }

  /** All of them, in the order in which they came up. */
  synchronized List<String> texts() {
    var all = new ArrayList<>(texts);
    forced.forEach((metric, what) ->
        all.add("PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see"
            + " https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
            + forMetric(metric)
            + ", from buckets " + ShortestDecimal.general(what.boundMin)
            + " to " + ShortestDecimal.general(what.boundMax)
            + ", with a max diff of " + ShortestDecimal.general(what.differenceMax, 2)
            + ", over " + what.samples + " samples from " + time(what.first)
            + " to " + time(what.last) + at(what.position)));
    return all;
  }

  private static String time(long nanos) {
    return Instant.EPOCH.plusNanos(nanos).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Adds what is told of one place in the query for another one. */
  void addAt(String text, String position, String other) {
    String end = at(position);
    if (text.endsWith(end)) {
      add(text.substring(0, text.length() - end.length()) + at(other));
    }
  }

  private static String at(String position) {
    return " (" + position + ")";
  }

  private static String forMetric(String metric) {
    return metric.isEmpty() ? "" : " for metric name " + quoted(metric);
  }

  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
