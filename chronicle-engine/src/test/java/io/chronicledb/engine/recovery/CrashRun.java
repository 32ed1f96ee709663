package io.chronicledb.engine.recovery;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.SeriesData;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.integrity.IntegrityReport;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.storage.FaultyDisk.Keep;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import io.chronicledb.engine.write.WritePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * One life of a database that crashes again and again, and a ledger that outlives it. The ledger knows every batch that was attempted,
 * whether it was acknowledged, and whether it was made durable; after each crash it judges what a reader finds. The value of a point is
 * a hash of series, timestamp and seed, and no two batches share a point, so every point that comes back can be judged by itself.
 *
 * <p>The result is a list of broken promises, so that sabotaged runs can be told from sound ones.
 */
public final class CrashRun {

  private static final int SERIES = 6;
  private static final long HOUR = 3_600_000_000_000L;

  private final long seed;
  private final Random random;
  private final FaultyDisk disk;
  private final SyncMode mode;
  private final ChronicleOptions options;
  private final List<Batch> ledger = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private int nextPoint;
  private int crashes;

  private CrashRun(long seed, SyncMode mode, Set<FaultyDisk.Sabotage> sabotages) {
    this.seed = seed;
    this.random = new Random(seed);
    this.disk = new FaultyDisk(random.nextLong());
    sabotages.forEach(disk::sabotage);
    this.mode = mode;
    this.options = TestDatabase.options(mode, 64 << 10, random.nextInt(3))
        .withBufferPoints(1 + random.nextInt(300));
  }

  private static final class Batch {
    final Points points = new Points();
    boolean acknowledged;
    /** No later crash may take it. */
    boolean durable;
    /** Seen by a reader after a crash. */
    boolean recovered;
  }

  /** Lives through {@code crashes} crashes at random calls of the disk and returns the promises that were broken. */
  public static List<String> run(
      long seed, int crashes, SyncMode mode, Set<FaultyDisk.Sabotage> sabotages) {
    var run = new CrashRun(seed, mode, sabotages);
    TestDatabase.quietly(() -> {
      while (run.crashes < crashes && run.violations.isEmpty()) {
        run.round();
      }
    });
    return run.violations;
  }

  /** A crash at each call of a fixed workload, one after another; see {@link CrashAtEveryCallTest}. */
  static List<String> crashAt(long call, SyncMode mode, boolean powerLoss, Keep keep, long seed) {
    var run = new CrashRun(seed, mode, Set.of());
    TestDatabase.quietly(() -> {
      run.disk.failCall(call, Fault.CRASH);
      run.fixedWorkload();
      run.crash(powerLoss, keep);
      run.judge(powerLoss);
      if (run.violations.isEmpty()) {
        // What is acknowledged after the recovery must outlive another crash, whatever the first
        // one left behind.
        ChronicleDatabase database = run.open();
        if (database != null) {
          run.write(database, 5);
          run.write(database, 3);
          run.awaitDurable(database);
          run.disk.losePower(powerLoss ? keep : Keep.NONE);
          TestDatabase.abandon(database);
          run.judge(true);
        }
      }
    });
    return run.violations;
  }

  /** Whether the workload of {@link #crashAt} made fewer calls than that. */
  static long callsOfWorkload(SyncMode mode, long seed) {
    var run = new CrashRun(seed, mode, Set.of());
    TestDatabase.quietly(run::fixedWorkload);
    return run.disk.calls();
  }

  /** A fault, not a crash, at a call of the workload; then the process ends in an ordinary way. */
  static List<String> failAt(long call, Fault fault, boolean lasting, SyncMode mode, long seed) {
    var run = new CrashRun(seed, mode, Set.of());
    TestDatabase.quietly(() -> {
      if (lasting) {
        run.disk.failCallsFrom(call, fault);
      } else {
        run.disk.failCall(call, fault);
      }
      run.fixedWorkload();
      run.disk.heal();
      run.disk.kill();
      run.judge(mode == SyncMode.RELAXED);
    });
    return run.violations;
  }

