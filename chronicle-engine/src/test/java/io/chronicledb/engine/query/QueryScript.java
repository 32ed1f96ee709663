package io.chronicledb.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.DurationText;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeText;
import io.chronicledb.engine.query.promql.PromQlPlanner;
import io.chronicledb.engine.query.sql.SqlParameters;
import io.chronicledb.engine.write.PointBatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs query tests that are text. Blocks are separated by their first, unindented line; a line that starts with # is a comment:
 *
 * <pre>
 * load 10s                                   samples from time 0 on; "_" is a gap, "stale" the marker
 *   queue_depth{shard="1"}  4 6 stale 9 _ 1x3    (1x3: three times 1; 1+2x3: 1 3 5 7)
 *   delay{shard="1"}  {{schema:0 count:1 sum:2 buckets:[1]}}x3    native histograms, likewise
 * load 30m from 2024-03-31T00:00:00Z         samples from another time on
 *   queue_depth{shard="2"}  1 NaN Inf 4@90s 5@2024-03-31T07:00:00Z    ("@": at that time and not in the step)
 * clock 2024-03-31T12:00:00Z                 what now() is from here on
 * eval instant at 25s  EXPRESSION            expected: labels and value, one series a line, any order
 *   {shard="1"} 9
 *   PromQL info: some words (1:6)            its annotations; where none is given, any will do, and "no annotations" means none
 * eval_ordered instant at 25s  EXPRESSION    the same, but the series must come in the order of the lines
 * eval range from 0s to 20s step 10s  EXPRESSION
 *   {shard="1"} 4 6 _
 * eval_fail instant at 0s  EXPRESSION        expected: a part of the message
 *   some words
 * sql  STATEMENT                             expected: header, then rows in this order, separated by "|"
 *   ? 'a'                                      first the values of its parameters, if any: one a line,
 *   ? 2.5                                      texts, whole and other numbers, NULL, instants without quotes,
 *   :name 2024-03-31T00:00:00Z                 or named ones
 *   time | mean(value) | host
 *   1970-01-01T00:00:00Z | ~0.333333333333 | NULL      (~: within a billionth; otherwise to the last bit)
 *   warning: "tmep" "temp"                     a warning that has these words; a header "_" is any
 * sql_has  STATEMENT                         expected: parts of the printed table, one a line
 *   some words
 * sql_fail  STATEMENT                        expected: parts of the message, one a line
 *   some words
 * clear                                      starts over with an empty database
 * </pre>
 *
 * <p>Every SQL statement runs with all rewrites and with none, and must answer the same; one that deletes runs once. Of a load, a line of
 * the same series in a later block overwrites; lines of one block must not overlap.
 */
final class QueryScript {

  /** Where the loaded points are when the queries run. */
  enum Placement {
    MEMORY,
    STORAGE,
    /** The first half of each line of a block is flushed, so that series have points in both. */
    BOTH
  }

