package io.chronicledb.app.api.sql;

import io.chronicledb.app.problem.RequestRefusedException;
import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.DurationParameter;
import io.chronicledb.app.wire.RequestBody;
import io.chronicledb.app.wire.UrlParameters;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.query.QueryOptions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Runs SQL statements. */
@RestController
public final class SqlController {

  /** Carries warnings where the format has no place for them. */
  private static final String WARNING_HEADER = "X-Chronicle-Warning";

  private static final int WARNING_LENGTH_MAX = 500;

  private final ChronicleDatabase database;
  private final BodyMemory memory;

  SqlController(ChronicleDatabase database, BodyMemory memory) {
    this.database = database;
    this.memory = memory;
  }

  @GetMapping("/query")
  void get(HttpServletRequest request, HttpServletResponse response) throws IOException {
    UrlParameters parameters = UrlParameters.parse(request.getQueryString());
    SqlRequest sql = SqlRequest.of(parameters);
    if (sql.mayWrite()) {
      response.setHeader("Allow", "POST");
      throw new RequestRefusedException(
          HttpStatus.METHOD_NOT_ALLOWED,
          ErrorCode.UNSUPPORTED,
          "a statement that changes data comes by POST");
    }
    run(sql, parameters, request, response);
  }

  @PostMapping(path = "/query", consumes = MediaType.APPLICATION_JSON_VALUE)
  void postJson(HttpServletRequest request, HttpServletResponse response) throws IOException {
    UrlParameters parameters =
        UrlParameters.parse(request.getQueryString()).allowOnly(SqlRequest.OPTIONS);
    SqlRequest sql;
    try (RequestBody body = RequestBody.read(request, memory)) {
      sql = SqlRequest.ofJson(body.bytes(), body.length());
    }
    run(sql, parameters, request, response);
  }

  /** A form, or nothing but the URL: no content type counts as octet-stream. */
  @PostMapping(
      path = "/query",
      consumes = {
        MediaType.APPLICATION_FORM_URLENCODED_VALUE,
        MediaType.APPLICATION_OCTET_STREAM_VALUE
      })
  void postForm(HttpServletRequest request, HttpServletResponse response) throws IOException {
    UrlParameters parameters = UrlParameters.parse(request.getQueryString());
    try (RequestBody body = RequestBody.read(request, memory)) {
      body.reserve(UrlParameters.FORM_BYTES_PER_BYTE * body.length());
      parameters = parameters.and(UrlParameters.parseForm(body.bytes(), body.length()));
    }
    run(SqlRequest.of(parameters), parameters, request, response);
  }

  private void run(
      SqlRequest sql,
      UrlParameters parameters,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    // All of the request is checked before the statement runs: a DELETE must not have happened when
    // the format is refused.
    TableFormat format = TableFormat.choose(parameters.get("format"), request.getHeader("Accept"));
    TimeFormat times = TimeFormat.parse(parameters.get("epoch"));
    var options = new QueryOptions(timeout(parameters.get("timeout")), null);
    long started = System.nanoTime();
    Table table =
        database.queryEngine().sql(sql.query(), options, sql.parameters().toArray());
    Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
    response.setContentType(format.mediaType().toString());
    OutputStream out = response.getOutputStream();
    var writer = new TableWriter(table, times);
    if (format != TableFormat.JSON) {
      for (String warning : table.warnings()) {
        response.addHeader(WARNING_HEADER, headerText(warning));
      }
    }
    switch (format) {
      case JSON -> writer.writeJson(out, elapsed);
      case CSV -> writer.writeCsv(out);
      case NDJSON -> writer.writeNdjson(out);
    }
  }

  private static @Nullable Duration timeout(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Long nanos = DurationParameter.parseNanos(text);
    if (nanos == null || nanos <= 0) {
      throw new BadDataException(
          "timeout \"" + text + "\" is neither seconds nor a duration like 500ms or 1m30s");
    }
    return Duration.ofNanos(nanos);
  }

  /** Headers are printable ASCII; names in a warning can be anything. */
  private static String headerText(String warning) {
    String text = warning.replaceAll("[^\\x20-\\x7E]", "?");
    return text.length() > WARNING_LENGTH_MAX
        ? text.substring(0, WARNING_LENGTH_MAX) + "..."
        : text;
  }
}
