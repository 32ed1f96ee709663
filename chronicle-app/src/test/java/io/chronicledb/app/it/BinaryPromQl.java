package io.chronicledb.app.it;

import java.util.List;
import java.util.Random;

/** The binary operations of {@link RandomPromQl}: between vectors that mostly match in one of the ways that the language knows. */
final class BinaryPromQl {

  private static final List<String> COMPARISONS = List.of("==", "!=", ">", "<", ">=", "<=");
  private static final List<String> SETS = List.of("and", "or", "unless");
  private static final String TARGET = "on (job, instance)";

  private final Random random;
  private final RandomPromQl operands;

  BinaryPromQl(Random random, RandomPromQl operands) {
    this.random = random;
    this.operands = operands;
  }

  /** @param exact as of {@link RandomPromQl} */
  String next(int depth, boolean exact) {
    return switch (random.nextInt(13)) {
      case 12 -> amplifying(depth, exact);
      case 0, 1 ->
        "(" + operands.vector(depth - 1, exact) + ") " + operator(exact) + " "
            + operands.scalar(depth - 1, exact);
      case 2 ->
        "(" + operands.scalar(depth - 1, exact) + ") " + operator(exact) + " "
            + operands.vector(depth - 1, exact);
      case 3, 4, 5 -> set(depth, exact);
      case 6 -> targets(depth, exact);
      case 7 -> oneToOne(exact);
      case 8 -> manyToOne(depth, exact);
      case 9 -> information(exact);
      case 10 -> precedence(exact);
      default -> careless(depth, exact);
    };
  }

  private String operator(boolean exact) {
    if (random.nextInt(exact ? 2 : 6) > 0) {
      return operands.arithmetic(exact);
    }
    return operands.pick(COMPARISONS) + (random.nextInt(3) == 0 ? " bool" : "");
  }

  /** Remainders of exact operands, and powers without the root of a rounded negative number. */
  private String amplifying(int depth, boolean exact) {
    if (exact) {
      return "(" + operands.vector(depth - 1, true) + ") % "
          + operands.pick("3", "0.75", operands.target());
    }
    return switch (random.nextInt(4)) {
      case 0 -> "2 ^ (" + operands.vector(depth - 1, false) + ")";
      case 1 -> operands.target() + " ^ " + operands.target();
      case 2 ->
        "(" + operands.vector(depth - 1, true) + ") ^ (" + operands.scalar(depth - 1, true) + ")";
      default -> "(" + operands.vector(depth - 1, false) + ") ^ " + operands.number();
    };
  }

  private String set(int depth, boolean exact) {
    String matching = operands.pick(
        "",
        "",
        TARGET,
        "on (job)",
        "on ()",
        "ignoring (zone, method, code)",
        "ignoring (instance)");
    return "(" + operands.vector(depth - 1, exact) + ") " + operands.pick(SETS) + " " + matching
        + " (" + operands.vector(depth - 1, exact) + ")";
  }

  /** One series for each target on both sides. */
  private String targets(int depth, boolean exact) {
    String matching =
        operands.pick("", TARGET, "ignoring (none)", "ignoring ()", "on (instance, job)");
    return target(depth, exact) + " " + operator(exact) + " " + matching + " "
        + target(depth, exact);
  }

  private String target(int depth, boolean exact) {
    if (random.nextBoolean()) {
      return operands.target();
    }
    String function = exact ? operands.pick("min", "max", "count") : operands.pick("sum", "avg");
    return function + " by (job, instance) (" + operands.vector(depth - 1, exact) + ")";
  }

  private String oneToOne(boolean exact) {
    return operands.pick(
        "errors_total " + operator(exact) + " ignoring (code) requests_total{code=\"500\"}",
        "requests_total{code=\"500\"} " + operator(exact)
            + " on (job, instance, method) requests_total{code=\"200\"}" + operands.modifiers(),
        "temperature{zone=\"inlet\"} " + operator(exact)
            + " on (instance, job) temperature{zone=\"core\"}",
        "temperature " + operator(exact) + " temperature" + operands.modifiers(),
        "latency_sum " + operator(exact) + " latency_count");
  }

  private String manyToOne(int depth, boolean exact) {
    String many = operands.pick("temperature", "requests_total", "errors_total", "queue", "busy")
        + operands.modifiers();
    String one;
    String matching;
    String included = operands.pick("", " ()", " (zone)", " (none)");
    if (random.nextBoolean()) {
      one = target(depth, exact);
      matching = operands.pick(TARGET, "ignoring (zone, method, code)");
    } else {
      one = operands.pick(
          "limit" + operands.modifiers(),
          operands.pick("max", "min", "count") + " by (job) (" + operands.vector(depth - 1, exact)
              + ")");
      matching = "on (job)";
    }
    String operator = operator(exact);
    return random.nextBoolean()
        ? many + " " + operator + " " + matching + " group_left" + included + " " + one
        : one + " " + operator + " " + matching + " group_right" + included + " " + many;
  }

  private String information(boolean exact) {
    String many =
        operands.pick("temperature", "requests_total{code=\"200\"}", "queue", "latency_count");
    String operator = operator(exact);
    String labels = operands.pick(" (version)", " (version, none)");
    return random.nextBoolean()
        ? many + " " + operator + " " + TARGET + " group_left" + labels + " build_info"
        : "build_info " + operator + " " + TARGET + " group_right" + labels + " " + many;
  }

  /** Without parentheses, so that the grammar decides. */
  private String precedence(boolean exact) {
    var text = new StringBuilder(operands.pick("", "-")).append(operands.target());
    for (int more = 1 + random.nextInt(3); more > 0; more--) {
      if (random.nextInt(4) == 0) {
        text.append(' ').append(operands.pick(SETS)).append(' ').append(operands.target());
      } else {
        String operator = exact || random.nextInt(4) > 0 ? operator(exact) : "^";
        text.append(' ').append(operator).append(' ').append(operands.pick("", "-"));
        text.append(random.nextBoolean() ? operands.target() : operands.pick("2", "0.5", "10"));
      }
    }
    return text.toString();
  }

  /** Whether this matches, and how often, is for the servers to find out. */
  private String careless(int depth, boolean exact) {
    String matching = operands.pick(
        "",
        "on (job)",
        "on (instance)",
        "ignoring (zone)",
        "ignoring (method, code)",
        "on (job) group_left",
        "ignoring (method) group_left",
        "on (instance) group_right (method)");
    return "(" + operands.vector(depth - 1, exact) + ") " + operator(exact) + " " + matching + " ("
        + operands.vector(depth - 1, exact) + ")";
  }
}
