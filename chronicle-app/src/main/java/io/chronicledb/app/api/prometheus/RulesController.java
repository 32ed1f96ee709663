package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.UrlParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The rules that are evaluated and the alerts that are active: none so far. */
@RestController
public final class RulesController {

  private static final Set<String> TYPES = Set.of("", "alert", "record");

  @GetMapping("/api/v1/rules")
  void rules(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = new Parameters(UrlParameters.parse(request.getQueryString()));
    String type = parameters.text("type").toLowerCase(Locale.ROOT);
    if (!TYPES.contains(type)) {
      throw ApiException.parameter("type", "not supported value \"" + type + "\"");
    }
    parameters.texts("match[]").forEach(selector -> ApiException.selector("match[]", selector));
    parameters.flag("exclude_alerts");
    checkPage(parameters);
    ApiResponse.data(response, Map.of("groups", List.of()));
  }

  private static void checkPage(Parameters parameters) {
    Integer limit = parameters.whole("group_limit");
    if (limit != null && limit < 0) {
      throw ApiException.parameter("group_limit", "group_limit needs to be non-negative");
    }
    if (!parameters.text("group_next_token").isEmpty()) {
      if (limit == null) {
        throw ApiException.parameter(
            "group_limit", "group_limit needs to be present in order to paginate over the groups");
      }
      throw ApiException.parameter("group_next_token", "no group stands at this token");
    }
  }

  @GetMapping("/api/v1/alerts")
  void alerts(HttpServletResponse response) throws IOException {
    ApiResponse.data(response, Map.of("alerts", List.of()));
  }
}
