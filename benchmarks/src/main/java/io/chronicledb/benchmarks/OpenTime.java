package io.chronicledb.benchmarks;

import static io.chronicledb.benchmarks.ChildJvm.say;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * How long {@link ChronicleDatabase#open} takes for a large database: after a clean close, and after a kill with as much of the log not
 * flushed as there can be. Each time in a fresh JVM, whose first open includes the loading of classes, and once more in the same JVM. Files
 * are in the page cache, and the application's logging is set up before.
 *
 * <p>{@code --megabytes} or {@code --points}, whichever is reached first; {@code --series --log} (MiB not flushed at the kill)
 * {@code --runs --directory}
 */
public final class OpenTime {

  private static final int BATCH = 10_000;
  private static final int SAMPLES = 10;
  private static final int BUILD_SECONDS = 3600;
  private static final int OPEN_SECONDS = 300;

  private OpenTime() {}

  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("build")) {
      build(
          Path.of(args[1]),
          Long.parseLong(args[2]),
          Long.parseLong(args[3]),
          Integer.parseInt(args[4]));
    } else if (args.length > 0 && args[0].equals("fill")) {
      fillLog(Path.of(args[1]), Long.parseLong(args[2]), Integer.parseInt(args[3]));
    } else if (args.length > 0 && args[0].equals("open")) {
      open(Path.of(args[1]));
    } else {
      measure(new Arguments(args));
    }
  }

  private static void measure(Arguments arguments) {
    long bytes = arguments.number("megabytes", 1000, 10) * 1_000_000;
    long points = arguments.number("points", 500_000_000, 2_000_000);
    int series = (int) arguments.number("series", 100_000, 2_000);
    long log = arguments.number("log", 3 * 128 - 16, 16) << 20;
    int runs = (int) arguments.number("runs", 5, 2);
    try (var scratch = ScratchDirectory.of(arguments)) {
      arguments.rejectOthers();
      var report = new Report(
          "database",
          "file MB",
          "log MB",
          "M points",
          "series",
          "replayed M points",
          "open ms, median",
          "open ms, each",
          "of it CPU ms, median",
          "again in the same JVM ms, median");
      Path clean = scratch.path().resolve("clean");
      clean.toFile().mkdirs();
      var built = ChildJvm.run(
          BUILD_SECONDS,
          List.of("-Xmx3g"),
          OpenTime.class,
          "build",
          clean.resolve("bench.db"),
          bytes,
          points,
          series);
      opened(report, scratch, "closed", clean, runs);

      try (var child = new ChildJvm(
          List.of("-Xmx4g"), OpenTime.class, "fill", clean.resolve("bench.db"), log, series)) {
        Map<String, String> filled = child.figuresUpTo("filled");
        if (!filled.containsKey("filled") || !built.containsKey("built")) {
          throw new IllegalStateException("a child failed: " + built + filled);
        }
      }
      opened(report, scratch, "killed", clean, runs);
      report.print();
    }
  }

  /** Opens copies, since opening a killed database and closing it leaves it clean. */
  private static void opened(
      Report report, ScratchDirectory scratch, String name, Path database, int runs) {
    var first = new ArrayList<Double>();
    var cpu = new ArrayList<Double>();
    var again = new ArrayList<Double>();
    Map<String, String> said = Map.of();
    for (int run = 0; run < runs; run++) {
      Path copy = scratch.copy(database, name + run);
      said = ChildJvm.run(
          OPEN_SECONDS, List.of("-Xmx1g"), OpenTime.class, "open", copy.resolve("bench.db"));
      if (!said.containsKey("again")) {
        throw new IllegalStateException("open failed: " + said);
      }
      first.add(Double.parseDouble(said.get("first")));
      cpu.add(Double.parseDouble(said.get("cpu")));
      again.add(Double.parseDouble(said.get("again")));
      ScratchDirectory.delete(copy);
    }
    report.row(
        name,
        Double.parseDouble(said.get("file")) / 1e6,
        Double.parseDouble(said.get("log")) / 1e6,
        Double.parseDouble(said.get("points")) / 1e6,
        said.get("series"),
        Double.parseDouble(said.get("replayed")) / 1e6,
        median(first),
        first.stream().map(Math::round).toList(),
        median(cpu),
        median(again));
  }

  private static double median(List<Double> values) {
    var sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private static void build(Path file, long bytes, long points, int series) {
    var options = ChronicleOptions.defaults().withMemoryBytes(1L << 30);
    try (var database = ChronicleDatabase.open(file, options)) {
      var feed = new SeriesFeed(series, SAMPLES);
      var writing = new Writing(database, BATCH);
      while (writing.points() < points && ScratchDirectory.length(file) < bytes) {
        feed.fill(writing.batch(), BATCH);
        writing.write();
      }
    }
    say("built", 1);
  }

  /** Lets the log grow, with memory enough that none of it is flushed, and waits to be killed. */
  private static void fillLog(Path file, long bytes, int series) {
    var options =
        ChronicleOptions.defaults().withMemoryBytes(6L << 30).withFlushInterval(Duration.ofDays(1));
    var database = ChronicleDatabase.open(file, options);
    var feed = new SeriesFeed(series, SAMPLES);
    var writing = new Writing(database, BATCH);
    long before = database.statistics().walBytes();
    while (database.statistics().walBytes() - before < bytes) {
      feed.fill(writing.batch(), BATCH);
      writing.write();
    }
    say("filled", writing.points());
    while (true) {
      try {
        Thread.sleep(1000);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void open(Path file) {
    LoggerFactory.getLogger(OpenTime.class).debug("opening {}", file);
    for (int i = 0; i < 2; i++) {
      double cpuBefore = ProcessFigures.currentThreadCpuSeconds();
      long start = System.nanoTime();
      try (var database = ChronicleDatabase.open(file)) {
        double cpu = (ProcessFigures.currentThreadCpuSeconds() - cpuBefore) * 1e3;
        double millis = (System.nanoTime() - start) / 1e6;
        if (i == 1) {
          say("again", millis);
          break;
        }
        var now = database.statistics();
        say("first", millis);
        say("cpu", cpu);
        say("file", now.storageBytes());
        say("log", now.walBytes());
        say("points", now.storedSamples() + now.headSamples());
        say("series", now.series());
        say("replayed", database.recovery().replayedPoints());
      }
    }
  }
}
