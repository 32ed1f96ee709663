package io.chronicledb.engine.query;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.reliability.Trials;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.h2.api.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random statements over random points must have the same results in Chronicle, with all rewrites and with none, as in H2, which holds what
 * is left of the points in two plain tables. {@code -Dsql.queries} says how many, {@code -Dseed} repeats a run.
 */
class SqlDifferentialTest {

  /** Statements over the same points. */
  private static final int STATEMENTS_A_ROUND = 100;

  private static final long SECOND = 1_000_000_000L;
  private static final long START = 1_709_990_000 * SECOND;
  private static final long STEP = 10 * SECOND;
  private static final int STEPS = 60;

  @Test
  void answersAsH2Does() {
    long queries = Long.getLong("sql.queries", 2_000);
    long seed = TestDatabase.seed();
    long rounds = (queries + STATEMENTS_A_ROUND - 1) / STATEMENTS_A_ROUND;
    Trials.run(rounds, round -> {
      long first = round * STATEMENTS_A_ROUND;
      long last = Math.min(queries, first + STATEMENTS_A_ROUND);
      try (var data = new Data(new Random(seed + first))) {
        for (long number = first; number < last; number++) {
          compare(data, seed, number);
        }
      }
    });
  }

  private static void compare(Data data, long seed, long number) throws SQLException {
    var statement = new RandomSql(new Random(seed + number), START, START + STEPS * STEP).next();
    List<List<Object>> expected;
    try {
      expected = data.h2(statement.h2());
    } catch (SQLException e) {
      // Some statements in a hundred thousand end in an error within H2 itself.
      if (e.getErrorCode() == ErrorCode.GENERAL_ERROR_1) {
        return;
      }
      throw e;
    }
    for (QueryOptions options :
        List.of(QueryOptions.defaults(), QueryOptions.defaults().withoutRewrites())) {
      List<List<Object>> actual = null;
      String difference;
      try {
        Table table = data.chronicle.queryEngine().sql(statement.chronicle(), options);
        actual = rows(table);
        difference = table.warnings().isEmpty()
            ? difference(statement, actual, expected)
            : "warnings: " + table.warnings();
      } catch (ChronicleException e) {
        difference = e.toString();
      }
      if (difference != null) {
        throw new AssertionError(String.join(
            "\n",
            "-Dseed=" + seed + " -Dsql.queries=" + (number + 1) + ", statement " + number + ", "
                + (options.equals(QueryOptions.defaults()) ? "with" : "without") + " rewrites",
            statement.chronicle(),
            "H2: " + statement.h2(),
            difference,
            "Chronicle: " + text(actual),
            "H2:        " + text(expected)));
      }
    }
  }

  /** Where the results differ; null where they do not. */
  private static @Nullable String difference(
      RandomSql.Statement statement, List<List<Object>> actual, List<List<Object>> expected) {
    if (actual.size() != expected.size()) {
      return actual.size() + " rows instead of " + expected.size();
    }
    if (statement.timed()) {
      for (int row = 1; row < actual.size(); row++) {
        if ((double) actual.get(row - 1).get(0) > (double) actual.get(row).get(0)) {
          return "row " + row + " is older than the one before";
        }
      }
    }
    if (!statement.ordered()) {
      Comparator<List<Object>> byKeys = (a, b) -> compareKeys(a, b, statement.keys());
      actual = actual.stream().sorted(byKeys).toList();
      expected = expected.stream().sorted(byKeys).toList();
    }
    for (int row = 0; row < actual.size(); row++) {
      for (int column = 0; column < statement.tolerances().size(); column++) {
        Object a = actual.get(row).get(column);
        Object b = expected.get(row).get(column);
        if (!same(a, b, statement.tolerances().get(column))) {
          return "row " + row + ", column " + column + ": " + a + " instead of " + b;
        }
      }
    }
    return null;
  }

