package io.chronicledb.app.it;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Random expressions over {@link PromQlData}, of all that Prometheus 2.42 and 3 both have. Nearly all are well-typed.
 *
 * <p>What amplifies a rounding without a limit, such as {@code ==}, {@code floor} or {@code topk}, gets operands without one: an <em>exact</em>
 * expression is computed by the same operations on the same numbers in all releases.
 *
 * <p>All times end in 0 or 3 milliseconds, while those of samples end in 7. The range of a subquery ends in 5, so that its bound meets none of
 * its instants, which are multiples of its step.
 */
final class RandomPromQl {

  /** Of results that are rounded: releases add in different orders. */
  private static final double TOLERANCE = 1e-9;

  /** Of differences between large numbers: times and squares. */
  private static final double CANCELLED_TOLERANCE = 1e-6;

  private static final Pattern CANCELLING =
      Pattern.compile("stddev|stdvar|deriv|predict_linear|" + OlderPromQl.SMOOTHING);

  /**
   * One expression with its instants.
   *
   * @param end the same as the start in an instant query, whose step is 0; milliseconds
   * @param exact whether results are the same to the last bit
   */
  record Question(
      String expression, long start, long end, long step, boolean exact, boolean sorted) {

    boolean isInstant() {
      return step == 0;
    }

    /** What differs between two answers to this, in words; empty if nothing does. */
    String difference(PromQlAnswer answer, PromQlAnswer expected) {
      double rounded = CANCELLING.matcher(expression).find() ? CANCELLED_TOLERANCE : TOLERANCE;
      return answer.differenceTo(expected, exact ? 0 : rounded, sorted);
    }
  }

  /** A metric, the labels besides job and instance, whether its rate means something. */
  private record Family(String metric, String label, List<String> values, boolean counter) {}

  private static final List<String> METHODS = List.of("get", "put");

  private static final List<Family> FAMILIES = List.of(
      new Family("requests_total", "method", METHODS, true),
      new Family("requests_total", "code", List.of("200", "500"), true),
      new Family("errors_total", "method", METHODS, true),
      new Family("latency_bucket", "le", List.of("0.1", "1", "+Inf"), true),
      new Family("latency_count", "", List.of(), true),
      new Family("latency_sum", "", List.of(), true),
      new Family("temperature", "zone", List.of("inlet", "core"), false),
      new Family("queue", "", List.of(), false),
      new Family("busy", "", List.of(), false),
      new Family("flag", "", List.of(), false),
      new Family("sparse", "", List.of(), false),
      new Family("brief", "", List.of(), false),
      new Family("birth", "", List.of(), false),
      new Family("build_info", "version", List.of("1.0", "1.1"), false));

  private static final List<String> TARGET_GAUGES =
      List.of("queue", "busy", "flag", "sparse", "brief", "birth", "weird");
  private static final List<String> DISTINCT = List.of("temperature", "queue", "busy", "sparse");

  private static final List<String> EXACT_FUNCTIONS =
      List.of("abs", "ceil", "floor", "sgn", "sqrt");
  private static final List<String> CALENDAR = List.of(
      "day_of_month",
      "day_of_week",
      "day_of_year",
      "days_in_month",
      "hour",
      "minute",
      "month",
      "year");
  private static final List<String> FUNCTIONS = List.of(
      "abs", "sqrt", "ln", "log2", "log10", "acos", "acosh", "asin", "asinh", "atan", "atanh",
      "tanh", "deg", "rad");

  /** A rounding of a large argument is a turn of the circle. */
  private static final List<String> PERIODIC = List.of("sin", "cos", "tan");

  /** Close to the largest number, Go is infinite a little earlier than Java. */
  private static final List<String> GROWING = List.of("exp", "sinh", "cosh");

  private static final List<String> EXACT_OVER_TIME = List.of(
      "min_over_time",
      "max_over_time",
      "count_over_time",
      "last_over_time",
      "present_over_time",
      "changes",
      "resets",
      "idelta");
  private static final List<String> OVER_TIME = List.of(
      "avg_over_time", "sum_over_time", "stddev_over_time", "stdvar_over_time", "delta", "deriv");
  private static final List<String> EXACT_AGGREGATIONS = List.of("min", "max", "count", "group");
  private static final List<String> AGGREGATIONS = List.of("sum", "avg", "stddev", "stdvar");
  private static final List<String> COMPARISONS = List.of("==", "!=", ">", "<", ">=", "<=");

  private final Random random;

  RandomPromQl(Random random) {
    this.random = random;
  }

