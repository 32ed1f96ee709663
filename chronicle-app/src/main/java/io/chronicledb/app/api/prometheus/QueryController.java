package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.query.PromQlResult;
import io.chronicledb.engine.query.QueryOptions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** PromQL at one instant and over a range. */
@RestController
public final class QueryController {

  private final ChronicleDatabase database;
  private final BodyMemory memory;

  QueryController(ChronicleDatabase database, BodyMemory memory) {
    this.database = database;
    this.memory = memory;
  }

  @RequestMapping(
      path = "/api/v1/query",
      method = {RequestMethod.GET, RequestMethod.POST})
  void query(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = Parameters.of(request, memory);
    int limit = parameters.limit();
    long time = parameters.millis("time", System.currentTimeMillis());
    QueryOptions options = parameters.queryOptions();
    String query = parameters.text("query");
    PromQlResult result = ApiException.inParameter(
        "query",
        () -> database.queryEngine().promql(query, time * Parameters.NANOS_PER_MILLI, options));
    ApiResponse.result(response, result, limit);
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
    QueryOptions options = parameters.queryOptions();
    String query = parameters.text("query");
    PromQlResult result = ApiException.inParameter("query", () -> database
        .queryEngine()
        .promql(
            query,
            start * Parameters.NANOS_PER_MILLI,
            end * Parameters.NANOS_PER_MILLI,
            step * Parameters.NANOS_PER_MILLI,
            options));
    ApiResponse.result(response, result, limit);
  }
}
