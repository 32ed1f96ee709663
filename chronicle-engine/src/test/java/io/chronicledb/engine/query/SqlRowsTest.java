package io.chronicledb.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.sql.SqlParameters;
import io.chronicledb.engine.write.PointBatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Results that are read while they are computed, and statements that are read once. */
class SqlRowsTest {

  private static final int POINTS = 5_000;
  private static final String ALL = "SELECT * FROM m WHERE host = ?";

  /** With so little memory for a query that its rows come in many parts. */
  private final ChronicleDatabase database = ChronicleDatabase.inMemory(
      ChronicleOptions.defaults().withQuery(QueryLimits.defaults().withMemoryBytes(256 << 10)));

  private record Point(Instant time, String host, double value) {}

  @BeforeEach
  void write() {
    var batch = new PointBatch(2 * POINTS);
    for (String host : List.of("a", "b")) {
      batch.series("m", Tags.of("host", host));
      for (int i = 0; i < POINTS; i++) {
        batch.add(i * 1_000_000_000L, i);
      }
    }
    database.write(batch);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(database.queryEngine().running()).isEmpty();
    assertThat(database.queryEngine().heldBytes()).isZero();
    database.close();
  }

  @Test
  void rowsComeInPartsAndCountOn() {
    try (SqlRows rows = database.rows(ALL, "a")) {
      int number = 0;
      for (Table.Row row : rows) {
        assertThat(row.number()).isEqualTo(number);
        assertThat(row.getDouble("value")).isEqualTo(number);
        number++;
      }
      assertThat(number).isEqualTo(POINTS);
      assertThat(rows.statistics().rows()).isEqualTo(POINTS);
    }
    try (SqlRows rows = database.rows(ALL, "a")) {
      Table first = Objects.requireNonNull(rows.next());
      assertThat(first.rowCount()).isLessThan(POINTS);
      assertThat(rows.iterator().next().number()).isEqualTo(first.rowCount());
    }
  }

  @Test
  void iteratingToTheEndEndsTheQuery() {
    SqlRows rows = database.rows(ALL, "a");
    assertThat(database.queryEngine().running()).hasSize(1);
    assertThat(rows.stream().count()).isEqualTo(POINTS);
    assertThat(database.queryEngine().running()).isEmpty();
    assertThat(rows.next()).isNull();
  }

  @Test
  void thereIsOneIterator() {
    try (SqlRows rows = database.rows(ALL, "a")) {
      Iterator<Table.Row> iterator = rows.iterator();
      assertThatThrownBy(rows::iterator).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(rows::stream).isInstanceOf(IllegalStateException.class);
      for (int i = 0; i < POINTS; i++) {
        iterator.next();
      }
      assertThat(iterator.hasNext()).isFalse();
      assertThat(iterator.hasNext()).isFalse();
      assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void closedRowsDoNotLookLikeTheEnd() {
    Iterator<Table.Row> escaped;
    try (SqlRows rows = database.rows(ALL, "a")) {
      escaped = rows.iterator();
      escaped.next();
    }
    assertThatThrownBy(escaped::hasNext)
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
  }

  @Test
  void recordsAreMadeAsRowsCome() {
    try (Stream<Point> points = database.rows(ALL, "b").stream(Point.class)) {
      assertThat(points.skip(3_000).findFirst())
          .contains(new Point(Instant.ofEpochSecond(3_000), "b", 3_000));
    }
    try (SqlRows rows = database.rows(
        "SELECT * FROM m WHERE host = :host", SqlParameters.named(Map.of("host", "b")))) {
      assertThat(rows.stream(Point.class).mapToDouble(Point::value).sum())
          .isEqualTo(POINTS * (POINTS - 1) / 2.0);
    }
  }

  @Test
  void recordsAreCheckedBeforeTheFirstRow() {
    record Wrong(double valu) {}
    try (SqlRows rows = database.rows(ALL, "nobody")) {
      assertThatThrownBy(() -> rows.stream(Wrong.class))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("no column for component valu of Wrong")
          .hasMessageEndingWith("(did you mean \"value\"?)");
      // And may be read otherwise afterwards.
      assertThat(rows.stream()).isEmpty();
    }
  }

  @Test
  void aStreamMayBeParallel() {
    try (Stream<Point> points = database.rows(ALL, "b").stream(Point.class)) {
      assertThat(points.parallel().mapToDouble(Point::value).sum())
          .isEqualTo(POINTS * (POINTS - 1) / 2.0);
    }
  }

  @Test
  void aPreparedStatementRunsWithOtherValues() {
    PreparedSql byHost =
        database.prepare("SELECT count(value) AS n FROM m WHERE host = ? AND time < ?");
    assertThat(byHost.run("a", Instant.ofEpochSecond(10)).row(0).getLong("n")).isEqualTo(10);
    assertThat(byHost.run("b", Instant.ofEpochSecond(20)).row(0).getLong("n")).isEqualTo(20);
    assertThat(byHost.run("c", Instant.ofEpochSecond(20)).row(0).getLong("n")).isZero();
    try (SqlRows rows = byHost.rows("b", 5_000_000_000L)) {
      assertThat(rows.iterator().next().getLong("n")).isEqualTo(5);
    }
    database.write("m", Tags.of("host", "c"), Instant.ofEpochSecond(1), 1);
    assertThat(byHost.run("c", Instant.ofEpochSecond(20)).row(0).getLong("n")).isEqualTo(1);
  }

  @Test
  void parametersGoByName() {
    var parameters = SqlParameters.named(Map.of("host", "a", "end", Instant.ofEpochSecond(10)));
    String text = "SELECT count(value) AS n FROM m WHERE host = :host AND time < :end";
    assertThat(database.query(text, parameters).row(0).getLong("n")).isEqualTo(10);
    assertThat(database.prepare(text).run(parameters).row(0).getLong("n")).isEqualTo(10);
    try (SqlRows rows = database.prepare(text).rows(parameters)) {
      assertThat(rows.iterator().next().getLong("n")).isEqualTo(10);
    }
    assertThatThrownBy(
            () -> database.query(text, SqlParameters.named(Map.of("hots", "a", "end", 1))))
        .isInstanceOf(InvalidQueryException.class)
        .hasMessageContaining("hots");
  }

  @Test
  void aBadStatementFailsWhenItIsPrepared() {
    assertThatThrownBy(() -> database.prepare("SELECT FROM"))
        .isInstanceOf(InvalidQueryException.class);
  }

  @Test
  void aClosedDatabaseAnswersNobody() {
    var other = ChronicleDatabase.inMemory();
    other.write("m", Tags.of("host", "a"), 1);
    PreparedSql prepared = other.prepare("SELECT value FROM m");
    SqlRows open = prepared.rows();
    other.close();
    var calls = new ArrayList<Runnable>();
    calls.add(prepared::run);
    calls.add(prepared::rows);
    calls.add(() -> other.prepare("SELECT value FROM m"));
    calls.add(() -> other.rows("SELECT value FROM m"));
    for (Runnable call : calls) {
      assertThatThrownBy(call::run)
          .isInstanceOfSatisfying(
              ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }
    assertThatThrownBy(open::next)
        .isInstanceOfSatisfying(
            ChronicleException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.QUERY_CANCELED));
    open.close();
  }
}
