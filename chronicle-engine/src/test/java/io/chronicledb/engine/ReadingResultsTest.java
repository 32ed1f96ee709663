package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.PreparedSql;
import io.chronicledb.engine.query.QueryEngine;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.query.SqlRows;
import io.chronicledb.engine.query.sql.SqlParameters;
import io.chronicledb.engine.write.PointBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs the examples of docs/embedding.md, section "Reading results", and of the Javadoc of what it is about. */
class ReadingResultsTest {

  private static final Path ENGINE = Path.of("src/main/java/io/chronicledb/engine");

  private final ChronicleDatabase database = ChronicleDatabase.inMemory();
  private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private record Point(Instant time, String host, double value) {}

  @BeforeEach
  void write() {
    var batch = new PointBatch();
    for (String host : List.of("a", "b")) {
      for (int i = 0; i < 60; i++) {
        long nanos = start.plusSeconds(10L * i).getEpochSecond() * 1_000_000_000;
        batch.add(
            "cpu", Tags.of("host", host), nanos, (host.equals("a") ? 1.0 : 2.0) + i % 2 - 0.5);
        batch.add("cpu_usage_user", Tags.of("hostname", host), nanos, i);
        batch.add("cpu_usage_system", Tags.of("hostname", host), nanos, 2 * i);
      }
      batch.add(
          "temperature",
          Tags.of("room", host.equals("a") ? "living" : "kitchen"),
          start.getEpochSecond() * 1_000_000_000,
          20 + host.charAt(0) - 'a');
    }
    database.write(batch);
  }

  @AfterEach
  void close() {
    assertThat(database.queryEngine().running()).isEmpty();
    database.close();
  }

  @Test
  @SuppressWarnings("NullAway") // The statement says which type a column has.
  void rowsAndColumns() {
    Table table = database.query(
        "SELECT mean(value) AS mean, count(value) AS n FROM cpu GROUP BY time(5m), host");
    for (Table.Row row : table) {
      Instant start = row.getInstant("time");
      String host = row.getString("host");
      double mean = row.getDouble("mean");
      long n = row.getLong("n");
      out.println(start + " " + host + " " + mean + " of " + n);
    }
    double highest =
        table.stream().mapToDouble(row -> row.getDouble("mean")).max().orElseThrow();

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "2026-01-01T00:00:00Z a 1.0 of 30",
            "2026-01-01T00:00:00Z b 2.0 of 30",
            "2026-01-01T00:05:00Z a 1.0 of 30",
            "2026-01-01T00:05:00Z b 2.0 of 30");
    assertThat(highest).isEqualTo(2.0);

    Table.Column column = table.column("mean");
    double[] means = column.doubles().array();
    double sum = 0;
    for (int row = 0; row < table.rowCount(); row++) {
      sum += column.doubles().isAbsent(row) ? 0 : means[row];
    }

