package io.chronicledb.app.api.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.chronicledb.app.problem.RequestRefusedException;
import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.column.StringColumn;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.query.QueryStatistics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ResultWriterTest {

  private static final QueryStatistics STATISTICS = new QueryStatistics(7, 3, 100, 2_000_000);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void writesJson() throws IOException {
    write(new JsonResult(
        out, TimeFormat.parse(null), table().headers(), List.of("unknown tag"), false));
    assertThat(text())
        .isEqualTo(
            "{\"columns\":[{\"name\":\"time\",\"type\":\"timestamp\"},{\"name\":\"host\",\"type\":\"string\"},"
                + "{\"name\":\"count\",\"type\":\"long\"},{\"name\":\"mean(value)\",\"type\":\"double\"}],"
                + "\"rows\":[[\"1970-01-01T00:00:01.500Z\",\"a,\\\"b\\\"\",9007199254740993,0.5],"
                + "[\"1970-01-01T00:00:02Z\",null,-1,null],[\"1970-01-01T00:00:03Z\",\"\",0,\"NaN\"]],"
                + "\"warnings\":[\"unknown tag\"],\"stats\":{\"rows\":3,\"elapsedMillis\":2}}");
  }

  @Test
  void writesAllStatisticsWhereTheyAreAskedFor() throws IOException {
    new JsonResult(out, TimeFormat.parse(null), List.of(), List.of(), true).end(STATISTICS);
    assertThat(text())
        .isEqualTo(
            "{\"columns\":[],\"rows\":[],\"stats\":{\"rows\":3,\"elapsedMillis\":2,\"samples\":7,\"memoryBytes\":100}}");
  }

  @Test
  void writesCsv() throws IOException {
    write(new CsvResult(out, TimeFormat.parse("ms"), table().headers()));
    assertThat(text()).isEqualTo("""
        time,host,count,mean(value)
        1500,"a,""b""\",9007199254740993,0.5
        2000,,-1,
        3000,"",0,NaN
        """);
  }

  @Test
  void writesNdjson() throws IOException {
    write(new NdjsonResult(out, TimeFormat.parse("ns")));
    assertThat(text()).isEqualTo("""
        {"time":1500000000,"host":"a,\\"b\\"","count":9007199254740993,"mean(value)":0.5}
        {"time":2000000000,"host":null,"count":-1,"mean(value)":null}
        {"time":3000000000,"host":"","count":0,"mean(value)":"NaN"}
        """);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, JSON",
        "-, */*, JSON",
        "-, text/csv, CSV",
        "-, application/x-ndjson, NDJSON",
        "csv, application/json, CSV",
        "-, 'text/html,text/csv;q=0.5,application/json;q=0.9', JSON",
        "-, text/*, CSV",
        "ndjson, -, NDJSON"
      })
  void choosesTheFormat(String format, String accept, TableFormat expected) {
    assertThat(TableFormat.choose(format, accept)).isEqualTo(expected);
  }

  @Test
  void refusesFormatsThereAreNone() {
    assertThatThrownBy(() -> TableFormat.choose("xml", null)).isInstanceOf(BadDataException.class);
    assertThatThrownBy(() -> TableFormat.choose(null, "text/html"))
        .isInstanceOf(RequestRefusedException.class);
    assertThatThrownBy(() -> TableFormat.choose(null, "nonsense"))
        .isInstanceOf(BadDataException.class);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {
        // The names of the columns of numbers, the source, and what the series are called.
        "value | cpu | cpu",
        "mean(value) | cpu | cpu",
        "usage_user | cpu | cpu_usage_user",
        "value, other | cpu | cpu, cpu_other",
        "min(value), max(value) | cpu | min(value), max(value)",
        "min(value), top | cpu | min(value), cpu_top",
        "value | - | value",
        "sum(value) | - | sum(value)"
      })
  void namesSeries(String columns, String source, String metrics) throws IOException {
    var all = new ArrayList<>(List.of(timestamps("time", 1)));
    for (String column : columns.split(", ")) {
      all.add(doubles(column, 1));
    }
    var table = new Table(all, List.of());
    series(table, source, bytes -> {});
    assertThat(JsonMapper.shared().readTree(text()).at("/series").findValuesAsString("metric"))
        .containsExactly(metrics.split(", "));
  }

  @Test
  void makesASeriesOfEachCombinationOfTexts() throws IOException {
    var metric = new StringColumn();
    var host = new StringColumn();
    List.of("b", "a", "a", "b", "a").forEach(metric::add);
    host.add("x");
    host.add("y");
    host.add(null);
    host.add("x");
    host.add("y");
    var table = new Table(
        List.of(
            timestamps("time", 1, 2, 3, 4, 5),
            Table.Column.strings("metric", metric),
            Table.Column.strings("host", host),
            doubles("value", 10, 20, Double.NaN, StaleMarker.value(), 50)),
        List.of());
    series(table, null, bytes -> {});
    assertThat(text())
        .isEqualTo("{\"series\":["
            + "{\"metric\":\"a\",\"tags\":{},\"points\":[{\"timestamp\":3,\"value\":\"NaN\"}]},"
            + "{\"metric\":\"a\",\"tags\":{\"host\":\"y\"},\"points\":[{\"timestamp\":2,\"value\":20},{\"timestamp\":5,\"value\":50}]},"
            + "{\"metric\":\"b\",\"tags\":{\"host\":\"x\"},\"points\":[{\"timestamp\":1,\"value\":10}]}],"
            + "\"stats\":{\"rows\":3,\"elapsedMillis\":2}}");
  }

  @Test
  void accountsForThePointsThatItKeeps() throws IOException {
    var held = new AtomicLong();
    series(
        new Table(
            List.of(timestamps("time", new long[1000]), doubles("value", new double[1000])),
            List.of()),
        "cpu",
        held::addAndGet);
    assertThat(held.get()).isBetween(16_000L, 32_000L);
  }

  @Test
  void refusesResultsThatAreNoSeries() {
    for (List<Table.Column> columns : List.of(
        List.of(doubles("value", 1)),
        List.of(timestamps("time", 1)),
        List.of(timestamps("time", 1), timestamps("next", 1), doubles("value", 1)))) {
      assertThatThrownBy(() -> series(new Table(columns, List.of()), "cpu", bytes -> {}))
          .hasMessageContaining("select")
          .isInstanceOfSatisfying(
              ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }
  }

  @Test
  void readsStatementAndParameters() {
    SqlRequest request = request("{\"params\":[\"a\",1,2.5,null],\"query\":\"SELECT ?\"}");
    assertThat(request.query()).isEqualTo("SELECT ?");
    assertThat(request.values()).containsExactly("a", 1L, 2.5, null);
    assertThat(request.named()).isNull();
  }

  @Test
  void readsNamedParameters() {
    SqlRequest request =
        request("{\"query\":\"SELECT :a\",\"params\":{\"a\":\"x\",\"b\":-1,\"c\":null}}");
    assertThat(request.named()).containsExactly(entry("a", "x"), entry("b", -1L), entry("c", null));
  }

  @Test
  void saysWhatToBindInPlaceOfABoolean() {
    assertThatThrownBy(() -> request("{\"query\":\"x\",\"params\":[true]}"))
        .isInstanceOf(BadDataException.class)
        .hasMessageContaining("1 and 0")
        .hasMessageContaining("found true at line 1, column 24");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"query\":\"\"}",
        "{\"query\":1}",
        "{\"query\":\"x\",\"params\":1}",
        "{\"query\":\"x\",\"params\":[[]]}",
        "{\"query\":\"x\",\"params\":{\"a\":[]}}",
        "{\"query\":\"x\",\"params\":{\"a\":1,\"a\":2}}",
        "{\"query\":\"x\",\"params\":{\"a\":false}}",
        "{\"qurey\":\"x\"}",
        "{\"query\":\"x\"}x",
        "{\"query\":\"x\",\"query\":\"y\"}",
        "{\"query\":\"x\""
      })
  void refusesOtherBodies(String body) {
    assertThatThrownBy(() -> request(body)).isInstanceOf(BadDataException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "SELECT 1, false",
    "DELETE FROM cpu, true",
    "'  delete from cpu', true",
    "'-- x\ndelete from cpu', true",
    "'/* */ delete from cpu', true",
    "'/* delete */ select 1', false"
  })
  void knowsWhatMayNotComeByGet(String query, boolean writes) {
    assertThat(new SqlRequest(query, List.of(), null).mayWrite()).isEqualTo(writes);
  }

  private static SqlRequest request(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return SqlRequest.ofJson(bytes, bytes.length);
  }

  private static void write(ResultWriter writer) throws IOException {
    writer.rows(table());
    writer.end(STATISTICS);
  }

  private void series(Table table, @Nullable String source, LongConsumer hold) throws IOException {
    var writer = new SeriesResult(
        out, TimeFormat.parse("ns"), table.headers(), source, List.of(), false, hold);
    writer.rows(table);
    writer.end(STATISTICS);
  }

  private static Table.Column timestamps(String name, long... values) {
    var column = new LongColumn(values.length);
    column.addAll(values, 0, values.length);
    return Table.Column.timestamps(name, column);
  }

  private static Table.Column doubles(String name, double... values) {
    var column = new DoubleColumn(values.length);
    column.addAll(values, 0, values.length);
    return Table.Column.doubles(name, column);
  }

  private static Table table() {
    var time = new LongColumn(3);
    var host = new StringColumn();
    var count = new LongColumn(3);
    var mean = new DoubleColumn(3);
    time.add(1_500_000_000L);
    host.add("a,\"b\"");
    count.add(9_007_199_254_740_993L);
    mean.add(0.5);
    time.add(2_000_000_000L);
    host.add(null);
    count.add(-1);
    mean.add(StaleMarker.value());
    time.add(3_000_000_000L);
    host.add("");
    count.add(0);
    mean.add(Double.NaN);
    return new Table(
        List.of(
            Table.Column.timestamps("time", time),
            Table.Column.strings("host", host),
            Table.Column.longs("count", count),
            Table.Column.doubles("mean(value)", mean)),
        List.of());
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