  private void fixedWorkload() {
    for (int life = 0; life < 2; life++) {
      ChronicleDatabase database = open();
      if (database == null) {
        continue;
      }
      write(database, 7);
      write(database, 40);
      flush(database);
      if (life == 0) {
        write(database, 2200); // Together they fill a segment.
        write(database, 2200);
      }
      write(database, 5);
      flush(database);
      write(database, 4);
      awaitDurable(database);
      write(database, 3);
      close(database);
    }
  }

  private void round() {
    ChronicleDatabase database = open();
    if (random.nextInt(8) > 0) {
      disk.failCall(1 + random.nextInt(60), Fault.CRASH);
    }
    int steps = 1 + random.nextInt(25);
    for (int i = 0; i < steps && database != null && !disk.isDown(); i++) {
      int dice = random.nextInt(20);
      if (dice < 14) {
        write(database, 1 + random.nextInt(dice < 2 ? 3000 : 60));
      } else if (dice < 16) {
        flush(database);
      } else if (dice < 18) {
        awaitDurable(database);
      } else if (dice == 18) {
        // A full disk for one call: the batch is refused, what follows is not.
        disk.fail(FaultyDisk.Call.WRITE, ".wal", Fault.NO_SPACE);
        write(database, 1 + random.nextInt(50));
        boolean down = disk.isDown();
        disk.heal();
        if (!down) {
          disk.failCall(1 + random.nextInt(60), Fault.CRASH);
        }
      } else {
        close(database);
        database = disk.isDown() ? null : open();
      }
    }
    boolean powerLoss = random.nextInt(3) > 0;
    Keep keep = Keep.values()[random.nextInt(Keep.values().length)];
    crash(powerLoss, keep);
    TestDatabase.abandon(database);
    judge(powerLoss);
  }

  private void crash(boolean powerLoss, Keep keep) {
    if (powerLoss) {
      disk.losePower(keep);
    } else {
      disk.kill();
    }
    crashes++;
  }

  private ChronicleDatabase open() {
    try {
      return ChronicleDatabase.open(disk, TestDatabase.PATH, options);
    } catch (ChronicleException e) {
      return null; // The disk failed. That a sound disk opens is judged after the crash.
    }
  }

  private void write(ChronicleDatabase database, int count) {
    var batch = new PointBatch();
    var entry = new Batch();
    int series = random.nextInt(SERIES);
    for (int i = 0; i < count; i++) {
      if (i == 0 || random.nextInt(10) == 0) {
        series = random.nextInt(SERIES);
        batch.series("m" + series % 2, Tags.of("s", String.valueOf(series)));
      }
      // Scattered over hours and out of order, yet never twice the same.
      long timestamp = nextPoint * 1_000L + (nextPoint % 7) * HOUR;
      nextPoint++;
      String name = name(series);
      double value = value(name, timestamp);
      batch.add(timestamp, value);
      entry.points.put(name, timestamp, value);
    }
    ledger.add(entry);
    try {
      database.write(batch);
      entry.acknowledged = true;
      entry.durable = mode == SyncMode.SYNC;
    } catch (ChronicleException e) {
      // Refused: it may or may not come back, as a whole.
    }
  }

  private static String name(int series) {
    return SeriesData.series("m" + series % 2 + "{s=" + series + "}").name();
  }

  private double value(String name, long timestamp) {
    return Double.longBitsToDouble(
            (name.hashCode() * 31L + timestamp + seed) * 0x9E3779B97F4A7C15L >>> 12)
        + 1;
  }

  private void flush(ChronicleDatabase database) {
    try {
      database.flush();
      acknowledgedAreDurable();
    } catch (ChronicleException e) {
      // Then nothing is promised.
    }
  }