  private static final Pattern SQL_CASE = Pattern.compile("(sql|sql_has|sql_fail)\\s");
  private static final Pattern PROMQL_CASE = Pattern.compile("(eval|eval_ordered|eval_fail)\\s");
  private static final Pattern GRID = Pattern.compile("(\\S+)(?:\\s+from\\s+(\\S+))?");
  private static final Pattern PARAMETER = Pattern.compile("(\\?|:\\w+)\\s+(.*)");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+(\\.\\d+)?([eE][-+]?\\d+)?|NaN|Infinity)");
  private static final List<QueryOptions> OPTIONS =
      List.of(QueryOptions.defaults(), QueryOptions.defaults().withoutRewrites());
  private static final Pattern INSTANT = Pattern.compile("instant at (\\S+)\\s+(.*)");
  private static final Pattern RANGE =
      Pattern.compile("range from (\\S+) to (\\S+) step (\\S+)\\s+(.*)");

  private final Placement placement;
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private ChronicleDatabase database = open();
  private int cases;

  QueryScript(Placement placement) {
    this.placement = placement;
  }

  private ChronicleDatabase open() {
    return ChronicleDatabase.inMemory(ChronicleOptions.defaults().withClock(() -> now));
  }

  /** How many PromQL cases a script has. */
  static long promqlCases(List<String> lines) {
    return lines.stream().filter(line -> PROMQL_CASE.matcher(line).lookingAt()).count();
  }

  /** How many SQL cases a script has. */
  static long sqlCases(List<String> lines) {
    return lines.stream().filter(line -> SQL_CASE.matcher(line).lookingAt()).count();
  }

  /** Runs a script to its end and returns the number of queries; throws if any of them failed. */
  int run(List<String> lines) {
    var failures = new ArrayList<String>();
    try {
      int at = 0;
      while (at < lines.size()) {
        String head = lines.get(at);
        int line = ++at;
        if (head.isBlank() || head.startsWith("#")) {
          continue;
        }
        var body = new ArrayList<String>();
        while (at < lines.size()
            && (lines.get(at).startsWith(" ") || lines.get(at).startsWith("#"))) {
          if (!lines.get(at).startsWith("#")) {
            body.add(lines.get(at).strip());
          }
          at++;
        }
        try {
          block(head, body);
        } catch (AssertionError | RuntimeException e) {
          failures.add("line " + line + " (" + placement + "): " + head + "\n" + e);
        }
      }
      if (!failures.isEmpty()) {
        throw new AssertionError(failures.size() + " failed\n" + String.join("\n", failures));
      }
      return cases;
    } finally {
      database.close();
    }
  }

  private void block(String head, List<String> body) {
    String command = head.split("\\s+", 2)[0];
    String rest = head.substring(command.length()).strip();
    switch (command) {
      case "clear" -> {
        database.close();
        database = open();
      }
      case "clock" -> now = Instant.parse(rest);
      case "load" -> load(rest, body);
      case "eval", "eval_ordered" -> {
        cases++;
        evaluate(rest, body, command.equals("eval_ordered"));
      }
      case "eval_fail" -> {
        cases++;
        Throwable thrown = catchThrowable(() -> result(rest));
        assertThat(thrown).isInstanceOf(ChronicleException.class);
        assertThat(thrown.getMessage()).contains(body);
      }
      case "sql" -> {
        cases++;
        sql(rest, body);
      }
      case "sql_has" -> {
        cases++;
        for (QueryOptions options : OPTIONS) {
          assertThat(String.join(
                  "\n",
                  text(database.queryEngine().prepare(rest).run(SqlParameters.none(), options))))
              .as(rewrites(options))
              .contains(body);
        }
      }
      case "sql_fail" -> {
        cases++;
        SqlParameters parameters = parameters(body);
        List<String> parts = body.stream().filter(line -> !isParameter(line)).toList();
        assertThat(parts).as("parts of a message").isNotEmpty();
        for (QueryOptions options : OPTIONS) {
          Throwable thrown =
              catchThrowable(() -> database.queryEngine().prepare(rest).run(parameters, options));
          assertThat(thrown).as(rewrites(options)).isInstanceOf(ChronicleException.class);
          assertThat(thrown.getMessage()).as(rewrites(options)).contains(parts);
        }
      }
      default -> throw new IllegalArgumentException("unknown command " + command);
    }
  }

  private void sql(String statement, List<String> body) {
    SqlParameters parameters = parameters(body);
    List<String> expected = body.stream()
        .filter(line -> !isParameter(line))
        .map(QueryScript::squeeze)
        .toList();
    Table table =
        database.queryEngine().prepare(statement).run(parameters, QueryOptions.defaults());
    compare(table, expected, "with rewrites");
    if (statement.regionMatches(true, 0, "delete", 0, 6)) {
      return;
    }
    Table plain = database
        .queryEngine()
        .prepare(statement)
        .run(parameters, QueryOptions.defaults().withoutRewrites());
    compare(plain, expected, "without rewrites");
    // What the text does not say: types, and numbers where the expectation leaves room.
    assertThat(plain.columns().stream().map(Table.Column::type).toList())
        .as("types without rewrites, and with them")
        .isEqualTo(table.columns().stream().map(Table.Column::type).toList());
    for (int row = 0; row < table.rowCount(); row++) {
      for (int column = 0; column < table.columns().size(); column++) {
        Object with = table.value(row, column);
        Object without = plain.value(row, column);
        assertThat(alike(with, without))
            .as("row %d, column %d: %s with rewrites, %s without", row, column, with, without)
            .isTrue();
      }
    }
  }

  private static boolean alike(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Double x && b instanceof Double y) {
      // Statistics of chunks add up in another order than points.
      return x.equals(y) || Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y));
    }
    return Objects.equals(a, b);
  }

  private static String rewrites(QueryOptions options) {
    return options.equals(QueryOptions.defaults()) ? "with rewrites" : "without rewrites";
  }

  private static void compare(Table table, List<String> expected, String how) {
    List<String> actual = text(table);
    boolean same = actual.size() == expected.size()
        && (expected.get(0).equals("_") || actual.get(0).equals(expected.get(0)));
    for (int i = 1; same && i < actual.size(); i++) {
      same = sameLine(actual.get(i), expected.get(i));
    }
    if (!same) {
      assertThat(String.join("\n", actual)).as(how).isEqualTo(String.join("\n", expected));
      throw new AssertionError(how + ": a number or the words of a warning differ in\n" + actual);
    }
  }

  private static boolean sameLine(String actual, String expected) {
    if (expected.startsWith("warning:")) {
      return actual.startsWith("warning:")
          && Arrays.stream(expected.split("\\s+")).allMatch(actual::contains);
    }
    String[] got = actual.split("\\|", -1);
    String[] wanted = expected.split("\\|", -1);
    if (got.length != wanted.length) {
      return false;
    }
    for (int i = 0; i < got.length; i++) {
      if (!got[i].equals(wanted[i]) && !sameNumber(got[i], wanted[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameNumber(String actual, String expected) {
    boolean near = expected.startsWith("~");
    String number = near ? expected.substring(1) : expected;
    if (!NUMBER.matcher(number).matches() || !NUMBER.matcher(actual).matches()) {
      return false;
    }
    double a = Double.parseDouble(actual);
    double b = Double.parseDouble(number);
    return a == b || (near && Math.abs(a - b) <= 1e-9 * Math.abs(b));
  }

  private static boolean isParameter(String line) {
    return PARAMETER.matcher(line).matches();
  }

  private static SqlParameters parameters(List<String> body) {
    var positional = new ArrayList<Object>();
    var named = new LinkedHashMap<String, Object>();
    for (String line : body) {
      Matcher parameter = PARAMETER.matcher(line);
      if (parameter.matches()) {
        Object value = parameterValue(parameter.group(2));
        if (parameter.group(1).equals("?")) {
          positional.add(value);
        } else {
          named.put(parameter.group(1).substring(1), value);
        }
      }
    }
    return named.isEmpty() ? SqlParameters.of(positional) : SqlParameters.named(named);
  }

  private static @Nullable Object parameterValue(String word) {
    if (word.startsWith("'")) {
      return word.substring(1, word.length() - 1);
    }
    if (word.equals("NULL")) {
      return null;
    }
    if (word.endsWith("Z")) {
      return Instant.parse(word);
    }
    return word.matches("-?\\d+") ? (Object) Long.valueOf(word) : Double.valueOf(word);
  }

  private void load(String how, List<String> body) {
    Matcher grid = GRID.matcher(how);
    if (!grid.matches()) {
      throw new IllegalArgumentException("neither a step nor one with a start: " + how);
    }
    long step = DurationText.parse(grid.group(1));
    long start = grid.group(2) == null ? 0 : TimeText.parse(grid.group(2));
    var first = new PointBatch();
    var second = new PointBatch();
    for (String line : body) {
      int split = endOfLabels(line);
      Tags tags = labels(line.substring(0, split));
      String metric = String.valueOf(tags.get(Tags.METRIC));
      var times = new ArrayList<Long>();
      var values = new ArrayList<Object>();
      long next = start;
      for (String word : ScriptValues.words(line.substring(split))) {
        int at = word.indexOf('@');
        if (at > 0) {
          times.add(time(word.substring(at + 1)));
          values.addAll(ScriptValues.parse(word.substring(0, at)));
          continue;
        }
        for (Object value : ScriptValues.parse(word)) {
          if (!ScriptValues.isGap(value)) {
            times.add(next);
            values.add(value);
          }
          next += step;
        }
      }
      for (int i = 0; i < times.size(); i++) {
        PointBatch batch =
            (i < times.size() / 2 ? first : second).series(metric, tags.without(Tags.METRIC));
        if (values.get(i) instanceof NativeHistogram histogram) {
          batch.add(times.get(i), histogram);
        } else {
          batch.add(times.get(i), (Double) values.get(i));
        }
      }
    }
    database.write(first);
    if (placement == Placement.BOTH) {
      database.flush();
    }
    database.write(second);
    if (placement == Placement.STORAGE) {
      database.flush();
    }
  }

  /** A time as text, or as a duration since 1970. */
  private static long time(String text) {
    return text.indexOf('T') > 0 ? TimeText.parse(text) : DurationText.parse(text);
  }

  /** Where the values of a line begin: behind the labels, or the name; 0 for values alone. */
  private static int endOfLabels(String line) {
    int blank = line.indexOf(' ');
    int brace = line.indexOf('{');
    if (brace < 0 || line.startsWith("{{", brace) || blank >= 0 && blank < brace) {
      return line.startsWith("{{") ? 0 : Math.max(0, blank);
    }
    boolean quoted = false;
    int at = brace;
    while (quoted || line.charAt(at) != '}') {
      quoted ^= line.charAt(at) == '"' && line.charAt(at - 1) != '\\';
      at++;
    }
    return at + 1;
  }

  private static Tags labels(String selector) {
    String text = selector.strip();
    if (text.equals("{}")) {
      return Tags.empty();
    }
    var labels = Tags.builder();
    for (TagMatcher matcher : PromQlPlanner.matchers(text)) {
      labels.add(matcher.name(), matcher.value());
    }
    return labels.build();
  }

  private PromQlResult result(String query) {
    Matcher instant = INSTANT.matcher(query);
    if (instant.matches()) {
      return database
          .queryEngine()
          .promql(instant.group(2), DurationText.parse(instant.group(1)), QueryOptions.defaults());
    }
    Matcher range = RANGE.matcher(query);
    if (!range.matches()) {
      throw new IllegalArgumentException("neither instant nor range: " + query);
    }
    return database
        .queryEngine()
        .promql(
            range.group(4),
            DurationText.parse(range.group(1)),
            DurationText.parse(range.group(2)),
            DurationText.parse(range.group(3)),
            QueryOptions.defaults());
  }

  private void evaluate(String query, List<String> body, boolean ordered) {
    PromQlResult result = result(query);
    List<String> annotations =
        body.stream().filter(line -> line.startsWith("PromQL ")).toList();
    if (!annotations.isEmpty() || body.contains("no annotations")) {
      assertThat(new TreeSet<>(result.warnings()))
          .as("annotations")
          .isEqualTo(new TreeSet<>(annotations));
    }
    List<String> lines = body.stream()
        .filter(line -> !line.startsWith("PromQL ") && !line.equals("no annotations"))
        .toList();
    Map<Tags, List<Object>> expected = ordered ? new LinkedHashMap<>() : new TreeMap<>();
    for (String line : lines) {
      int split = endOfLabels(line);
      String labels = line.substring(0, split);
      boolean scalar = split == 0 || labels.matches("[-+.\\d].*");
      expected.put(
          scalar ? Tags.empty() : labels(labels),
          ScriptValues.parse(scalar ? line : line.substring(split)));
    }
    Map<Tags, List<Object>> actual = ordered ? new LinkedHashMap<>() : new TreeMap<>();
    if (result instanceof PromQlResult.Scalar scalar) {
      actual.put(Tags.empty(), List.of(scalar.value()));
    } else if (result instanceof PromQlResult.Vector vector) {
      vector
          .elements()
          .forEach(element -> actual.put(
              element.labels(),
              List.of(element.histogram() == null ? element.value() : element.histogram())));
    } else if (result instanceof PromQlResult.Matrix matrix) {
      Matcher range = RANGE.matcher(query);
      for (var series : matrix.series()) {
        actual.put(series.labels(), range.matches() ? onGrid(series, range) : list(series));
      }
    }
    assertThat(List.copyOf(actual.keySet())).as("series").isEqualTo(List.copyOf(expected.keySet()));
    expected.forEach((labels, values) -> {
      List<Object> got = actual.get(labels);
      assertThat(got).as("values of %s", labels).hasSameSizeAs(values);
      for (int i = 0; i < values.size(); i++) {
        assertThat(ScriptValues.same(got.get(i), values.get(i)))
            .as("%s at %d: %s, expected %s", labels, i, got, values)
            .isTrue();
      }
    });
  }

  private static List<Object> onGrid(PromQlResult.Matrix.SamplesOfSeries series, Matcher range) {
    long start = DurationText.parse(range.group(1));
    long end = DurationText.parse(range.group(2));
    long step = DurationText.parse(range.group(3));
    TreeMap<Long, Object> samples = samples(series);
    var values = new ArrayList<Object>();
    for (long time = start; time <= end; time += step) {
      values.add(samples.getOrDefault(time, ScriptValues.gap()));
    }
    return values;
  }

  private static List<Object> list(PromQlResult.Matrix.SamplesOfSeries series) {
    return List.copyOf(samples(series).values());
  }

  /** The samples of both kinds by time. */
  private static TreeMap<Long, Object> samples(PromQlResult.Matrix.SamplesOfSeries series) {
    var samples = new TreeMap<Long, Object>();
    for (int i = 0; i < series.values().length; i++) {
      samples.put(series.timestamps()[i], series.values()[i]);
    }
    for (int i = 0; i < series.histograms().length; i++) {
      samples.put(series.histogramTimestamps()[i], series.histograms()[i]);
    }
    return samples;
  }

  private static List<String> text(Table table) {
    var lines = new ArrayList<String>();
    lines.add(String.join("|", table.columns().stream().map(Table.Column::name).toList()));
    for (int row = 0; row < table.rowCount(); row++) {
      var cells = new ArrayList<String>();
      for (Table.Column column : table.columns()) {
        Object value = column.value(row);
        if (value instanceof Long time && column.type() == Table.Type.TIMESTAMP) {
          cells.add(TimeText.format(time));
        } else if (value instanceof Double number) {
          boolean whole = number == Math.rint(number) && Math.abs(number) < 1e15;
          cells.add(whole ? Long.toString(number.longValue()) : number.toString());
        } else {
          cells.add(value == null ? "NULL" : value.toString());
        }
      }
      lines.add(String.join("|", cells));
    }
    table.warnings().forEach(warning -> lines.add("warning: " + warning));
    return lines;
  }

  private static String squeeze(String line) {
    return line.replaceAll("\\s*\\|\\s*", "|");
  }
}
