package io.chronicledb.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.DurationText;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeText;
import io.chronicledb.engine.query.promql.PromQlPlanner;
import io.chronicledb.engine.write.PointBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs query tests that are text. Blocks are separated by their first, unindented line:
 *
 * <pre>
 * load 10s                                   samples from time 0 on; "_" is a gap, "stale" the marker
 *   queue_depth{shard="1"}  4 6 stale 9 _ 1x3    (1x3: three times 1; 1+2x3: 1 3 5 7)
 * eval instant at 25s  EXPRESSION            expected: labels and value, one series a line, any order
 *   {shard="1"} 9
 * eval range from 0s to 20s step 10s  EXPRESSION
 *   {shard="1"} 4 6 _
 * eval_fail instant at 0s  EXPRESSION        expected: a part of the message
 *   some words
 * sql  STATEMENT                             expected: header, then rows, separated by "|"
 *   time | mean(value)
 *   1970-01-01T00:00:00Z | 4
 * sql_fail  STATEMENT
 *   some words
 * clear                                      starts over with an empty database
 * </pre>
 */
final class QueryScript {

  /** Where the loaded points are when the queries run. */
  enum Placement {
    MEMORY,
    STORAGE,
    /** Every other batch is flushed. */
    BOTH
  }

  private static final Pattern NUMBERS = Pattern.compile("([^x]+?)([+-][^+x-]+)?x(\\d+)");
  private static final Pattern INSTANT = Pattern.compile("instant at (\\S+)\\s+(.*)");
  private static final Pattern RANGE =
      Pattern.compile("range from (\\S+) to (\\S+) step (\\S+)\\s+(.*)");

  private final Placement placement;
  private ChronicleDatabase database = ChronicleDatabase.inMemory();
  private int cases;

  QueryScript(Placement placement) {
    this.placement = placement;
  }

  /** Runs a script and returns the number of queries. */
  int run(List<String> lines) {
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
          throw new AssertionError(
              "line " + line + " (" + placement + "): " + head + "\n" + e.getMessage(), e);
        }
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
        database = ChronicleDatabase.inMemory();
      }
      case "load" -> load(DurationText.parse(rest), body);
      case "eval" -> {
        cases++;
        evaluate(rest, body);
      }
      case "eval_fail" -> {
        cases++;
        Throwable thrown = catchThrowable(() -> result(rest));
        assertThat(thrown).isInstanceOf(ChronicleException.class);
        assertThat(thrown.getMessage()).contains(body);
      }
      case "sql" -> {
        cases++;
        assertThat(text(database.query(rest)))
            .isEqualTo(body.stream().map(QueryScript::squeeze).toList());
      }
      case "sql_fail" -> {
        cases++;
        Throwable thrown = catchThrowable(() -> database.query(rest));
        assertThat(thrown).isInstanceOf(ChronicleException.class);
        assertThat(thrown.getMessage()).contains(body);
      }
      default -> throw new IllegalArgumentException("unknown command " + command);
    }
  }

  private void load(long step, List<String> body) {
    int rows = 0;
    for (String line : body) {
      int split = line.contains("}") ? line.indexOf('}') + 1 : line.indexOf(' ');
      Tags tags = labels(line.substring(0, split));
      String metric = String.valueOf(tags.get(Tags.METRIC));
      long time = 0;
      var batch = new PointBatch();
      for (double value : values(line.substring(split))) {
        if (!isGap(value)) {
          batch.add(metric, tags.without(Tags.METRIC), time, value);
        }
        time += step;
      }
      // Halves of a series in different places make the merge work.
      database.write(batch);
      if (placement == Placement.BOTH && rows++ % 2 == 0) {
        database.flush();
      }
    }
    if (placement == Placement.STORAGE) {
      database.flush();
    }
  }

  /** A NaN of another pattern than any that a script can name. */
  private static final long GAP = 0x7ff8dead00000000L;

  private static boolean isGap(double value) {
    return Double.doubleToRawLongBits(value) == GAP;
  }

  private static List<Double> values(String text) {
    var values = new ArrayList<Double>();
    for (String word : text.strip().split("\\s+")) {
      Matcher repeated = NUMBERS.matcher(word);
      if (repeated.matches() && !word.startsWith("0x")) {
        double first = number(repeated.group(1));
        double step = repeated.group(2) == null ? 0 : number(repeated.group(2));
        int times = Integer.parseInt(repeated.group(3));
        int count = repeated.group(2) == null ? times : times + 1;
        for (int i = 0; i < count; i++) {
          values.add(isGap(first) ? first : first + i * step);
        }
      } else {
        values.add(number(word));
      }
    }
    return values;
  }

  private static double number(String word) {
    return switch (word) {
      case "_" -> Double.longBitsToDouble(GAP);
      case "stale" -> StaleMarker.value();
      case "Inf", "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(word);
    };
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

  private void evaluate(String query, List<String> body) {
    PromQlResult result = result(query);
    Map<Tags, List<Double>> expected = new TreeMap<>();
    for (String line : body) {
      int split =
          line.contains("}") ? line.indexOf('}') + 1 : line.contains(" ") ? line.indexOf(' ') : 0;
      String labels = line.substring(0, split);
      boolean scalar = split == 0 || labels.matches("[-+.\\d].*");
      expected.put(
          scalar ? Tags.empty() : labels(labels), values(scalar ? line : line.substring(split)));
    }
    Map<Tags, List<Double>> actual = new TreeMap<>();
    if (result instanceof PromQlResult.Scalar scalar) {
      actual.put(Tags.empty(), List.of(scalar.value()));
    } else if (result instanceof PromQlResult.Vector vector) {
      vector.elements().forEach(element -> actual.put(element.labels(), List.of(element.value())));
    } else if (result instanceof PromQlResult.Matrix matrix) {
      Matcher range = RANGE.matcher(query);
      for (var series : matrix.series()) {
        actual.put(
            series.labels(), range.matches() ? onGrid(series, range) : list(series.values()));
      }
    }
    assertThat(actual.keySet()).as("series").isEqualTo(expected.keySet());
    expected.forEach((labels, values) -> {
      List<Double> got = actual.get(labels);
      assertThat(got).as("values of %s", labels).hasSameSizeAs(values);
      for (int i = 0; i < values.size(); i++) {
        assertThat(same(got.get(i), values.get(i)))
            .as("%s at %d: %s, expected %s", labels, i, got, values)
            .isTrue();
      }
    });
  }

  private static List<Double> onGrid(PromQlResult.Matrix.SamplesOfSeries series, Matcher range) {
    long start = DurationText.parse(range.group(1));
    long end = DurationText.parse(range.group(2));
    long step = DurationText.parse(range.group(3));
    var values = new ArrayList<Double>();
    int at = 0;
    for (long time = start; time <= end; time += step) {
      boolean present = at < series.timestamps().length && series.timestamps()[at] == time;
      values.add(present ? series.values()[at++] : number("_"));
    }
    return values;
  }

  private static List<Double> list(double[] values) {
    var list = new ArrayList<Double>();
    for (double value : values) {
      list.add(value);
    }
    return list;
  }

  private static boolean same(double actual, double expected) {
    if (isGap(expected) || isGap(actual)) {
      return isGap(expected) == isGap(actual);
    }
    if (Double.isNaN(expected) || Double.isInfinite(expected)) {
      return Double.compare(actual, expected) == 0;
    }
    return Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
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
          cells.add(
              number == Math.rint(number) && Math.abs(number) < 1e15
                  ? Long.toString(number.longValue())
                  : number.toString());
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
