package io.chronicledb.app.it;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** A result of the Prometheus API as numbers: series by their labels, each with timestamps and values. A scalar is a series without labels. */
final class PrometheusMatrix {

  /** One series; times in milliseconds. */
  record Samples(long[] timestamps, double[] values) {}

  private final TreeMap<String, Samples> series = new TreeMap<>();

  /** @param data of a matrix */
  PrometheusMatrix(JsonNode data) {
    for (JsonNode each : data.get("result")) {
      var labels = new TreeMap<String, String>();
      each.get("metric")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
      JsonNode pairs = each.get("values");
      var timestamps = new long[pairs.size()];
      var values = new double[pairs.size()];
      for (int i = 0; i < timestamps.length; i++) {
        timestamps[i] = Math.round(pairs.get(i).get(0).asDouble() * 1000);
        values[i] = value(pairs.get(i).get(1).asString());
      }
      if (series.put(labels.toString(), new Samples(timestamps, values)) != null) {
        throw new AssertionError("twice in one result: " + labels);
      }
    }
  }

  int seriesCount() {
    return series.size();
  }

  long valueCount() {
    return series.values().stream().mapToLong(each -> each.values.length).sum();
  }

  Map<String, Samples> series() {
    return series;
  }

  /**
   * What differs from another result, in words; empty if nothing does.
   *
   * @param difference takes the largest relative difference found
   */
  String differenceTo(PrometheusMatrix expected, double tolerance, Largest difference) {
    if (!series.keySet().equals(expected.series.keySet())) {
      var missing = new TreeSet<>(expected.series.keySet());
      missing.removeAll(series.keySet());
      var unexpected = new TreeSet<>(series.keySet());
      unexpected.removeAll(expected.series.keySet());
      return "series missing: " + missing + ", unexpected: " + unexpected;
    }
    for (var entry : series.entrySet()) {
      Samples expectedSamples = expected.series.get(entry.getKey());
      Samples samples = entry.getValue();
      int mismatch = Arrays.mismatch(samples.timestamps, expectedSamples.timestamps);
      if (mismatch >= 0) {
        return entry.getKey() + ": " + samples.timestamps.length + " timestamps, expected "
            + expectedSamples.timestamps.length + ", the first that differs is "
            + at(samples, mismatch) + ", expected " + at(expectedSamples, mismatch);
      }
      for (int i = 0; i < samples.values.length; i++) {
        double relative = relativeDifference(samples.values[i], expectedSamples.values[i]);
        difference.take(relative);
        if (relative > tolerance) {
          return entry.getKey() + ": " + at(samples, i) + ", expected " + at(expectedSamples, i);
        }
      }
    }
    return "";
  }

  private static String at(Samples samples, int index) {
    return index < samples.timestamps.length
        ? samples.values[index] + " @" + samples.timestamps[index]
        : "the end";
  }

  /** Zero for two NaN, and for two equal infinities. */
  private static double relativeDifference(double a, double b) {
    if (a == b || Double.isNaN(a) && Double.isNaN(b)) {
      return 0;
    }
    double relative = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
    return Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative;
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** The largest of the numbers it is given. */
  static final class Largest {

    private double value;

    void take(double candidate) {
      value = Math.max(value, candidate);
    }

    double value() {
      return value;
    }
  }
}
