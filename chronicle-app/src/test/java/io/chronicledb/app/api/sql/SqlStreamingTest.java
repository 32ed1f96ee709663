package io.chronicledb.app.api.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.RunningQuery;
import io.chronicledb.engine.write.PointBatch;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Results that are longer than memory, clients that do not read them, and clients that go away. After each test nothing may be left. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SqlStreamingTest {

  private static final int ROWS = 3_000_000;
  private static final int SERIES = 10;

  /** Computes for seconds before there is a row. */
  private static final String SLOW = IntStream.range(0, 40)
      .mapToObj(i -> "sum(pow(value, 1." + (10 + i) + "))")
      .collect(Collectors.joining(", ", "SELECT ", " FROM big"));

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir
  static Path directory;

  @LocalServerPort
  int port;

  @Autowired
  ChronicleDatabase database;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    registry.add("chronicle.path", () -> directory.resolve("chronicle.db"));
    registry.add("chronicle.max-memory", () -> "64MB");
    registry.add("chronicle.query.max-concurrent", () -> "4");
  }

  @BeforeAll
  static void write(@Autowired ChronicleDatabase database) {
    var batch = new PointBatch();
    for (int at = 0; at < ROWS / SERIES; at += 10_000) {
      for (int series = 0; series < SERIES; series++) {
        batch.series("big", Tags.of("host", "server-" + series));
        for (int i = at; i < at + 10_000; i++) {
          batch.add(i * 10_000_000L, i % 1000 + series);
        }
      }
      database.write(batch);
      batch.clear();
    }
    database.flush();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    awaitNoQuery();
    assertThat(database.queryEngine().heldBytes()).isZero();
    assertThat(json(get("/admin/api/queries")).toString()).isEqualTo("{\"queries\":[]}");
    assertThat(get("/query?q=" + encode("SELECT count(*) FROM big WHERE time < 1000000000"))
            .statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "csv", "ndjson"})
  void sendsRowsWhileTheyAreComputedAndHoldsFewOfThem(String format) throws Exception {
    try (var client = new SlowClient("SELECT * FROM big", "format=" + format)) {
      client.readFirstBytes();
      RunningQuery query = onlyQuery();
      assertThat(query.samples()).isLessThan(ROWS);
      assertThat(query.memoryBytes()).isLessThan(8 << 20);
      assertThat(client.countRows()).isEqualTo(ROWS);
    }
  }

  @Test
  void cutsTheConnectionWhereAResultBreaksOff() throws Exception {
    try (var client = new SlowClient("SELECT * FROM big", "format=json")) {
      client.readFirstBytes();
      long id = onlyQuery().id();
      assertThat(delete("/admin/api/queries/" + id).statusCode()).isEqualTo(204);
      String end = client.readToTheEnd();
      assertThat(end).doesNotEndWith("\r\n0\r\n\r\n").doesNotContain("stats");
      awaitNoQuery();
      HttpResponse<String> gone = delete("/admin/api/queries/" + id);
      assertThat(gone.statusCode()).isEqualTo(404);
      assertThat(json(gone).at("/error").asString()).isEqualTo("not_found");
    }
  }

  @Test
  void answersAnErrorBeforeTheFirstRowWithItsStatus() throws Exception {
    HttpResponse<String> late = get("/query?timeout=0.02&q=" + encode(SLOW));
    assertThat(late.statusCode()).isEqualTo(503);
    assertThat(json(late).at("/error").asString()).isEqualTo("query_timeout");
    assertThat(late.headers().firstValue("Retry-After")).hasValue("1");
    HttpResponse<String> large = get("/query?format=series&q=" + encode("SELECT * FROM big"));
    assertThat(large.statusCode()).isEqualTo(422);
    assertThat(json(large).at("/error").asString()).isEqualTo("query_memory_exceeded");
  }

  @Test
  void endsAQueryWhoseClientLeavesWhileItComputes() throws Exception {
    try (var client = new SlowClient(SLOW, "timeout=30")) {
      await("the query runs", () -> !database.queryEngine().running().isEmpty());
      client.close();
      long samples = 0;
      for (List<RunningQuery> left = database.queryEngine().running();
          !left.isEmpty();
          left = database.queryEngine().running()) {
        samples = left.get(0).samples();
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(samples).as("it did not get to its end").isLessThan(ROWS * 9 / 10);
    }
  }

  @Test
  void letsQueriesWaitRefusesThemAndForgetsThoseWhoseClientLeft() throws Exception {
    try (var a = new SlowClient("SELECT * FROM big", "");
        var b = new SlowClient("SELECT * FROM big", "");
        var c = new SlowClient("SELECT * FROM big", "");
        var d = new SlowClient("SELECT * FROM big", "")) {
      for (SlowClient client : List.of(a, b, c, d)) {
        client.readFirstBytes();
      }
      HttpResponse<String> refused = get("/query?timeout=0.1&q=" + encode("SHOW METRICS"));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(json(refused).at("/error").asString()).isEqualTo("overloaded");
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      try (var waiting = new SlowClient("SHOW METRICS", "")) {
        await("the query waits", () -> database.queryEngine().running().size() == 5);
        JsonNode queries = json(get("/admin/api/queries")).at("/queries");
        assertThat(queries.at("/0/state").asString()).isEqualTo("running");
        assertThat(queries.at("/0/samples").asLong()).isPositive();
        assertThat(queries.at("/4/state").asString()).isEqualTo("waiting");
        assertThat(queries.at("/4/language").asString()).isEqualTo("sql");
        assertThat(queries.at("/4/query").asString()).isEqualTo("SHOW METRICS");
        assertThat(queries.at("/4/elapsedMillis").asDouble()).isPositive();
        assertThat(queries.at("/4/started").asString()).startsWith("20");
        assertThat(queries.at("/4/memoryBytes").asLong(-1)).isZero();
      }
      await("nobody waits", () -> database.queryEngine().running().size() == 4);
    }
  }

  /** A pipelined request is data, and not the end of the connection. */
  @Test
  void doesNotTakeANextRequestForTheEndOfTheClient() throws Exception {
    try (var client = new SlowClient(SLOW, "timeout=30&format=csv")) {
      client.request("SHOW METRICS", "format=csv");
      assertThat(client.readUntil("metric\nbig"))
          .contains("sum(pow(value")
          .doesNotContain("HTTP/1.1 4");
    }
  }

  @Test
  void survivesAThousandClientsThatLeave() throws Exception {
    var random = new Random(20_261_121);
    var statements =
        List.of("SELECT * FROM big", SLOW, "SHOW SERIES", "SELECT mean(value) FROM big");
    get("/query?q=" + encode("SELECT count(*) FROM big"));
    int threads = threads();
    long files = files();
    for (int i = 0; i < 1000; i++) {
      String format = List.of("json", "csv", "ndjson").get(random.nextInt(3));
      var client =
          new SlowClient(statements.get(random.nextInt(statements.size())), "format=" + format);
      if (random.nextInt(4) == 0) {
        LockSupport.parkNanos(random.nextInt(i % 20 == 0 ? 600_000_000 : 30_000_000));
      }
      if (random.nextBoolean()) {
        client.socket.setSoLinger(true, 0); // The connection is reset.
      }
      client.close();
    }
    awaitNoQuery();
    await("all files are closed", () -> files() <= files + 5);
    await("all threads end", () -> threads() <= threads + 12);
  }

  /** Helpers and the watch stay for seconds; a request has a thread of the container's pool, or a virtual one. */
  private static int threads() {
    return (int) Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("chronicle"))
        .count();
  }

  private static long files() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  private RunningQuery onlyQuery() {
    List<RunningQuery> running = database.queryEngine().running();
    assertThat(running).hasSize(1);
    return running.get(0);
  }

  private void awaitNoQuery() throws Exception {
    await("no query runs", () -> database.queryEngine().running().isEmpty());
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 40 s: " + what);
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return CLIENT.send(request(path).GET().build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> delete(String path) throws Exception {
    return CLIENT.send(request(path).DELETE().build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** A client that takes its time: what it does not read waits in the server, since the socket takes little. */
  private final class SlowClient implements AutoCloseable {

    private final Socket socket = new Socket();
    private final InputStream in;

    SlowClient(String statement, String parameters) throws IOException {
      socket.setReceiveBufferSize(8 * 1024);
      socket.setSoTimeout(40_000);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
      request(statement, parameters);
    }

    void request(String statement, String parameters) throws IOException {
      socket
          .getOutputStream()
          .write(("GET /query?" + parameters + "&q=" + encode(statement)
                  + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
    }

    void readFirstBytes() throws IOException {
      assertThat(new String(in.readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200");
    }

    /** Counts the rows up to the end of the response. */
    int countRows() throws IOException {
      readUntil("\r\n\r\n");
      String server = "server-";
      int rows = 0;
      int matched = 0;
      for (int size = chunkSize(); size > 0; size = chunkSize()) {
        byte[] chunk = in.readNBytes(size);
        assertThat(chunk).hasSize(size);
        for (byte next : chunk) {
          matched = next == server.charAt(matched) ? matched + 1 : next == 's' ? 1 : 0;
          if (matched == server.length()) {
            rows++;
            matched = 0;
          }
        }
        readUntil("\r\n");
      }
      return rows;
    }

    private int chunkSize() throws IOException {
      return Integer.parseInt(readUntil("\r\n").strip(), 16);
    }

    String readUntil(String text) throws IOException {
      var all = new StringBuilder();
      while (all.indexOf(text) < 0) {
        int next = in.read();
        assertThat(next).as("the end of the connection").isNotNegative();
        all.append((char) next);
      }
      return all.toString();
    }

    /** The last bytes before the server closes the connection. */
    String readToTheEnd() throws IOException {
      var tail = new StringBuilder();
      var buffer = new byte[64 * 1024];
      try {
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          tail.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
          tail.delete(0, Math.max(0, tail.length() - 1000));
        }
      } catch (IOException reset) {
        // A cut connection may also look like this.
      }
      return tail.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
