package io.chronicledb.app.ingest.influx;

import io.chronicledb.app.ingest.BatchWriter;
import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.Precision;
import io.chronicledb.app.wire.RequestBody;
import io.chronicledb.app.wire.UrlParameters;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.model.Timestamp;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes line protocol the way InfluxDB 1 and 2 do. */
@RestController
public final class LineProtocolController {

  /** What Influx' clients send; where it points at one of several databases it is accepted and has no effect. */
  private static final Set<String> PARAMETERS =
      Set.of("precision", "db", "bucket", "org", "orgID", "rp", "u", "p", "consistency");

  private final ChronicleDatabase database;
  private final BodyMemory memory;
  private final InstantSource clock;

  @Autowired
  LineProtocolController(ChronicleDatabase database, BodyMemory memory) {
    this(database, memory, InstantSource.system());
  }

  LineProtocolController(ChronicleDatabase database, BodyMemory memory, InstantSource clock) {
    this.database = database;
    this.memory = memory;
    this.clock = clock;
  }

  /** No content type counts as octet-stream; curl calls everything a form unless told otherwise, so that is taken as well. */
  @PostMapping(
      path = {"/write", "/api/v2/write"},
      consumes = {
        MediaType.TEXT_PLAIN_VALUE,
        MediaType.APPLICATION_OCTET_STREAM_VALUE,
        MediaType.APPLICATION_FORM_URLENCODED_VALUE
      })
  ResponseEntity<Object> write(HttpServletRequest request) throws IOException {
    UrlParameters parameters = UrlParameters.parse(request.getQueryString()).allowOnly(PARAMETERS);
    String precision = parameters.get("precision");
    var now = clock.instant();
    try (RequestBody body = RequestBody.read(request, memory)) {
      // The batch that the body turns into.
      body.reserve(2L * body.length());
      var sink = new BatchWriter(database, "line", false);
      new LineProtocolDecoder(
              precision == null ? Precision.NANOSECONDS : Precision.parse(precision),
              Timestamp.of(now),
              sink)
          .decode(body.bytes(), body.length());
      return sink.finish().response();
    }
  }
}
