package io.chronicledb.app.api.sql;

import io.chronicledb.app.problem.RequestRefusedException;
import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.ClientConnection;
import io.chronicledb.app.wire.DurationParameter;
import io.chronicledb.app.wire.RequestBody;
import io.chronicledb.app.wire.UrlParameters;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.query.PreparedSql;
import io.chronicledb.engine.query.QueryEngine;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.query.SqlRows;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Runs SQL statements, and sends results as they are computed. */
@RestController
public final class SqlController {

  private static final Logger LOG = LoggerFactory.getLogger(SqlController.class);

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
    boolean detailed = detailed(parameters.get("stats"), format);
    if (format == TableFormat.SERIES && sql.mayWrite()) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED, "a statement that changes data gives no series; use format=json");
    }
    QueryEngine engine = database.queryEngine();
    PreparedSql prepared = engine.prepare(sql.query());
    var id = new AtomicLong();
    var options = new QueryOptions(timeout(parameters.get("timeout")), null).withIdTo(id::set);
    ClientConnection connection = ClientConnection.of(request);
    try (var watch = connection.watch(() -> engine.cancel(id.get()));
        SqlRows rows = watch.during(() -> prepared.rows(sql.parameters(), options))) {
      response.setContentType(format.mediaType().toString());
      if (!format.isObject()) {
        for (String warning : rows.warnings()) {
          response.addHeader(WARNING_HEADER, headerText(warning));
        }
      }
      ResultWriter writer = writer(format, response, times, prepared, rows, detailed);
      for (Table next = watch.during(rows::next); next != null; next = watch.during(rows::next)) {
        writer.rows(next);
      }
      writer.end(rows.statistics());
    } catch (RuntimeException | Error e) {
      if (!response.isCommitted()) {
        response.resetBuffer();
        throw e;
      }
      // Too late for a status: what was sent must not pass for the whole.
      connection.cut();
      logCut(e);
    }
  }

  /** Limits and cancellations tell everything by their message. */
  private static void logCut(Throwable error) {
    String what = "a query failed after a part of its result was sent, its connection is cut";
    if (error instanceof ChronicleException known
        && (known.code().category() == ErrorCode.Category.USER
            || known.code().category() == ErrorCode.Category.RESOURCES)) {
      LOG.warn("{}: {}: {}", what, known.code().wireName(), known.getMessage());
    } else {
      LOG.error(what, error);
    }
  }

  private static ResultWriter writer(
      TableFormat format,
      HttpServletResponse response,
      TimeFormat times,
      PreparedSql prepared,
      SqlRows rows,
      boolean detailed)
      throws IOException {
    OutputStream out = response.getOutputStream();
    return switch (format) {
      case JSON -> new JsonResult(out, times, rows.columns(), rows.warnings(), detailed);
      case CSV -> new CsvResult(out, times, rows.columns());
      case NDJSON -> new NdjsonResult(out, times);
      case SERIES ->
        new SeriesResult(
            out, times, rows.columns(), prepared.source(), rows.warnings(), detailed, rows::hold);
    };
  }

  private static boolean detailed(@Nullable String stats, TableFormat format) {
    if (stats == null || stats.equals("false")) {
      return false;
    }
    if (!stats.equals("true")) {
      throw new BadDataException("stats \"" + stats + "\" is neither true nor false");
    }
    if (!format.isObject()) {
      throw new BadDataException(
          "stats come with the formats json and series; csv and ndjson have no place for them");
    }
    return true;
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
