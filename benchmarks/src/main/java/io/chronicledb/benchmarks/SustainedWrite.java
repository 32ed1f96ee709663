package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.DatabaseStatistics;
import io.chronicledb.engine.wal.SyncMode;
import java.util.Locale;
import java.util.Map;

/**
 * Writes very many points to warm series, then lets flushes and compaction catch up, and prints rates, CPU time by thread, and sizes.
 *
 * <p>{@code --points --series --samples} (in a row of one series) {@code --batch --memory} (MiB) {@code --sync interval|sync|relaxed
 * --directory}
 */
public final class SustainedWrite {

  private SustainedWrite() {}

  public static void main(String[] args) {
    var arguments = new Arguments(args);
    long points = arguments.number("points", 100_000_000, 1_000_000);
    int series = (int) arguments.number("series", 1000, 1000);
    int samples = (int) arguments.number("samples", 10, 10);
    int batchPoints = (int) arguments.number("batch", 10_000, 10_000);
    long memory = arguments.number(
            "memory", SeriesFeed.memoryBytes(series) >> 20, SeriesFeed.memoryBytes(series) >> 20)
        << 20;
    SyncMode sync = SyncMode.valueOf(arguments.text("sync", "interval").toUpperCase(Locale.ROOT));
    var defaults = ChronicleOptions.defaults();
    var options = defaults.withMemoryBytes(memory).withWal(defaults.wal().withSync(sync));
    try (var scratch = ScratchDirectory.of(arguments)) {
      arguments.rejectOthers();
      System.out.printf(
          Locale.ROOT,
          "%,d points, %,d series, %d samples in a row, batches of %,d, memory %d MB, sync %s%n%n",
          points,
          series,
          samples,
          batchPoints,
          memory >> 20,
          sync);
      try (var database = ChronicleDatabase.open(scratch.database(), options)) {
        run(database, new SeriesFeed(series, samples), points, batchPoints, series);
        var settled = ScratchDirectory.allocatedBytes(scratch.database());
        System.out.printf(
            Locale.ROOT,
            "data file %,d bytes, %.3f per point%n",
            settled,
            settled / (double) points);
      }
    }
  }

  private static void run(
      ChronicleDatabase database, SeriesFeed feed, long points, int batchPoints, int series) {
    var writing = new Writing(database, batchPoints);
    // The series are to be warm: known before the clock starts.
    for (long known = 0; known < series; known += batchPoints) {
      feed.fill(writing.batch(), Math.min(batchPoints, series));
      writing.write();
    }
    long before = writing.points();

    var report = new Report(
        "phase",
        "seconds",
        "CPU s",
        "GC s",
        "M points/s",
        "CPU s/M points",
        "blocks",
        "file MB",
        "log MB");
    Map<String, Double> threadsBefore = ProcessFigures.threadCpuSeconds();
    double cpuBefore = ProcessFigures.cpuSeconds();
    var phase = new Phase(database, report);
    while (writing.points() - before < points) {
      feed.fill(writing.batch(), batchPoints);
      writing.write();
    }
    long written = writing.points() - before;
    phase.end("write", written);
    database.flush();
    phase.end("flush", written);
    database.compact();
    phase.end("compact", written);
    phase.total("all", written);
    double cpu = ProcessFigures.cpuSeconds() - cpuBefore;
    Map<String, Double> threads = ProcessFigures.threadCpuSeconds();
    report.print();

    var byThread = new Report("thread", "CPU s", "share");
    double named = 0;
    for (Map.Entry<String, Double> thread : threads.entrySet()) {
      double used = thread.getValue() - threadsBefore.getOrDefault(thread.getKey(), 0.0);
      if (used >= 0.005) {
        named += used;
        byThread.row(thread.getKey(), used, percent(used / cpu));
      }
    }
    byThread.row("(collector, compiler)", cpu - named, percent((cpu - named) / cpu));
    byThread.print();
    System.out.println("batches refused and tried again: " + writing.refusals());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }

  /** The stretch of work since the one before. */
  private static final class Phase {
    private final ChronicleDatabase database;
    private final Report report;
    private final long firstNanos = System.nanoTime();
    private final double firstCpu = ProcessFigures.cpuSeconds();
    private final double firstCollection = ProcessFigures.collectionSeconds();
    private long nanos = firstNanos;
    private double cpu = firstCpu;
    private double collection = firstCollection;

    Phase(ChronicleDatabase database, Report report) {
      this.database = database;
      this.report = report;
    }

    void end(String name, long points) {
      row(name, points, nanos, cpu, collection);
      nanos = System.nanoTime();
      cpu = ProcessFigures.cpuSeconds();
      collection = ProcessFigures.collectionSeconds();
    }

    void total(String name, long points) {
      row(name, points, firstNanos, firstCpu, firstCollection);
    }

    private void row(
        String name, long points, long sinceNanos, double sinceCpu, double sinceCollection) {
      double seconds = (System.nanoTime() - sinceNanos) / 1e9;
      double used = ProcessFigures.cpuSeconds() - sinceCpu;
      DatabaseStatistics now = database.statistics();
      report.row(
          name,
          seconds,
          used,
          ProcessFigures.collectionSeconds() - sinceCollection,
          points / seconds / 1e6,
          used / points * 1e6,
          now.blocks(),
          now.storageBytes() / 1e6,
          now.walBytes() / 1e6);
    }
  }
}
