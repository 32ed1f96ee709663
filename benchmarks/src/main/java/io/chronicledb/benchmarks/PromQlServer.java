package io.chronicledb.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A server of its own process on a free port of the loopback address that takes remote write and answers PromQL. */
final class PromQlServer implements AutoCloseable {

  /** Clock ticks of {@code /proc/<pid>/stat} in a second, which Linux fixes for programs. */
  private static final double TICKS_PER_SECOND = 100;

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** The databases that are compared: how to start each, and how to let it come to rest. */
  enum Kind {
    CHRONICLE("/api/v1/write", "/-/ready"),
    PROMETHEUS("/api/v1/write", "/-/ready"),
    VICTORIA_METRICS("/api/v1/write", "/health");

    private final String writePath;
    private final String readyPath;

    Kind(String writePath, String readyPath) {
      this.writePath = writePath;
      this.readyPath = readyPath;
    }

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @param program the jar of Chronicle, or a peer's binary */
    private List<String> command(String program, Path directory, int port) {
      return switch (this) {
        case CHRONICLE ->
          List.of(
              ProcessHandle.current().info().command().orElse("java"),
              "-jar",
              program,
              "--server.port=" + port,
              "--server.address=127.0.0.1",
              "--chronicle.max-memory=1GB",
              "--chronicle.path=" + directory.resolve("chronicle.db"));
        case PROMETHEUS ->
          List.of(
              program,
              "--config.file=" + directory.resolve("prometheus.yml"),
              "--storage.tsdb.path=" + directory.resolve("data"),
              "--storage.tsdb.retention.time=100y",
              "--web.listen-address=127.0.0.1:" + port,
              "--web.enable-remote-write-receiver",
              "--log.level=warn");
        case VICTORIA_METRICS ->
          List.of(
              program,
              "-storageDataPath=" + directory.resolve("data"),
              "-httpListenAddr=127.0.0.1:" + port,
              "-retentionPeriod=100y",
              "-search.disableCache",
              "-loggerLevel=WARN");
      };
    }
  }

  private final Kind kind;
  private final Path directory;
  private final int port;
  private final Process process;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final byte[] buffer = new byte[1 << 16];

  /** Starts the server and waits until it is ready. */
  PromQlServer(Kind kind, String program, Path directory) throws IOException {
    this.kind = kind;
    this.directory = Files.createDirectories(directory);
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = socket.getLocalPort();
    }
    Files.writeString(directory.resolve("prometheus.yml"), "global: {scrape_interval: 1h}\n");
    this.process = new ProcessBuilder(kind.command(program, directory, port))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("server.log").toFile())
        .start();
    awaitReady();
  }

  Kind kind() {
    return kind;
  }

  private void awaitReady() throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      try {
        if (send(HttpRequest.newBuilder(uri(kind.readyPath)).GET()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // Nobody listens yet.
      }
      pause(100);
    }
    close();
    throw new IOException(kind.label() + " did not start, see " + directory.resolve("server.log"));
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private HttpResponse<InputStream> send(HttpRequest.Builder request) throws IOException {
    try {
      return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Sends a request of remote write. */
  void write(byte[] body) throws IOException {
    var response = send(HttpRequest.newBuilder(uri(kind.writePath))
        .header("Content-Type", "application/x-protobuf")
        .header("Content-Encoding", "snappy")
        .header("X-Prometheus-Remote-Write-Version", "0.1.0")
        .POST(BodyPublishers.ofByteArray(body)));
    checked(response).readAllBytes();
  }

  /** Puts what was written where it stays: blocks or parts on the disk, merged. */
  void settle() throws IOException {
    switch (kind) {
      case CHRONICLE -> {
        post("/admin/api/flush");
        post("/admin/api/compact");
      }
      // It compacts by itself, once a minute.
      case PROMETHEUS -> pause(130_000);
      case VICTORIA_METRICS -> {
        post("/internal/force_flush");
        post("/internal/force_merge");
        pause(15_000);
      }
    }
  }

  private void post(String path) throws IOException {
    checked(send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody())))
        .readAllBytes();
  }

  /**
   * What a query took and gave.
   *
   * @param millis from the request to the last byte of the answer
   * @param cpuMillis CPU time of the server's process meanwhile, in steps of 10
   * @param bytes of the answer
   */
  record Answer(double millis, double cpuMillis, long bytes) {}

  /** Runs a range query and reads its answer to the end. */
  Answer ask(String query, long startSeconds, long endSeconds, long stepSeconds)
      throws IOException {
    String form = "query=" + URLEncoder.encode(query, StandardCharsets.UTF_8) + "&start="
        + startSeconds + "&end=" + endSeconds + "&step=" + stepSeconds + "&nocache=1";
    var request = HttpRequest.newBuilder(uri("/api/v1/query_range"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form));
    double cpu = cpuSeconds();
    long nanos = System.nanoTime();
    long bytes = 0;
    try (InputStream body = checked(send(request))) {
      for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
        bytes += count;
      }
    }
    double millis = (System.nanoTime() - nanos) / 1e6;
    return new Answer(millis, (cpuSeconds() - cpu) * 1e3, bytes);
  }

  /** The only value of an instant query's only series. */
  String value(String query, long seconds) throws IOException {
    String path = "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)
        + "&time=" + seconds;
    try (InputStream body = checked(send(HttpRequest.newBuilder(uri(path)).GET()))) {
      String json = new String(body.readAllBytes(), StandardCharsets.UTF_8);
      return json.replaceAll("(?s).*\\[\\s*[0-9.]+,\\s*\"([^\"]*)\"\\s*\\].*", "$1");
    }
  }

  private InputStream checked(HttpResponse<InputStream> response) throws IOException {
    if (response.statusCode() / 100 != 2) {
      try (InputStream body = response.body()) {
        throw new IOException(kind.label() + " answers " + response.statusCode() + ": "
            + new String(body.readNBytes(500), StandardCharsets.UTF_8));
      }
    }
    return response.body();
  }

  /** CPU time of the process so far, user and system. */
  private double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the server in order; after a while without. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
