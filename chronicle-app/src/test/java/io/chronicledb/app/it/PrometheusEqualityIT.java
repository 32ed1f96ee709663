package io.chronicledb.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.app.it.PrometheusMatrix.Largest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A real Prometheus scrapes itself and a real node exporter, and writes all of it to Chronicle, which is killed twice on the way. Afterwards
 * both have the same samples and give the same answers.
 *
 * <p>Both servers are asked at instants of which none, moved back by a range, by the lookback or by an offset in whole seconds, meets a
 * sample: Prometheus before version 3 takes the sample at the left end of a window and version 3 does not, and Chronicle follows the latter.
 * A target is scraped at a fixed fraction of the second, so the instants lie at the fraction that is farthest from all scrapes.
 *
 * <p>The packages {@code prometheus} and {@code prometheus-node-exporter} must be installed; without them the test is skipped, but fails where
 * {@code CI} is set. {@code -Dit.prometheus.seconds} sets for how long Prometheus runs.
 */
class PrometheusEqualityIT {

  private static final int SECONDS = Integer.getInteger("it.prometheus.seconds", 125);

  /** From here on every window of a minute lies within the run. */
  private static final int WARM_UP_SECONDS = 65;

  /** Prometheus sends what it scrapes from the moment on at which its remote write has started, a little after the first scrape. */
  private static final int REMOTE_WRITE_START_SECONDS = 4;

  private static final int SECONDS_MIN = WARM_UP_SECONDS + 25;

  private static final double TOLERANCE = 1e-9;

  /** Milliseconds between an instant and the nearest scrape, far above what scrapes jitter. */
  private static final int DISTANCE_MIN = 20;

  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(60);

  private static final String EVERYTHING = "{__name__=~\".+\"}";

