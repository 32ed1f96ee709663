package io.chronicledb.engine.recovery;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.integrity.IntegrityReport;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.storage.FaultyDisk.Keep;
import io.chronicledb.engine.storage.FaultyDisk.Sabotage;
import io.chronicledb.engine.wal.SyncMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Crashes of a {@link Workload}, judged by its {@link Ledger}. A crash does not end the workload: at a call of the disk the disk is forked,
 * the fork crashes, and what opens there is judged, while the original goes on to its next call. So one life gives hundreds of crash points.
 * {@link #live} on the other hand goes on with what a crash left, again and again.
 *
 * <p>Broken promises are collected, so that sabotaged runs can be told from sound ones.
 */
public final class CrashRun {

  private static final int VIOLATIONS_MAX = 10;

  private final long seed;
  private final Random random;
  private final Workload work;
  private final Thread worker = Thread.currentThread();
  private final List<String> violations = new ArrayList<>();
  private final Map<String, Integer> failpoints = new TreeMap<>();
  private int crashes;
  private long stopAfter;

  private CrashRun(long seed, Collection<Sabotage> sabotages) {
    this.seed = seed;
    this.random = new Random(seed * 31 + 7);
    this.work = new Workload(seed);
    sabotages.forEach(work.disk::sabotage);
  }

  /**
   * @param crashes how many crashes there were
   * @param violations what was wrong, with the seed; empty in the ordinary case
   * @param failpoints how often there was a crash at each named moment
   */
  public record Result(int crashes, List<String> violations, Map<String, Integer> failpoints) {}

  private Result result() {
    return new Result(crashes, violations, failpoints);
  }

  /** One life of {@code steps} steps, with a crash at each {@code every}-th moment on average, up to {@code crashesMax}. */
  public static Result fork(
      long seed, int steps, int every, long crashesMax, Collection<Sabotage> sabotages) {
    var run = new CrashRun(seed, sabotages);
    run.stopAfter = crashesMax;
    TestDatabase.quietly(() -> {
      run.work.disk.probe((point, done) -> run.crashHere(point, done, every));
      for (int i = 0; i < steps && !run.isOver(); i++) {
        run.work.step();
        run.checkVisible();
      }
      run.work.disk.probe(null);
      run.work.abandon();
    });
    return run.result();
  }

  /** Goes on with what each of {@code crashes} crashes left. */
  public static Result live(long seed, int crashes, Collection<Sabotage> sabotages) {
    var run = new CrashRun(seed, sabotages);
    run.stopAfter = crashes;
    TestDatabase.quietly(() -> {
      while (!run.isOver()) {
        run.round();
      }
    });
    return run.result();
  }

  /** A crash, and then one in the recovery from it, and one in the recovery from that, {@code depth} deep. */
  public static Result crashInRecovery(long seed, int depth, Collection<Sabotage> sabotages) {
    var run = new CrashRun(seed, sabotages);
    TestDatabase.quietly(() -> {
      FaultyDisk disk = run.work.disk;
      for (int i = run.random.nextInt(20); i >= 0; i--) {
        run.work.step();
      }
      disk.failCall(1 + run.random.nextInt(60), Fault.CRASH);
      for (int i = 0; i < 20 && !disk.isDown(); i++) {
        run.work.step();
      }
      boolean lost = run.crash(disk);
      run.work.abandon();
      long calls = callsOfRecovery(disk.fork(0), run.work);
      for (int i = 0; i < depth; i++) {
        disk.failCall(1 + run.random.nextInt((int) calls), Fault.CRASH);
        run.work.open();
        lost |= run.crash(disk);
        run.work.abandon();
      }
      run.judge(disk, run.work.ledger, lost, "a chain of " + depth + " crashes in recovery");
    });
    return run.result();
  }

  private static long callsOfRecovery(FaultyDisk disk, Workload like) {
    var once = new Workload(1, like.mode, disk, new Ledger());
    once.open();
    long calls = disk.calls();
    disk.kill();
    once.abandon();
    return Math.max(1, calls);
  }

  private boolean isOver() {
    return crashes >= stopAfter || !violations.isEmpty();
  }

  private void round() {
    FaultyDisk disk = work.disk;
    work.step();
    if (random.nextInt(8) > 0) {
      disk.failCall(1 + random.nextInt(80), Fault.CRASH);
    }
    for (int i = random.nextInt(20); i >= 0 && !disk.isDown(); i--) {
      if (random.nextInt(20) > 0 || work.database() == null) {
        work.step();
      } else {
        // A full disk for one batch: it is refused, what follows is not.
        disk.fail(FaultyDisk.Call.WRITE, ".wal", Fault.NO_SPACE);
        work.write(1 + random.nextInt(50));
        if (!disk.isDown()) {
          disk.heal();
          disk.failCall(1 + random.nextInt(60), Fault.CRASH);
        }
      }
      if (!disk.isDown()) {
        checkVisible();
      }
    }
    boolean lost = crash(disk);
    work.abandon();
    judge(disk, work.ledger, lost, "a crash");
  }

  /** What was acknowledged is visible, and nothing else, as long as nothing has failed. */
  private void checkVisible() {
    if (work.database() != null && random.nextInt(4) == 0) {
      try {
        String wrong = work.ledger.compare(work.database());
        if (wrong != null) {
          violate("while the database is open: " + wrong);
        }
      } catch (ChronicleException e) {
        if (!work.disk.isDown()) { // Else the crash came while it read.
          violate("while the database is open: " + e);
        }
      }
    }
  }

  private void crashHere(String point, String done, int every) {
    if (Thread.currentThread() != worker || isOver()) {
      return;
    }
    boolean rare = failpoints.getOrDefault(point, 0) == 0
        || done != null && failpoints.getOrDefault(done, 0) == 0;
    if (!rare && random.nextInt(every) > 0) {
      return;
    }
    failpoints.merge(point, 1, Integer::sum);
    if (done != null) {
      failpoints.merge(done, 1, Integer::sum);
    }
    FaultyDisk fork = work.disk.fork(random.nextLong());
    Ledger ledger = work.ledger.copy();
    boolean lost = crash(fork);
    judge(fork, ledger, lost, "a crash " + point);
    if (violations.isEmpty() && random.nextInt(6) == 0) {
      goOn(fork, ledger, point);
    }
  }

  /** What is acknowledged after a recovery must outlive another crash, whatever the first one left behind. */
  private void goOn(FaultyDisk disk, Ledger ledger, String point) {
    var next = new Workload(random.nextLong(), work.mode, disk, ledger);
    for (int i = 0; i < 6; i++) {
      next.step();
    }
    boolean lost = crash(disk);
    next.abandon();
    judge(disk, ledger, lost, "a second crash, after one " + point);
  }

  /** Answers whether what was acknowledged and not durable may be gone. */
  private boolean crash(FaultyDisk disk) {
    crashes++;
    if (random.nextInt(3) == 0) {
      disk.kill();
      return work.mode == SyncMode.RELAXED;
    }
    disk.losePower(Keep.values()[random.nextInt(Keep.values().length)]);
    return true;
  }

  /** Opens what the crash left, twice, and compares it with the ledger. */
  private void judge(FaultyDisk disk, Ledger ledger, boolean acknowledgedMayBeLost, String after) {
    disk.heal();
    if (readAll(disk, ledger, acknowledgedMayBeLost, after)) {
      readAll(disk, ledger, false, "opening again after " + after);
    }
  }

  private boolean readAll(
      FaultyDisk disk, Ledger ledger, boolean acknowledgedMayBeLost, String after) {
    ChronicleDatabase database = null;
    try {
      // Often with other options than before.
      var reader = new Workload(random.nextInt(8), work.mode, disk, ledger);
      database = reader.openOrThrow();
      IntegrityReport report = database.verify();
      if (!report.isSound()) {
        violate("after " + after + ", verify finds " + report.damages());
      }
      if (!database.recovery().isComplete()) {
        violate("after " + after + ", recovery reports damage: " + database.recovery());
      }
      String wrong = ledger.settle(database, acknowledgedMayBeLost);
      if (wrong != null) {
        violate("after " + after + ": " + wrong);
        disk.kill();
        TestDatabase.abandon(database);
        return false;
      }
      if (random.nextBoolean()) {
        database.close();
      } else {
        disk.kill();
        TestDatabase.abandon(database);
      }
      return true;
    } catch (ChronicleException | AssertionError | IllegalStateException e) {
      violate("opening and reading failed after " + after + ": " + e);
      disk.kill();
      TestDatabase.abandon(database);
      return false;
    }
  }

  private void violate(String what) {
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add("-Dseed=" + seed + ", " + work.mode + ", crash " + crashes + ", " + what);
    }
  }
}
