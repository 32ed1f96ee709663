package io.chronicledb.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times PromQL range queries over HTTP, of Chronicle beside Prometheus and VictoriaMetrics: the same data in each by remote write, the queries
 * in turn, one at a time.
 *
 * <p>{@code --chronicle} (the server's jar) {@code --prometheus --victoria-metrics} (binaries; {@code none} leaves one out) {@code --series} (of
 * each metric) {@code --hours --runs --queries} (those whose name contains it) {@code --directory}; {@code --keep true} keeps the databases there,
 * for the next run to find
 */
public final class PromQlSideBySide {

  private static final long STEP_SECONDS = 60;
  private static final int WARMING = 4;
  /** Tells that a directory's servers hold all of the data. */
  private static final String LOADED = "loaded";

  private record Query(String name, String text) {}

  private static final List<Query> QUERIES = List.of(
      new Query("rate", "rate(requests_total[5m])"),
      new Query("sum by (rate)", "sum by (cluster) (rate(requests_total[5m]))"),
      new Query("avg_over_time", "avg_over_time(temperature[5m])"),
      new Query("quantile_over_time", "quantile_over_time(0.9, temperature[5m])"),
      new Query("max_over_time", "max_over_time(temperature[5m])"),
      new Query("topk", "topk(5, rate(requests_total[5m]))"),
      new Query(
          "histogram_quantile", "histogram_quantile(0.9, sum by (le) (rate(latency_bucket[5m])))"),
      new Query("binary join", "rate(requests_total[5m]) / on (cluster, instance) temperature"),
      new Query(
          "repeated",
          "rate(requests_total[5m]) / (rate(requests_total[5m]) + rate(requests_total[5m]))"),
      new Query("selector", "temperature"));

  private PromQlSideBySide() {}

  public static void main(String[] args) throws IOException {
    var arguments = new Arguments(args);
    int series = (int) arguments.number("series", 1000, 100);
    int hours = (int) arguments.number("hours", 24, 1);
    int runs = (int) arguments.number("runs", 9, 2);
    boolean keep = Boolean.parseBoolean(arguments.text("keep", "false"));
    String only = arguments.text("queries", "");
    String[] programs = {
      arguments.text("chronicle", "chronicle-app/target/chronicle.jar"),
      arguments.text("prometheus", "prometheus"),
      arguments.text("victoria-metrics", "victoria-metrics")
    };
    String parent = arguments.text("directory", System.getProperty("java.io.tmpdir"));
    arguments.rejectOthers();
    if (keep) {
      run(programs, Path.of(parent), series, hours, runs, only);
      return;
    }
    try (var scratch = new ScratchDirectory(Path.of(parent))) {
      run(programs, scratch.path(), series, hours, runs, only);
    }
  }

  private static void run(
      String[] programs, Path directory, int series, int hours, int runs, String only)
      throws IOException {
    var servers = new ArrayList<PromQlServer>();
    try {
      for (PromQlServer.Kind kind : PromQlServer.Kind.values()) {
        String program = programs[kind.ordinal()];
        if (!program.equals("none")) {
          Path place = directory.resolve(kind.label());
          var server = new PromQlServer(kind, program, place);
          servers.add(server);
          if (!Files.exists(place.resolve(LOADED))) {
            load(server, series, hours);
            Files.createFile(place.resolve(LOADED));
          }
        }
      }
      compare(servers, hours, runs, only);
    } finally {
      servers.forEach(PromQlServer::close);
    }
  }

  private static void load(PromQlServer server, int series, int hours) throws IOException {
    long nanos = System.nanoTime();
    new PromQlData(series).requests(hours, server::write);
    server.settle();
    String count = "sum(count_over_time(%s[" + hours + "h]))";
    System.out.printf(
        Locale.ROOT,
        "%s holds %s samples after %.0f s%n",
        server.kind().label(),
        server.value(
            String.join(
                " + ",
                count.formatted("requests_total"),
                count.formatted("temperature"),
                count.formatted("latency_bucket")),
            PromQlData.START_SECONDS + hours * 3600L - 1),
        (System.nanoTime() - nanos) / 1e9);
  }

  private static void compare(List<PromQlServer> servers, int hours, int runs, String only)
      throws IOException {
    List<Query> queries =
        QUERIES.stream().filter(query -> query.name().contains(only)).toList();
    long end = PromQlData.START_SECONDS + hours * 3600L;
    var answers = new PromQlServer.Answer[queries.size()][servers.size()][Math.max(1, runs)];
    for (int run = -WARMING; run < runs; run++) {
      for (int q = 0; q < queries.size(); q++) {
        for (int s = 0; s < servers.size(); s++) {
          var answer = servers
              .get(s)
              .ask(queries.get(q).text(), PromQlData.START_SECONDS, end, STEP_SECONDS);
          answers[q][s][Math.max(0, run)] = answer;
        }
      }
    }
    var header = new ArrayList<String>(List.of("query"));
    for (PromQlServer server : servers) {
      header.add(server.kind().label() + " ms");
      header.add("CPU ms");
      header.add("MB");
    }
    header.add("ratio");
    header.add("CPU ratio");
    var report = new Report(header.toArray(String[]::new));
    for (int q = 0; q < queries.size(); q++) {
      report.row(row(queries.get(q).name(), answers[q]));
    }
    report.print();
  }

  /** The last two: the fastest peer's time over Chronicle's, and the same of CPU time. */
  private static Object[] row(String name, PromQlServer.Answer[][] answers) {
    var cells = new ArrayList<Object>(List.of(name));
    double first = 0;
    double firstCpu = 0;
    double peer = Double.POSITIVE_INFINITY;
    double peerCpu = Double.POSITIVE_INFINITY;
    for (int s = 0; s < answers.length; s++) {
      double millis = median(
          Arrays.stream(answers[s]).mapToDouble(PromQlServer.Answer::millis).toArray());
      double cpu = Arrays.stream(answers[s])
          .mapToDouble(PromQlServer.Answer::cpuMillis)
          .average()
          .orElse(0);
      cells.add(millis);
      cells.add(cpu);
      cells.add(answers[s][0].bytes() / 1e6);
      if (s == 0) {
        first = millis;
        firstCpu = cpu;
      } else {
        peer = Math.min(peer, millis);
        peerCpu = Math.min(peerCpu, cpu);
      }
    }
    cells.add(peer / first);
    cells.add(peerCpu / firstCpu);
    return cells.toArray();
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
