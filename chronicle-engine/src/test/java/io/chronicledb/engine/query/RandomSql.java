package io.chronicledb.engine.query;

import io.chronicledb.engine.model.TimeText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Random statements over the tables of {@link SqlDifferentialTest}, each as Chronicle's text and as H2's. They stay where both mean the
 * same: no NaN, and inside of aggregates only what binary fractions can say without rounding, so that the order of a sum does not matter.
 */
final class RandomSql {

  /** How far apart two results may be, relative to their size. */
  private static final double EXACT = 0;

  private static final double MEAN = 1e-12;
  private static final double DEVIATION = 1e-9;

  private static final long SECOND = 1_000_000_000L;
  private static final List<String> TAGS = List.of("dc", "host", "rack");

  /**
   * One statement.
   *
   * @param keys how many of the columns, from the left, tell the rows of groups apart
   * @param tolerances of each column
   * @param ordered whether the statement determines the order of its rows
   * @param timed whether rows come by the time in the first column
   */
  record Statement(
      String chronicle,
      String h2,
      int keys,
      List<Double> tolerances,
      boolean ordered,
      boolean timed) {}

  /** One part of a statement in both languages. */
  private record Text(String chronicle, String h2) {

    static Text both(String text) {
      return new Text(text, text);
    }

    /** The same pattern around the parts of either language. */
    static Text format(String pattern, Text... parts) {
      return formatted(pattern, pattern, parts);
    }

    static Text formatted(String chronicle, String h2, Text... parts) {
      Object[] left = new Object[parts.length];
      Object[] right = new Object[parts.length];
      for (int i = 0; i < parts.length; i++) {
        left[i] = parts[i].chronicle;
        right[i] = parts[i].h2;
      }
      return new Text(String.format(chronicle, left), String.format(h2, right));
    }
  }

  private final Random random;
  private final long start;
  private final long end;

  private boolean wide;
  private boolean union;
  /** The fields of the wide table that the statement names. */
  private final Set<String> named = new LinkedHashSet<>();
  /** H2's aggregates, which a subquery computes as x0, x1 and so on. */
  private final List<String> aggregates = new ArrayList<>();

  /**
   * @param start the time of the first points, in nanoseconds
   * @param end that of the last
   */
  RandomSql(Random random, long start, long end) {
    this.random = random;
    this.start = start;
    this.end = end;
  }

  Statement next() {
    named.clear();
    aggregates.clear();
    wide = random.nextInt(3) == 0;
    union = !wide && random.nextInt(3) == 0;
    return random.nextInt(5) < 2 ? rows() : groups();
  }

  // ------------------------------------------------------------------ statements

  private Statement rows() {
    var items = new ArrayList<Text>();
    items.add(new Text("time", "t"));
    TAGS.stream().filter(tag -> random.nextInt(3) == 0).map(Text::both).forEach(items::add);
    if (union && random.nextBoolean()) {
      items.add(Text.both("metric"));
    }
    for (int i = random.nextInt(3); i >= 0; i--) {
      items.add(value(random.nextInt(3), false));
    }
    Text where = where();
    List<Text> order = new ArrayList<>();
    if (random.nextBoolean()) {
      for (int i = random.nextInt(2); i >= 0; i--) {
        int item = random.nextInt(items.size());
        order.add(
            switch (random.nextInt(4)) {
              case 0 -> direction(Text.both(String.valueOf(item + 1)));
              case 1 -> direction(value(1, false));
              default -> direction(Text.both("c" + item));
            });
      }
    }
    boolean byTime = order.isEmpty();
    // The manual does not say which of two metrics comes first where time and tags are the same.
    boolean ordered = !union || random.nextBoolean();
    if (union && ordered) {
      order.add(direction(new Text("time", "t")));
      TAGS.forEach(tag -> order.add(direction(Text.both(tag))));
      order.add(direction(Text.both("metric")));
    }
    String limit = ordered ? limit(60) : "";
    String source = source();
    String chronicle = select(items, Text::chronicle) + " FROM " + source
        + clause(" WHERE ", where, Text::chronicle)
        + list(" ORDER BY ", order, Text::chronicle) + limit;
    keepNamed(chronicle);
    // Rows of the same place keep their order: by time, then by tags.
    order.add(new Text("", "t"));
    order.add(new Text("", "ord"));
    String h2 = select(items, Text::h2) + " FROM " + h2Source(source)
        + clause(" WHERE ", where, Text::h2) + list(" ORDER BY ", order, Text::h2) + limit;
    List<Double> tolerances = items.stream().map(item -> EXACT).toList();
    return new Statement(chronicle, h2, items.size(), tolerances, ordered, byTime && !ordered);
  }

