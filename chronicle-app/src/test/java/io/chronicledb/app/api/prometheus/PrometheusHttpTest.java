package io.chronicledb.app.api.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.write.PointBatch;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Prometheus API over a real socket. Each test uses metrics of its own, since they share one database. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class PrometheusHttpTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final long SECOND = 1_000_000_000L;

  @TempDir
  static Path directory;

  @LocalServerPort
  int port;

  @Autowired
  ChronicleDatabase database;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    registry.add("chronicle.path", () -> directory.resolve("chronicle.db"));
  }

  @Test
  void formatsAQueryFromUrlAndForm() throws Exception {
    String expected = "{\"status\":\"success\",\"data\":\"sum by (job) (up)\"}";
    assertThat(get("/api/v1/format_query", "query", "sum(up) by(job)").body()).isEqualTo(expected);
    assertThat(post("/api/v1/format_query", "query", "sum(up) by(job)").body()).isEqualTo(expected);
    HttpResponse<String> wrong = get("/api/v1/format_query", "query", "sum(");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(json(wrong).at("/errorType").asString()).isEqualTo("bad_data");
    assertThat(json(wrong).at("/error").asString()).startsWith("invalid parameter \"query\": 1:5:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {
        "1e3; {\"type\":\"numberLiteral\",\"val\":\"1000\"}",
        "-Inf; {\"type\":\"numberLiteral\",\"val\":\"-Inf\"}",
        "1m; {\"type\":\"numberLiteral\",\"val\":\"60\"}",
        "\"a\\\"b\"; {\"type\":\"stringLiteral\",\"val\":\"a\\\"b\"}",
        "x{b=\"1\",a!~\"2\"} @ 1.5 offset -1m; {\"anchored\":false,\"matchers\":[{\"name\":\"b\",\"type\":\"=\",\"value\":\"1\"},{\"name\":\"a\",\"type\":\"!~\",\"value\":\"2\"},{\"name\":\"__name__\",\"type\":\"=\",\"value\":\"x\"}],\"name\":\"x\",\"offset\":-60000,\"smoothed\":false,\"startOrEnd\":null,\"timestamp\":1500,\"type\":\"vectorSelector\"}",
        "{a=\"b\"}[5m] @ end(); {\"anchored\":false,\"matchers\":[{\"name\":\"a\",\"type\":\"=\",\"value\":\"b\"}],\"name\":\"\",\"offset\":0,\"range\":300000,\"smoothed\":false,\"startOrEnd\":\"end\",\"timestamp\":null,\"type\":\"matrixSelector\"}",
        "-(1); {\"expr\":{\"expr\":{\"type\":\"numberLiteral\",\"val\":\"1\"},\"type\":\"parenExpr\"},\"op\":\"-\",\"type\":\"unaryExpr\"}",
        "1 > bool 2; {\"bool\":true,\"lhs\":{\"type\":\"numberLiteral\",\"val\":\"1\"},\"matching\":null,\"op\":\">\",\"rhs\":{\"type\":\"numberLiteral\",\"val\":\"2\"},\"type\":\"binaryExpr\"}",
      })
  void parsesAQueryIntoTheTreeOfPrometheus(String query, String tree) throws Exception {
    assertThat(get("/api/v1/parse_query", "query", query).body())
        .isEqualTo("{\"status\":\"success\",\"data\":" + tree + "}");
    assertThat(post("/api/v1/parse_query", "query", query).statusCode()).isEqualTo(200);
  }

  @Test
  void parsesMatchingGroupingCallsAndSubqueries() throws Exception {
    JsonNode binary = json(get("/api/v1/parse_query", "query", "a / on(x, y) group_left(z) b"))
        .at("/data");
    assertThat(binary.at("/matching").toString())
        .isEqualTo("{\"card\":\"many-to-one\",\"fillValues\":{\"lhs\":null,\"rhs\":null},"
            + "\"include\":[\"z\"],\"labels\":[\"x\",\"y\"],\"on\":true}");
    assertThat(json(get("/api/v1/parse_query", "query", "a or b")).at("/data/matching/card"))
        .hasToString("\"many-to-many\"");
    JsonNode aggregation =
        json(get("/api/v1/parse_query", "query", "topk without(a) (3, m)")).at("/data");
    assertThat(aggregation.propertyNames())
        .containsExactly("expr", "grouping", "op", "param", "type", "without");
    assertThat(aggregation.at("/param/val").asString()).isEqualTo("3");
    assertThat(aggregation.at("/without").asBoolean()).isTrue();
    JsonNode call = json(get("/api/v1/parse_query", "query", "round(m)")).at("/data");
    assertThat(call.at("/func").toString())
        .isEqualTo("{\"argTypes\":[\"vector\",\"scalar\"],\"name\":\"round\","
            + "\"returnType\":\"vector\",\"variadic\":1}");
    assertThat(json(get("/api/v1/parse_query", "query", "label_join(m, \"a\", \",\", \"b\")"))
            .at("/data/func")
            .toString())
        .contains("\"argTypes\":[\"vector\",\"string\",\"string\",\"string\"]")
        .contains("\"variadic\":-1");
    JsonNode subquery =
        json(get("/api/v1/parse_query", "query", "m[1h:5m] offset 1m")).at("/data");
    assertThat(subquery.propertyNames())
        .containsExactly(
            "alignEvalTime", "expr", "offset", "range", "startOrEnd", "step", "timestamp", "type");
    assertThat(subquery.at("/step").asLong()).isEqualTo(300_000);
  }

  @Test
  void showsTheLongestChainThatParses() throws Exception {
    String chain = "a" + "+b".repeat(999);
    assertThat(post("/api/v1/parse_query", "query", chain).statusCode()).isEqualTo(200);
    assertThat(post("/api/v1/format_query", "query", chain).statusCode()).isEqualTo(200);
    assertThat(post("/api/v1/parse_query", "query", chain + "+c+d").statusCode())
        .isEqualTo(400);
  }

  @Test
  void countsAndMeasuresWhereItIsAskedTo() throws Exception {
    for (int second = 0; second < 60; second++) {
      database.write("measured", Tags.empty(), second * SECOND, second);
    }
    String[] range = {"query", "rate(measured[10s])", "start", "20", "end", "40", "step", "10"};
    assertThat(json(get("/api/v1/query_range", range)).at("/data").has("stats")).isFalse();
    JsonNode some = json(get("/api/v1/query_range", with(range, "stats", "1"))).at("/data/stats");
    assertThat(some.at("/samples").propertyNames())
        .containsExactly("totalQueryableSamples", "peakSamples");
    assertThat(some.at("/samples/totalQueryableSamples").asLong()).isEqualTo(30);
    assertThat(some.at("/timings").propertyNames())
        .containsExactly(
            "evalTotalTime",
            "resultSortTime",
            "queryPreparationTime",
            "innerEvalTime",
            "execQueueTime",
            "execTotalTime");
    JsonNode all = json(get("/api/v1/query_range", with(range, "stats", "all"))).at("/data/stats");
    assertThat(all.at("/samples/totalQueryableSamplesPerStep").toString())
        .isEqualTo("[[20,10],[30,10],[40,10]]");
  }

  @Test
  void leavesOutWhatIsOverALimitAndSaysSo() throws Exception {
    for (int host = 0; host < 3; host++) {
      database.write("limited", Tags.of("host", "h" + host), SECOND, host);
    }
    List<String[]> requests = List.of(
        new String[] {"/api/v1/query", "query", "limited", "time", "1"},
        new String[] {
          "/api/v1/query_range", "query", "limited", "start", "1", "end", "2", "step", "1"
        },
        new String[] {"/api/v1/series", "match[]", "limited"},
        new String[] {"/api/v1/labels", "match[]", "limited"},
        new String[] {"/api/v1/label/host/values", "match[]", "limited"});
    for (String[] request : requests) {
      String path = request[0];
      String[] parameters = List.of(request).subList(1, request.length).toArray(String[]::new);
      JsonNode cut = json(get(path, with(parameters, "limit", "1")));
      JsonNode data = cut.at("/data").has("result") ? cut.at("/data/result") : cut.at("/data");
      assertThat(data).as(path).hasSize(1);
      assertThat(cut.at("/warnings").toString()).isEqualTo("[\"results truncated due to limit\"]");
      assertThat(json(get(path, with(parameters, "limit", "3"))).has("warnings"))
          .isFalse();
      assertThat(json(get(path, with(parameters, "limit", "0"))).has("warnings"))
          .isFalse();
      assertThat(get(path, with(parameters, "limit", "-1")).statusCode()).isEqualTo(400);
      assertThat(get(path, with(parameters, "limit", "x")).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void takesTheFirstOfSeveralAndTheFormBeforeTheUrl() throws Exception {
    assertThat(get("/api/v1/query", "query", "1", "query", "2", "time", "1").body())
        .contains("[1,\"1\"]");
    var request = request("/api/v1/query?query=2&time=1")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString("query=1"));
    assertThat(send(request).body()).contains("[1,\"1\"]");
  }

  @Test
  void usesLookbackAndTimeoutOfTheRequest() throws Exception {
    database.write("old", Tags.empty(), 0, 1);
    assertThat(json(get("/api/v1/query", "query", "old", "time", "60")).at("/data/result"))
        .hasSize(1);
    assertThat(json(get("/api/v1/query", "query", "old", "time", "60", "lookback_delta", "30s"))
            .at("/data/result"))
        .isEmpty();
    HttpResponse<String> late = get("/api/v1/query", "query", "old", "timeout", "0");
    assertThat(late.statusCode()).isEqualTo(503);
    assertThat(json(late).at("/errorType").asString()).isEqualTo("timeout");
  }

  @Test
  void tellsKindsOfErrorsApart() throws Exception {
    database.write("twice", Tags.of("a", "1"), SECOND, 1);
    database.write("twice", Tags.of("a", "2"), SECOND, 1);
    HttpResponse<String> execution =
        get("/api/v1/query", "query", "twice * on() twice", "time", "1");
    assertThat(execution.statusCode()).isEqualTo(422);
    assertThat(json(execution).at("/errorType").asString()).isEqualTo("execution");
    HttpResponse<String> data = get("/api/v1/query", "query", "twice *");
    assertThat(data.statusCode()).isEqualTo(400);
    assertThat(json(data).at("/errorType").asString()).isEqualTo("bad_data");
    assertThat(json(data).propertyNames()).containsExactly("status", "errorType", "error");
  }

  @Test
  void compressesForThoseWhoTakeGzip() throws Exception {
    var request = request("/api/v1/query?query=vector(1)&time=1").header("Accept-Encoding", "gzip");
    HttpResponse<byte[]> response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
    try (var plain = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\","
              + "\"result\":[{\"metric\":{},\"value\":[1,\"1\"]}]}}");
    }
    var other = request("/api/v1/query?query=vector(1)&time=1").header("Accept-Encoding", "zstd");
    assertThat(send(other).body()).contains("\"success\"");
  }

  @Test
  void answersJsonWhateverIsAccepted() throws Exception {
    HttpResponse<String> response =
        send(request("/api/v1/query?query=1").header("Accept", "text/html"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
  }

  @Test
  void answersOptionsWithoutAnyGrantToOtherOrigins() throws Exception {
    HttpResponse<String> response = send(request("/api/v1/query")
        .header("Origin", "http://elsewhere.example")
        .method("OPTIONS", BodyPublishers.noBody()));
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  /** What Grafana asks when its data source is saved and tested, and then in variables and in Explore. */
  @Test
  void passesTheCheckOfGrafana() throws Exception {
    database.write("grafana", Tags.of("host", "a"), SECOND, 1);
    HttpResponse<String> check =
        get("/api/v1/query", "query", "1+1", "time", "1970-01-01T00:00:04.000Z");
    assertThat(json(check).at("/data").toString())
        .isEqualTo("{\"resultType\":\"scalar\",\"result\":[4,\"2\"]}");
    JsonNode build = json(get("/api/v1/status/buildinfo"));
    assertThat(build.at("/data/version").asString()).startsWith("3.");
    assertThat(build.at("/data").has("features")).isFalse();
    assertThat(get("/api/v1/status/features").statusCode()).isEqualTo(404);
    assertThat(get("/api/v1/features").statusCode()).isEqualTo(404);
    assertThat(json(post(
                "/api/v1/query_range", "query", "grafana", "start", "1", "end", "10", "step", "1"))
            .at("/data/result/0/values"))
        .hasSize(10);
    assertThat(json(post(
                "/api/v1/series",
                "match[]",
                "grafana",
                "start",
                "0",
                "end",
                "10",
                "limit",
                "40000"))
            .at("/data"))
        .hasSize(1);
    assertThat(json(post("/api/v1/labels", "match[]", "grafana")).at("/data").toString())
        .isEqualTo("[\"__name__\",\"host\"]");
    assertThat(json(get("/api/v1/label/host/values", "match[]", "grafana"))
            .at("/data")
            .toString())
        .isEqualTo("[\"a\"]");
    assertThat(json(get("/api/v1/label/__name__/values", "match[]", "{__name__=~\".*graf.*\"}"))
            .at("/data")
            .toString())
        .isEqualTo("[\"grafana\"]");
    assertThat(get("/api/v1/rules").body())
        .isEqualTo("{\"status\":\"success\",\"data\":{\"groups\":[]}}");
  }

  @Test
  void tellsOfItsState() throws Exception {
    database.write("state", Tags.of("colour", "blue"), SECOND, 1);
    JsonNode tsdb = json(get("/api/v1/status/tsdb", "limit", "1")).at("/data");
    assertThat(tsdb.propertyNames())
        .containsExactly(
            "headStats",
            "seriesCountByMetricName",
            "labelValueCountByLabelName",
            "memoryInBytesByLabelName",
            "seriesCountByLabelValuePair");
    assertThat(tsdb.at("/headStats/numSeries").asInt()).isPositive();
    assertThat(tsdb.at("/seriesCountByMetricName")).hasSize(1);
    for (String limit : List.of("0", "-1", "x", "10001")) {
      assertThat(get("/api/v1/status/tsdb", "limit", limit).statusCode()).isEqualTo(400);
    }
    assertThat(json(get("/api/v1/status/config")).at("/data/yaml").isString()).isTrue();
    assertThat(
            json(get("/api/v1/status/flags")).at("/data/query.lookback-delta").asString())
        .isEqualTo("5m");
    assertThat(json(get("/api/v1/status/runtimeinfo"))
            .at("/data/reloadConfigSuccess")
            .asBoolean())
        .isTrue();
    assertThat(json(get("/api/v1/status/walreplay")).at("/data").propertyNames())
        .containsExactly("min", "max", "current");
    assertThat(json(get("/api/v1/targets")).at("/data").toString())
        .isEqualTo("{\"activeTargets\":[],\"droppedTargetCounts\":{},\"droppedTargets\":[]}");
    assertThat(json(get("/api/v1/scrape_pools")).at("/data/scrapePools")).isEmpty();
    assertThat(json(get("/api/v1/alertmanagers")).at("/data").propertyNames())
        .containsExactly("activeAlertmanagers", "droppedAlertmanagers");
    assertThat(json(get("/api/v1/alerts")).at("/data/alerts").isArray()).isTrue();
    assertThat(get("/api/v1/rules", "type", "other").statusCode()).isEqualTo(400);
    assertThat(get("/api/v1/rules", "group_limit", "-1").statusCode()).isEqualTo(400);
    assertThat(get("/api/v1/rules", "match[]", "{").statusCode()).isEqualTo(400);
  }

  @Test
  void deletesSeriesWithinBoundsThatAreIncluded() throws Exception {
    for (int second = 1; second <= 5; second++) {
      database.write("deleted", Tags.empty(), second * SECOND, second);
    }
    assertThat(
            post("/api/v1/admin/tsdb/delete_series", "match[]", "deleted", "start", "2", "end", "3")
                .statusCode())
        .isEqualTo(204);
    assertThat(post("/api/v1/admin/tsdb/clean_tombstones").statusCode()).isEqualTo(204);
    assertThat(get("/api/v1/query", "query", "deleted[1m]", "time", "10").body())
        .contains("[[1,\"1\"],[4,\"4\"],[5,\"5\"]]");
    assertThat(post("/api/v1/admin/tsdb/delete_series", "match[]", "deleted", "match[]", "{")
            .statusCode())
        .isEqualTo(400);
    assertThat(get("/api/v1/query", "query", "deleted", "time", "10").body()).contains("\"5\"");
    assertThat(get("/api/v1/admin/tsdb/delete_series", "match[]", "deleted").statusCode())
        .isEqualTo(405);
  }

  @Test
  void writesASnapshotBesideTheDataFile() throws Exception {
    database.write("kept", Tags.empty(), SECOND, 7);
    String name = json(post("/api/v1/admin/tsdb/snapshot")).at("/data/name").asString();
    assertThat(name).matches("\\d{8}T\\d{6}Z-[0-9a-f]{16}");
    Path folder = directory.resolve("snapshots").resolve(name);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("chronicle.db"));
    }
    try (var snapshot = ChronicleDatabase.open(folder.resolve("chronicle.db"))) {
      assertThat(snapshot.query("SELECT value FROM kept").rowCount()).isEqualTo(1);
    }
    assertThat(post("/api/v1/admin/tsdb/snapshot", "skip_head", "maybe").statusCode())
        .isEqualTo(400);
  }

  @Test
  void federatesTheNewestSamples() throws Exception {
    long now = System.currentTimeMillis();
    long nanos = now * 1_000_000;
    database.write("fed_b", Tags.of("instance", "x:1", "path", "a\\b\"c\nd"), nanos - SECOND, 1);
    database.write("fed_b", Tags.of("instance", "x:1", "path", "a\\b\"c\nd"), nanos, 1234567);
    database.write("fed_a", Tags.of("z", "1"), nanos - 2 * SECOND, 0.5);
    database.write("fed_a", Tags.of("a", "1"), nanos - 2 * SECOND, Double.NaN);
    database.write("fed_old", Tags.empty(), nanos - 400 * SECOND, 1);
    database.write("fed_ended", Tags.empty(), nanos - SECOND, 1);
    database.write("fed_ended", Tags.empty(), nanos, StaleMarker.value());
    database.write("fed.dots", Tags.of("with-dash", "1"), nanos, 1);
    HttpResponse<String> page =
        get("/federate", "match[]", "{__name__=~\"fed.*\"}", "match[]", "fed_a");
    assertThat(page.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain;version=0.0.4");
    String escaped = "a\\\\b\\\"c\\nd";
    assertThat(page.body())
        .isEqualTo("# TYPE fed_dots untyped\n"
            + "fed_dots{with_dash=\"1\",instance=\"\"} 1 " + now + "\n"
            + "# TYPE fed_a untyped\n"
            + "fed_a{a=\"1\",instance=\"\"} NaN " + (now - 2000) + "\n"
            + "fed_a{z=\"1\",instance=\"\"} 0.5 " + (now - 2000) + "\n"
            + "# TYPE fed_b untyped\n"
            + "fed_b{instance=\"x:1\",path=\"" + escaped + "\"} 1.234567e+06 " + now + "\n");
    var utf8 = request("/federate?match%5B%5D=%7B%22fed.dots%22%7D")
        .header("Accept", "text/plain;version=0.0.4; escaping=allow-utf-8");
    assertThat(send(utf8).body())
        .isEqualTo("# TYPE \"fed.dots\" untyped\n"
            + "{\"fed.dots\",\"with-dash\"=\"1\",instance=\"\"} 1 " + now + "\n");
    assertThat(get("/federate").body()).isEmpty();
    assertThat(get("/federate", "match[]", "{").statusCode()).isEqualTo(400);
  }

  @Test
  void endsAQueryWhoseClientHasGone() throws Exception {
    var batch = new PointBatch().series("abandoned", Tags.empty());
    for (int second = 0; second < 20_000; second++) {
      batch.add(second * SECOND, second * 7919 % 10_007);
    }
    database.write(batch);
    String query = "/api/v1/query_range?start=9000&end=19900&step=1&query="
        + encode("quantile_over_time(0.5, abandoned[9000s])");
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      out.write(("GET " + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      await(() -> !database.queryEngine().running().isEmpty());
    }
    await(() -> database.queryEngine().running().isEmpty());
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  private static String[] with(String[] parameters, String name, String value) {
    return Stream.concat(Stream.of(parameters), Stream.of(name, value)).toArray(String[]::new);
  }

  private HttpResponse<String> get(String path, String... namesAndValues) throws Exception {
    String query = pairs(namesAndValues);
    return send(request(path + (query.isEmpty() ? "" : "?" + query)).GET());
  }

  private HttpResponse<String> post(String path, String... namesAndValues) throws Exception {
    return send(request(path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(pairs(namesAndValues))));
  }

  private static String pairs(String... namesAndValues) {
    var pairs = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      pairs
          .append(i == 0 ? "" : "&")
          .append(encode(namesAndValues[i]))
          .append('=')
          .append(encode(namesAndValues[i + 1]));
    }
    return pairs.toString();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
