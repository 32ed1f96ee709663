package io.chronicledb.benchmarks;

import static io.chronicledb.benchmarks.ChildJvm.say;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.Tags;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Memory, each in a JVM of its own with a small heap: of an empty database; with many live series of which some are replaced again and
 * again; with a million series; and with more series than the index may hold.
 *
 * <p>{@code --points --series} (live) {@code --churn} (per mille replaced with each sample of all) {@code --million} (series of the third)
 * {@code --directory}
 */
public final class MemoryUnderChurn {

  private static final int BATCH = 10_000;
  private static final int SAMPLES = 20;
  /** After settling, as many times the memory is looked at again, a million points in between. */
  private static final int LOOKS = 5;
  /** A JVM that does nothing but collect garbage any more is ended. */
  private static final int LIMIT_SECONDS = 600;

  private MemoryUnderChurn() {}

  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("child")) {
      child(
          args[1],
          Path.of(args[2]),
          Long.parseLong(args[3]),
          Integer.parseInt(args[4]),
          Integer.parseInt(args[5]),
          Long.parseLong(args[6]) << 20);
      return;
    }
    var arguments = new Arguments(args);
    long points = arguments.number("points", 20_000_000, 200_000);
    int series = (int) arguments.number("series", 100_000, 5_000);
    int churn = (int) arguments.number("churn", 15, 15);
    int million = (int) arguments.number("million", 1_000_000, 20_000);
    try (var scratch = ScratchDirectory.of(arguments)) {
      arguments.rejectOthers();
      var report = new Report(
          "run",
          "heap",
          "budget MB",
          "series",
          "M points",
          "M points/s",
          "refusals",
          "heap MB after GC at most",
          "RSS MB at most",
          "heap MB settled",
          "after 1 M points each",
          "index MB",
          "ends with");
      run(report, scratch, "empty", "256m", 0, 0, 0, 64);
      run(report, scratch, "churn", "256m", points, series, churn, 64);
      run(report, scratch, "many", "512m", (long) million * SAMPLES, million, 0, 256);
      run(report, scratch, "over", "512m", (long) million * 2, million, 0, 8);
      report.print();
    }
  }

  private static void run(
      Report report,
      ScratchDirectory scratch,
      String name,
      String heap,
      long points,
      int series,
      int churn,
      int budget) {
    Map<String, String> said = ChildJvm.run(
        LIMIT_SECONDS,
        List.of("-Xmx" + heap),
        MemoryUnderChurn.class,
        "child",
        name,
        scratch.path().resolve(name + ".db"),
        points,
        series,
        churn,
        budget);
    report.row(
        name,
        heap,
        budget,
        said.getOrDefault("series", ""),
        said.getOrDefault("points", ""),
        said.getOrDefault("rate", ""),
        said.getOrDefault("refusals", ""),
        said.getOrDefault("heapMost", ""),
        said.getOrDefault("rssMost", ""),
        said.getOrDefault("settled", ""),
        said.getOrDefault("later", ""),
        said.getOrDefault("index", ""),
        said.getOrDefault("error", said.containsKey("exit") ? "exit " + said.get("exit") : "ok"));
  }

  private static void child(
      String name, Path file, long points, int series, int churn, long memory) {
    var heapMost = ProcessFigures.watchHeapAfterCollections();
    var options = ChronicleOptions.defaults().withMemoryBytes(memory);
    try (var database = ChronicleDatabase.open(file, options)) {
      long empty = database.statistics().memoryBytes();
      if (points == 0) {
        say("heapMost", megabytes(ProcessFigures.liveHeapBytes()));
        say("rssMost", megabytes(ProcessFigures.status("VmHWM")));
        return;
      }
      var writing = new Writing(database, BATCH);
      var load = new Load(series, churn);
      try {
        long start = System.nanoTime();
        load.write(writing, points);
        double seconds = (System.nanoTime() - start) / 1e9;
        say("rate", round(writing.points() / seconds / 1e6));
        database.compact();
        say("settled", megabytes(ProcessFigures.liveHeapBytes()));
        say("index", megabytes(database.statistics().memoryBytes() - empty));
        var later = new StringBuilder();
        load.churn = 0;
        for (int i = 0; i < LOOKS; i++) {
          load.write(writing, Math.min(points / 10, 1_000_000));
          database.compact();
          later.append(i == 0 ? "" : " ").append(megabytes(ProcessFigures.liveHeapBytes()));
        }
        say("later", later);
      } catch (ChronicleException e) {
        say("error", e.code().wireName());
        System.out.println(name + " ends with: " + e.getMessage());
        say("index", megabytes(database.statistics().memoryBytes() - empty));
      }
      say("series", database.statistics().series());
      say("points", round(writing.points() / 1e6));
      say("refusals", writing.refusals());
      say("heapMost", megabytes(heapMost.get()));
      say("rssMost", megabytes(ProcessFigures.status("VmHWM")));
    } catch (OutOfMemoryError e) {
      say("error", name + ": " + e);
      throw e;
    }
  }

  /** Some series that live at the same time; with each sample of all, some end and others take their places. */
  private static final class Load {
    private final int[] numbers;
    private int churn;
    private int next;
    private int nextReplaced;
    private int at;
    private long step;

    Load(int series, int churn) {
      this.numbers = new int[series];
      this.churn = churn;
      for (int i = 0; i < series; i++) {
        numbers[i] = next++;
      }
    }

    void write(Writing writing, long points) {
      for (long i = 0; i < points; i++) {
        int number = numbers[at];
        var tags = Tags.of(
            "pod",
            "api-" + Integer.toHexString(number * 0x9E3779B9),
            "node",
            "node-" + number % 100);
        long time = SeriesFeed.START_NANOS + step * SeriesFeed.STEP_NANOS;
        writing.batch().add("requests_total", tags, time, number % 100 + step);
        writing.writeIfFull();
        if (++at == numbers.length) {
          at = 0;
          step++;
          for (int n = numbers.length * churn / 1000; n > 0; n--) {
            numbers[nextReplaced] = next++;
            nextReplaced = (nextReplaced + 1) % numbers.length;
          }
        }
      }
      if (!writing.batch().isEmpty()) {
        writing.write();
      }
    }
  }

  private static String megabytes(long bytes) {
    return round(bytes / 1e6);
  }

  private static String round(double number) {
    return "" + Math.round(number * 10) / 10.0;
  }
}