    assertThat(sum).isEqualTo(6.0);
  }

  @Test
  void records() {
    record Load(
        Instant time, String host, double mean, @Nullable Double spread) {}

    List<Load> loads = database
        .query(
            "SELECT mean(value) AS mean, spread(value) AS spread FROM cpu WHERE host = ? GROUP BY time(5m), host",
            "a")
        .toRecords(Load.class);

    assertThat(loads)
        .containsExactly(
            new Load(start, "a", 1.0, 1.0), new Load(start.plusSeconds(300), "a", 1.0, 1.0));
  }

  @Test
  void longResults() {
    try (SqlRows rows = database.rows("SELECT * FROM cpu WHERE value > ?", 0.5)) {
      for (Table.Row row : rows) {
        out.println(row.getInstant("time") + " " + row.get("host"));
      }
    }
    try (Stream<Point> points = database.rows("SELECT * FROM cpu").stream(Point.class)) {
      points.filter(point -> point.host().equals("b")).forEach(out::println);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .hasSize(30 + 60 + 60)
        .startsWith("2026-01-01T00:00:00Z b")
        .endsWith("Point[time=2026-01-01T00:09:50Z, host=b, value=2.5]");
  }

  @Test
  void parameters() {
    database.query("SELECT max(value) FROM cpu WHERE host = ? AND time >= ?", "a", start);
    database.query(
        "SELECT max(value) FROM cpu WHERE host = :host AND time >= :start",
        SqlParameters.named(Map.of("host", "a", "start", start)));

    PreparedSql newest = database.prepare("SELECT last(value) AS value FROM cpu WHERE host = ?");
    double a = newest.run("a").row(0).getDouble("value");
    double b = newest.run("b").row(0).getDouble("value");

    assertThat(a).isEqualTo(1.5);
    assertThat(b).isEqualTo(2.5);
  }

  @Test
  void cancelling() {
    QueryEngine queries = database.queryEngine();
    queries.sql("SELECT count(*) FROM cpu", new QueryOptions(Duration.ofSeconds(2), null));
    queries.running().stream()
        .filter(query -> query.elapsed().compareTo(Duration.ofSeconds(10)) > 0)
        .forEach(query -> queries.cancel(query.id()));
  }

  @Test
  @SuppressWarnings("NullAway") // The statement says which type a column has.
  void examplesOfJavadoc() {
    Table table = database.query("SELECT mean(value) FROM temperature GROUP BY time(5m)");
    for (Table.Row row : table) {
      System.out.println(row.getInstant("time") + " " + row.getDouble("mean(value)"));
    }
    double[] means = table.column("mean(value)").doubles().array(); // the first rowCount() of them
    assertThat(means).startsWith(20.5);

    record Usage(
        Instant time,
        String hostname,
        double usageUser,
        @Nullable Double peak) {}

    List<Usage> usage = database
        .query(
            "SELECT mean(usage_user) AS usage_user, max(usage_system) AS peak FROM cpu GROUP BY time(5m), hostname")
        .toRecords(Usage.class);
    assertThat(usage).hasSize(4).contains(new Usage(start, "a", 14.5, 58.0));

    try (SqlRows rows = database.rows("SELECT * FROM cpu WHERE hostname = ?", "host_1")) {
      for (Table.Row row : rows) {
        System.out.println(row.getInstant("time") + " " + row.get("usage_user"));
      }
    }

    PreparedSql byRoom =
        database.prepare("SELECT mean(value) FROM temperature WHERE room = ? GROUP BY time(5m)");
    Table living = byRoom.run("living");
    Table kitchen = byRoom.run("kitchen");
    assertThat(living.row(0).getDouble("mean(value)")).isEqualTo(20);
    assertThat(kitchen.row(0).getDouble("mean(value)")).isEqualTo(21);
  }

  @Test
  void examplesOfTheDatabase() {
    record Mean(Instant time, double mean) {}

    List<Mean> means = database
        .query(
            "SELECT mean(value) AS mean FROM temperature WHERE room = ? GROUP BY time(5m)",
            "living")
        .toRecords(Mean.class);
    assertThat(means).containsExactly(new Mean(start, 20));

    Table living = database.query(
        "SELECT max(value) FROM temperature WHERE room = :room AND time >= :start",
        SqlParameters.named(Map.of("room", "living", "start", start)));
    assertThat(living.row(0).getDouble(0)).isEqualTo(20);
  }

  /** Otherwise what runs here would not be what people read. */
  @Test
  void theExamplesAreThoseThatPeopleRead() throws IOException {
    String here =
        plain(read(Path.of("src/test/java/io/chronicledb/engine/ReadingResultsTest.java")));
    var examples = new ArrayList<String>();
    String section = found("## Reading results\n(.*?)\n## ", read(Path.of("../docs/embedding.md")))
        .get(0);
    examples.addAll(found("```java\n(.*?)```", section));
    assertThat(examples).hasSizeGreaterThanOrEqualTo(6);
    String database = read(ENGINE.resolve("ChronicleDatabase.java"));
    for (String source : List.of(
        read(ENGINE.resolve("column/Table.java")),
        read(ENGINE.resolve("query/SqlRows.java")),
        read(ENGINE.resolve("query/PreparedSql.java")),
        database.substring(database.indexOf("Runs an SQL statement.")))) {
      List<String> ofClass = found("<pre>\\{@code\n(.*?)\\}</pre>", source);
      assertThat(ofClass).isNotEmpty();
      ofClass.forEach(example -> examples.add(example.replaceAll("(?m)^ *\\* ?", "")));
    }
    for (String example : examples) {
      assertThat(here).contains(plain(example));
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.DOTALL)
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  /** Without what a formatter of code changes. */
  private static String plain(String code) {
    return code.replaceAll("\"\\s*\\+ \"", "").replaceAll("\\s+", "");
  }
}