  Question next() {
    boolean instant = random.nextInt(3) == 0;
    boolean exact = random.nextInt(3) == 0;
    int depth = 1 + random.nextInt(4);
    boolean sorted = false;
    String expression;
    int kind = random.nextInt(100);
    if (kind < 6) {
      expression = new WrongPromQl(random, this).next();
    } else if (kind < 10) {
      expression = scalar(depth, exact);
    } else if (kind < 11) {
      expression = pick("\"text\"", "'it\\'s'", "`a\\b`", "\"\\u00e9\\x41\\n\"");
      instant = random.nextInt(8) > 0;
    } else if (kind < 14) {
      expression = range(exact, false);
      instant = random.nextInt(8) > 0;
      exact = true;
    } else if (kind < 17) {
      expression = pick("sort", "sort_desc") + "(" + vector(depth, exact) + ")";
      sorted = instant;
    } else {
      expression = vector(depth, exact);
    }
    long start =
        PromQlData.START - 120_000 + random.nextInt((PromQlData.COUNT * 15 + 360) * 100) * 10L + 3;
    if (random.nextInt(5) > 0) {
      start = Math.max(PromQlData.START + 900_003, Math.min(start, PromQlData.END - 300_007));
    }
    if (instant) {
      return new Question(expression, start, start, 0, exact, sorted);
    }
    long step = pick(1_000L, 5_000L, 14_990L, 15_000L, 60_000L, 61_000L, 300_000L);
    long end = start + random.nextInt(30) * step + random.nextInt(4) / 3 * (step / 20 * 10);
    return new Question(expression, start, end, step, exact, sorted);
  }

  // ------------------------------------------------------------------ vectors

  String vector(int depth, boolean exact) {
    if (depth <= 0) {
      return random.nextInt(30) == 0 ? "vector(" + scalar(0, exact) + ")" : selector();
    }
    return switch (random.nextInt(20)) {
      case 0 -> selector();
      case 1, 2, 3, 4 -> overTime(depth, exact);
      case 5, 6, 7 -> aggregation(depth, exact);
      case 8, 9 -> function(depth, exact);
      case 10, 11, 12, 13, 14 -> new BinaryPromQl(random, this).next(depth, exact);
      case 15 -> labels(depth, exact);
      case 16 -> exact ? top() : histogramQuantile(depth);
      case 17 -> pick("-", "+") + "(" + vector(depth - 1, exact) + ")";
      case 18 -> rarely(depth, exact);
      default -> "(" + vector(depth - 1, exact) + ")";
    };
  }

  private String rarely(int depth, boolean exact) {
    return switch (random.nextInt(7)) {
      case 0 -> "absent(" + pick(selector(), vector(depth - 1, exact), "no_such{job=\"x\"}") + ")";
      case 1 -> "absent_over_time(" + range(exact, false) + ")";
      case 2 -> "timestamp(" + pick(selector(), vector(depth - 1, exact)) + ")";
      case 3 ->
        "count_values" + pick("", " by (job)", " without (instance)") + " (\"" + pick("v", "job")
            + "\", " + vector(0, true) + ")";
      case 4 ->
        pick("histogram_count(", "histogram_sum(", "histogram_fraction(0, 10, ")
            + vector(depth - 1, exact) + ")";
      case 5 ->
        pick("sum", "count") + " by (__name__) ({job=\"api\", __name__=~\"queue|flag|busy\"})";
      default ->
        "{__name__=~\"" + pick("queue|sparse", "latency_.*", "temp.*|b.*y") + "\""
            + pick("", ", job!=\"web\"", ", instance=~\"i[01]\"") + "}" + modifiers();
    };
  }

  private String aggregation(int depth, boolean exact) {
    String grouping = grouping();
    String function;
    String argument;
    if (exact) {
      if (random.nextInt(4) == 0) {
        function = "sum";
        argument = pick("queue", "temperature", "flag", "busy") + modifiers();
      } else {
        function = pick(EXACT_AGGREGATIONS);
        argument = vector(depth - 1, true);
      }
    } else if (random.nextInt(5) == 0) {
      function = "quantile";
      argument = scalarBelow(depth) + ", " + vector(depth - 1, false);
    } else {
      function = random.nextInt(4) == 0 ? pick(EXACT_AGGREGATIONS) : pick(AGGREGATIONS);
      argument = vector(depth - 1, false);
    }
    return random.nextBoolean()
        ? function + grouping + " (" + argument + ")"
        : function + "(" + argument + ")" + grouping;
  }

  String grouping() {
    return pick(
        "",
        "",
        " by (job)",
        " by (job, instance)",
        " by (instance, method, zone)",
        " by ()",
        " without (instance)",
        " without (job, method, code, zone)",
        " without ()",
        " by (none)");
  }

