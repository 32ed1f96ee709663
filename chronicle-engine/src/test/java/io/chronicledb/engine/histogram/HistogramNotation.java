package io.chronicledb.engine.histogram;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Histograms in the notation of Prometheus' test scripts: {@code {{schema:1 count:4 sum:5 z_bucket:1 z_bucket_w:0.01 offset:-2 buckets:[1
 * 2] n_offset:1 n_buckets:[1] custom_values:[5 10] counter_reset_hint:gauge}}}, where whatever is missing is zero. Buckets begin with the
 * one at the offset, of which 0 ends at 1.
 */
public final class HistogramNotation {

  private HistogramNotation() {}

  public static NativeHistogram parse(String text) {
    String body = text.strip();
    if (!body.startsWith("{{") || !body.endsWith("}}")) {
      throw new IllegalArgumentException("no histogram: " + text);
    }
    Map<String, String> fields = fields(body.substring(2, body.length() - 2).strip());
    int schema = (int) number(fields, "schema");
    double[] negatives = numbers(fields, "n_buckets");
    double[] positives = numbers(fields, "buckets");
    int[] negative = indexes((int) number(fields, "n_offset"), negatives.length);
    int[] positive = indexes((int) number(fields, "offset"), positives.length);
    double threshold = number(fields, "z_bucket_w");
    double[] bounds = numbers(fields, "custom_values");
    CounterResetHint hint = switch (fields.getOrDefault("counter_reset_hint", "unknown")) {
      case "unknown" -> CounterResetHint.UNKNOWN;
      case "reset" -> CounterResetHint.RESET;
      case "not_reset" -> CounterResetHint.NOT_RESET;
      case "gauge" -> CounterResetHint.GAUGE;
      default -> throw new IllegalArgumentException("no hint: " + text);
    };
    fields.remove("counter_reset_hint");
    double count = number(fields, "count");
    double sum = number(fields, "sum");
    double zeroCount = number(fields, "z_bucket");
    if (!fields.isEmpty()) {
      throw new IllegalArgumentException("unknown " + fields.keySet() + ": " + text);
    }
    BucketLayout layout = schema == BucketLayout.CUSTOM_SCHEMA
        ? BucketLayout.custom(bounds, positive)
        : BucketLayout.exponential(schema, threshold, negative, positive);
    var buckets = new double[negatives.length + positives.length];
    System.arraycopy(negatives, 0, buckets, 0, negatives.length);
    System.arraycopy(positives, 0, buckets, negatives.length, positives.length);
    return NativeHistogram.of(layout, hint, count, sum, zeroCount, buckets, 0);
  }

  private static Map<String, String> fields(String body) {
    var fields = new HashMap<String, String>();
    for (String field : body.split("\\s+(?![^\\[]*])")) {
      if (field.isEmpty()) {
        continue;
      }
      int colon = field.indexOf(':');
      if (colon < 0 || fields.put(field.substring(0, colon), field.substring(colon + 1)) != null) {
        throw new IllegalArgumentException("no field of a histogram: " + field);
      }
    }
    return fields;
  }

  private static double number(Map<String, String> fields, String name) {
    String value = fields.remove(name);
    return value == null ? 0 : number(value);
  }

  private static double number(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "inf", "+inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static double[] numbers(Map<String, String> fields, String name) {
    String value = fields.remove(name);
    if (value == null) {
      return new double[0];
    }
    if (!value.startsWith("[") || !value.endsWith("]")) {
      throw new IllegalArgumentException("no list: " + name + ":" + value);
    }
    String list = value.substring(1, value.length() - 1).strip();
    if (list.isEmpty()) {
      return new double[0];
    }
    String[] texts = list.split("\\s+");
    var numbers = new double[texts.length];
    for (int i = 0; i < texts.length; i++) {
      numbers[i] = number(texts[i]);
    }
    return numbers;
  }

  private static int[] indexes(int offset, int count) {
    var indexes = new int[count];
    for (int i = 0; i < count; i++) {
      indexes[i] = offset + i;
    }
    return indexes;
  }

  /** The notation of a histogram, with buckets from the first to the last populated one. */
  public static String print(NativeHistogram histogram) {
    var text = new StringBuilder();
    BucketLayout layout = histogram.layout();
    appendField(text, "schema", layout.schema());
    appendField(text, "count", histogram.count());
    appendField(text, "sum", histogram.sum());
    appendField(text, "z_bucket", histogram.zeroCount());
    appendField(text, "z_bucket_w", layout.zeroThreshold());
    if (layout.isCustom()) {
      text.append(" custom_values:[");
      for (int i = 0; i < layout.boundCount(); i++) {
        HistogramText.appendNumber(text.append(i == 0 ? "" : " "), layout.bound(i));
      }
      text.append(']');
    }
    if (histogram.hint() != CounterResetHint.UNKNOWN) {
      text.append(" counter_reset_hint:").append(histogram.hint().name().toLowerCase(Locale.ROOT));
    }
    var positive = new TreeMap<Integer, Double>();
    for (int i = 0; i < layout.positiveCount(); i++) {
      positive.put(layout.positiveIndex(i), histogram.positive(i));
    }
    var negative = new TreeMap<Integer, Double>();
    for (int i = 0; i < layout.negativeCount(); i++) {
      negative.put(layout.negativeIndex(i), histogram.negative(i));
    }
    appendBuckets(text, "", positive);
    appendBuckets(text, "n_", negative);
    return "{{" + text.toString().strip() + "}}";
  }

  private static void appendField(StringBuilder text, String name, double value) {
    if (value != 0) {
      HistogramText.appendNumber(text.append(' ').append(name).append(':'), value);
    }
  }

  private static void appendBuckets(
      StringBuilder text, String prefix, TreeMap<Integer, Double> buckets) {
    buckets.values().removeIf(count -> count == 0);
    if (buckets.isEmpty()) {
      return;
    }
    appendField(text, prefix + "offset", buckets.firstKey());
    text.append(' ').append(prefix).append("buckets:[");
    for (int index = buckets.firstKey(); index <= buckets.lastKey(); index++) {
      text.append(index == buckets.firstKey() ? "" : " ");
      HistogramText.appendNumber(text, buckets.getOrDefault(index, 0.0));
    }
    text.append(']');
  }
}
