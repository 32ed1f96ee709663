package io.chronicledb.app.api.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.app.problem.RequestRefusedException;
import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.column.StringColumn;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableWriterTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void writesJson() throws IOException {
    new TableWriter(table(List.of("unknown tag")), TimeFormat.parse(null))
        .writeJson(out, Duration.ofMillis(2));
    assertThat(text())
        .isEqualTo(
            "{\"columns\":[{\"name\":\"time\",\"type\":\"timestamp\"},{\"name\":\"host\",\"type\":\"string\"},"
                + "{\"name\":\"count\",\"type\":\"long\"},{\"name\":\"mean(value)\",\"type\":\"double\"}],"
                + "\"rows\":[[\"1970-01-01T00:00:01.500Z\",\"a,\\\"b\\\"\",9007199254740993,0.5],"
                + "[\"1970-01-01T00:00:02Z\",null,-1,null],[\"1970-01-01T00:00:03Z\",\"\",0,\"NaN\"]],"
                + "\"warnings\":[\"unknown tag\"],\"stats\":{\"rows\":3,\"elapsedMillis\":2}}");
  }

  @Test
  void writesCsv() throws IOException {
    new TableWriter(table(List.of()), TimeFormat.parse("ms")).writeCsv(out);
    assertThat(text()).isEqualTo("""
        time,host,count,mean(value)
        1500,"a,""b""\",9007199254740993,0.5
        2000,,-1,
        3000,"",0,NaN
        """);
  }

  @Test
  void writesNdjson() throws IOException {
    new TableWriter(table(List.of()), TimeFormat.parse("ns")).writeNdjson(out);
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
    assertThatThrownBy(() -> TableFormat.choose("series", null))
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
  }

  @Test
  void readsStatementAndParameters() {
    byte[] body =
        "{\"params\":[\"a\",1,2.5,true],\"query\":\"SELECT ?\"}".getBytes(StandardCharsets.UTF_8);
    SqlRequest request = SqlRequest.ofJson(body, body.length);
    assertThat(request.query()).isEqualTo("SELECT ?");
    assertThat(request.parameters()).containsExactly("a", 1L, 2.5, true);
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
        "{\"query\":\"x\",\"params\":[null]}",
        "{\"qurey\":\"x\"}",
        "{\"query\":\"x\"}x",
        "{\"query\":\"x\",\"query\":\"y\"}",
        "{\"query\":\"x\""
      })
  void refusesOtherBodies(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> SqlRequest.ofJson(bytes, bytes.length))
        .isInstanceOf(BadDataException.class);
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
    assertThat(new SqlRequest(query, List.of()).mayWrite()).isEqualTo(writes);
  }

  private static Table table(List<String> warnings) {
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
        warnings);
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
