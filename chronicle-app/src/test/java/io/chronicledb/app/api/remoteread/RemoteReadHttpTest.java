package io.chronicledb.app.api.remoteread;

import static io.chronicledb.app.api.remoteread.ReadRequests.matcher;
import static io.chronicledb.app.api.remoteread.ReadRequests.query;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.app.ingest.remotewrite.WriteRequests.Fields;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.write.PointBatch;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
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

/** Remote read over a real socket, read with Google's decoder. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class RemoteReadHttpTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final long MILLI = 1_000_000;

  @TempDir
  static Path directory;

  @LocalServerPort
  int port;

  @Autowired
  ChronicleDatabase database;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    registry.add("chronicle.path", () -> directory.resolve("chronicle.db"));
    registry.add("chronicle.query.max-points", () -> "300000");
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(database.queryEngine().running()).isEmpty();
    assertThat(database.queryEngine().heldBytes()).isZero();
  }

  @Test
  void sendsTheSamplesOfARangeWhoseBoundsAreIncluded() throws Exception {
    for (int i = 1; i <= 5; i++) {
      database.write("bounds", Tags.of("job", "a"), i * 1000 * MILLI + 999, i);
    }
    HttpResponse<byte[]> response =
        read("/api/v1/read", query(2000, 4000, matcher(0, "__name__", "bounds")));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-protobuf");
    assertThat(response.headers().firstValue("Content-Encoding")).hasValue("snappy");
    assertThat(ReadResponses.samples(response.body()))
        .containsExactly(List.of("__name__=bounds job=a 2000=2.0 3000=3.0 4000=4.0"));
    assertThat(ReadResponses.samples(
            read("/prometheus/read", query(5000, 4000, matcher(0, "__name__", "bounds")))
                .body()))
        .containsExactly(List.of());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keepsTheLastSampleOfAMillisecondAndStaleMarkers(boolean chunks) throws Exception {
    database.write("fine", Tags.empty(), 7 * MILLI, 1);
    database.write("fine", Tags.empty(), 7 * MILLI + 5, 2);
    database.write("fine", Tags.empty(), 8 * MILLI, StaleMarker.value());
    Fields query = query(0, 10, matcher(0, "__name__", "fine"));
    HttpResponse<byte[]> response =
        chunks ? read("/api/v1/read", ReadRequests.CHUNKS, query) : read("/api/v1/read", query);
    assertThat(
            chunks ? ReadResponses.chunks(response.body()) : ReadResponses.samples(response.body()))
        .containsExactly(List.of("__name__=fine 7=2.0 8=stale"));
  }

  @Test
  void answersEveryQueryInItsPlace() throws Exception {
    database.write("place", Tags.of("n", "1"), 0, 1);
    database.write("place", Tags.of("n", "2"), 0, 2);
    Fields[] queries = {
      query(0, 1, matcher(0, "__name__", "place"), matcher(2, "n", "2|3")),
      query(0, 1, matcher(0, "__name__", "nothing")),
      query(0, 1, matcher(0, "__name__", "place"), matcher(1, "n", "2"))
    };
    assertThat(ReadResponses.samples(read("/api/v1/prom/read", queries).body()))
        .containsExactly(
            List.of("__name__=place n=2 0=2.0"), List.of(), List.of("__name__=place n=1 0=1.0"));
    assertThat(ReadResponses.chunks(
            read("/api/v1/read", ReadRequests.CHUNKS, queries[0], queries[1], queries[2])
                .body()))
        .containsExactly(
            List.of("__name__=place n=2 0=2.0"), List.of(), List.of("__name__=place n=1 0=1.0"));
  }

  @Test
  void streamsSeriesInOrderInFramesOfALimitedSize() throws Exception {
    int count = 150_000;
    var batch = new PointBatch();
    for (String host : List.of("b", "a")) {
      batch.series("long", Tags.of("host", host));
      var random = new Random(1);
      for (int i = 0; i < (host.equals("a") ? count : 10); i++) {
        batch.add(i * 1000L * MILLI, random.nextDouble());
      }
    }
    database.write(batch);
    HttpResponse<byte[]> response = read(
        "/api/v1/read",
        ReadRequests.CHUNKS,
        query(0, Long.MAX_VALUE, matcher(0, "__name__", "long")));
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse");
    List<byte[]> frames = ReadResponses.frames(response.body());
    assertThat(frames)
        .hasSizeGreaterThan(2)
        .allMatch(f -> f.length <= ChunkStream.FRAME_BYTES_MAX + 100);
    List<String> series = ReadResponses.chunks(response.body()).get(0);
    assertThat(series).hasSize(2);
    assertThat(series.get(0)).startsWith("__name__=long host=a 0=").contains(" 149999000=");
    assertThat(series.get(1)).startsWith("__name__=long host=b 0=");
  }

  @Test
  void answersPlainErrors() throws Exception {
    var batch = new PointBatch().series("many", Tags.empty());
    for (int i = 0; i < 310_000; i++) {
      batch.add(i * MILLI, i);
    }
    database.write(batch);
    HttpResponse<byte[]> limited =
        read("/api/v1/read", query(0, Long.MAX_VALUE, matcher(0, "__name__", "many")));
    assertThat(limited.statusCode()).isEqualTo(422);
    assertThat(text(limited)).contains("more than 300000 samples");
    HttpResponse<byte[]> pattern = read("/api/v1/read", query(0, 1, matcher(2, "a", "(")));
    assertThat(pattern.statusCode()).isEqualTo(400);
    HttpResponse<byte[]> message = post("/api/v1/read", "snappy", new byte[] {3, 8, 1, 2, 3});
    assertThat(message.statusCode()).isEqualTo(400);
    HttpResponse<byte[]> none = post("/api/v1/read", "snappy", new byte[0]);
    assertThat(none.statusCode()).isEqualTo(400);
    // A block that claims to be four gigabytes.
    byte[] bomb = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 15, 0, 0};
    assertThat(post("/api/v1/read", "snappy", bomb).statusCode()).isEqualTo(400);
    assertThat(post("/api/v1/read", "gzip", new byte[1]).statusCode()).isEqualTo(415);
  }

  private HttpResponse<byte[]> read(String path, Fields... parts) throws Exception {
    byte[] body = message(parts);
    return post(path, "snappy", Snappy.compress(body, 0, body.length));
  }

  private HttpResponse<byte[]> post(String path, String encoding, byte[] body) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Content-Type", "application/x-protobuf")
        .header("Content-Encoding", encoding)
        .header("X-Prometheus-Remote-Read-Version", "0.1.0")
        .POST(BodyPublishers.ofByteArray(body));
    return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
