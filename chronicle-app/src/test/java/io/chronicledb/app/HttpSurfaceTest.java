package io.chronicledb.app;

import static io.chronicledb.app.ingest.remotewrite.WriteRequests.exemplar;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.histogram;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.label;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.message;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.metadata;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.sample;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.series;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.wholeHistogram;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.app.wire.RequestBody;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Snappy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole server over a real socket: what clients see. Each test uses metrics of its own, since they share one database. After each, the
 * server must still answer: nothing that a client sends may take it down.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class HttpSurfaceTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir
  static Path directory;

  @LocalServerPort
  int port;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    registry.add("chronicle.path", () -> directory.resolve("chronicle.db"));
  }

  @AfterEach
  void goesOn() throws Exception {
    assertThat(get("/api/v1/query?query=1%2B1&time=5").body()).contains("[5,\"2\"]");
  }

  @Test
  void storesLineProtocolAndAnswersInSqlAndPromQl() throws Exception {
    assertThat(post(
                "/write?precision=s&db=any",
                "text/plain",
                "lp_cpu,host=a usage=0.5 1000\nlp_cpu,host=b usage=1i 1000")
            .statusCode())
        .isEqualTo(204);
    JsonNode vector = json(get("/api/v1/query?query=lp_cpu_usage&time=1000.5")).at("/data/result");
    assertThat(vector).hasSize(2);
    assertThat(vector.findValuesAsString("host")).containsExactlyInAnyOrder("a", "b");
    JsonNode table = json(get("/query?epoch=s&q=" + encode("SELECT * FROM lp_cpu_usage")));
    assertThat(table.at("/rows")).hasSize(2);
    assertThat(table.at("/columns/0/name").asString()).isEqualTo("time");
    assertThat(table.at("/rows/0/0").asLong()).isEqualTo(1000);
  }

  @Test
  void flushesAndCompactsOnDemand() throws Exception {
    post("/write?precision=s", "text/plain", "compacted,host=a value=1 1000");
    for (String work : new String[] {"flush", "compact"}) {
      JsonNode stored = json(post("/admin/api/" + work, "", ""));
      assertThat(stored.at("/points").asLong()).isPositive();
      assertThat(stored.at("/blocks").asInt()).isPositive();
      assertThat(stored.at("/storageBytes").asLong()).isPositive();
    }
    assertThat(get("/admin/api/compact").statusCode()).isEqualTo(405);
    assertThat(post("/admin/api/compact?now=1", "", "").statusCode()).isEqualTo(400);
    assertThat(get("/api/v1/query?query=compacted&time=1000").body()).contains("[1000,\"1\"]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text/plain",
        "text/plain; charset=utf-8",
        "application/octet-stream",
        "application/x-www-form-urlencoded"
      })
  void takesLineProtocolUnderEveryTypeThatClientsSend(String contentType) throws Exception {
    assertThat(post("/write", contentType, "types value=1 1").statusCode()).isEqualTo(204);
    assertThat(post("/api/v2/write?bucket=b&org=o&precision=ms", contentType, "types value=1 1")
            .statusCode())
        .isEqualTo(204);
  }

  @Test
  void takesGzip() throws Exception {
    var request = request("/write")
        .header("Content-Encoding", "gzip")
        .POST(BodyPublishers.ofByteArray(gzip("zipped value=7 1")));
    assertThat(send(request).statusCode()).isEqualTo(204);
    assertThat(get("/api/v1/query?query=zipped&time=1").body()).contains("\"7\"");
  }

  @Test
  void refusesMoreTypesInAcceptThanItSorts() throws Exception {
    HttpResponse<String> response = send(request("/query?q=" + encode("SELECT * FROM nothing"))
        .header("Accept", "a/b,".repeat(60) + "a/b"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("Accept");
  }

  @Test
  void refusesJsonThatIsNotStrictlyUtf8() throws Exception {
    byte[] overlong = "{\"points\":[{\"metric\":\"over@~\",\"value\":1,\"timestamp\":1}]}"
        .getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < overlong.length; i++) {
      overlong[i] = (byte) (overlong[i] == '@' ? 0xc0 : overlong[i] == '~' ? 0xaf : overlong[i]);
    }
    HttpResponse<String> response = send(request("/write")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofByteArray(overlong)));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("not UTF-8");
    assertThat(get("/api/v1/query?query=" + encode("{\"over/\"}") + "&time=1").body())
        .contains("\"result\":[]");
  }

  @Test
  void reportsABadLineWithItsNumberAndStoresTheOthers() throws Exception {
    HttpResponse<String> response = post(
        "/write",
        "text/plain",
        "part value=1 1\npart,x=2 value=oops 1\n\npart,x=3 value=\"text\" 1\npart,x=4 value=2 1\n");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = json(response);
    assertThat(problem.at("/error").asString()).isEqualTo("bad_data");
    assertThat(problem.at("/accepted").asLong()).isEqualTo(2);
    assertThat(problem.at("/refused").asLong()).isEqualTo(2);
    assertThat(problem.at("/errors/0/line").asLong()).isEqualTo(2);
    assertThat(problem.at("/errors/0/reason").asString()).contains("oops");
    assertThat(problem.at("/errors/1/line").asLong()).isEqualTo(4);
    assertThat(json(get("/api/v1/query?query=part&time=1")).at("/data/result")).hasSize(2);
  }

  @Test
  void storesJson() throws Exception {
    assertThat(post(
                "/write?precision=ms",
                "application/json",
                "{\"points\":[{\"metric\":\"js\",\"tags\":{\"a\":\"b\"},\"value\":1.5,\"timestamp\":5000}]}")
            .statusCode())
        .isEqualTo(204);
    assertThat(get("/api/v1/query?query=js&time=5").body())
        .contains("{\"__name__\":\"js\",\"a\":\"b\"},\"value\":[5,\"1.5\"]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"points\":[{\"metric\":\"nothing\",\"value\":1},{\"metric\":\"nothing\",\"vlaue\":1}]}",
        "{\"points\":[{\"metric\":\"nothing\",\"value\":1}]} trailing",
        "{\"points\":[{\"metric\":\"nothing\",\"value\":1}"
      })
  void storesNothingOfJsonThatIsMalformedAnywhere(String body) throws Exception {
    HttpResponse<String> response = post("/write", "application/json", body);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).at("/detail").asString()).contains("line 1, column");
    assertThat(json(get("/api/v1/query?query=nothing")).at("/data/result")).isEmpty();
  }

  @Test
  void storesRemoteWrite() throws Exception {
    byte[] body = message(series(
        label("__name__", "rw"), label("job", "node"), sample(1.25, 2000), sample(2.5, 3000)));
    assertThat(remoteWrite(body).statusCode()).isEqualTo(204);
    assertThat(get("/api/v1/query?query=rw&time=3").body()).contains("[3,\"2.5\"]");
  }

  @Test
  void storesNativeHistogramsOfRemoteWrite() throws Exception {
    byte[] body =
        message(series(label("__name__", "rw_native"), wholeHistogram(), sample(2, 3_000)));
    assertThat(remoteWrite(body).statusCode()).isEqualTo(204);
    String histogram = "{\"count\":\"7\",\"sum\":\"9.5\",\"buckets\":[[1,\"-2\",\"-1\",\"1\"],"
        + "[3,\"-0.001\",\"0.001\",\"1\"],[0,\"0.5\",\"1\",\"2\"],[0,\"2\",\"4\",\"3\"]]}";
    assertThat(get("/api/v1/query?query=rw_native&time=1").body())
        .contains("\"histogram\":[1," + histogram + "]");
    assertThat(get("/api/v1/query_range?query=rw_native&start=1&end=3&step=1").body())
        .contains("\"values\":[[3,\"2\"]],\"histograms\":[[1," + histogram + "],[2,");
    assertThat(get("/api/v1/query?time=1&query=" + encode("histogram_count(rw_native)"))
            .body())
        .contains("[1,\"7\"]");
    assertThat(get("/query?q=" + encode("SELECT * FROM rw_native")).body())
        .contains("native histograms");
  }

  @Test
  void answersRemoteWriteWithTheReasonForWhatItDoesNotStore() throws Exception {
    HttpResponse<String> response = remoteWrite(message(
        series(label("job", "nameless"), sample(1, 1000)),
        series(label("__name__", "rw_latency"), histogram()),
        series(label("__name__", "rw_good"), sample(1, 1000))));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .contains("__name__")
        .contains("nameless")
        .contains("histogram")
        .contains("rw_latency");
    assertThat(response.body().lines()).hasSize(1);
    assertThat(json(get("/api/v1/query?query=rw_good&time=1")).at("/data/result"))
        .hasSize(1);
  }

  @Test
  void refusesBrokenRemoteWriteBodies() throws Exception {
    byte[] whole = message(
        series(label("__name__", "broken"), sample(1, 1000)),
        series(label("__name__", "broken2"), sample(1, 1000)));
    var cut = new byte[whole.length - 3];
    System.arraycopy(whole, 0, cut, 0, cut.length);
    assertThat(remoteWrite(cut).statusCode()).isEqualTo(400);
    // Not Snappy at all, and the 50 bytes that declare 2.5 GB.
    assertThat(sendRemoteWrite(whole).statusCode()).isEqualTo(400);
    var bomb = new ByteWriter(64);
    bomb.writeUnsignedVarint(2_684_354_560L);
    bomb.writeZeros(50 - bomb.size());
    HttpResponse<String> response = sendRemoteWrite(bomb.toByteArray());
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("2684354560");
    assertThat(json(get("/api/v1/query?query=broken&time=1")).at("/data/result"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "application/x-protobuf;proto=io.prometheus.write.v2.Request, snappy, 2.0.0",
        "application/json, snappy, 0.1.0",
    "application/x-protobuf, gzip, 0.1.0", "application/x-protobuf, snappy, 2.0.0"
  })
  void refusesOtherVersionsOfRemoteWriteSoThatSendersFallBack(
      String contentType, String encoding, String version) throws Exception {
    var request = request("/api/v1/write")
        .header("Content-Type", contentType)
        .header("Content-Encoding", encoding)
        .header("X-Prometheus-Remote-Write-Version", version)
        .POST(BodyPublishers.ofByteArray(new byte[] {0}));
    assertThat(send(request).statusCode()).isEqualTo(415);
  }

  @Test
  void refusesBodiesBeyondTheLimit() throws Exception {
    assertThat(send(request("/write")
                .POST(BodyPublishers.ofByteArray(new byte[RequestBody.BYTES_MAX + 1])))
            .statusCode())
        .isEqualTo(413);
    var bomb = request("/write")
        .header("Content-Encoding", "gzip")
        .POST(BodyPublishers.ofByteArray(gzip("\n".repeat(20 << 20))));
    HttpResponse<String> response = send(bomb);
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(json(response).at("/error").asString()).isEqualTo("bad_data");
  }

  @Test
  void saysWhereAStatementIsWrongAndWhatWasMeant() throws Exception {
    HttpResponse<String> response = get("/query?q=" + encode("SELECT maen(value) FROM cpu"));
    assertThat(response.statusCode()).isEqualTo(400);
    JsonNode problem = json(response);
    assertThat(problem.at("/error").asString()).isEqualTo("invalid_query");
    assertThat(problem.at("/detail").asString()).contains("mean");
    assertThat(problem.at("/line").asInt()).isEqualTo(1);
    assertThat(problem.at("/column").asInt()).isEqualTo(8);
  }

  @Test
  void answersSqlInTheFormatsThatAreAskedFor() throws Exception {
    post(
        "/write?precision=s", "text/plain", "formats,host=a value=0.5 1\nformats,host=b value=2 2");
    String q = "q=" + encode("SELECT * FROM formats");
    assertThat(get("/query?format=csv&epoch=s&" + q).body().lines()).hasSize(3);
    assertThat(get("/query?format=ndjson&" + q).body())
        .contains("\"time\":\"1970-01-01T00:00:01Z\"")
        .contains("\"value\":0.5");
    var csv = request("/query?" + q).header("Accept", "text/csv").GET();
    assertThat(send(csv).headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
    assertThat(json(post("/query", "application/json", "{\"query\":\"SELECT * FROM formats\"}"))
            .at("/rows"))
        .hasSize(2);
    assertThat(json(post("/query", "application/x-www-form-urlencoded", q)).at("/rows"))
        .hasSize(2);
    assertThat(send(request("/query?" + q).header("Accept", "image/png").GET()).statusCode())
        .isEqualTo(406);
  }

  @Test
  void warnsOfAMetricThatDoesNotExist() throws Exception {
    JsonNode table = json(get("/query?q=" + encode("SELECT * FROM no_such_metric")));
    assertThat(table.at("/rows")).isEmpty();
    assertThat(table.at("/warnings/0").asString()).contains("no_such_metric");
  }

  @ParameterizedTest
  @CsvSource({
    "/query?q=x&fromat=csv, format",
    "/query?q=x&epcoh=ms, epoch",
    "/query?q=x&timeotu=1, timeout"
  })
  void namesTheNearestParameter(String path, String nearest) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).at("/detail").asString())
        .contains("did you mean \"" + nearest + "\"");
  }

  @Test
  void refusesUnknownParametersOfAWrite() throws Exception {
    assertThat(post("/write?precison=s", "text/plain", "unknown_parameter value=1 1")
            .statusCode())
        .isEqualTo(400);
    assertThat(post("/write?precision=days", "text/plain", "unknown_parameter value=1 1")
            .statusCode())
        .isEqualTo(400);
    assertThat(json(get("/api/v1/query?query=unknown_parameter&time=1")).at("/data/result"))
        .isEmpty();
  }

  @Test
  void answersRangesAsPrometheusDoes() throws Exception {
    post("/write?precision=s", "text/plain", "ranged value=1 10\nranged value=2 20");
    JsonNode data =
        json(get("/api/v1/query_range?query=ranged&start=10&end=20&step=10")).at("/data");
    assertThat(data.toString())
        .isEqualTo(
            "{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"ranged\"},\"values\":[[10,\"1\"],[20,\"2\"]]}]}");
    assertThat(json(post(
                "/api/v1/query_range",
                "application/x-www-form-urlencoded",
                "query=ranged&start=10&end=20&step=10s"))
            .at("/data"))
        .isEqualTo(data);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "query=x&start=2&end=1&step=1 | invalid parameter \"end\": end timestamp must not be before start time",
        "query=x&start=1&end=2&step=0 | invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer",
        "query=x&start=1&end=20000&step=1 | exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
        "query=x&start=1&end=x&step=1 | invalid parameter \"end\": cannot parse \"x\" to a valid timestamp",
        "query=x&end=1&step=1 | invalid parameter \"start\": cannot parse \"\" to a valid timestamp",
        "query=x&start=1&end=2&step=x | invalid parameter \"step\": cannot parse \"x\" to a valid duration"
      })
  void refusesRangesInPrometheusWords(String parameters, String error) throws Exception {
    HttpResponse<String> response = get("/api/v1/query_range?" + parameters);
    assertThat(response.statusCode()).isEqualTo(400);
    JsonNode body = json(response);
    assertThat(body.at("/status").asString()).isEqualTo("error");
    assertThat(body.at("/errorType").asString()).isEqualTo("bad_data");
    assertThat(body.at("/error").asString()).isEqualTo(error);
  }

  @Test
  void answersBadPromQlWithBadData() throws Exception {
    HttpResponse<String> response = get("/api/v1/query?query=" + encode("sum("));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).at("/error").asString()).startsWith("invalid parameter \"query\": ");
  }

  @Test
  void answersMalformedParametersWithBadData() throws Exception {
    var garbage =
        request("/api/v1/query").header("Content-Type", "application/x-www-form-urlencoded");
    assertThat(send(garbage.POST(BodyPublishers.ofString("query=%zz"))).statusCode())
        .isEqualTo(400);
    assertThat(
            send(garbage.POST(BodyPublishers.ofString("a=1&".repeat(100_000)))).statusCode())
        .isEqualTo(400);
    assertThat(send(garbage.POST(BodyPublishers.ofByteArray(new byte[] {'q', '=', -1})))
            .statusCode())
        .isEqualTo(400);
  }

  @Test
  void listsSeriesLabelsAndValues() throws Exception {
    post(
        "/write?precision=s",
        "text/plain",
        "listed,color=blue value=1 1\nlisted,color=red value=1 1");
    assertThat(json(get("/api/v1/series?match%5B%5D=listed")).at("/data").toString())
        .isEqualTo(
            "[{\"__name__\":\"listed\",\"color\":\"blue\"},{\"__name__\":\"listed\",\"color\":\"red\"}]");
    assertThat(json(get("/api/v1/label/color/values")).at("/data").toString())
        .isEqualTo("[\"blue\",\"red\"]");
    assertThat(get("/api/v1/labels").body()).contains("\"__name__\"").contains("\"color\"");
    JsonNode limited = json(get("/api/v1/label/color/values?limit=1"));
    assertThat(limited.at("/data")).hasSize(1);
    assertThat(limited.at("/warnings/0").asString()).isEqualTo("results truncated due to limit");
    assertThat(get("/api/v1/series").statusCode()).isEqualTo(400);
  }

  @Test
  void saysThatItIsThere() throws Exception {
    assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
    assertThat(get("/-/ready").statusCode()).isEqualTo(200);
    JsonNode build = json(get("/api/v1/status/buildinfo")).at("/data");
    assertThat(build.at("/version").asString()).isNotBlank();
    assertThat(build.has("features")).isFalse();
    assertThat(get("/actuator/health").body()).contains("UP");
  }

  @Test
  void answersWhatDoesNotExistAsAProblemWithoutInsides() throws Exception {
    HttpResponse<String> missing = get("/no/such/path");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(json(missing).at("/error").asString()).isEqualTo("not_found");
    HttpResponse<String> method = get("/write");
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(json(method).at("/error").asString()).isEqualTo("unsupported");
    HttpResponse<String> type = post("/write", "application/xml", "<x/>");
    assertThat(type.statusCode()).isEqualTo(415);
    assertThat(missing.body() + method.body() + type.body())
        .doesNotContain("Exception")
        .doesNotContain("at io.");
    HttpResponse<String> delete = get("/query?q=" + encode("DELETE FROM cpu"));
    assertThat(delete.statusCode()).isEqualTo(405);
  }

  @Test
  void answersForExemplarsAsPrometheusDoes() throws Exception {
    byte[] body = message(
        series(
            label("__name__", "ex_latency_bucket"),
            label("le", "1"),
            sample(1, 5000),
            exemplar(0.25, 4200, label("trace_id", "abc")),
            exemplar(0.5, 4300, label("trace_id", "def"), label("span_id", "1")),
            exemplar(0.5, 4400, label("trace_id", "x".repeat(121)))),
        series(label("__name__", "ex_other"), exemplar(7, 4250, label("trace_id", "o"))));
    assertThat(remoteWrite(body).statusCode()).isEqualTo(204);
    String query = encode("histogram_quantile(0.9, rate(ex_latency_bucket[5m])) + ex_other");
    assertThat(get("/api/v1/query_exemplars?start=4&end=4.25&query=" + query).body())
        .isEqualTo("{\"status\":\"success\",\"data\":["
            + "{\"seriesLabels\":{\"__name__\":\"ex_latency_bucket\",\"le\":\"1\"},\"exemplars\":["
            + "{\"labels\":{\"trace_id\":\"abc\"},\"value\":\"0.25\",\"timestamp\":4.200}]},"
            + "{\"seriesLabels\":{\"__name__\":\"ex_other\"},\"exemplars\":["
            + "{\"labels\":{\"trace_id\":\"o\"},\"value\":\"7\",\"timestamp\":4.250}]}]}");
    JsonNode all = json(post(
        "/api/v1/query_exemplars", "application/x-www-form-urlencoded", "query=ex_latency_bucket"));
    assertThat(all.at("/data/0/exemplars")).hasSize(2);
    assertThat(get("/api/v1/query_exemplars?query=none").body())
        .isEqualTo("{\"status\":\"success\",\"data\":[]}");
    HttpResponse<String> bad = get("/api/v1/query_exemplars?query=" + encode("sum("));
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(json(bad).at("/errorType").asString()).isEqualTo("bad_data");
    assertThat(json(bad).at("/error").asString())
        .startsWith("1:5: parse error: unclosed left parenthesis");
    HttpResponse<String> reversed = get("/api/v1/query_exemplars?query=up&start=5&end=4");
    assertThat(reversed.statusCode()).isEqualTo(400);
    assertThat(json(reversed).at("/error").asString())
        .isEqualTo("end timestamp must not be before start timestamp");
  }

  @Test
  void answersForMetadataAsPrometheusDoes() throws Exception {
    assertThat(remoteWrite(message(
                metadata(1, "md_requests_total", "Requests.", ""),
                metadata(3, "md_latency_seconds", "Latency.", "seconds"),
                metadata(1, "md_requests_total", "All requests.", "")))
            .statusCode())
        .isEqualTo(204);
    assertThat(get("/api/v1/metadata?metric=md_requests_total").body())
        .isEqualTo("{\"status\":\"success\",\"data\":{\"md_requests_total\":["
            + "{\"type\":\"counter\",\"unit\":\"\",\"help\":\"All requests.\"}]}}");
    JsonNode all = json(get("/api/v1/metadata?limit_per_metric=1")).at("/data");
    assertThat(all.at("/md_latency_seconds/0/type").asString()).isEqualTo("histogram");
    assertThat(all.at("/md_latency_seconds/0/unit").asString()).isEqualTo("seconds");
    assertThat(json(get("/api/v1/metadata?limit=1")).at("/data")).hasSize(1);
    assertThat(json(get("/api/v1/metadata?limit=0")).at("/data")).isEmpty();
    assertThat(json(get("/api/v1/metadata?metric=none")).at("/data")).isEmpty();
    assertThat(get("/api/v1/metadata?limit=x").statusCode()).isEqualTo(400);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).GET());
  }

  private HttpResponse<String> post(String path, String contentType, String body) throws Exception {
    var request = request(path).POST(BodyPublishers.ofString(body));
    return send(contentType.isEmpty() ? request : request.header("Content-Type", contentType));
  }

  private HttpResponse<String> remoteWrite(byte[] message) throws Exception {
    return sendRemoteWrite(Snappy.compress(message, 0, message.length));
  }

  private HttpResponse<String> sendRemoteWrite(byte[] body) throws Exception {
    return send(request("/api/v1/write")
        .header("Content-Type", "application/x-protobuf")
        .header("Content-Encoding", "snappy")
        .header("X-Prometheus-Remote-Write-Version", "0.1.0")
        .POST(BodyPublishers.ofByteArray(body)));
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

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
