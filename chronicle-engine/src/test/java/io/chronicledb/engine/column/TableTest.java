package io.chronicledb.engine.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.column.Table.Column;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reading a table row by row. */
class TableTest {

  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  static Column times(String name, Instant... times) {
    var column = new LongColumn(times.length);
    for (Instant time : times) {
      column.add(
          Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano()));
    }
    return Column.timestamps(name, column);
  }

  static Column longs(String name, long... values) {
    var column = new LongColumn(values.length);
    column.addAll(values, 0, values.length);
    return Column.longs(name, column);
  }

  static Column doubles(String name, @Nullable Double... values) {
    var column = new DoubleColumn(values.length);
    for (Double value : values) {
      column.add(value == null ? StaleMarker.value() : value);
    }
    return Column.doubles(name, column);
  }

  static Column strings(String name, @Nullable String... values) {
    var column = new StringColumn();
    for (String value : values) {
      column.add(value);
    }
    return Column.strings(name, column);
  }

  static Table table(Column... columns) {
    return new Table(List.of(columns), List.of());
  }

  private static final Table TABLE = table(
      times("time", T0, T0.plusNanos(1), T0.plusSeconds(60)),
      strings("host", "a", null, "c"),
      doubles("mean(value)", 0.5, null, -3.0),
      longs("count", 7, Long.MAX_VALUE, -1));

  @Test
  void rowsGiveValuesByNameAndByIndex() {
    Table.Row row = TABLE.row(0);
    assertThat(row.getInstant("time")).isEqualTo(T0);
    assertThat(row.getInstant(0)).isEqualTo(T0);
    assertThat(row.getNanos("time")).isEqualTo(1_767_225_600_000_000_000L);
    assertThat(row.getNanos(0)).isEqualTo(row.getLong("time"));
    assertThat(row.getString("host")).isEqualTo("a");
    assertThat(row.getString(1)).isEqualTo("a");
    assertThat(row.getDouble("mean(value)")).isEqualTo(0.5);
    assertThat(row.getDouble(2)).isEqualTo(0.5);
    assertThat(row.getLong("count")).isEqualTo(7);
    assertThat(row.getLong(3)).isEqualTo(7);
    assertThat(row.headers()).isEqualTo(TABLE.headers());
  }

  @Test
  void getGivesWhatTheColumnHolds() {
    assertThat(TABLE.row(0).get("time")).isEqualTo(1_767_225_600_000_000_000L);
    assertThat(TABLE.row(0).get("mean(value)")).isEqualTo(0.5);
    assertThat(TABLE.row(0).get(1)).isEqualTo("a");
    assertThat(TABLE.row(1).get("host")).isNull();
    assertThat(TABLE.row(1).get(2)).isNull();
  }

  @Test
  void nullIsToldFromValues() {
    Table.Row row = TABLE.row(1);
    assertThat(row.isNull("host")).isTrue();
    assertThat(row.isNull(2)).isTrue();
    assertThat(row.isNull("time")).isFalse();
    assertThat(row.isNull("count")).isFalse();
    assertThat(row.getString("host")).isNull();
    assertThat(table(doubles("x", Double.NaN)).row(0).isNull("x")).isFalse();
    assertThat(table(doubles("x", Double.NaN)).row(0).getDouble("x")).isNaN();
  }

  @Test
  void nullIsNoPrimitive() {
    assertThatThrownBy(() -> TABLE.row(1).getDouble("mean(value)"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column \"mean(value)\" is NULL in row 1 {time=2026-01-01T00:00:00.000000001Z,"
            + " host=NULL, mean(value)=NULL, count=9223372036854775807}, which getDouble cannot give:"
            + " ask isNull before, or take get, which gives null");
    assertThatThrownBy(() -> TABLE.row(1).getLong(2)).hasMessageContaining("which getLong cannot");
  }

  @Test
  void numbersAreConvertedWhereThatIsExact() {
    assertThat(TABLE.row(2).getLong("mean(value)")).isEqualTo(-3);
    assertThat(TABLE.row(2).getDouble("count")).isEqualTo(-1.0);
    Table.Row limits = table(
            doubles("least", -0x1p63),
            doubles("beyond", 0x1p63),
            longs("exact", 1L << 53),
            longs("inexact", (1L << 53) + 1),
            longs("largest", Long.MAX_VALUE),
            doubles("nan", Double.NaN),
            doubles("infinite", Double.NEGATIVE_INFINITY))
        .row(0);
    assertThat(limits.getLong("least")).isEqualTo(Long.MIN_VALUE);
    assertThat(limits.getDouble("exact")).isEqualTo(0x1p53);
    for (String column : List.of("beyond", "nan", "infinite")) {
      assertThatThrownBy(() -> limits.getLong(column))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("column \"" + column + "\" is ")
          .hasMessageEndingWith("which getLong cannot give exactly: use getDouble");
    }
    for (String column : List.of("inexact", "largest")) {
      assertThatThrownBy(() -> limits.getDouble(column))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("which getDouble cannot give exactly: use getLong");
    }
    assertThatThrownBy(() -> TABLE.row(0).getLong("mean(value)"))
        .hasMessageStartingWith("column \"mean(value)\" is 0.5 in row 0 {");
  }

  @Test
  void anotherTypeIsNamedWithTheGetterForIt() {
    Table.Row row = TABLE.row(1); // Also where the value is NULL.
    assertThatThrownBy(() -> row.getDouble("host"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "column \"host\" is of type STRING, which getDouble cannot give: use getString");
    assertThatThrownBy(() -> row.getDouble("time"))
        .hasMessage("column \"time\" is of type TIMESTAMP, which getDouble cannot give: use"
            + " getInstant or getNanos");
    assertThatThrownBy(() -> row.getString("count")).hasMessageEndingWith("use getLong");
    assertThatThrownBy(() -> row.getInstant("count")).hasMessageEndingWith("use getLong");
    assertThatThrownBy(() -> row.getNanos("mean(value)")).hasMessageEndingWith("use getDouble");
    assertThatThrownBy(() -> row.getLong("host")).hasMessageEndingWith("use getString");
  }

  @Test
  void anUnknownColumnIsNamedWithTheNearest() {
    assertThatThrownBy(() -> TABLE.row(0).getDouble("Mean(values)"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no column \"Mean(values)\" among [time, host, mean(value), count]"
            + " (did you mean \"mean(value)\"?)");
    assertThatThrownBy(() -> TABLE.row(0).get(4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no column 4 among 4, [time, host, mean(value), count], which count from 0");
    assertThatThrownBy(() -> TABLE.row(0).isNull(-1)).hasMessageStartingWith("no column -1 ");
    assertThatThrownBy(() -> TABLE.row(3))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("no row 3 among 3");
    assertThatThrownBy(() -> TABLE.row(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void theFirstOfTwoColumnsOfOneNameIsMeant() {
    Table table = table(doubles("x", 1.0), doubles("x", 2.0));
    assertThat(table.column("x")).isSameAs(table.columns().get(0));
    assertThat(table.row(0).getDouble("x")).isEqualTo(1.0);
    assertThat(table.row(0).getDouble(1)).isEqualTo(2.0);
  }

  @Test
  void rowsAreIteratedAndStreamedInTheirOrder() {
    var counts = new LongColumn(3);
    for (Table.Row row : TABLE) {
      counts.add(row.getLong("count"));
      assertThat(row.number()).isEqualTo(counts.size() - 1);
    }
    assertThat(counts.toArray()).containsExactly(7, Long.MAX_VALUE, -1);
    assertThat(TABLE.stream().mapToLong(row -> row.getLong("count")).toArray())
        .containsExactly(7, Long.MAX_VALUE, -1);
    assertThat(TABLE.stream().count()).isEqualTo(3);
    var iterator = TABLE.iterator();
    iterator.next();
    iterator.next();
    iterator.next();
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    assertThat(new Table(List.of(), List.of())).isEmpty();
  }

  @Test
  void rowsAreViewsThatStayWhatTheyWere() {
    List<Table.Row> rows = TABLE.stream().toList();
    assertThat(rows.get(0).getString("host")).isEqualTo("a");
    assertThat(rows.get(2).getString("host")).isEqualTo("c");
    assertThat(rows.get(2))
        .hasToString("2 {time=2026-01-01T00:01:00Z, host=c, mean(value)=-3.0, count=-1}");
  }

  @Test
  void aPartOfAResultCountsOn() {
    Table part = TABLE.after(1024);
    assertThat(part.row(2).number()).isEqualTo(1026);
    assertThat(part.withWarnings(List.of("w")).row(0).number()).isEqualTo(1024);
    assertThat(part.row(2).getLong("count")).isEqualTo(-1);
  }

  @Test
  void streamsMayBeParallel() {
    long[] many = IntStream.range(0, 100_000).asLongStream().toArray();
    Table table = table(longs("n", many));
    assertThat(table.stream().parallel().mapToLong(row -> row.getLong("n")).toArray())
        .isEqualTo(many);
  }
}