  /** Of values that all differ: which of two equal ones is the larger is not defined. */
  private String top() {
    String argument = pick(DISTINCT) + modifiers();
    return pick("topk", "bottomk")
        + pick("", " by (job)", " without (zone)", " by (instance)")
        + " ("
        + pick("1", "2", "3.7", "0", "-1", "20", "scalar(flag{job=\"api\", instance=\"i0\"}) + 1")
        + ", "
        + pick(argument, argument, argument + " * 2", "max_over_time(" + pick(DISTINCT) + "[5m])")
        + ")";
  }

  private String histogramQuantile(int depth) {
    String quantile = scalarBelow(depth);
    String buckets = switch (random.nextInt(5)) {
      case 0 -> "latency_bucket" + matchers("") + modifiers();
      case 1 -> "sum by (le) (rate(latency_bucket[" + width() + "]" + modifiers() + "))";
      case 2 -> "sum by (le, job) (latency_bucket)";
      case 3 -> "increase(latency_bucket{job=\"" + pick("api", "web") + "\"}[" + width() + "])";
      default -> "rate(latency_bucket[" + width() + "])";
    };
    return "histogram_quantile(" + quantile + ", " + buckets + ")";
  }

  private String function(int depth, boolean exact) {
    switch (random.nextInt(6)) {
      case 0:
        String time = random.nextInt(3) == 0 ? vector(0, true) : "birth" + modifiers();
        return pick(CALENDAR) + pick("()", "(" + time + ")", "(" + time + ")");
      case 1:
        String clamped = vector(depth - 1, exact);
        return switch (random.nextInt(3)) {
          case 0 -> "clamp(" + clamped + ", " + scalar(0, exact) + ", " + scalar(0, exact) + ")";
          case 1 -> "clamp_min(" + clamped + ", " + scalar(depth - 1, exact) + ")";
          default -> "clamp_max(" + clamped + ", " + scalar(depth - 1, exact) + ")";
        };
      case 2:
        return "round(" + vector(depth - 1, true)
            + pick("", ", 0.5", ", 10", ", 4", ", " + scalar(0, true)) + ")";
      default:
        if (exact) {
          return pick(EXACT_FUNCTIONS) + "(" + vector(depth - 1, true) + ")";
        }
        return switch (random.nextInt(8)) {
          case 0, 1 -> pick(PERIODIC) + "(" + vector(depth - 1, true) + ")";
          case 2 -> pick(GROWING) + "(clamp(" + vector(depth - 1, false) + ", -700, 700))";
          default -> pick(FUNCTIONS) + "(" + vector(depth - 1, random.nextBoolean()) + ")";
        };
    }
  }

  private String labels(int depth, boolean exact) {
    String vector = vector(depth - 1, exact);
    return switch (random.nextInt(6)) {
      case 0 -> "label_replace(" + vector + ", \"to\", \"$1-x\", \"instance\", \"i(.*)\")";
      case 1 -> "label_replace(" + vector + ", \"job\", \"${n}\", \"job\", \"(?P<n>.).*\")";
      case 2 ->
        "label_replace(" + vector + ", \"" + pick("instance", "zone")
            + "\", \"\", \"job\", \"api\")";
      case 3 -> "label_replace(" + selector() + ", \"from\", \"$0\", \"__name__\", \".*_?(.)\")";
      case 4 -> "label_join(" + vector + ", \"all\", \"-\", \"job\", \"instance\", \"none\")";
      default ->
        "label_join(" + vector + ", \"" + pick("job", "zone") + "\", \"/\""
            + pick("", ", \"job\"", ", \"instance\", \"zone\"") + ")";
    };
  }

  // ------------------------------------------------------------------ ranges

