package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.DatabaseFiles;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.query.QueryPlanner;
import io.chronicledb.engine.storage.file.FileDisk;
import io.chronicledb.engine.wal.WriteAheadLog;
import java.util.Locale;

/**
 * Writes, flushes, compacts and drops the oldest points, round after round, with the same number of points live all the time: a week of one
 * sample every 5 min. Ends with 1 where the data file was ever larger than 1.5 times the blocks that count.
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
    System.out.printf(Locale.ROOT, "most: %.2f times the live bytes%n", worst);
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
    double worst = 0;
    var report = new Report(
        "round",
        "live points",
        "file bytes",
        "live bytes",
        "ratio",
        "free bytes",
        "log bytes",
        "blocks");
    var options = ChronicleOptions.defaults();
    DatabaseFiles files = DatabaseFiles.of(scratch.database());
    var disk = new FileDisk();
    var backend = DataFileBackend.open(disk, files.data(), files.dataLock(), options.clock());
    var wal = WriteAheadLog.open(disk, files.wal(), options.wal());
    try (var database = ChronicleDatabase.open(backend, wal, QueryPlanner.standard(), options)) {
      var feed = new SeriesFeed(series, 1, STEP_NANOS);
      var writing = new Writing(database, roundPoints);
      long roundNanos = (long) roundPoints / series * STEP_NANOS;
      for (int round = 1; round <= rounds; round++) {
        feed.fill(writing.batch(), roundPoints);
        writing.write();
        database.flush();
        database.compact();
        database.dropBefore(feed.nextNanos() - LIVE_ROUNDS * roundNanos);
        if (round >= LIVE_ROUNDS) {
          long bytes = ScratchDirectory.allocatedBytes(scratch.database());
          double ratio = bytes / (double) backend.liveBytes();
          worst = Math.max(worst, ratio);
          if (round % 20 == 0) {
            var now = database.statistics();
            report.row(
                round,
                now.storedSamples(),
                bytes,
                backend.liveBytes(),
                ratio,
                backend.freeBytes(),
                now.walBytes(),
                now.blocks());
          }
        }
      }
    }
    report.print();
    return worst;
  }
}