  private Statement groups() {
    var keys = new ArrayList<Text>();
    boolean timed = random.nextBoolean();
    String bucket = "";
    if (timed) {
      long width = pick(30, 60, 90, 300, 1_000, 3_600);
      long offset = random.nextInt(3) == 0 ? random.nextInt(200) : 0;
      keys.add(new Text(
          "time(" + width + "s" + (offset == 0 ? "" : ", " + offset + "s") + ")", "bucket"));
      bucket = "t - MOD(t - " + offset * SECOND + ", " + width * SECOND + ") AS bucket";
    }
    TAGS.stream().filter(tag -> random.nextInt(3) == 0).map(Text::both).forEach(keys::add);
    if (union && random.nextBoolean()) {
      keys.add(Text.both("metric"));
    }
    var tolerances = new ArrayList<Double>();
    keys.forEach(key -> tolerances.add(EXACT));
    var items = new ArrayList<Text>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      items.add(aggregated(tolerances));
    }
    Text where = where();
    Text having =
        random.nextInt(4) > 0 ? null : condition(random.nextInt(2), () -> groupCondition(keys));
    boolean ordered = keys.isEmpty() || random.nextBoolean();
    List<Text> order = ordered && !keys.isEmpty() ? order(keys, items, tolerances) : List.of();
    String limit = ordered ? limit(20) : "";
    String source = source();
    var aliased = new StringJoiner(", ", "SELECT ", "");
    for (int i = 0; i < items.size(); i++) {
      aliased.add(items.get(i).chronicle() + " AS c" + (keys.size() + i));
    }
    String chronicle = aliased + " FROM " + source + clause(" WHERE ", where, Text::chronicle)
        + list(" GROUP BY ", keys, Text::chronicle) + clause(" HAVING ", having, Text::chronicle)
        + list(" ORDER BY ", order, Text::chronicle) + limit;
    keepNamed(chronicle);
    var inner = new StringJoiner(", ", "(SELECT ", "");
    keys.forEach(key -> inner.add(key.h2()));
    for (int i = 0; i < aggregates.size(); i++) {
      inner.add(aggregates.get(i) + " AS x" + i);
    }
    var columns = new ArrayList<>(keys);
    columns.addAll(items);
    String rows =
        timed ? "(SELECT *, " + bucket + " FROM " + h2Source(source) + ")" : h2Source(source);
    String h2 = select(columns, Text::h2) + " FROM " + inner + " FROM " + rows
        + clause(" WHERE ", where, Text::h2) + list(" GROUP BY ", keys, Text::h2)
        + " LIMIT 1000000)" // Keeps conditions outside: H2 fails on some that it moves inside.
        + clause(" WHERE ", having, Text::h2) + list(" ORDER BY ", order, Text::h2) + limit;
    return new Statement(chronicle, h2, keys.size(), tolerances, ordered, timed && !ordered);
  }

  /** Some of the columns, then all keys, so that no two rows are equal. */
  private List<Text> order(List<Text> keys, List<Text> items, List<Double> tolerances) {
    var order = new ArrayList<Text>();
    for (int i = keys.size(); i < keys.size() + items.size(); i++) {
      // Where rounding may differ, so may the order.
      if (tolerances.get(i) == EXACT && random.nextInt(3) == 0) {
        order.add(direction(Text.both(random.nextBoolean() ? "c" + i : String.valueOf(i + 1))));
      }
    }
    if (random.nextInt(4) == 0) {
      order.add(direction(exact()));
    }
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i).chronicle();
      order.add(direction(key.startsWith("time(") ? new Text("time", "bucket") : Text.both(key)));
    }
    return order;
  }

  /** Forgets fields that were drawn and then not written. */
  private void keepNamed(String statement) {
    String names = statement.replaceAll("'[^']*'", "");
    named.removeIf(
        field -> !Pattern.compile("\\b" + field + "\\b").matcher(names).find());
  }

  private String source() {
    if (wide) {
      return "w";
    }
    return union ? pick("m, n", "n, m, n", "/^[mn]$/") : pick("m", "n");
  }

  private String h2Source(String source) {
    if (union) {
      return "p";
    }
    if (!wide) {
      return "(SELECT * FROM p WHERE metric = '" + source + "')";
    }
    // A row is there where a named field has a point.
    var present = new StringJoiner(" OR ", "(SELECT * FROM w WHERE ", ")");
    (named.isEmpty() ? Set.of("a", "b", "c") : named)
        .forEach(field -> present.add(field + " IS NOT NULL"));
    return present.toString();
  }

  private static String select(List<Text> items, Function<Text, String> language) {
    var selected = new StringJoiner(", ", "SELECT ", "");
    for (int i = 0; i < items.size(); i++) {
      selected.add(language.apply(items.get(i)) + " AS c" + i);
    }
    return selected.toString();
  }

  private static String list(String word, List<Text> items, Function<Text, String> language) {
    return items.isEmpty()
        ? ""
        : word + String.join(", ", items.stream().map(language).toList());
  }

  private static String clause(
      String word, @Nullable Text condition, Function<Text, String> language) {
    return condition == null ? "" : word + language.apply(condition);
  }

  /** A term of ORDER BY: in Chronicle NULL is last in any case. */
  private Text direction(Text term) {
    boolean descending = random.nextBoolean();
    return Text.formatted(
        descending ? "%s DESC" : random.nextBoolean() ? "%s ASC" : "%s",
        descending ? "%s DESC NULLS LAST" : "%s NULLS LAST",
        term);
  }

  private String limit(int most) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> " LIMIT " + random.nextInt(most);
      case 2 -> " LIMIT " + random.nextInt(most) + " OFFSET " + random.nextInt(most / 2);
      // H2 takes it alone, too.
      case 3 -> " OFFSET " + random.nextInt(most);
      default -> "";
    };
  }

  // ------------------------------------------------------------------ values

  /** @param dyadic whether sums of it must not round */
  private Text value(int depth, boolean dyadic) {
    if (depth == 0) {
      return column();
    }
    Text x = value(depth - 1, dyadic);
    Text y = random.nextBoolean() ? number() : value(depth - 1, dyadic);
    return switch (random.nextInt(dyadic ? 11 : 15)) {
      case 0 -> Text.format("(%s + %s)", x, y);
      case 1 -> Text.format("(%s - %s)", x, y);
      case 2 -> Text.format("(%s * %s)", x, number());
      case 3 -> Text.formatted("(%s %% %s)", "MOD(%s, NULLIF(%s, 0))", x, y);
      case 4 -> Text.format("(-%s)", x);
      case 5 -> Text.format("abs(%s)", x);
      case 6 -> Text.format(pick("floor(%s)", "ceil(%s)"), x);
      case 7 -> Text.format("coalesce(%s, %s)", x, y);
      case 8 -> Text.format("nullif(%s, %s)", x, y);
      case 9 -> Text.formatted("greatest(%s, %s)", "GREATEST(%s, %s) IGNORE NULLS", x, y);
      case 10 -> Text.formatted("least(%s, %s)", "LEAST(%s, %s) IGNORE NULLS", x, y);
      case 11, 12 -> Text.formatted("(%s / %s)", "(%s / NULLIF(%s, 0))", x, y);
      case 13 -> Text.format("sqrt(abs(%s))", x);
      default -> Text.format("(%s * %s)", x, y);
    };
  }

  private Text column() {
    if (!wide) {
      return new Text("value", "v");
    }
    String field = pick("a", "b", "c");
    named.add(field);
    return random.nextInt(8) == 0 ? new Text("field(" + field + ")", field) : Text.both(field);
  }

  /** A binary fraction. */
  private Text number() {
    double number = (random.nextInt(4) == 0 ? random.nextInt(801) - 400 : random.nextInt(41) - 20)
        / pick(1.0, 1.0, 2.0, 4.0);
    String text = number == Math.rint(number) ? String.valueOf((long) number) : "" + number;
    return Text.formatted("%s", "CAST(%s AS DOUBLE PRECISION)", Text.both(text));
  }

  // ------------------------------------------------------------------ aggregates

  /** One item; adds its tolerance. */
  private Text aggregated(List<Double> tolerances) {
    int kind = random.nextInt(10);
    if (kind < 4) {
      tolerances.add(EXACT);
      return exact();
    }
    if (kind < 7) {
      tolerances.add(MEAN);
      return switch (random.nextInt(4)) {
        case 0 -> aggregate("median(%s)", "MEDIAN(%s)", argument());
        case 1 -> {
          String p = pick("0", "10", "25", "50", "75", "90", "99.5", "100");
          yield aggregate(
              "percentile(%s, " + p + ")",
              "PERCENTILE_CONT(" + p + " / 100.0) WITHIN GROUP (ORDER BY %s)",
              argument());
        }
        default -> aggregate(pick("mean(%s)", "avg(%s)"), "AVG(%s)", argument());
      };
    }
    if (kind == 7) {
      tolerances.add(DEVIATION);
      return random.nextBoolean()
          ? aggregate("stddev(%s)", "STDDEV_SAMP(%s)", argument())
          : aggregate("variance(%s)", "VAR_SAMP(%s)", argument());
    }
    tolerances.add(MEAN);
    Text x = exact();
    Text y = random.nextBoolean() ? exact() : number();
    return switch (random.nextInt(5)) {
      case 0 -> Text.format("%s + %s", x, y);
      case 1 -> Text.format("(%s - %s) * 2", x, y);
      case 2 -> Text.formatted("%s / %s", "%s / NULLIF(%s, 0)", x, y);
      case 3 -> Text.format("sqrt(abs(%s - %s))", x, y);
      default -> Text.format("coalesce(%s, %s)", x, y);
    };
  }

  /** An aggregate that rounds nothing. */
  private Text exact() {
    return switch (random.nextInt(9)) {
      case 0 -> aggregate("count(*)", "COUNT(*)");
      case 1 -> aggregate("count(%s)", "COUNT(%s)", argument());
      case 2 -> aggregate("sum(%s)", "SUM(%s)", argument());
      case 3 -> aggregate("spread(%s)", "MAX(%1$s) - MIN(%1$s)", argument());
      case 4 ->
        aggregate(
            pick("distinct(%s)", "count(distinct(%s))"),
            "COUNT(DISTINCT %s)",
            random.nextInt(3) == 0 ? Text.both(pick("dc", "host", "rack")) : argument());
      case 5 -> outermost("first(%s)", "t, ord");
      case 6 -> outermost("last(%s)", "t DESC, ord DESC");
      case 7 -> aggregate("min(%s)", "MIN(%s)", argument());
      default -> aggregate("max(%s)", "MAX(%s)", argument());
    };
  }

  private Text aggregate(String chronicle, String h2, Text... argument) {
    Text text = Text.formatted(chronicle, "CAST(" + h2 + " AS DOUBLE PRECISION)", argument);
    aggregates.add(text.h2());
    return new Text(text.chronicle(), "x" + (aggregates.size() - 1));
  }

  private Text argument() {
    return value(random.nextInt(3) == 0 ? 1 : 0, true);
  }

  private Text outermost(String chronicle, String order) {
    // Of two metrics with the same tags and time the manual does not say which comes first.
    Text argument = union ? Text.format("(%s * 0)", column()) : argument();
    Text text = Text.formatted(
        chronicle,
        "ARRAY_AGG(%1$s ORDER BY " + order + ") FILTER (WHERE %1$s IS NOT NULL)",
        argument);
    aggregates.add(text.h2());
    return new Text(text.chronicle(), "x" + (aggregates.size() - 1) + "[1]");
  }

  // ------------------------------------------------------------------ conditions

  private @Nullable Text where() {
    return random.nextInt(4) == 0 ? null : condition(random.nextInt(3), this::rowCondition);
  }

  private Text condition(int depth, Supplier<Text> simple) {
    if (depth == 0) {
      return simple.get();
    }
    return switch (random.nextInt(7)) {
      case 0, 1, 2 ->
        Text.format("(%s AND %s)", condition(depth - 1, simple), condition(depth - 1, simple));
      case 3, 4 ->
        Text.format("(%s OR %s)", condition(depth - 1, simple), condition(depth - 1, simple));
      case 5 -> Text.format("NOT (%s)", condition(depth - 1, simple));
      default -> condition(depth - 1, simple);
    };
  }

  private Text rowCondition() {
    return switch (random.nextInt(3)) {
      case 0 -> tagCondition(pick("dc", "host", "rack"));
      case 1 -> timeCondition();
      default -> valueCondition(value(random.nextInt(2), false), value(0, false));
    };
  }

  private Text groupCondition(List<Text> keys) {
    if (random.nextInt(3) == 0) {
      List<Text> tags = keys.stream().filter(key -> TAGS.contains(key.h2())).toList();
      if (!tags.isEmpty()) {
        return tagCondition(tags.get(random.nextInt(tags.size())).h2());
      }
    }
    return valueCondition(exact(), exact());
  }

  private Text tagCondition(String tag) {
    String prefix = tag.substring(0, 1);
    Supplier<String> some = () -> "'" + prefix + random.nextInt(5) + "'";
    return switch (random.nextInt(10)) {
      case 0, 1 -> Text.both(tag + " = " + some.get());
      case 2 -> Text.both(tag + pick(" != ", " <> ") + some.get());
      case 3 -> Text.both(tag + pick(" IN (", " NOT IN (") + some.get() + ", " + some.get() + ")");
      case 4 -> Text.both(tag + pick(" IS NULL", " IS NOT NULL"));
      case 5 ->
        Text.both(tag
            + pick(" LIKE ", " NOT LIKE ")
            + pick("'%1'", "'" + prefix + "_'", "'_2%'", "'%'", "'" + prefix + "3'"));
      case 6 -> Text.both(tag + pick(" < ", " <= ", " > ", " >= ") + some.get());
      case 7 -> Text.both(tag + pick("", " NOT") + " BETWEEN " + some.get() + " AND " + some.get());
      default -> {
        String regex = pick("[12]", "^" + prefix + "[0-2]$", "3|4", "^$");
        yield random.nextBoolean()
            ? new Text(tag + " =~ '" + regex + "'", "REGEXP_LIKE(" + tag + ", '" + regex + "')")
            : new Text(
                tag + " !~ /" + regex + "/", "NOT REGEXP_LIKE(" + tag + ", '" + regex + "')");
      }
    };
  }

  private Text timeCondition() {
    return switch (random.nextInt(4)) {
      case 0 -> Text.formatted("time BETWEEN %s AND %s", "t BETWEEN %s AND %s", time(), time());
      case 1 ->
        Text.formatted("(time >= %s AND time < %s)", "(t >= %s AND t < %s)", time(), time());
      default -> {
        String comparison = pick(" < ", " <= ", " > ", " >= ", " = ", " != ");
        yield Text.formatted("time" + comparison + "%s", "t" + comparison + "%s", time());
      }
    };
  }

  private Text time() {
    // Often exactly that of points.
    long time = start + Math.floorMod(random.nextLong(), end - start + 1);
    if (random.nextBoolean()) {
      time -= time % (10 * SECOND);
    }
    String text = random.nextBoolean() ? "'" + TimeText.format(time) + "'" : String.valueOf(time);
    return new Text(text, String.valueOf(time));
  }

  /** Between a value and a number, or another value. */
  private Text valueCondition(Text x, Text other) {
    return switch (random.nextInt(8)) {
      case 0 -> Text.format("%s IS NULL", x);
      case 1 -> Text.format("%s IS NOT NULL", x);
      case 2 -> Text.format("%s BETWEEN %s AND %s", x, number(), number());
      case 3 -> Text.format("%s NOT BETWEEN %s AND %s", x, number(), number());
      case 4 -> Text.format(pick("%s IN (%s, %s)", "%s NOT IN (%s, %s)"), x, number(), number());
      default ->
        Text.format(
            "%s" + pick(" = ", " != ", " < ", " <= ", " > ", " >= ") + "%s",
            x,
            random.nextInt(4) == 0 ? other : number());
    };
  }

  @SafeVarargs
  private <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
