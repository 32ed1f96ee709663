package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.engine.query.promql.PromQlExpr;
import io.chronicledb.engine.query.promql.PromQlFormatter;
import io.chronicledb.engine.query.promql.PromQlParser;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** What PromQL makes of a text, for editors: nothing is evaluated. */
@RestController
public final class SyntaxController {

  private static final String QUERY = "query";

  private final BodyMemory memory;

  SyntaxController(BodyMemory memory) {
    this.memory = memory;
  }

  @RequestMapping(
      path = "/api/v1/format_query",
      method = {RequestMethod.GET, RequestMethod.POST})
  void format(HttpServletRequest request, HttpServletResponse response) throws IOException {
    ApiResponse.data(response, PromQlFormatter.format(parsed(request)));
  }

  @RequestMapping(
      path = "/api/v1/parse_query",
      method = {RequestMethod.GET, RequestMethod.POST})
  void parse(HttpServletRequest request, HttpServletResponse response) throws IOException {
    ApiResponse.data(response, ExprTree.of(parsed(request)));
  }

  private PromQlExpr parsed(HttpServletRequest request) throws IOException {
    String query = Parameters.of(request, memory).text(QUERY);
    return ApiException.inParameter(QUERY, () -> PromQlParser.parse(query));
  }
}
