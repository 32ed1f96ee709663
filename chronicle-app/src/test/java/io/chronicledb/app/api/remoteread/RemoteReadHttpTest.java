package io.chronicledb.app.api.remoteread;

import static io.chronicledb.app.api.remoteread.ReadRequests.matcher;
import static io.chronicledb.app.api.remoteread.ReadRequests.query;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.doubles;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.histogram;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.label;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.message;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.sample;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.series;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.span;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.wholeHistogram;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import io.chronicledb.app.ingest.remotewrite.WriteRequests.Fields;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sendsNativeHistograms(boolean chunks) throws Exception {
    BucketLayout wide = BucketLayout.exponential(
        3, 0x1p-128, new int[] {-4, 7}, new int[] {-100, -99, 0, 1, 2, 500_000});
    NativeHistogram exponential = NativeHistogram.of(
        wide, CounterResetHint.GAUGE, 40.5, -3, 2, new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 0);
    NativeHistogram custom = NativeHistogram.of(
        BucketLayout.custom(new double[] {0.1, 2}, new int[] {0, 2}),
        CounterResetHint.UNKNOWN,
        3,
        Double.NaN,
        0,
        new double[] {1, 2},
        0);
    NativeHistogram odd = NativeHistogram.of(
        BucketLayout.exponential(-4, 0.3, new int[0], new int[0]),
        CounterResetHint.UNKNOWN,
        0,
        0,
        0,
        new double[0],
        0);
    database.write(new PointBatch()
        .series("native", Tags.empty())
        .add(1 * MILLI, 0.5)
        .add(2 * MILLI, exponential)
        .add(3 * MILLI, custom)
        .add(1_700_000_000_000L * MILLI, odd)
        .add(1_700_000_000_001L * MILLI, StaleMarker.value()));
    Fields query = query(0, 1_700_000_000_001L, matcher(0, "__name__", "native"));
    HttpResponse<byte[]> response =
        chunks ? read("/api/v1/read", ReadRequests.CHUNKS, query) : read("/api/v1/read", query);
    List<List<String>> read =
        chunks ? ReadResponses.chunks(response.body()) : ReadResponses.samples(response.body());
    // Messages of samples have the two kinds apart, in whichever order.
    assertThat(read.get(0).get(0))
        .startsWith("__name__=native 1=0.5 ")
        .contains("2=" + exponential + "GAUGE")
        .contains("3=" + custom)
        .contains("1700000000000=" + odd)
        .contains("1700000000001=stale");
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

  /** The series in an answer have the form of those in a remote write. */
  @Test
  void sendsNativeHistogramsThatCanBeWrittenBack() throws Exception {
    byte[] written = message(
        series(label("__name__", "whole"), label("a", "1"), wholeHistogram()),
        series(
            label("__name__", "whole"),
            label("a", "2"),
            sample(3, 500),
            histogram(
                h -> h.writeDouble(2, 6.5),
                h -> h.writeDouble(3, -1),
                h -> h.writeSInt32(4, BucketLayout.CUSTOM_SCHEMA),
                span(11, 0, 2),
                span(11, 1, 1),
                doubles(13, 1.5, 2, 3),
                doubles(16, -1, 0.5, 7),
                h -> h.writeInt64(15, 1_000))));
    assertThat(post("/api/v1/write", "snappy", Snappy.compress(written, 0, written.length))
            .statusCode())
        .isEqualTo(204);
    String before = text(get("/api/v1/query?query=whole%5B1h%5D&time=10"));
    assertThat(before).contains("\"histograms\"").contains("\"values\"").contains("\"6.5\"");
    Fields query = query(0, 10_000, matcher(0, "__name__", "whole"));
    HttpResponse<byte[]> response = read("/api/v1/read", query);
    assertThat(response.headers().firstValue("Content-Encoding")).hasValue("snappy");
    var in = CodedInputStream.newInstance(
        Snappy.uncompress(response.body(), 0, response.body().length, 1 << 20));
    assertThat(in.readTag()).isEqualTo(10);
    byte[] result = in.readByteArray();
    database.delete("whole", TimeRange.ALL);
    assertThat(text(get("/api/v1/query?query=whole%5B1h%5D&time=10"))).contains("\"result\":[]");
    assertThat(post("/api/v1/write", "snappy", Snappy.compress(result, 0, result.length))
            .statusCode())
        .isEqualTo(204);
    assertThat(text(get("/api/v1/query?query=whole%5B1h%5D&time=10"))).isEqualTo(before);
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
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
