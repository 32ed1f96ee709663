package io.chronicledb.app.ingest.json;

import io.chronicledb.app.ingest.BatchWriter;
import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.Precision;
import io.chronicledb.app.wire.RequestBody;
import io.chronicledb.app.wire.UrlParameters;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.model.Timestamp;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes points as JSON at the same path as line protocol; the content type decides. */
@RestController
public final class JsonPointsController {

  private static final Set<String> PARAMETERS = Set.of("precision");
  private final ChronicleDatabase database;
  private final BodyMemory memory;

  JsonPointsController(ChronicleDatabase database, BodyMemory memory) {
    this.database = database;
    this.memory = memory;
  }

  @PostMapping(path = "/write", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Object> write(HttpServletRequest request) throws IOException {
    UrlParameters parameters = UrlParameters.parse(request.getQueryString()).allowOnly(PARAMETERS);
    String precision = parameters.get("precision");
    Instant now = Instant.now();
    try (RequestBody body = RequestBody.read(request, memory)) {
      // The batches that the body turns into.
      body.reserve(2L * body.length());
      var sink = new BatchWriter(database, "point", true);
      new JsonPointsDecoder(
              precision == null ? Precision.NANOSECONDS : Precision.parse(precision),
              Timestamp.of(now),
              sink)
          .decode(body.bytes(), body.length());
      return sink.finish().response();
    }
  }
}
