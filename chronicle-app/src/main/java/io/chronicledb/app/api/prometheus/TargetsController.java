package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.UrlParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whom Prometheus scrapes and whom it tells of alerts: nobody, since points are sent to Chronicle, and it sends alerts by its own webhooks. */
@RestController
public final class TargetsController {

  private static final Set<String> WITH_DROPPED = Set.of("", "any", "dropped");

  @GetMapping("/api/v1/targets")
  void targets(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String state = new Parameters(UrlParameters.parse(request.getQueryString())).text("state");
    var data = new TreeMap<String, @Nullable Object>();
    data.put("activeTargets", List.of());
    data.put("droppedTargets", List.of());
    data.put(
        "droppedTargetCounts",
        WITH_DROPPED.contains(state.toLowerCase(Locale.ROOT)) ? Map.of() : null);
    ApiResponse.data(response, data);
  }

  @GetMapping("/api/v1/targets/metadata")
  void metadata(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = new Parameters(UrlParameters.parse(request.getQueryString()));
    parameters.whole("limit");
    String target = parameters.text("match_target");
    if (!target.isEmpty()) {
      ApiException.selector("match_target", target);
    }
    ApiResponse.data(response, List.of());
  }

  @GetMapping("/api/v1/scrape_pools")
  void scrapePools(HttpServletResponse response) throws IOException {
    ApiResponse.data(response, Map.of("scrapePools", List.of()));
  }

  @GetMapping("/api/v1/alertmanagers")
  void alertmanagers(HttpServletResponse response) throws IOException {
    ApiResponse.data(
        response,
        new TreeMap<>(Map.of("activeAlertmanagers", List.of(), "droppedAlertmanagers", List.of())));
  }
}