  private static int compareKeys(List<Object> a, List<Object> b, int keys) {
    for (int i = 0; i < keys; i++) {
      Object x = a.get(i);
      Object y = b.get(i);
      int order = x instanceof Double number && y instanceof Double other
          ? Double.compare(number + 0.0, other + 0.0) // -0 and 0 are the same.
          : String.valueOf(x).compareTo(String.valueOf(y));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static boolean same(@Nullable Object a, @Nullable Object b, double tolerance) {
    if (a instanceof Double x && b instanceof Double y) {
      return x.doubleValue() == y.doubleValue()
          || Math.abs(x - y) <= tolerance * Math.max(1, Math.max(Math.abs(x), Math.abs(y)));
    }
    return a == null ? b == null : a.equals(b);
  }

  /** Numbers and times as doubles, which hold the few times of the test exactly. */
  private static List<List<Object>> rows(Table table) {
    var rows = new ArrayList<List<Object>>();
    for (int row = 0; row < table.rowCount(); row++) {
      var cells = new ArrayList<Object>();
      for (Table.Column column : table.columns()) {
        Object value = column.value(row);
        cells.add(value instanceof Number number ? (Object) number.doubleValue() : value);
      }
      rows.add(cells);
    }
    return rows;
  }

  private static String text(@Nullable List<List<Object>> rows) {
    if (rows == null) {
      return "nothing";
    }
    var text = new StringBuilder(rows.size() + " rows");
    rows.stream().limit(50).forEach(row -> text.append("\n  ").append(row));
    return text.toString();
  }

  /** The same points in both databases. */
  private static final class Data implements AutoCloseable {

    private static final List<String> METRICS = List.of("m", "n", "w_a", "w_b", "w_c");

    final ChronicleDatabase chronicle;
    final Connection h2;
    private final Random random;
    /** Metric, tags and time of each point, and its value. */
    private final Map<String, Map<Tags, Map<Long, Double>>> points = new TreeMap<>();

    private final List<Tags> series = new ArrayList<>();

    Data(Random random) throws SQLException {
      this.random = random;
      chronicle = ChronicleDatabase.inMemory(TestDatabase.options(SyncMode.INTERVAL)
          .withBufferPoints(1 + random.nextInt(200))
          .withPartition(Duration.ofMinutes(3)));
      h2 = DriverManager.getConnection("jdbc:h2:mem:");
      // Every tag exists somewhere: one that does not is an error of typing.
      series.add(Tags.of("dc", "d0", "host", "h0", "rack", "r0"));
      for (int i = 3 + random.nextInt(8); i >= 0; i--) {
        Tags tags = Tags.builder()
            .add("host", "h" + random.nextInt(5))
            .add("dc", random.nextInt(4) == 0 ? "" : "d" + random.nextInt(3))
            .add("rack", random.nextInt(3) == 0 ? "" : "r" + random.nextInt(4))
            .build();
        if (!series.contains(tags)) {
          series.add(tags);
        }
      }
      // A part that is compacted, one over it that is only flushed, and one in memory.
      write(STEPS / 2);
      chronicle.compact();
      write(STEPS);
      chronicle.flush();
      write(STEPS);
      fillH2();
    }

    /** Points of each series up to some step: the later parts fill gaps of the earlier ones and overwrite. */
    private void write(int steps) {
      var batch = new PointBatch();
      for (String metric : METRICS) {
        for (Tags tags : series) {
          for (int step = 0; step < steps; step++) {
            if (random.nextInt(5) < 3) {
              continue;
            }
            long time = START + step * STEP + (random.nextInt(10) == 0 ? SECOND : 0);
            double value =
                random.nextInt(40) == 0 ? StaleMarker.value() : (random.nextInt(161) - 80) / 4.0;
            batch.add(metric, tags, time, value);
            points
                .computeIfAbsent(metric, m -> new TreeMap<>())
                .computeIfAbsent(tags, t -> new TreeMap<>())
                .put(time, value);
          }
        }
      }
      chronicle.write(batch);
    }

    private void fillH2() throws SQLException {
      var order = new TreeMap<Tags, Integer>();
      series.stream().sorted().forEach(tags -> order.put(tags, order.size()));
      String tagColumns =
          "t BIGINT, ord INT, dc VARCHAR(9), host VARCHAR(9), rack VARCHAR(9), metric VARCHAR(9)";
      try (var create = h2.createStatement()) {
        create.execute("CREATE TABLE p(" + tagColumns + ", v DOUBLE PRECISION)");
        create.execute("CREATE TABLE w(" + tagColumns
            + ", a DOUBLE PRECISION, b DOUBLE PRECISION, c DOUBLE PRECISION)");
      }
      try (var insert = h2.prepareStatement("INSERT INTO p VALUES (?, ?, ?, ?, ?, ?, ?)")) {
        for (String metric : List.of("m", "n")) {
          for (Tags tags : series) {
            for (var point : samples(metric, tags).entrySet()) {
              setTags(insert, point.getKey(), order.get(tags), tags, metric);
              insert.setDouble(7, point.getValue());
              insert.addBatch();
            }
          }
        }
        insert.executeBatch();
      }
      try (var insert = h2.prepareStatement("INSERT INTO w VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
        for (Tags tags : series) {
          var times = new TreeMap<Long, Boolean>();
          List<String> fields = METRICS.subList(2, 5);
          fields.forEach(field -> samples(field, tags).keySet().forEach(t -> times.put(t, true)));
          for (long time : times.keySet()) {
            setTags(insert, time, order.get(tags), tags, "w");
            for (int i = 0; i < fields.size(); i++) {
              insert.setObject(7 + i, samples(fields.get(i), tags).get(time), Types.DOUBLE);
            }
            insert.addBatch();
          }
        }
        insert.executeBatch();
      }
    }

    /** Without stale markers. */
    private Map<Long, Double> samples(String metric, Tags tags) {
      var samples = new TreeMap<>(points.get(metric).getOrDefault(tags, Map.of()));
      samples.values().removeIf(StaleMarker::is);
      return samples;
    }

    private static void setTags(
        PreparedStatement insert, long time, int order, Tags tags, String metric)
        throws SQLException {
      insert.setLong(1, time);
      insert.setInt(2, order);
      insert.setString(3, tags.get("dc"));
      insert.setString(4, tags.get("host"));
      insert.setString(5, tags.get("rack"));
      insert.setString(6, metric);
    }

    List<List<Object>> h2(String sql) throws SQLException {
      var rows = new ArrayList<List<Object>>();
      try (var query = h2.createStatement();
          ResultSet result = query.executeQuery(sql)) {
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
          var cells = new ArrayList<Object>();
          for (int i = 1; i <= columns; i++) {
            Object value = result.getObject(i);
            cells.add(value instanceof Number number ? (Object) number.doubleValue() : value);
          }
          rows.add(cells);
        }
      } catch (SQLException e) {
        throw new SQLException(e.getMessage() + "\n" + sql, e.getSQLState(), e.getErrorCode(), e);
      }
      return rows;
    }

    @Override
    public void close() throws SQLException {
      chronicle.close();
      h2.close();
    }
  }
}