  private static final List<String> EXPRESSIONS = List.of(
      // Selectors.
      "up",
      "node_load1",
      "{job=\"node\"}",
      "node_cpu_seconds_total{mode=\"idle\"}",
      "node_cpu_seconds_total{mode!=\"idle\", cpu=\"0\"}",
      "node_cpu_seconds_total{mode=~\"user|system\"}",
      "node_cpu_seconds_total{mode!~\"i.*|user\"}",
      "{__name__=~\"node_memory_M.*_bytes\"}",
      "{__name__=~\"prometheus_.*\", quantile=\"\"}",
      "prometheus_rule_group_duration_seconds",
      "node_memory_MemFree_bytes offset 10s",
      "rate(node_cpu_seconds_total[30s] offset 5s)",
      "node_load1 @ end()",
      // Counters and gauges over a range.
      "rate(node_cpu_seconds_total[30s])",
      "rate(prometheus_tsdb_head_chunks_created_total[1m])",
      "irate(node_cpu_seconds_total[30s])",
      "increase(node_context_switches_total[1m])",
      "increase(prometheus_tsdb_head_samples_appended_total[45s])",
      "delta(node_memory_MemFree_bytes[30s])",
      "idelta(node_memory_MemAvailable_bytes[30s])",
      "changes(process_start_time_seconds[1m])",
      "resets(process_cpu_seconds_total[1m])",
      // Aggregations.
      "sum by (mode) (rate(node_cpu_seconds_total[30s]))",
      "avg without (cpu) (rate(node_cpu_seconds_total[30s]))",
      "sum(rate(node_cpu_seconds_total[30s])) by (instance, cpu)",
      "sum(up)",
      "count by (mode) (node_cpu_seconds_total)",
      "count by (job) ({__name__=~\".+\"})",
      "max by (job) (process_resident_memory_bytes)",
      "min without (instance) (process_open_fds)",
      "group by (mode) (node_cpu_seconds_total)",
      "stddev(rate(node_cpu_seconds_total[30s]))",
      "stdvar by (cpu) (rate(node_cpu_seconds_total[30s]))",
      "quantile(0.9, rate(node_cpu_seconds_total[30s]))",
      "quantile by (cpu) (0.5, node_cpu_seconds_total)",
      "topk(3, {__name__=~\"node_memory_.*_bytes\"})",
      "bottomk(1, {__name__=~\"node_memory_Mem(Total|Free)_bytes\"})",
      // Arithmetic.
      "node_memory_MemTotal_bytes - node_memory_MemFree_bytes",
      "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)",
      "node_memory_MemFree_bytes % 1e6",
      "(node_load1 + 1) ^ 2 / 3",
      "1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[30s]))",
      "-node_load1",
      "-(node_load1 - node_load5) ^ 2",
      "1 / (node_load1 * 0)",
      "(node_load1 - node_load1) / 0",
      // Vector matching.
      "node_cpu_seconds_total{mode=\"user\"} + on (instance, cpu) node_cpu_seconds_total{mode=\"system\"}",
      "node_cpu_seconds_total{mode=\"user\"} - ignoring (mode) node_cpu_seconds_total{mode=\"system\"}",
      "rate(node_cpu_seconds_total[30s]) / ignoring (mode) group_left sum without (mode) (rate(node_cpu_seconds_total[30s]))",
      "up * on (job, instance) group_left (version) go_info",
      "sum by (instance) (rate(node_cpu_seconds_total[30s])) * on (instance) group_right count by (instance, cpu) (node_cpu_seconds_total)",
      // Comparisons.
      "node_cpu_seconds_total > 10",
      "node_cpu_seconds_total > bool 10",
      "node_load1 >= bool node_load5",
      "node_memory_MemFree_bytes < on (instance) node_memory_MemTotal_bytes",
      "rate(node_cpu_seconds_total[30s]) == 0",
      "rate(node_cpu_seconds_total[30s]) != 0",
      "1 < bool 2",
      // Sets.
      "node_load1 or node_load5",
      "up and on (instance) node_load1",
      "node_cpu_seconds_total unless node_cpu_seconds_total{mode=~\"idle|nice\"}",
      "node_load1 or vector(1)",
      // Over time.
      "avg_over_time(node_load1[30s])",
      "min_over_time(node_memory_MemFree_bytes[30s])",
      "max_over_time(node_memory_MemFree_bytes[30s])",
      "sum_over_time(up[1m])",
      "count_over_time(node_cpu_seconds_total[45s])",
      "stddev_over_time(node_load1[1m])",
      "stdvar_over_time(node_load1[1m])",
      "last_over_time(node_load1[30s])",
      "present_over_time(node_load1[30s])",
      "quantile_over_time(0.95, node_load1[45s])",
      // Functions of each value.
      "abs(delta(node_memory_MemFree_bytes[30s]))",
      "sgn(delta(node_memory_MemFree_bytes[30s]))",
      "ceil(node_load1)",
      "floor(node_load15 * 10)",
      "round(node_load5)",
      "round(node_load5, 0.1)",
      "clamp(node_load1, 0.2, 1.5)",
      "clamp_min(node_load1, 0.7)",
      "clamp_max(node_load1, 0.7)",
      "sqrt(node_load1)",
      "sqrt(-node_load1 - 1)",
      "ln(node_memory_MemFree_bytes)",
      "log2(node_memory_MemFree_bytes)",
      "log10(node_load1 * 0)",
      "exp(node_load1)",
      // Histograms and summaries as Prometheus has always had them.
      "sum by (le) (rate(prometheus_http_request_duration_seconds_bucket{handler=\"/metrics\"}[1m]))",
      "rate(prometheus_http_request_duration_seconds_sum{handler=\"/metrics\"}[1m]) / rate(prometheus_http_request_duration_seconds_count{handler=\"/metrics\"}[1m])",
      "prometheus_target_interval_length_seconds{quantile=\"0.99\"}",
      // Absence, time, scalars.
      "absent(no_such_metric{job=\"x\"})",
      "absent(node_load1)",
      "absent_over_time(no_such_metric[1m])",
      "time()",
      "time() - node_boot_time_seconds",
      "node_time_seconds - timestamp(node_time_seconds)",
      "scalar(up{job=\"prometheus\"}) * 2 + pi()",
      "vector(7)",
      // Subqueries: their own instants are whole multiples of the step, so that ranges end between
      // them.
      "max_over_time(rate(node_cpu_seconds_total[30s])[20500ms:5s])",
      "avg_over_time((node_memory_MemFree_bytes / 1e6)[15500ms:1s])",
      "sum_over_time(up[30500ms:5s])",
      "min_over_time(sum by (cpu) (rate(node_cpu_seconds_total[20s]))[20500ms:4s])",
      "quantile_over_time(0.5, node_load1[20500ms:2s])",
      "count_over_time((node_load1 > 0)[20500ms:2s] offset 3s)",
      "rate(sum(node_context_switches_total)[20500ms:1s])",
      "last_over_time(node_load1[20500ms:2s])",
      // Trends.
      "deriv(node_memory_MemFree_bytes[30s])",
      "predict_linear(node_memory_MemAvailable_bytes[30s], 60)",
      "predict_linear(node_time_seconds[30s], time() * 0 + 10)",
      // Fixed times.
      "node_load1 @ start()",
      "node_load1 - node_load1 @ end()",
      "rate(node_cpu_seconds_total{mode=\"user\"}[30s] @ end())",
      "sum(node_load1 @ start()) + time()",
      "node_load1 offset -5s",
      "timestamp(node_load1)",
      "timestamp(node_load1 * 2)",
      "timestamp(node_load1 @ start())",
      // Labels.
      "label_replace(up, \"host\", \"$1\", \"instance\", \"(.*):.*\")",
      "label_replace(node_cpu_seconds_total, \"mode\", \"\", \"mode\", \"nothing\")",
      "label_join(up, \"where\", \"/\", \"job\", \"instance\")",
      "count_values(\"value\", up)",
      "count_values by (job) (\"v\", process_max_fds)",
      "sum by (host) (label_replace(up, \"host\", \"$1\", \"instance\", \"(.*):.*\"))",
      // Histograms.
      "histogram_quantile(0.9, rate(prometheus_http_request_duration_seconds_bucket[1m]))",
      "histogram_quantile(0.5, sum by (le) (prometheus_http_request_duration_seconds_bucket))",
      "histogram_quantile(0, sum by (le, handler) (prometheus_http_response_size_bytes_bucket))",
      "histogram_quantile(1, prometheus_tsdb_compaction_chunk_size_bytes_bucket)",
      // Time and date.
      "minute()",
      "hour(node_time_seconds)",
      "day_of_week(node_boot_time_seconds)",
      "day_of_month(node_boot_time_seconds)",
      "day_of_year(node_boot_time_seconds)",
      "days_in_month(node_boot_time_seconds)",
      "month(node_boot_time_seconds)",
      "year(node_boot_time_seconds)",
      // Trigonometry.
      "sin(node_load1)",
      "cos(node_load1)",
      "tan(node_load1)",
      "asin(node_load1 / 100)",
      "acos(node_load1 / 100)",
      "atan(node_load1)",
      "sinh(node_load1)",
      "cosh(node_load1)",
      "tanh(node_load1)",
      "asinh(node_load1)",
      "acosh(node_load1 + 1)",
      "atanh(node_load1 / 1000)",
      "deg(node_load1)",
      "rad(node_load1)",
      "node_load1 atan2 on (instance) node_load5",
      // Parameters that change with time.
      "clamp_max(node_load1, scalar(node_load5))",
      "quantile(scalar(node_load1) / 1000, node_cpu_seconds_total)",
      "quantile_over_time(scalar(node_load1) / 1000, node_load5[30s])",
      "sort_desc(node_load1)",
      "absent(sum(no_such_metric))");

