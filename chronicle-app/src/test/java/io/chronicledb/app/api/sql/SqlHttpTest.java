package io.chronicledb.app.api.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.model.Tags;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** SQL as clients send and get it. The statements of the manual are among these. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SqlHttpTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir
  static Path directory;

  @LocalServerPort
  int port;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    registry.add("chronicle.path", () -> directory.resolve("chronicle.db"));
  }

  @BeforeAll
  static void write(@Autowired ChronicleDatabase database) {
    for (int minute = 0; minute < 10; minute++) {
      long time = 1_704_067_200_000_000_000L + minute * 60_000_000_000L;
      database.write("temperature", Tags.of("room", "living"), time, 20 + minute);
      if (minute % 5 == 0) {
        database.write("temperature", Tags.of("room", "bath"), time, 24.5);
      }
      database.write("cpu_user", Tags.of("host", "a"), time, minute);
      database.write("cpu_system", Tags.of("host", "a"), time, 2 * minute);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rfc3339 | \"2024-01-01T00:00:00Z\"",
        "ns | 1704067200000000000",
        "us | 1704067200000000",
        "ms | 1704067200000",
        "s | 1704067200"
      })
  void writesTimesAsAsked(String epoch, String time) throws Exception {
    String statement = "SELECT time, value FROM temperature WHERE room = 'bath' LIMIT 1";
    assertThat(body("format=ndjson&epoch=" + epoch, statement))
        .isEqualTo("{\"time\":" + time + ",\"value\":24.5}\n");
    assertThat(body("format=csv&epoch=" + epoch, statement))
        .isEqualTo("time,value\n" + time.replace("\"", "") + ",24.5\n");
    assertThat(json("epoch=" + epoch, statement).at("/rows").toString())
        .isEqualTo("[[" + time + ",24.5]]");
    assertThat(json("format=series&epoch=" + epoch, statement).at("/series").toString())
        .isEqualTo("[{\"metric\":\"temperature\",\"tags\":{},\"points\":[{\"timestamp\":" + time
            + ",\"value\":24.5}]}]");
  }

  @Test
  void givesRowsAsSeries() throws Exception {
    JsonNode series = json("format=series&epoch=s", "SELECT * FROM temperature WHERE value > 24")
        .at("/series");
    assertThat(series.toString())
        .startsWith(
            "[{\"metric\":\"temperature\",\"tags\":{\"room\":\"bath\"},\"points\":[{\"timestamp\":1704067200,\"value\":24.5},{\"timestamp\":1704067500,\"value\":24.5}]},"
                + "{\"metric\":\"temperature\",\"tags\":{\"room\":\"living\"},\"points\":[{\"timestamp\":1704067500,\"value\":25},");
    assertThat(json("format=series", "SELECT * FROM cpu LIMIT 1").at("/series").toString())
        .isEqualTo(
            "[{\"metric\":\"cpu_system\",\"tags\":{\"host\":\"a\"},\"points\":[{\"timestamp\":\"2024-01-01T00:00:00Z\",\"value\":0}]},"
                + "{\"metric\":\"cpu_user\",\"tags\":{\"host\":\"a\"},\"points\":[{\"timestamp\":\"2024-01-01T00:00:00Z\",\"value\":0}]}]");
    assertThat(json("format=series", "SELECT * FROM cpu_user, temperature LIMIT 3")
            .at("/series")
            .findValuesAsString("metric"))
        .containsExactlyInAnyOrder("cpu_user", "temperature", "temperature");
  }

  @Test
  void givesGroupsAsSeries() throws Exception {
    assertThat(json(
                "format=series&epoch=s",
                "SELECT mean(value) FROM temperature GROUP BY time(5m), room")
            .at("/series")
            .toString())
        .isEqualTo(
            "[{\"metric\":\"temperature\",\"tags\":{\"room\":\"bath\"},\"points\":[{\"timestamp\":1704067200,\"value\":24.5},{\"timestamp\":1704067500,\"value\":24.5}]},"
                + "{\"metric\":\"temperature\",\"tags\":{\"room\":\"living\"},\"points\":[{\"timestamp\":1704067200,\"value\":22},{\"timestamp\":1704067500,\"value\":27}]}]");
    assertThat(json(
                "format=series",
                "SELECT min(value) AS low, max(value) AS high FROM temperature GROUP BY time(1h)")
            .at("/series")
            .findValuesAsString("metric"))
        .containsExactly("temperature_low", "temperature_high");
    assertThat(json(
                "format=series",
                "SELECT sum(value) FROM temperature, cpu_user GROUP BY time(1h), metric")
            .at("/series")
            .findValuesAsString("metric"))
        .containsExactly("cpu_user", "temperature");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT mean(value) FROM temperature",
        "SELECT value FROM temperature",
        "SHOW METRICS",
        "EXPLAIN SELECT * FROM temperature"
      })
  void saysWhatSeriesNeed(String statement) throws Exception {
    HttpResponse<String> response = get("format=series", statement);
    assertThat(response.statusCode()).isEqualTo(422);
    JsonNode problem = JsonMapper.shared().readTree(response.body());
    assertThat(problem.at("/error").asString()).isEqualTo("unsupported");
    assertThat(problem.at("/detail").asString()).contains("GROUP BY time(");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT count(value) FROM temperature WHERE room = ? | [\"living\"] | 10",
        "SELECT count(value) FROM temperature WHERE room = :room AND value >= :least | {\"room\":\"living\",\"least\":25} | 5",
        "SELECT count(value) FROM temperature WHERE room = :r OR room = :r | {\"r\":\"bath\"} | 2",
        "SELECT count(value) FROM temperature WHERE time >= :start | {\"start\":\"2024-01-01T00:05:00Z\"} | 6",
        "SELECT count(value) FROM temperature WHERE time >= ? | [1704067500000000000] | 6",
        "SELECT count(value) FROM temperature WHERE room = :room | {\"room\":null} | 0"
      })
  void bindsParameters(String query, String params, double expected) throws Exception {
    HttpResponse<String> response = post(query, params);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(JsonMapper.shared().readTree(response.body()).at("/rows/0/0").asDouble())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT value FROM temperature WHERE room = :a | {} | no value is bound for parameter :a",
        "SELECT value FROM temperature | {\"b\":1} | :b",
        "SELECT value FROM temperature WHERE value > :a | [1] | no value is bound for parameter :a",
        "SELECT value FROM temperature WHERE room = ? | [true] | found true"
      })
  void refusesParametersThatDoNotFit(String query, String params, String named) throws Exception {
    HttpResponse<String> response = post(query, params);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(JsonMapper.shared().readTree(response.body()).at("/detail").asString())
        .contains(named);
  }

  @Test
  void givesStatisticsOnRequest() throws Exception {
    JsonNode plain = json("", "SELECT * FROM temperature").at("/stats");
    assertThat(plain.propertyNames()).containsExactly("rows", "elapsedMillis");
    for (String format : new String[] {"json", "series"}) {
      JsonNode stats =
          json("stats=true&format=" + format, "SELECT * FROM temperature").at("/stats");
      assertThat(stats.at("/rows").asLong()).isEqualTo(12);
      assertThat(stats.at("/samples").asLong()).isEqualTo(12);
      assertThat(stats.at("/memoryBytes").asLong(-1)).isNotNegative();
      assertThat(stats.at("/elapsedMillis").asDouble()).isPositive();
    }
    assertThat(get("stats=yes", "SHOW METRICS").statusCode()).isEqualTo(400);
    assertThat(get("stats=true&format=csv", "SHOW METRICS").statusCode()).isEqualTo(400);
  }

  @Test
  void listsExplainsAndDeletes() throws Exception {
    assertThat(body("format=csv", "SHOW METRICS WHERE room IS NOT NULL"))
        .isEqualTo("metric\ntemperature\n");
    assertThat(body("format=csv", "SHOW TAG VALUES FROM temperature"))
        .isEqualTo("key,value\nroom,bath\nroom,living\n");
    assertThat(body("format=csv", "SHOW TAG KEYS")).isEqualTo("key\nhost\nroom\n");
    assertThat(body("format=csv", "SHOW SERIES FROM temperature"))
        .isEqualTo("metric,room\ntemperature,bath\ntemperature,living\n");
    assertThat(body("format=ndjson", "EXPLAIN SELECT max(value) FROM temperature"))
        .contains("Scan");
    JsonNode analyzed = json("", "EXPLAIN ANALYZE SELECT max(value) FROM temperature");
    assertThat(analyzed.at("/rows").toString()).contains("samples");

    post("/write?precision=s", "text/plain", "doomed,k=a value=1 1\ndoomed,k=b value=1 1");
    String delete = "DELETE FROM doomed WHERE k = 'a'";
    HttpResponse<String> series = post(
        "/query?format=series",
        "application/x-www-form-urlencoded",
        "q=" + URLEncoder.encode(delete, StandardCharsets.UTF_8));
    assertThat(series.statusCode()).isEqualTo(422);
    assertThat(json("", "SELECT count(*) FROM doomed").at("/rows/0/0").asInt()).isEqualTo(2);
    HttpResponse<String> deleted = post(
        "/query?format=csv",
        "application/x-www-form-urlencoded",
        "q=" + URLEncoder.encode(delete, StandardCharsets.UTF_8));
    assertThat(deleted.body()).isEqualTo("series\n1\n");
    assertThat(json("", "SELECT count(*) FROM doomed").at("/rows/0/0").asInt()).isEqualTo(1);
  }

  @Test
  void refusesBombsAtTheDoor() throws Exception {
    String nested = "SELECT " + "(".repeat(5000) + "value" + ")".repeat(5000) + " FROM temperature";
    assertThat(post(nested, "[]").statusCode()).isEqualTo(400);
    String list =
        "SELECT value FROM temperature WHERE room IN ('a'" + ",'bath'".repeat(150_000) + ")";
    HttpResponse<String> long1 = post(list, "[]");
    assertThat(long1.statusCode()).isEqualTo(400);
    assertThat(long1.body()).contains("16384").hasSizeLessThan(1000);
  }

  private JsonNode json(String parameters, String statement) throws Exception {
    return JsonMapper.shared().readTree(body(parameters, statement));
  }

  private String body(String parameters, String statement) throws Exception {
    HttpResponse<String> response = get(parameters, statement);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private HttpResponse<String> get(String parameters, String statement) throws Exception {
    return send(request(
            "/query?" + parameters + "&q=" + URLEncoder.encode(statement, StandardCharsets.UTF_8))
        .GET());
  }

  private HttpResponse<String> post(String query, String params) throws Exception {
    return post(
        "/query",
        "application/json",
        "{\"query\":" + JsonMapper.shared().writeValueAsString(query) + ",\"params\":" + params
            + "}");
  }

  private HttpResponse<String> post(String path, String contentType, String body) throws Exception {
    return send(
        request(path).header("Content-Type", contentType).POST(BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }
}
