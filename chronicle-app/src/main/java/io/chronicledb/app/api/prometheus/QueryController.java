package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.ClientConnection;
import io.chronicledb.app.wire.Millis;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.query.PromQlResult;
import io.chronicledb.engine.query.PromQlStatistics;
import io.chronicledb.engine.query.QueryEngine;
import io.chronicledb.engine.query.QueryOptions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** PromQL at one instant and over a range. */
@RestController
public final class QueryController {

  private static final String QUERY = "query";
  private static final String STATS = "stats";

  private final ChronicleDatabase database;
  private final BodyMemory memory;

  QueryController(ChronicleDatabase database, BodyMemory memory) {
    this.database = database;
    this.memory = memory;
  }

  /** A query whose text, times and limits are known. */
  private interface Query {
    PromQlResult run(QueryEngine engine, String text, QueryOptions options);
  }

  @RequestMapping(
      path = "/api/v1/query",
      method = {RequestMethod.GET, RequestMethod.POST})
  void query(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = Parameters.of(request, memory);
    int limit = parameters.limit();
    long time = parameters.millis("time", System.currentTimeMillis());
    Query query = (engine, text, options) -> engine.promql(text, time * Millis.NANOS, options);
    run(query, parameters, limit, request, response);
  }

  @RequestMapping(
      path = "/api/v1/query_range",
      method = {RequestMethod.GET, RequestMethod.POST})
  void queryRange(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = Parameters.of(request, memory);
    int limit = parameters.limit();
    long start = parameters.millis("start");
    long end = parameters.millis("end");
    if (end < start) {
      throw ApiException.parameter("end", "end timestamp must not be before start time");
    }
    long step = parameters.stepMillis("step");
    if (step <= 0) {
      throw ApiException.parameter(
          "step",
          "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    Query query = (engine, text, options) ->
        engine.promql(text, start * Millis.NANOS, end * Millis.NANOS, step * Millis.NANOS, options);
    run(query, parameters, limit, request, response);
  }

  private void run(
      Query query,
      Parameters parameters,
      int limit,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    QueryEngine engine = database.queryEngine();
    String text = parameters.text(QUERY);
    var id = new AtomicLong();
    var statistics = new AtomicReference<PromQlStatistics>();
    QueryOptions asked = parameters.queryOptions().withIdTo(id::set);
    QueryOptions options =
        parameters.text(STATS).isEmpty() ? asked : asked.withStatisticsTo(statistics::set);
    PromQlResult result;
    try (var watch = ClientConnection.of(request).watch(() -> engine.cancel(id.get()))) {
      result = watch.during(
          () -> ApiException.inParameter(QUERY, () -> query.run(engine, text, options)));
    }
    PromQlStatistics measured = statistics.get();
    ApiResponse.result(
        response,
        result,
        measured == null ? null : QueryStats.of(measured, parameters.text(STATS).equals("all")),
        limit);
  }
}
