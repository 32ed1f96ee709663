package io.chronicledb.app.api.prometheus;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.info.BuildProperties;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What Prometheus tells about itself, as far as clients depend on it. */
@RestController
public final class StatusController {

  /** The version whose API this is: Grafana decides by it which calls it may make, so our own would switch most of them off. */
  private static final String PROMETHEUS_API = "3.0.0";

  private final ApplicationAvailability availability;
  private final @Nullable BuildProperties build;

  StatusController(ApplicationAvailability availability, ObjectProvider<BuildProperties> build) {
    this.availability = availability;
    this.build = build.getIfAvailable();
  }

  /** Without the member {@code features}, by which Grafana would take us for Mimir. */
  @GetMapping("/api/v1/status/buildinfo")
  void buildInfo(HttpServletResponse response) throws IOException {
    String version = build == null || build.getVersion() == null ? "unknown" : build.getVersion();
    String date =
        build == null || build.getTime() == null ? "" : build.getTime().toString();
    var data = new LinkedHashMap<String, String>();
    data.put("version", PROMETHEUS_API);
    data.put("revision", "chronicle-" + version);
    data.put("branch", "");
    data.put("buildUser", "");
    data.put("buildDate", date);
    data.put("goVersion", "");
    ApiResponse.data(response, data);
  }

  @GetMapping(path = "/-/healthy")
  ResponseEntity<String> healthy() {
    return text(HttpStatus.OK, "Chronicle is Healthy.\n");
  }

  @GetMapping(path = "/-/ready")
  ResponseEntity<String> ready() {
    return availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC
        ? text(HttpStatus.OK, "Chronicle is Ready.\n")
        : text(HttpStatus.SERVICE_UNAVAILABLE, "Service Unavailable\n");
  }

  private static ResponseEntity<String> text(HttpStatus status, String text) {
    return ResponseEntity.status(status).contentType(MediaType.TEXT_PLAIN).body(text);
  }
}
