package io.chronicledb.engine.recovery;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.HistogramPoints;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.SeriesData;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.MetricType;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Random use of a database on a simulated disk, by one thread, with its {@link Ledger}: small batches of doubles and histograms over several partitions, overwrites,
 * batches that fill a segment of the log, deletions, dropping of old points, flushes, merges, compaction, closing and opening again. Whatever
 * fails in another way than by a {@link ChronicleException} ends the test.
 */
final class Workload {

  private static final int SERIES = 5;
  private static final long HOUR = 3_600_000_000_000L;
  private static final long WIDTH = 5 * HOUR;

  /** With 9 bytes a row, so many fill a segment. */
  private static final int SEGMENT_ROWS = 7_300;

  final FaultyDisk disk;
  final Ledger ledger;
  final SyncMode mode;
  private final Random random;
  private final ChronicleOptions options;
  private ChronicleDatabase database;

  /** The options follow from the seed, the mode among them. */
  Workload(long seed) {
    this(
        seed, SyncMode.values()[(int) Math.floorMod(seed, 3L)], new FaultyDisk(seed), new Ledger());
  }

  Workload(long seed, SyncMode mode, FaultyDisk disk, Ledger ledger) {
    this.random = new Random(seed);
    this.disk = disk;
    this.ledger = ledger;
    this.mode = mode;
    this.options = TestDatabase.options(mode, 64 << 10, random.nextInt(3))
        .withBufferPoints(1 + random.nextInt(60))
        .withPartition(Duration.ofMinutes(new int[] {30, 60, 300}[random.nextInt(3)]));
  }

  ChronicleDatabase database() {
    return database;
  }

  ChronicleDatabase openOrThrow() {
    return ChronicleDatabase.open(disk, TestDatabase.PATH, options);
  }

  /** Opens the database; false where it cannot be. */
  boolean open() {
    try {
      database = openOrThrow();
      ledger.reopened();
      return true;
    } catch (ChronicleException e) {
      database = null; // The disk failed. That a sound disk opens is judged after the crash.
      return false;
    }
  }

  /** Does one thing at random; a database that is not open is opened. */
  void step() {
    if (database == null) {
      open();
      return;
    }
    int dice = random.nextInt(40);
    if (dice < 18) {
      write(1 + random.nextInt(12));
    } else if (dice < 24) {
      flush();
    } else if (dice < 26) {
      awaitDurable();
    } else if (dice < 28) {
      delete();
    } else if (dice < 30) {
      dropBefore();
    } else if (dice < 32) {
      attempt(() -> TestDatabase.mergePiledUp(database));
    } else if (dice < 34) {
      attempt(() -> TestDatabase.settle(database));
    } else if (dice < 36) {
      compact();
    } else if (dice < 37) {
      fillSegment();
    } else if (dice < 39) {
      close();
      if (!disk.isDown()) {
        open();
      }
    } else {
      write(1);
    }
  }

  void write(int count) {
    var batch = new PointBatch();
    var points = new Points();
    var exemplars = new Points();
    var metadata = new Points();
    int series = random.nextInt(SERIES);
    for (int i = 0; i < count; i++) {
      if (i == 0 || random.nextInt(4) == 0) {
        series = random.nextInt(SERIES);
        batch.series("m" + series % 2, Tags.of("s", String.valueOf(series)));
      }
      add(series, batch, points);
      if (random.nextInt(12) == 0) {
        attachExemplar(series, batch, exemplars);
      }
    }
    if (random.nextInt(12) == 0) {
      attachMetadata(series, batch, metadata);
    }
    write(batch, points, exemplars, metadata);
  }

  private void attachExemplar(int series, PointBatch batch, Points exemplars) {
    var exemplar = new Exemplar(
        Tags.of("trace_id", Long.toHexString(random.nextLong())), timestamp(), random.nextDouble());
    // One that is told twice is one.
    for (int i = random.nextInt(3); i >= 0; i--) {
      batch.exemplar(exemplar.labels(), exemplar.timestamp(), exemplar.value());
    }
    Contents.put(name(series), exemplar, exemplars);
  }

  private void attachMetadata(int series, PointBatch batch, Points metadata) {
    var known = new MetricMetadata(
        MetricType.values()[random.nextInt(8)], String.valueOf(random.nextInt(1 << 30)), "");
    batch.metadata("m" + series % 2, known);
    Contents.put("m" + series % 2, known, metadata);
  }