  private void awaitDurable(ChronicleDatabase database) {
    var batch = new PointBatch();
    var entry = new Batch();
    long timestamp = nextPoint++ * 1_000L;
    String name = name(0);
    batch.add("m0", Tags.of("s", "0"), timestamp, value(name, timestamp));
    entry.points.put(name, timestamp, value(name, timestamp));
    ledger.add(entry);
    try {
      WritePosition position = database.write(batch);
      entry.acknowledged = true;
      position.awaitDurable();
      acknowledgedAreDurable();
    } catch (ChronicleException e) {
      // Then nothing is promised.
    }
  }

  private void close(ChronicleDatabase database) {
    try {
      database.close();
      if (!disk.isDown()) {
        acknowledgedAreDurable();
      }
    } catch (ChronicleException e) {
      // Then nothing is promised.
    }
  }

  private void acknowledgedAreDurable() {
    ledger.stream().filter(batch -> batch.acknowledged).forEach(batch -> batch.durable = true);
  }

  /** Opens what the crash left, twice, and compares it with the ledger. */
  private void judge(boolean bytesMayBeLost) {
    disk.heal();
    Points first = readAll();
    if (first == null) {
      return;
    }
    compare(first, bytesMayBeLost);
    Points second = readAll();
    if (second != null && !second.equals(first)) {
      violate("a second opening finds " + second + " where the first found " + first);
    }
  }

  private Points readAll() {
    ChronicleDatabase database = null;
    try {
      database = ChronicleDatabase.open(disk, TestDatabase.PATH, options);
      IntegrityReport report = database.verify();
      if (!report.isSound()) {
        violate("verify finds " + report.damages());
      }
      if (!database.recovery().isComplete()) {
        violate("recovery reports damage: " + database.recovery());
      }
      Points points = Points.of(database);
      if (random.nextBoolean()) {
        database.close();
      } else {
        disk.kill();
        TestDatabase.abandon(database);
      }
      return points;
    } catch (ChronicleException | AssertionError e) {
      violate("opening and reading after the crash failed: " + e);
      disk.kill();
      TestDatabase.abandon(database);
      return null;
    }
  }

  private void compare(Points found, boolean bytesMayBeLost) {
    var expected = new Points();
    int lostAt = -1;
    for (int i = 0; i < ledger.size(); i++) {
      Batch batch = ledger.get(i);
      int present = 0;
      for (var samples : batch.points.bySeries().entrySet()) {
        for (long timestamp : samples.getValue().keySet()) {
          present += found.bits(samples.getKey(), timestamp) == null ? 0 : 1;
        }
      }
      boolean whole = present == batch.points.count();
      if (present > 0 && !whole) {
        violate("batch " + i + " of " + batch.points.count() + " points came back with " + present);
      }
      boolean mustBeThere = batch.durable
          || batch.recovered
          || batch.acknowledged && !bytesMayBeLost && mode != SyncMode.RELAXED;
      if (!whole && mustBeThere) {
        violate("batch " + i + " is lost; acknowledged " + batch.acknowledged + ", durable "
            + batch.durable + ", recovered before " + batch.recovered);
      }
      if (!whole && batch.acknowledged) {
        lostAt = lostAt < 0 ? i : lostAt;
      } else if (whole && batch.acknowledged && lostAt >= 0) {
        violate("batch " + lostAt + " is lost, but batch " + i + " after it is there: a hole");
      }
      if (whole) {
        batch.recovered = true;
        batch.durable = true;
        expected.putAll(batch.points);
      }
    }
    // What a crash took is settled: it must never come back, and counts no more.
    ledger.removeIf(batch -> !batch.recovered);
    if (!found.equals(expected)) {
      violate("found " + found + ", the recovered batches have " + expected);
    }
    for (var samples : found.bySeries().entrySet()) {
      samples.getValue().forEach((time, bits) -> {
        if (bits != Double.doubleToRawLongBits(value(samples.getKey(), time))) {
          violate("invented value of " + samples.getKey() + " at " + time);
        }
      });
    }
  }

  private void violate(String what) {
    if (violations.size() < 10) {
      violations.add("seed " + seed + ", " + mode + ", after crash " + crashes + ": " + what);
    }
  }
}
