package io.chronicledb.app.it;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * What a server answers to an expression: an error, or series by their labels in the order of the answer. A scalar is a series without
 * labels.
 *
 * @param type {@code vector}, {@code matrix}, {@code scalar}, {@code string}; the type of the error otherwise
 * @param message of an error, or the text of a string
 */
record PromQlAnswer(
    int status, String type, String message, Map<String, List<Sample>> series, List<Double> order) {

  /** Time in milliseconds. */
  record Sample(long time, double value) {}

  static PromQlAnswer of(HttpResponse<String> response) {
    int status = response.statusCode();
    JsonNode body = Http.json(response);
    if (status != 200) {
      return new PromQlAnswer(
          status,
          body.path("errorType").asString(""),
          body.path("error").asString(""),
          Map.of(),
          List.of());
    }
    JsonNode data = body.get("data");
    String type = data.get("resultType").asString();
    JsonNode result = data.get("result");
    if (type.equals("string")) {
      return new PromQlAnswer(status, type, result.get(1).asString(), Map.of(), List.of());
    }
    var series = new TreeMap<String, List<Sample>>();
    var order = new ArrayList<Double>();
    if (type.equals("scalar")) {
      series.put("{}", List.of(sample(result)));
    } else {
      for (JsonNode each : result) {
        var samples = new ArrayList<Sample>();
        if (type.equals("vector")) {
          samples.add(sample(each.get("value")));
          order.add(samples.get(0).value);
        } else {
          each.get("values").forEach(pair -> samples.add(sample(pair)));
        }
        if (series.put(labels(each.get("metric")), samples) != null) {
          throw new AssertionError("twice in one result: " + each.get("metric"));
        }
      }
    }
    return new PromQlAnswer(status, type, "", series, order);
  }

  boolean isError() {
    return status != 200;
  }

  boolean isEmpty() {
    return series.isEmpty() && !type.equals("string");
  }

  /**
   * What differs from another answer, in words; empty if nothing does.
   *
   * @param ordered whether the order of a vector's values counts
   */
  String differenceTo(PromQlAnswer expected, double tolerance, boolean ordered) {
    if (status != expected.status) {
      return "status " + status + " instead of " + expected.status;
    }
    if (!type.equals(expected.type)) {
      return type + " instead of " + expected.type;
    }
    if (isError()) {
      return "";
    }
    if (!message.equals(expected.message)) {
      return "text";
    }
    if (!series.keySet().equals(expected.series.keySet())) {
      var missing = new TreeSet<>(expected.series.keySet());
      missing.removeAll(series.keySet());
      var unexpected = new TreeSet<>(series.keySet());
      unexpected.removeAll(expected.series.keySet());
      return "series missing: " + missing + ", unexpected: " + unexpected;
    }
    for (var entry : series.entrySet()) {
      String difference =
          difference(entry.getValue(), expected.series.get(entry.getKey()), tolerance);
      if (!difference.isEmpty()) {
        return entry.getKey() + ": " + difference;
      }
    }
    for (int i = 0; ordered && i < order.size(); i++) {
      if (!same(order.get(i), expected.order.get(i), tolerance)) {
        return "order, from element " + i + " on";
      }
    }
    return "";
  }

  private static String difference(List<Sample> samples, List<Sample> expected, double tolerance) {
    for (int i = 0; i < Math.min(samples.size(), expected.size()); i++) {
      Sample sample = samples.get(i);
      if (sample.time != expected.get(i).time
          || !same(sample.value, expected.get(i).value, tolerance)) {
        return sample + " instead of " + expected.get(i);
      }
    }
    return samples.size() == expected.size()
        ? ""
        : samples.size() + " samples instead of " + expected.size();
  }

  /** The same without the names of metrics; what differed only in them is one series. */
  PromQlAnswer withoutNames() {
    var nameless = new TreeMap<String, List<Sample>>();
    series.forEach((labels, samples) -> nameless
        .computeIfAbsent(labels.replaceFirst("__name__=[^,}]*(, )?", ""), l -> new ArrayList<>())
        .addAll(samples));
    nameless.values().forEach(samples -> samples.sort(Comparator.comparingLong(Sample::time)));
    return new PromQlAnswer(status, type, message, nameless, order);
  }

  /** The same with NaN wherever another answer has it. */
  PromQlAnswer withNanOf(PromQlAnswer other) {
    var replaced = new TreeMap<String, List<Sample>>();
    series.forEach((labels, samples) -> {
      List<Sample> others = other.series.getOrDefault(labels, List.of());
      replaced.put(
          labels,
          samples.stream()
              .map(sample -> others.stream()
                      .anyMatch(each -> each.time == sample.time && Double.isNaN(each.value))
                  ? new Sample(sample.time, Double.NaN)
                  : sample)
              .toList());
    });
    return new PromQlAnswer(status, type, message, replaced, order);
  }

  /** Also zero and what is left of it where terms cancel, all of them being far larger than the tolerance. */
  static boolean same(double a, double b, double tolerance) {
    return a == b
        || Double.isNaN(a) && Double.isNaN(b)
        || Math.abs(a - b) <= tolerance * Math.max(1, Math.max(Math.abs(a), Math.abs(b)))
            && !Double.isInfinite(a)
            && !Double.isInfinite(b);
  }

  private static Sample sample(JsonNode pair) {
    return new Sample(
        Math.round(pair.get(0).asDouble() * 1000),
        switch (pair.get(1).asString()) {
          case "+Inf" -> Double.POSITIVE_INFINITY;
          case "-Inf" -> Double.NEGATIVE_INFINITY;
          default -> Double.parseDouble(pair.get(1).asString());
        });
  }

  private static String labels(JsonNode metric) {
    var labels = new TreeMap<String, String>();
    metric
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
    return labels.toString();
  }

  @Override
  public String toString() {
    if (isError()) {
      return status + " " + type + ": " + message;
    }
    var text = new StringBuilder(type + " " + message);
    series.entrySet().stream()
        .limit(20)
        .forEach(each -> text.append("\n  ")
            .append(each.getKey())
            .append(each.getValue().stream()
                .limit(12)
                .map(sample -> " " + sample.value + " @" + sample.time)
                .toList()));
    return text.toString();
  }
}
