package io.chronicledb.app.api.admin;

import io.chronicledb.app.wire.UrlParameters;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.query.RunningQuery;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The queries that run, and their end. */
@RestController
public final class QueriesController {

  private final ChronicleDatabase database;

  QueriesController(ChronicleDatabase database) {
    this.database = database;
  }

  /** The queries, the oldest first. */
  record Queries(List<Query> queries) {}

  /**
   * A query that runs, or waits for its turn.
   *
   * @param language {@code sql} or {@code promql}
   * @param query its text
   * @param state {@code running} or {@code waiting}
   * @param samples that it has read
   * @param memoryBytes that it holds
   */
  record Query(
      long id,
      String language,
      String query,
      Instant started,
      double elapsedMillis,
      String state,
      long samples,
      long memoryBytes) {

    static Query of(RunningQuery running) {
      return new Query(
          running.id(),
          running.language(),
          running.text(),
          running.started(),
          running.elapsed().toNanos() / 1e6,
          running.waiting() ? "waiting" : "running",
          running.samples(),
          running.memoryBytes());
    }
  }

  @GetMapping(path = "/admin/api/queries", produces = MediaType.APPLICATION_JSON_VALUE)
  Queries list(HttpServletRequest request) {
    takesNoParameters(request);
    return new Queries(database.queryEngine().running().stream().map(Query::of).toList());
  }

  /** Ends a query; whoever sent it gets {@code query_canceled}. */
  @DeleteMapping("/admin/api/queries/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void cancel(@PathVariable long id, HttpServletRequest request) {
    takesNoParameters(request);
    if (!database.queryEngine().cancel(id)) {
      throw new ChronicleException(ErrorCode.NOT_FOUND, "no query " + id + " is running");
    }
  }

  private static void takesNoParameters(HttpServletRequest request) {
    UrlParameters.parse(request.getQueryString()).allowOnly(Set.of());
  }
}
