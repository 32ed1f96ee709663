package io.chronicledb.app.api.prometheus;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.model.DurationText;
import io.chronicledb.engine.query.QueryLimits;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
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

  /** There is nothing to scrape and nobody to tell; what Chronicle does have is under {@code status/flags}. */
  private static final String CONFIG = "global: {}\n";

  private final ChronicleDatabase database;
  private final ApplicationAvailability availability;
  private final @Nullable BuildProperties build;

  StatusController(
      ChronicleDatabase database,
      ApplicationAvailability availability,
      ObjectProvider<BuildProperties> build) {
    this.database = database;
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

  @GetMapping("/api/v1/status/config")
  void config(HttpServletResponse response) throws IOException {
    ApiResponse.data(response, Map.of("yaml", CONFIG));
  }

  /** The flags of Prometheus whose meaning is the same here. */
  @GetMapping("/api/v1/status/flags")
  void flags(HttpServletResponse response) throws IOException {
    QueryLimits limits = database.queryEngine().limits();
    var flags = new TreeMap<String, String>();
    flags.put("query.lookback-delta", duration(limits.lookback()));
    flags.put("query.timeout", duration(limits.timeout()));
    flags.put("query.max-concurrency", String.valueOf(limits.concurrentMax()));
    flags.put("query.max-samples", String.valueOf(limits.samplesMax()));
    flags.put("web.enable-admin-api", "true");
    flags.put("web.enable-remote-write-receiver", "true");
    ApiResponse.data(response, flags);
  }

  private static String duration(Duration duration) {
    return DurationText.format(duration.toNanos());
  }

  /** The members that speak of Go say what comes closest in a Java process. */
  @GetMapping("/api/v1/status/runtimeinfo")
  void runtimeInfo(HttpServletResponse response) throws IOException {
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    String started = Instant.ofEpochMilli(runtime.getStartTime()).toString();
    var data = new LinkedHashMap<String, Object>();
    data.put("startTime", started);
    data.put("CWD", Path.of("").toAbsolutePath().toString());
    data.put("hostname", hostname());
    data.put("serverTime", Instant.now().toString());
    data.put("reloadConfigSuccess", true);
    data.put("lastConfigTime", started);
    data.put("corruptionCount", database.statistics().lostRanges());
    data.put("goroutineCount", ManagementFactory.getThreadMXBean().getThreadCount());
    data.put("GOMAXPROCS", Runtime.getRuntime().availableProcessors());
    data.put("GOMEMLIMIT", Runtime.getRuntime().maxMemory());
    data.put("GOGC", "");
    data.put("GODEBUG", "");
    data.put("storageRetention", "");
    ApiResponse.data(response, data);
  }

  private static String hostname() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }

  /** Done whenever somebody can ask: the log is replayed before the server listens. */
  @GetMapping("/api/v1/status/walreplay")
  void walReplay(HttpServletResponse response) throws IOException {
    var data = new LinkedHashMap<String, Object>();
    data.put("min", 0);
    data.put("max", 0);
    data.put("current", 0);
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