  @TempDir
  Path directory;

  @Test
  void answersEveryExpressionAsPrometheusDoes() throws Exception {
    Programs.require("PrometheusEqualityIT", "prometheus", "prometheus-node-exporter");
    assertThat(SECONDS).as("it.prometheus.seconds").isGreaterThanOrEqualTo(SECONDS_MIN);
    int prometheusPort = LoopbackPorts.free();
    int exporterPort = LoopbackPorts.free();
    var prometheus = new Http(prometheusPort);
    try (var chronicle = new ServerProcess(directory)) {
      chronicle.start();
      try (var exporters = new Exporters(exporterPort);
          var scraping = startPrometheus(prometheusPort, exporterPort, chronicle.port())) {
        Await.until("Prometheus answers", START_LIMIT, () -> {
          if (!scraping.isAlive()) {
            throw new AssertionError("Prometheus has ended" + scraping.outputTail());
          }
          return prometheus.answers("/-/ready");
        });
        Await.until("both targets are scraped", START_LIMIT, () -> upSum(prometheus) == 2);
        long begin = System.currentTimeMillis();
        until(begin, SECONDS * 0.32);
        killAndRestart(chronicle);
        until(begin, SECONDS * 0.64);
        killAndRestart(chronicle);
        // A target that is away for a moment leaves stale markers.
        until(begin, SECONDS * 0.84);
        exporters.stop();
        until(begin, SECONDS * 0.88);
        exporters.start();
        until(begin, SECONDS);
        compare(begin, prometheus, chronicle.http());
      }
      chronicle.stop();
    }
  }

