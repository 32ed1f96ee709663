package io.chronicledb.app.ingest.remotewrite;

import io.chronicledb.app.ingest.BatchWriter;
import io.chronicledb.app.ingest.IngestMeters;
import io.chronicledb.app.ingest.IngestReport;
import io.chronicledb.app.ingest.PointSink;
import io.chronicledb.app.problem.ErrorStatus;
import io.chronicledb.app.problem.RequestRefusedException;
import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.RequestBody;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes Prometheus remote write 1.0. Errors are plain text, of which Prometheus logs the first line. A message of version 2 gets 415,
 * upon which senders fall back to this one.
 */
@RestController
public final class RemoteWriteController {

  private static final Logger LOG = LoggerFactory.getLogger(RemoteWriteController.class);

  private static final MediaType PROTOBUF = new MediaType("application", "x-protobuf");
  private static final String VERSION = "X-Prometheus-Remote-Write-Version";

  private final ChronicleDatabase database;
  private final BodyMemory memory;
  private final IngestMeters meters;

  RemoteWriteController(ChronicleDatabase database, BodyMemory memory, IngestMeters meters) {
    this.database = database;
    this.memory = memory;
    this.meters = meters;
  }

  @PostMapping({"/api/v1/write", "/api/v1/prom/write", "/prometheus/write"})
  ResponseEntity<String> write(HttpServletRequest request) throws IOException {
    checkHeaders(request);
    try (RequestBody body = RequestBody.readRaw(request, memory)) {
      int length = Snappy.uncompressedLength(body.bytes(), 0, body.length());
      // The message itself, and the batch that it turns into.
      body.reserve(2L * Math.min(length, RequestBody.DECODED_BYTES_MAX));
      byte[] message =
          Snappy.uncompress(body.bytes(), 0, body.length(), RequestBody.DECODED_BYTES_MAX);
      var sink = new BatchWriter(database, "series", false);
      new WriteRequestDecoder(sink).decode(message, message.length);
      IngestReport report = sink.finish();
      for (PointSink.Dropped what : PointSink.Dropped.values()) {
        meters.count(what, sink.dropped(what));
      }
      return report.isComplete()
          ? ResponseEntity.noContent().build()
          : text(ResponseEntity.badRequest(), report.summary());
    }
  }

  private static void checkHeaders(HttpServletRequest request) {
    String contentType = request.getContentType();
    // Some senders leave the headers out; Prometheus takes that for the only version there used to
    // be.
    if (contentType != null && !contentType.isEmpty()) {
      MediaType type = parse(contentType);
      if (type == null || !PROTOBUF.equalsTypeAndSubtype(type)) {
        throw unsupported("content type " + contentType + " is not application/x-protobuf");
      }
      String message = type.getParameter("proto");
      if (message != null && !message.equals("prometheus.WriteRequest")) {
        throw unsupported("message " + message
            + " is not supported; use prometheus.WriteRequest of remote write 1.0");
      }
    }
    String encoding = RequestBody.encoding(request);
    if (!encoding.isEmpty() && !encoding.equals("snappy")) {
      throw unsupported("content encoding " + encoding + " is not snappy");
    }
    String version = request.getHeader(VERSION);
    if (version != null && !version.startsWith("0.") && !version.startsWith("1.")) {
      throw unsupported(VERSION + " " + version + " is not supported; use 0.1.0");
    }
  }

  private static @Nullable MediaType parse(String contentType) {
    try {
      return MediaType.parseMediaType(contentType);
    } catch (InvalidMediaTypeException e) {
      return null;
    }
  }

  private static RequestRefusedException unsupported(String message) {
    return new RequestRefusedException(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE, ErrorCode.UNSUPPORTED, message);
  }

  @ExceptionHandler
  ResponseEntity<String> handle(ChronicleException error) {
    var status = ErrorStatus.of(error);
    if (status.is5xxServerError() && error.code().category() != ErrorCode.Category.RESOURCES) {
      LOG.error("remote write failed: {}", error.code().wireName(), error);
    }
    return text(
        ResponseEntity.status(status).headers(ErrorStatus.headers(error.code())),
        String.valueOf(error.getMessage()));
  }

  private static ResponseEntity<String> text(ResponseEntity.BodyBuilder response, String message) {
    return response.contentType(MediaType.TEXT_PLAIN).body(message + "\n");
  }
}