  /** A batch of one point again and again. */
  void fillSegment() {
    var batch = new PointBatch();
    var points = new Points();
    batch.series("m0", Tags.of("s", "0"));
    long timestamp = timestamp();
    double value = random.nextDouble();
    for (int i = 0; i < SEGMENT_ROWS; i++) {
      batch.add(timestamp, value);
    }
    points.put(name(0), timestamp, value);
    write(batch, points);
  }

  private void add(int series, PointBatch batch, Points points) {
    long timestamp = timestamp();
    double value = random.nextDouble();
    HistogramPoints.add(
        batch, timestamp, value, series == 4 || series == 3 && random.nextInt(3) > 0);
    points.put(name(series), timestamp, value);
  }

  /** On a grid so coarse that points meet again. */
  private long timestamp() {
    return Math.floorMod(random.nextLong(), 200L) * (WIDTH / 200);
  }

  private void write(PointBatch batch, Points points) {
    write(batch, points, new Points(), new Points());
  }

  /** Each kind is a record of its own, in this order. */
  private void write(PointBatch batch, Points points, Points exemplars, Points metadata) {
    var entries = new ArrayList<Ledger.Entry>();
    entries.add(ledger.write(points));
    if (exemplars.count() > 0) {
      entries.add(ledger.attach("exemplars", exemplars));
    }
    if (metadata.count() > 0) {
      entries.add(ledger.attach("metadata", metadata));
    }
    if (attempt(() -> database.write(batch))) {
      entries.forEach(entry -> entry.acknowledge(mode == SyncMode.SYNC));
    }
  }

  void awaitDurable() {
    var batch = new PointBatch();
    var points = new Points();
    batch.series("m0", Tags.of("s", "0"));
    add(0, batch, points);
    Ledger.Entry entry = ledger.write(points);
    if (attempt(() -> {
      var position = database.write(batch);
      entry.acknowledge(mode == SyncMode.SYNC);
      position.awaitDurable();
    })) {
      ledger.acknowledgedIsDurable();
    }
  }

  void delete() {
    int id = random.nextInt(SERIES);
    String selector = switch (random.nextInt(3)) {
      case 0 -> "m0";
      case 1 -> "{s=\"" + id + "\"}";
      default -> "{s=~\"[0-" + id + "]\"}";
    };
    Set<String> hit = IntStream.range(0, SERIES)
        .filter(
            i -> selector.equals("m0") ? i % 2 == 0 : selector.contains("=~") ? i <= id : i == id)
        .mapToObj(Workload::name)
        .collect(Collectors.toSet());
    long start = timestamp();
    delete(selector, hit, new TimeRange(start, start + 1 + timestamp()));
  }

  private void delete(String selector, Set<String> hit, TimeRange range) {
    Ledger.Entry entry = ledger.delete(hit, range);
    if (attempt(() -> database.delete(selector, range))) {
      entry.acknowledge(mode == SyncMode.SYNC);
    }
  }

  void dropBefore() {
    // Exactly at points, too: the first one that stays stands on the edge.
    long time = timestamp() / 2 / (WIDTH / 200) * (WIDTH / 200);
    Ledger.Entry entry = ledger.delete(null, new TimeRange(Long.MIN_VALUE, time));
    if (attempt(() -> database.dropBefore(time))) {
      entry.acknowledge(true);
      ledger.acknowledgedIsDurable();
    }
  }

  void flush() {
    if (attempt(database::flush)) {
      ledger.acknowledgedIsDurable();
    }
  }

  void compact() {
    if (attempt(database::compact)) {
      ledger.acknowledgedIsDurable();
    }
  }

  void close() {
    // A log that has failed takes no sync any more, and has said so.
    boolean logWorks = database.statistics().writable();
    if (attempt(database::close) && logWorks && !disk.isDown()) {
      ledger.acknowledgedIsDurable();
    }
    database = null;
  }

  /** The process is gone: ends its threads. */
  void abandon() {
    TestDatabase.abandon(database);
    database = null;
  }

  private static boolean attempt(Runnable work) {
    try {
      work.run();
      return true;
    } catch (ChronicleException e) {
      return false; // Then nothing is promised.
    }
  }

  private static String name(int series) {
    return SeriesData.series("m" + series % 2 + "{s=" + series + "}").name();
  }
}
