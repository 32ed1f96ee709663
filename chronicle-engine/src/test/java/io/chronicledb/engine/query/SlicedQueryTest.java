package io.chronicledb.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.sql.SqlParameters;
import io.chronicledb.engine.write.PointBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Statements over more points than one slice of time takes, with less memory than all of them need. */
class SlicedQueryTest {

  private static final int SERIES = 7;
  private static final int SAMPLES = 30_000;
  private static final long MINUTE = 60_000_000_000L;

  private final long seed = TestDatabase.seed();
  private final Random random = new Random(seed);
  private final ChronicleDatabase database = ChronicleDatabase.inMemory(
      ChronicleOptions.defaults().withQuery(QueryLimits.defaults().withMemoryBytes(6 << 20)));
  /** All rows by time, then by host. */
  private final List<Row> rows = new ArrayList<>();

  private record Row(long time, int host, double value) {}

  @AfterEach
  void close() {
    database.close();
  }

  /** Dense and empty stretches, most of it flushed, the end of it in memory. */
  private void load() {
    for (int host = 0; host < SERIES; host++) {
      var batch = new PointBatch();
      long time = random.nextInt(1_000_000);
      for (int i = 0; i < SAMPLES; i++) {
        double value = random.nextInt(1000);
        batch.add("m", Tags.of("host", "h" + host), time, value);
        rows.add(new Row(time, host, value));
        time += random.nextInt(1000) == 0
            ? random.nextLong(100 * MINUTE)
            : 1 + random.nextInt(2_000_000_000);
      }
      database.write(batch);
      if (host == SERIES - 3) {
        database.compact();
      }
    }
    rows.sort(Comparator.comparingLong(Row::time).thenComparingInt(Row::host));
  }

  private List<Row> run(String sql) {
    var found = new ArrayList<Row>();
    try (SqlRows result =
        database.queryEngine().prepare(sql).rows(SqlParameters.none(), QueryOptions.defaults())) {
      for (Table table = result.next(); table != null; table = result.next()) {
        for (int row = 0; row < table.rowCount(); row++) {
          String host = String.valueOf(table.value(row, 1));
          found.add(
              new Row((long) table.value(row, 0), Integer.parseInt(host.substring(1)), (double)
                  table.value(row, 2)));
        }
      }
    }
    assertThat(database.queryEngine().running()).isEmpty();
    return found;
  }

  @Test
  void everyRowComesOnceAndInOrder() {
    load();
    assertThat(run("SELECT time, host, value FROM m")).as("seed %d", seed).isEqualTo(rows);
    var backwards = new ArrayList<>(rows);
    backwards.sort(Comparator.comparingLong(Row::time).reversed().thenComparingInt(Row::host));
    assertThat(run("SELECT time, host, value FROM m ORDER BY time DESC"))
        .as("seed %d", seed)
        .isEqualTo(backwards);
    assertThat(run("SELECT time, host, value FROM m WHERE value > 990"))
        .as("seed %d", seed)
        .isEqualTo(rows.stream().filter(row -> row.value() > 990).toList());
    for (int i = 0; i < 20; i++) {
      int limit = random.nextInt(i % 2 == 0 ? 100 : 50_000);
      int offset = random.nextInt(i % 3 == 0 ? 10 : rows.size());
      boolean descending = random.nextBoolean();
      String sql = "SELECT time, host, value FROM m ORDER BY time" + (descending ? " DESC" : "")
          + " LIMIT " + limit + " OFFSET " + offset;
      assertThat(run(sql))
          .as("seed %d, %s", seed, sql)
          .isEqualTo(
              (descending ? backwards : rows).stream().skip(offset).limit(limit).toList());
    }
  }

  @Test
  void bucketsAreWholeInEverySlice() {
    load();
    var options = QueryOptions.defaults();
    for (int i = 0; i < 30; i++) {
      String sql =
          "SELECT count(value), sum(value), first(value), last(value), median(value) FROM m"
              + (i % 4 == 0 ? " WHERE value > 500" : "")
              + " GROUP BY time(" + (1 + random.nextInt(400)) + "m, " + random.nextInt(60) + "s)"
              + (i % 3 == 0 ? ", host" : "") + (i % 5 == 0 ? " HAVING count(value) > 3" : "")
              + " ORDER BY time" + (random.nextBoolean() ? " DESC" : "") + ", 2 LIMIT "
              + (1 + random.nextInt(50)) + " OFFSET " + random.nextInt(5);
      Table sliced = database.queryEngine().sql(sql, options);
      Table whole = database.queryEngine().sql(sql, options.withoutRewrites());
      assertThat(sliced.rowCount()).as("seed %d, %s", seed, sql).isEqualTo(whole.rowCount());
      for (int row = 0; row < whole.rowCount(); row++) {
        for (int column = 0; column < whole.columns().size(); column++) {
          assertThat(sliced.value(row, column))
              .as("seed %d, %s, row %d", seed, sql, row)
              .isEqualTo(whole.value(row, column));
        }
      }
    }
  }

  @Test
  void limitEndsTheWorkEarly() {
    load();
    long all = samples("SELECT count(value) FROM m WHERE value >= 0");
    assertThat(all).isEqualTo((long) SERIES * SAMPLES);
    assertThat(samples("SELECT * FROM m LIMIT 10")).isLessThan(all / 2);
    assertThat(samples("SELECT * FROM m ORDER BY time DESC LIMIT 10")).isLessThan(all / 2);
    assertThat(samples("SELECT sum(value) FROM m GROUP BY time(1m) ORDER BY time DESC LIMIT 5"))
        .isLessThan(all / 2);
  }

  private long samples(String sql) {
    try (SqlRows result =
        database.queryEngine().prepare(sql).rows(SqlParameters.none(), QueryOptions.defaults())) {
      while (result.next() != null) {
        assertThat(result.statistics().rows()).isPositive();
      }
      return result.statistics().samples();
    }
  }
}