  private void compare(long begin, Http prometheus, Http chronicle) throws Exception {
    long first = begin / 1000 + REMOTE_WRITE_START_SECONDS;
    // Two seconds back, so that no scrape before the end is under way any more.
    long end = System.currentTimeMillis() / 1000 - 2;
    Map<String, String> raw =
        Map.of("query", EVERYTHING + "[" + (end - first) + "s]", "time", String.valueOf(end));
    var expected = new PrometheusMatrix(prometheus.prometheus("/api/v1/query", raw));
    Await.until(
        "Chronicle has the " + expected.valueCount() + " samples that Prometheus has",
        CATCH_UP_LIMIT,
        Duration.ofMillis(500),
        () -> new PrometheusMatrix(chronicle.prometheus("/api/v1/query", raw)).valueCount()
            >= expected.valueCount());
    var stored = new PrometheusMatrix(chronicle.prometheus("/api/v1/query", raw));
    assertThat(stored.differenceTo(expected, 0, new Largest()))
        .as("samples from %d to %d", first, end)
        .isEmpty();

    int phase = phase(expected);
    double firstInstant = begin / 1000 + WARM_UP_SECONDS + phase / 1000.0;
    double lastInstant = end - 1 + phase / 1000.0;
    var failures = new ArrayList<String>();
    var largest = new Largest();
    long series = 0;
    long values = 0;
    for (String expression : EXPRESSIONS) {
      for (String step : List.of("1", "7")) {
        Map<String, String> range = Map.of(
            "query",
            expression,
            "start",
            String.format(Locale.ROOT, "%.3f", firstInstant),
            "end",
            String.format(Locale.ROOT, "%.3f", lastInstant),
            "step",
            step);
        try {
          var reference = new PrometheusMatrix(prometheus.prometheus("/api/v1/query_range", range));
          // Long steps may miss what is there for a moment only.
          assertThat(step.equals("1") && reference.seriesCount() == 0)
              .as("nothing to compare")
              .isFalse();
          assertThat(new PrometheusMatrix(chronicle.prometheus("/api/v1/query_range", range))
                  .differenceTo(reference, TOLERANCE, largest))
              .isEmpty();
          series += reference.seriesCount();
          values += reference.valueCount();
        } catch (AssertionError e) {
          failures.add(expression + ", step " + step + ": " + e.getMessage());
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "prometheus equality: %d expressions at 2 steps, %d series, %d values, max relative difference %.2g;"
            + " %d raw samples of %d series identical; 2 kills, %.0f samples retried, %.0f given up;"
            + " nearest scrape %d ms from an instant%n",
        EXPRESSIONS.size(),
        series,
        values,
        largest.value(),
        expected.valueCount(),
        expected.seriesCount(),
        total(prometheus, "prometheus_remote_storage_samples_retried_total"),
        total(prometheus, "prometheus_remote_storage_samples_failed_total"),
        distance(expected, phase));
    assertThat(failures).as("expressions that differ").isEmpty();
  }

  /** The millisecond of the second that is farthest from all scrapes. */
  private static int phase(PrometheusMatrix samples) {
    int best = 0;
    for (int phase = 1; phase < 1000; phase++) {
      if (distance(samples, phase) > distance(samples, best)) {
        best = phase;
      }
    }
    assertThat(distance(samples, best))
        .as("milliseconds between instants and scrapes")
        .isGreaterThanOrEqualTo(DISTANCE_MIN);
    return best;
  }

  /** Milliseconds between a phase of the second and the nearest scrape. */
  private static int distance(PrometheusMatrix samples, int phase) {
    int nearest = 1000;
    for (var series : samples.series().entrySet()) {
      // One series of each target has all of its scrapes.
      if (series.getKey().contains("__name__=up,")) {
        for (long timestamp : series.getValue().timestamps()) {
          int apart = Math.floorMod(timestamp - phase, 1000);
          nearest = Math.min(nearest, Math.min(apart, 1000 - apart));
        }
      }
    }
    return nearest;
  }

  private static void killAndRestart(ServerProcess chronicle) throws Exception {
    chronicle.kill();
    chronicle.start();
  }

  private static void until(long begin, double seconds) {
    Await.pause(Duration.ofMillis(
        Math.max(0, begin + (long) (seconds * 1000) - System.currentTimeMillis())));
  }

  private static double upSum(Http prometheus) throws Exception {
    return total(prometheus, "up");
  }

  private static double total(Http prometheus, String metric) throws Exception {
    JsonNode result =
        prometheus.prometheus("/api/v1/query", Map.of("query", "sum(" + metric + ")"));
    return result.at("/result/0/value/1").asDouble(0);
  }

  private ChildProcess startPrometheus(int port, int exporterPort, int chroniclePort)
      throws Exception {
    Path configuration = directory.resolve("prometheus.yml");
    Files.writeString(configuration, """
        global:
          scrape_interval: 1s
          scrape_timeout: 900ms
        scrape_configs:
          - job_name: prometheus
            static_configs: [{targets: ['127.0.0.1:%d']}]
          - job_name: node
            static_configs: [{targets: ['127.0.0.1:%d']}]
        remote_write:
          - url: http://127.0.0.1:%d/api/v1/write
            remote_timeout: 10s
            queue_config:
              max_shards: 4
              batch_send_deadline: 1s
              min_backoff: 30ms
              max_backoff: 500ms
        """.formatted(port, exporterPort, chroniclePort));
    return ChildProcess.start(
        "prometheus",
        directory.resolve("prometheus.log"),
        List.of(
            "prometheus",
            "--config.file=" + configuration,
            "--storage.tsdb.path=" + directory.resolve("prometheus"),
            "--web.listen-address=127.0.0.1:" + port));
  }

  /** One node exporter at a time, on the same port. */
  private final class Exporters implements AutoCloseable {

    private final int port;
    private ChildProcess running;

    Exporters(int port) throws Exception {
      this.port = port;
      start();
    }

    /** With collectors whose series are there on any Linux, and stay. */
    void start() throws Exception {
      running = ChildProcess.start(
          "node exporter",
          directory.resolve("node-exporter.log"),
          List.of(
              "prometheus-node-exporter",
              "--web.listen-address=127.0.0.1:" + port,
              "--collector.disable-defaults",
              "--collector.cpu",
              "--collector.loadavg",
              "--collector.meminfo",
              "--collector.stat",
              "--collector.time"));
    }

    void stop() throws Exception {
      running.stop(START_LIMIT);
    }

    @Override
    public void close() {
      running.close();
    }
  }
}
