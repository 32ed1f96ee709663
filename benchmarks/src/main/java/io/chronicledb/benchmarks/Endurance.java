package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes, flushes, compacts and drops the oldest points, round after round, with the same number of points live all the time: a week of one
 * sample every 5 min. The data file is held against that of a fresh database with just the live points. Ends with 1 where it was ever larger than 1.5 times that.
 *
 * <p>{@code --rounds --live} (points) {@code --series --directory}
 */
public final class Endurance {

  private static final double RATIO_MAX = 1.5;
  /** The live points are those of so many rounds. */
  private static final int LIVE_ROUNDS = 20;
  /** So that the live points are of a week. */
  private static final long STEP_NANOS = 300_000_000_000L;

  private Endurance() {}

  public static void main(String[] args) {
    double worst = worstRatio(args);
    System.out.printf(Locale.ROOT, "most: %.2f times a fresh file%n", worst);
    if (worst > RATIO_MAX) {
      System.exit(1);
    }
  }

  static double worstRatio(String... args) {
    var arguments = new Arguments(args);
    int rounds = (int) arguments.number("rounds", 200, 40);
    int series = (int) arguments.number("series", 1000, 100);
    int live = (int) arguments.number("live", 2_000_000, 100_000);
    try (var scratch = ScratchDirectory.of(arguments)) {
      arguments.rejectOthers();
      return run(scratch, rounds, series, live);
    }
  }

  private static double run(ScratchDirectory scratch, int rounds, int series, int live) {
    int roundPoints = live / LIVE_ROUNDS;
    long freshBytes = 0;
    double worst = 0;
    var report = new Report(
        "round", "live points", "file bytes", "fresh file bytes", "ratio", "log bytes", "blocks");
    try (var database = ChronicleDatabase.open(scratch.database())) {
      var feed = new SeriesFeed(series, 1, STEP_NANOS);
      var writing = new Writing(database, roundPoints);
      long roundNanos = (long) roundPoints / series * STEP_NANOS;
      for (int round = 1; round <= rounds; round++) {
        feed.fill(writing.batch(), roundPoints);
        writing.write();
        database.flush();
        database.compact();
        database.dropBefore(feed.nextNanos() - LIVE_ROUNDS * roundNanos);
        if (round == LIVE_ROUNDS) {
          freshBytes = freshBytes(scratch.path().resolve("fresh.db"), series, live);
        }
        if (round >= LIVE_ROUNDS) {
          long bytes = ScratchDirectory.allocatedBytes(scratch.database());
          double ratio = bytes / (double) freshBytes;
          worst = Math.max(worst, ratio);
          if (round % 20 == 0) {
            var now = database.statistics();
            report.row(
                round, now.storedSamples(), bytes, freshBytes, ratio, now.walBytes(), now.blocks());
          }
        }
      }
    }
    report.print();
    return worst;
  }

  /** The size of a database that never held anything but the live points. */
  private static long freshBytes(Path file, int series, int live) {
    try (var database = ChronicleDatabase.open(file)) {
      var writing = new Writing(database, live / LIVE_ROUNDS);
      var feed = new SeriesFeed(series, 1, STEP_NANOS);
      for (int i = 0; i < LIVE_ROUNDS; i++) {
        feed.fill(writing.batch(), live / LIVE_ROUNDS);
        writing.write();
      }
      database.compact();
    }
    return ScratchDirectory.allocatedBytes(file);
  }
}
