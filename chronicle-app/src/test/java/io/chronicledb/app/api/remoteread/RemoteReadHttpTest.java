package io.chronicledb.app.api.remoteread;

import static io.chronicledb.app.api.remoteread.ReadRequestTest.matcher;
import static io.chronicledb.app.api.remoteread.ReadRequestTest.query;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.chronicledb.app.ingest.remotewrite.WriteRequests.Fields;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.write.PointBatch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
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
  private static final Fields CHUNKS = out -> out.writeEnum(2, 1);

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
    assertThat(samples(response))
        .containsExactly(List.of("__name__=bounds job=a 2000=2.0 3000=3.0 4000=4.0"));
    assertThat(
            samples(read("/prometheus/read", query(5000, 4000, matcher(0, "__name__", "bounds")))))
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
        chunks ? read("/api/v1/read", CHUNKS, query) : read("/api/v1/read", query);
    assertThat(chunks ? chunks(response) : samples(response))
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
    assertThat(samples(read("/api/v1/prom/read", queries)))
        .containsExactly(
            List.of("__name__=place n=2 0=2.0"), List.of(), List.of("__name__=place n=1 0=1.0"));
    assertThat(chunks(read("/api/v1/read", CHUNKS, queries[0], queries[1], queries[2])))
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
    HttpResponse<byte[]> response =
        read("/api/v1/read", CHUNKS, query(0, Long.MAX_VALUE, matcher(0, "__name__", "long")));
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse");
    List<byte[]> frames = frames(response.body());
    assertThat(frames)
        .hasSizeGreaterThan(2)
        .allMatch(f -> f.length <= ChunkStream.FRAME_BYTES_MAX + 100);
    List<String> series = chunks(response).get(0);
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

  /** For each query its series, written out. */
  private static List<List<String>> samples(HttpResponse<byte[]> response) throws IOException {
    byte[] message = Snappy.uncompress(response.body(), 0, response.body().length, 64 << 20);
    var results = new ArrayList<List<String>>();
    each(message, (field, result) -> {
      var all = new ArrayList<String>();
      each(result.readByteArray(), (ignored, series) -> {
        var text = new StringBuilder();
        each(series.readByteArray(), (part, in) -> {
          if (part == 1) {
            label(in.readByteArray(), text);
          } else {
            var sample = new Object() {
              double value;
              long millis;
            };
            each(in.readByteArray(), (number, value) -> {
              if (number == 1) {
                sample.value = value.readDouble();
              } else {
                sample.millis = value.readInt64();
              }
            });
            sample(text, sample.millis, sample.value);
          }
        });
        all.add(text.toString().strip());
      });
      results.add(all);
    });
    return results;
  }

  /** Like {@link #samples}, from the frames of a stream; a series that goes on in the next frame is one. */
  private static List<List<String>> chunks(HttpResponse<byte[]> response) throws IOException {
    var results = new ArrayList<List<String>>();
    var last = new Object() {
      String labels = "";
    };
    for (byte[] frame : frames(response.body())) {
      var read = new Object() {
        String labels = "";
        String samples = "";
        int query;
      };
      each(frame, (field, in) -> {
        if (field == 2) {
          read.query = (int) in.readInt64();
          return;
        }
        var labels = new StringBuilder();
        var samples = new StringBuilder();
        each(in.readByteArray(), (part, series) -> {
          if (part == 1) {
            label(series.readByteArray(), labels);
          } else {
            chunk(series.readByteArray(), samples);
          }
        });
        read.labels = labels.toString();
        read.samples = samples.toString();
      });
      while (results.size() <= read.query) {
        results.add(new ArrayList<>());
        last.labels = "";
      }
      List<String> all = results.get(read.query);
      if (read.labels.equals(last.labels)) {
        all.set(all.size() - 1, all.get(all.size() - 1) + " " + read.samples.strip());
      } else {
        all.add((read.labels + read.samples).strip());
      }
      last.labels = read.labels;
    }
    return results;
  }

  private static List<byte[]> frames(byte[] stream) throws IOException {
    var frames = new ArrayList<byte[]>();
    var in = CodedInputStream.newInstance(stream);
    while (!in.isAtEnd()) {
      int length = in.readRawVarint32();
      int crc = ByteBuffer.wrap(in.readRawBytes(4)).getInt();
      byte[] frame = in.readRawBytes(length);
      var expected = new CRC32C();
      expected.update(frame);
      assertThat(crc).isEqualTo((int) expected.getValue());
      frames.add(frame);
    }
    return frames;
  }

  private static void chunk(byte[] message, StringBuilder into) throws IOException {
    var chunk = new Object() {
      long min;
      long max;
      byte[] data = {};
    };
    each(message, (field, in) -> {
      switch (field) {
        case 1 -> chunk.min = in.readInt64();
        case 2 -> chunk.max = in.readInt64();
        case 3 -> assertThat(in.readEnum()).isEqualTo(1);
        default -> chunk.data = in.readByteArray();
      }
    });
    var reader = new XorChunkReader(chunk.data);
    assertThat(reader.count()).isBetween(1, XorChunk.SAMPLES_MAX);
    for (int i = 0; i < reader.count(); i++) {
      reader.next();
      if (i == 0) {
        assertThat(reader.millis()).isEqualTo(chunk.min);
      }
      sample(into, reader.millis(), reader.value());
    }
    assertThat(reader.millis()).isEqualTo(chunk.max);
  }

  private static void sample(StringBuilder into, long millis, double value) {
    into.append(millis)
        .append('=')
        .append(StaleMarker.is(value) ? "stale" : value)
        .append(' ');
  }

  private static void label(byte[] message, StringBuilder into) throws IOException {
    each(message, (field, in) -> into.append(in.readString()).append(field == 1 ? '=' : ' '));
  }

  private interface Field {
    void read(int number, CodedInputStream in) throws IOException;
  }

  private static void each(byte[] message, Field field) throws IOException {
    var in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      field.read(WireFormat.getTagFieldNumber(tag), in);
    }
  }
}
