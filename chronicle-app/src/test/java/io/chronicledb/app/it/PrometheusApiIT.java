package io.chronicledb.app.it;

import static io.chronicledb.app.api.remoteread.ReadRequests.matcher;
import static io.chronicledb.app.api.remoteread.ReadRequests.query;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.label;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.message;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.sample;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.app.api.remoteread.ReadRequests;
import io.chronicledb.app.api.remoteread.ReadResponses;
import io.chronicledb.app.ingest.remotewrite.WriteRequests.Fields;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.column.StaleMarker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The API of Chronicle beside that of a real Prometheus that has the same samples, and real clients of it: {@code promtool}, a Prometheus that
 * reads Chronicle's samples by remote read, and one that scrapes what Chronicle federates.
 *
 * <p>The package {@code prometheus} must be installed; without it the test is skipped, but fails where {@code CI} is set.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PrometheusApiIT {

  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final int SAMPLES = 40;
  private static final int STEP_SECONDS = 15;
  private static final int REQUESTS_MIN = 120;

  @TempDir
  static Path directory;

  private static ServerProcess chronicle;
  /** The time of the first sample, in seconds; the last one is a little in the past. */
  private static long first;

  @BeforeAll
  static void start() throws Exception {
    Programs.require("PrometheusApiIT", "prometheus", "promtool");
    chronicle = new ServerProcess(directory);
    chronicle.start();
    first = System.currentTimeMillis() / 1000 - SAMPLES * STEP_SECONDS;
    write(chronicle.port());
  }

  @AfterAll
  static void stop() {
    if (chronicle != null) {
      chronicle.close();
    }
  }

  @Test
  @Order(1)
  void promtoolAsksForInstantsRangesSeriesAndLabels() throws Exception {
    String server = "http://127.0.0.1:" + chronicle.port();
    assertThat(promtool("query", "instant", server, "sum(up)")).startsWith("{} => 2 @[");
    assertThat(promtool("query", "instant", server, "temperature")).contains("living room");
    assertThat(promtool(
            "query",
            "range",
            "--start=" + first,
            "--end=" + (first + 60),
            "--step=30s",
            server,
            "up{instance=\"a:1\"}"))
        .contains("up{instance=\"a:1\", job=\"api\"} =>")
        .contains("1 @[" + first + "]");
    assertThat(promtool("query", "series", "--match=up", server))
        .contains("{__name__=\"up\", instance=\"a:1\", job=\"api\"}")
        .hasLineCount(2);
    assertThat(promtool("query", "labels", server, "instance")).isEqualTo("a:1\nb:1\n");
  }

  @Test
  @Order(2)
  void aPrometheusReadsTheSamplesOfChronicle() throws Exception {
    int port = LoopbackPorts.free();
    var reader = new Http(port);
    String configuration = """
        remote_read:
          - url: http://127.0.0.1:%d/api/v1/read
            read_recent: true
        """.formatted(chronicle.port());
    try (var process = prometheus("reading", port, configuration)) {
      awaitReady(process, reader);
      // The first sample has a matrix of its own, so that windows do not meet samples at their left
      // end.
      for (String query : List.of(
          "{__name__=~\".+\"}[1h]",
          "sum by (code) (rate(http_requests_total[61s]))",
          "http_requests_total{code=\"200\",instance!=\"b:1\"}",
          "ended",
          "{room=~\"liv.*\"}",
          "nothing")) {
        String time = String.valueOf(first + SAMPLES * STEP_SECONDS - 7);
        Map<String, String> parameters = Map.of("query", query, "time", time);
        assertThat(sorted(reader.prometheus("/api/v1/query", parameters)))
            .as(query)
            .isEqualTo(sorted(chronicle.http().prometheus("/api/v1/query", parameters)));
      }
      assertThat(reader
              .prometheus("/api/v1/query", Map.of("query", "count({__name__=~\".+\"})"))
              .at("/result/0/value/1")
              .asInt())
          .isGreaterThan(5);
    }
  }

  @Test
  @Order(3)
  void aPrometheusScrapesWhatChronicleFederates() throws Exception {
    int port = LoopbackPorts.free();
    var scraper = new Http(port);
    String configuration = """
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: federate
            honor_labels: true
            metrics_path: /federate
            params: {'match[]': ['{job="api"}', temperature, ended]}
            static_configs: [{targets: ['127.0.0.1:%d']}]
        """.formatted(chronicle.port());
    try (var process = prometheus("federating", port, configuration)) {
      awaitReady(process, scraper);
      Await.until(
          "Chronicle is scraped",
          START_LIMIT,
          () -> scraper
                  .prometheus("/api/v1/query", Map.of("query", "up{job=\"federate\"}"))
                  .at("/result/0/value/1")
                  .asInt(0)
              == 1);
      for (String query : List.of("http_requests_total", "temperature", "ended")) {
        Map<String, String> now =
            Map.of("query", query, "time", String.valueOf(System.currentTimeMillis() / 1e3));
        assertThat(values(scraper.prometheus("/api/v1/query", now)))
            .as(query)
            .isEqualTo(values(chronicle.http().prometheus("/api/v1/query", now)));
      }
    }
  }

  /** Last, since it deletes. */
  @Test
  @Order(4)
  void answersRequestsAsPrometheusDoes() throws Exception {
    int port = LoopbackPorts.free();
    var prometheus = new Http(port);
    try (var process = prometheus(
        "comparing",
        port,
        "global: {}\n",
        "--enable-feature=promql-per-step-stats",
        "--web.enable-admin-api",
        "--web.enable-remote-write-receiver")) {
      awaitReady(process, prometheus);
      write(port);
      compareFederation(port);
      compareRemoteRead(port);
      var failures = new ArrayList<String>();
      int compared = 0;
      int differing = 0;
      for (String line : requests()) {
        String[] parts = line.split(" ## ", 2);
        ApiRequest request = ApiRequest.of(parts[0]);
        ApiAnswer expected = request.send(port);
        ApiAnswer actual = request.send(chronicle.port());
        compared++;
        boolean equal = actual.equals(expected);
        if (parts.length > 1) {
          differing++;
        }
        if (equal != (parts.length == 1)) {
          failures.add(line
              + (equal
                  ? " does not differ"
                  : "\n  is        " + actual + "\n  should be " + expected));
        }
      }
      System.out.printf(
          "prometheus api: %d requests compared, %d of them differ for a known cause%n",
          compared, differing);
      assertThat(compared).isGreaterThanOrEqualTo(REQUESTS_MIN);
      assertThat(failures).isEmpty();
    }
  }

  /** Line by line; series of one metric come in any order from Prometheus, and both may be asked at different milliseconds. */
  private static void compareFederation(int port) throws Exception {
    for (String selector : List.of(
        "{__name__=~\".+\"}", "http_requests_total{code=\"200\"}", "up", "ended", "nothing")) {
      ApiRequest request = ApiRequest.of("GET /federate | match[]=" + selector + " | match[]=up");
      List<String> expected = request.body(port).lines().toList();
      List<String> actual = request.body(chronicle.port()).lines().toList();
      assertThat(actual).as(selector).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(actual.stream().filter(line -> line.startsWith("#")).toList())
          .isEqualTo(expected.stream().filter(line -> line.startsWith("#")).toList());
    }
  }

  /** Both forms of the answer, with all samples in the range: Prometheus sends whole chunks. */
  private static void compareRemoteRead(int port) throws Exception {
    long end = (first + SAMPLES * STEP_SECONDS) * 1000;
    Fields[] queries = {
      query(first * 1000, end, matcher(2, "__name__", ".+")),
      query(first * 1000, end, matcher(0, "__name__", "up"), matcher(3, "instance", "b.*")),
      query(first * 1000, end, matcher(0, "__name__", "nothing")),
    };
    for (Fields query : queries) {
      byte[] samples = read(port, query);
      assertThat(ReadResponses.samples(read(chronicle.port(), query)).get(0))
          .containsExactlyInAnyOrderElementsOf(ReadResponses.samples(samples).get(0));
      assertThat(ReadResponses.chunks(read(chronicle.port(), ReadRequests.CHUNKS, query)))
          .isEqualTo(ReadResponses.chunks(read(port, ReadRequests.CHUNKS, query)));
    }
    long middle = (first + SAMPLES / 2 * STEP_SECONDS) * 1000;
    Fields part = query(first * 1000 + 1, middle, matcher(2, "__name__", ".+"));
    assertThat(ReadResponses.samples(read(chronicle.port(), part)).get(0))
        .containsExactlyInAnyOrderElementsOf(
            ReadResponses.samples(read(port, part)).get(0));
  }

  private static byte[] read(int port, Fields... parts) throws Exception {
    byte[] body = message(parts);
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/read"))
        .header("Content-Type", "application/x-protobuf")
        .header("Content-Encoding", "snappy")
        .POST(BodyPublishers.ofByteArray(Snappy.compress(body, 0, body.length)));
    var response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  private static List<String> requests() throws Exception {
    try (var in = PrometheusApiIT.class.getResourceAsStream("/prometheus/requests.txt")) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("$0", String.valueOf(first))
          .replace("$T", String.valueOf(first + SAMPLES / 2 * STEP_SECONDS + 7))
          .replace("$E", String.valueOf(first + SAMPLES * STEP_SECONDS - 7))
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    }
  }

  /** Sends all samples by remote write; they are the same to everybody. */
  private static void write(int port) throws Exception {
    byte[] body = message(
        counter("200", "a:1", 10),
        counter("500", "a:1", 1),
        counter("200", "b:1", 7),
        samples(i -> 1, label("__name__", "up"), label("instance", "a:1"), label("job", "api")),
        samples(i -> 1, label("__name__", "up"), label("instance", "b:1"), label("job", "api")),
        samples(
            i -> Math.sin(i) * 10 - 0.25,
            label("__name__", "temperature"),
            label("room", "living room")),
        samples(i -> i < SAMPLES / 2 ? i : StaleMarker.value(), label("__name__", "ended")),
        bucket("0.1", 1),
        bucket("1", 3),
        bucket("+Inf", 4));
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/write"))
        .header("Content-Type", "application/x-protobuf")
        .header("Content-Encoding", "snappy")
        .header("X-Prometheus-Remote-Write-Version", "0.1.0")
        .POST(BodyPublishers.ofByteArray(Snappy.compress(body, 0, body.length)));
    assertThat(HttpClient.newHttpClient()
            .send(request.build(), BodyHandlers.ofString())
            .statusCode())
        .isEqualTo(204);
  }

  private static Fields counter(String code, String instance, int perStep) {
    return samples(
        i -> (double) i * perStep,
        label("__name__", "http_requests_total"),
        label("code", code),
        label("instance", instance),
        label("job", "api"));
  }

  private static Fields bucket(String le, int perStep) {
    return samples(i -> (double) i * perStep, label("__name__", "latency_bucket"), label("le", le));
  }

  private static Fields samples(IntToDoubleFunction value, Fields... labels) {
    var parts = new ArrayList<>(Arrays.asList(labels));
    boolean ended = false;
    for (int i = 0; i < SAMPLES && !ended; i++) {
      double next = value.applyAsDouble(i);
      ended = StaleMarker.is(next);
      parts.add(sample(next, (first + (long) i * STEP_SECONDS) * 1000));
    }
    return series(parts.toArray(Fields[]::new));
  }

  private static ChildProcess prometheus(
      String name, int port, String configuration, String... options) throws Exception {
    Path file = Files.writeString(directory.resolve(name + ".yml"), configuration);
    var command = new ArrayList<>(List.of(
        "prometheus",
        "--config.file=" + file,
        "--storage.tsdb.path=" + directory.resolve(name),
        "--web.listen-address=127.0.0.1:" + port));
    command.addAll(List.of(options));
    return ChildProcess.start(name + " prometheus", directory.resolve(name + ".log"), command);
  }

  private static void awaitReady(ChildProcess process, Http prometheus) throws Exception {
    Await.until("Prometheus answers", START_LIMIT, () -> {
      if (!process.isAlive()) {
        throw new AssertionError("Prometheus has ended" + process.outputTail());
      }
      return prometheus.answers("/-/ready");
    });
  }

  private static String promtool(String... arguments) throws Exception {
    Path output = Files.createTempFile(directory, "promtool", ".log");
    var command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    try (var process = ChildProcess.start("promtool", output, command)) {
      assertThat(process.awaitExit(START_LIMIT)).as(process.outputTail()).isZero();
    }
    return Files.readString(output);
  }

  private static List<String> sorted(JsonNode data) {
    return data.get("result").valueStream().map(JsonNode::toString).sorted().toList();
  }

  /** Series with their values, whenever these were; without the job, which a scraper adds where there is none. */
  private static List<String> values(JsonNode data) {
    return data.get("result")
        .valueStream()
        .map(element -> {
          ObjectNode metric = element.get("metric").asObject();
          metric.remove("job");
          return metric + " " + element.at("/value/1");
        })
        .sorted()
        .toList();
  }
}