  private String overTime(int depth, boolean exact) {
    if (exact) {
      return pick(EXACT_OVER_TIME) + "(" + rangeOf(depth, true) + ")";
    }
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> pick("rate", "increase", "irate") + "(" + range(false, true) + ")";
      case 3 -> "quantile_over_time(" + scalarBelow(depth) + ", " + rangeOf(depth, false) + ")";
      case 4 ->
        "predict_linear(" + rangeOf(depth, false) + ", "
            + pick("60", "-600", "3600", scalar(depth - 1, false)) + ")";
      case 5 ->
        OlderPromQl.SMOOTHING + "(" + rangeOf(depth, false) + ", " + pick("0.1", "0.5", "0.9")
            + ", " + pick("0.2", "0.7") + ")";
      default -> pick(OVER_TIME) + "(" + rangeOf(depth, false) + ")";
    };
  }

  private String rangeOf(int depth, boolean exact) {
    return random.nextInt(3) == 0
        ? subquery("(" + vector(depth - 1, exact) + ")")
        : range(exact, random.nextInt(4) == 0);
  }

  /** @param counter of a metric whose values only go up, but for resets */
  String range(boolean exact, boolean counter) {
    Family family = family(counter);
    String selector = random.nextInt(20) == 0 && !counter ? "weird" : selector(family);
    return random.nextInt(6) == 0
        ? subquery(selector)
        : selector + "[" + width() + "]" + modifiers();
  }

  private String subquery(String inner) {
    String width = pick("1m", "2m", "5m", "7m30s", "10m") + "5ms";
    String step = pick("", "10s", "15s", "30s", "1m", "41s");
    return inner + "[" + width + ":" + step + "]" + modifiers();
  }

  private String width() {
    return pick("1m", "90s", "2m", "5m", "5m", "10m", "20s", "1h", "1m1s500ms");
  }

  // ------------------------------------------------------------------ selectors

  String selector() {
    return random.nextInt(12) == 0
        ? "weird" + matchers("") + modifiers()
        : selector(family(false)) + modifiers();
  }

  /** One of the metrics with nothing but job and instance. */
  String target() {
    return pick(TARGET_GAUGES) + modifiers();
  }

  private Family family(boolean counter) {
    Family family;
    do {
      family = pick(FAMILIES);
    } while (counter && !family.counter);
    return family;
  }

  private String selector(Family family) {
    String own = family.label.isEmpty() || random.nextInt(3) > 0
        ? ""
        : family.label + pick("=", "!=") + "\"" + pick(family.values) + "\"";
    return random.nextInt(30) == 0
        ? "{__name__=\"" + family.metric + "\"" + (own.isEmpty() ? "" : ", " + own) + "}"
        : family.metric + matchers(own);
  }

  private String matchers(String first) {
    String more = pick(
        "",
        "",
        "",
        "",
        "job=\"api\"",
        "job!=\"api\"",
        "instance=~\"i[02]\"",
        "instance!~\"i1|i2\"",
        "job=~\".+\", instance=\"i1\"",
        "none=\"\"",
        "job=~\"a.*\", none!~\".+\"");
    String all = first.isEmpty() || more.isEmpty() ? first + more : first + ", " + more;
    return all.isEmpty() ? "" : "{" + all + "}";
  }

  String modifiers() {
    String at = switch (random.nextInt(24)) {
      case 0 -> " @ start()";
      case 1 -> " @ end()";
      case 2 ->
        " @ " + (PromQlData.START / 1000 + 900 + random.nextInt(2_400)) + pick("", ".5", ".12");
      default -> "";
    };
    String offset = random.nextInt(7) > 0
        ? ""
        : " offset " + pick("1m", "10s", "5m", "-30s", "-5m", "1m30s", "-1m10ms", "15m");
    return random.nextBoolean() ? at + offset : offset + at;
  }

  // ------------------------------------------------------------------ scalars

  String scalar(int depth, boolean exact) {
    if (depth <= 0) {
      return number();
    }
    return switch (random.nextInt(9)) {
      case 0 -> "time()";
      case 1 -> exact ? number() : "pi()";
      case 2, 3 ->
        "scalar("
            + pick(
                "limit{job=\"api\"}",
                "queue{job=\"web\", instance=\"i1\"}",
                "max(" + vector(depth - 1, exact) + ")",
                vector(depth - 1, exact))
            + ")";
      case 4 -> "-" + scalar(depth - 1, exact);
      case 5 -> scalar(depth - 1, exact) + " " + pick(COMPARISONS) + " bool " + number();
      case 6 ->
        "(" + scalar(depth - 1, exact) + ") " + arithmetic(exact) + " " + scalar(depth - 1, exact);
      default -> number();
    };
  }

  /** Without powers: of a negative number there are those to whole numbers only, which a rounding takes away. */
  String arithmetic(boolean exact) {
    return exact ? pick("+", "-", "*", "/", "%") : pick("+", "-", "*", "/", "atan2");
  }

  private String scalarBelow(int depth) {
    return pick(
        "0.5",
        "0.9",
        "0.25",
        "0",
        "1",
        "0.99",
        "-0.1",
        "1.5",
        "NaN",
        random.nextInt(4) == 0 ? "scalar(" + vector(depth - 1, true) + ") / 100" : "0.75");
  }

  String number() {
    return pick(
        "0", "1", "2", "-1", "0.5", "10", "100", "1e3", "3.25", "-7.125", "0x1F", "1e-3", "Inf",
        "-inf", "NaN", "20", "25", "30");
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
