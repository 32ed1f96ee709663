package io.chronicledb.app.api.remoteread;

import io.chronicledb.app.problem.ErrorStatus;
import io.chronicledb.app.problem.RequestRefusedException;
import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.ClientConnection;
import io.chronicledb.app.wire.Millis;
import io.chronicledb.app.wire.RequestBody;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.query.QueryEngine;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.query.SeriesSamples;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers Prometheus remote read with the stored samples, stale markers among them. Errors are plain text, which Prometheus puts into its own
 * error.
 */
@RestController
public final class RemoteReadController {

  private static final Logger LOG = LoggerFactory.getLogger(RemoteReadController.class);

  private static final String CHUNKS_TYPE =
      "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";

  private final ChronicleDatabase database;
  private final BodyMemory memory;

  RemoteReadController(ChronicleDatabase database, BodyMemory memory) {
    this.database = database;
    this.memory = memory;
  }

  @PostMapping({"/api/v1/read", "/api/v1/prom/read", "/prometheus/read"})
  void read(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String encoding = RequestBody.encoding(request);
    if (!encoding.isEmpty() && !encoding.equals("snappy")) {
      throw new RequestRefusedException(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          ErrorCode.UNSUPPORTED,
          "content encoding " + encoding + " is not snappy");
    }
    ReadRequest read = decode(request);
    ClientConnection connection = ClientConnection.of(request);
    if (read.chunks()) {
      stream(read, connection, response);
    } else {
      send(read, connection, response);
    }
  }

  private ReadRequest decode(HttpServletRequest request) throws IOException {
    try (RequestBody body = RequestBody.readRaw(request, memory)) {
      int length = Snappy.uncompressedLength(body.bytes(), 0, body.length());
      body.reserve(2L * Math.min(length, RequestBody.DECODED_BYTES_MAX));
      return ReadRequest.decode(
          Snappy.uncompress(body.bytes(), 0, body.length(), RequestBody.DECODED_BYTES_MAX));
    }
  }

  private void send(ReadRequest read, ClientConnection connection, HttpServletResponse response)
      throws IOException {
    var answer = new SamplesResponse();
    for (ReadRequest.Query query : read.queries()) {
      QueryEngine engine = database.queryEngine();
      var id = new AtomicLong();
      try (var watch = connection.watch(() -> engine.cancel(id.get()));
          SeriesSamples samples = watch.during(() -> open(engine, query, id))) {
        watch.during(() -> {
          answer.add(samples);
          return answer;
        });
      }
    }
    byte[] message = answer.encode();
    response.setContentType("application/x-protobuf");
    response.setHeader("Content-Encoding", "snappy");
    response.setContentLength(message.length);
    response.getOutputStream().write(message);
  }

  private void stream(ReadRequest read, ClientConnection connection, HttpServletResponse response)
      throws IOException {
    var stream = new ChunkStream(response.getOutputStream());
    try {
      for (int number = 0; number < read.queries().size(); number++) {
        ReadRequest.Query query = read.queries().get(number);
        QueryEngine engine = database.queryEngine();
        var id = new AtomicLong();
        try (var watch = connection.watch(() -> engine.cancel(id.get()));
            SeriesSamples samples = watch.during(() -> open(engine, query, id))) {
          response.setContentType(CHUNKS_TYPE);
          var millis = new MillisSamples(samples);
          while (watch.during(samples::nextSeries)) {
            stream.series(samples, millis, number);
          }
        }
      }
      response.flushBuffer();
    } catch (RuntimeException | Error e) {
      if (!response.isCommitted()) {
        response.resetBuffer();
        throw e;
      }
      // Too late for a status: what was sent must not pass for the whole.
      connection.cut();
      LOG.warn("a remote read failed after a part of it was sent, its connection is cut", e);
    }
  }

  private static SeriesSamples open(QueryEngine engine, ReadRequest.Query query, AtomicLong id) {
    // A range that ends before it starts is asked for nothing, and gets it.
    long end = Math.max(query.end(), query.start());
    List<List<TagMatcher>> selectors =
        query.end() < query.start() ? List.of() : List.of(query.matchers());
    return engine.samples(
        text(query.matchers()),
        selectors,
        Millis.closed(query.start(), end),
        QueryOptions.defaults().withIdTo(id::set));
  }

  /** How the query shows among those that run. */
  private static String text(List<TagMatcher> matchers) {
    return matchers.stream().map(TagMatcher::toString).collect(Collectors.joining(", ", "{", "}"));
  }

  @ExceptionHandler
  @Nullable
  ResponseEntity<String> handle(ChronicleException error, HttpServletResponse response) {
    var status = ErrorStatus.of(error);
    if (status.is5xxServerError() && error.code().category() != ErrorCode.Category.RESOURCES) {
      LOG.error("remote read failed: {}", error.code().wireName(), error);
    }
    if (response.isCommitted()) {
      return null;
    }
    return ResponseEntity.status(status)
        .headers(ErrorStatus.headers(error.code()))
        .contentType(MediaType.TEXT_PLAIN)
        .body(error.getMessage() + "\n");
  }
}
