package io.chronicledb.engine.recovery;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.HistogramPoints;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.SeriesData;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.backend.datafile.BlockBounds;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.MetricType;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import io.chronicledb.engine.write.WritePosition;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * The files of a killed database, to be damaged: blocks of every kind, two generations, deletions in storage and in the log, and a log of
 * which a first part is durable. It knows each batch and deletion by its sequence, and so what is left where some are lost.
 */
final class Specimen {

  static final long HOUR = 3_600_000_000_000L;

  // Of the log's format.
  private static final int SEGMENT_HEADER_BYTES = 44;
  private static final int FIRST_SEQUENCE_OFFSET = 32;
  private static final int RECORD_HEADER_BYTES = 25;
  private static final int DURABLE_OFFSET = 17;

  private static final int SERIES = 5;
  private static final int HOURS = 4;

  final FaultyDisk disk;

  /** The data file as it was some commits ago. */
  final byte[] older;

  final List<StoredBlock> blocks;

  /** All exemplars that were ever written. */
  private final Points attached = new Points();
  /** The help texts that were ever written. */
  private final Set<String> help = new HashSet<>();

  private final List<Operation> operations = new ArrayList<>();

  /** A batch, or a deletion (points null), which hides all lower sequences. */
  private record Operation(Points points, int deletedSeries, TimeRange deleted) {}

  Specimen(long seed) {
    this.disk = new FaultyDisk(seed);
    var random = new Random(seed);
    var options = TestDatabase.options(SyncMode.INTERVAL, 64 << 10, 0)
        .withBufferPoints(1 + random.nextInt(300))
        .withPartition(Duration.ofHours(1));
    var database = ChronicleDatabase.open(disk, TestDatabase.PATH, options);
    byte[] before = {};
    for (int i = 0; i < 6; i++) {
      write(database, random, 120);
      write(database, random, 120);
      if (i == 1 || i == 4) {
        delete(database, random);
      }
      if (i == 2 || i == 5) {
        fillSegment(database); // So that flushes let go of segments, as far as they may.
      }
      if (i == 3) {
        database.compact();
        before = disk.bytes(TestDatabase.PATH);
      }
      database.flush();
    }
    older = before;
    for (int i = 0; i < 8; i++) {
      write(database, random, 1 + random.nextInt(30));
      if (i == 3) {
        delete(database, random);
      }
      if (i == 4) {
        write(database, random, 3).awaitDurable();
      }
    }
    disk.kill();
    TestDatabase.abandon(database);
    DataFileBackend backend = backend(disk);
    blocks = backend.root().blocks();
    backend.close();
  }

  static DataFileBackend backend(FaultyDisk disk) {
    return DataFileBackend.open(
        disk,
        TestDatabase.PATH,
        TestDatabase.walDirectory().resolve("data.lock"),
        InstantSource.system());
  }

  private WritePosition write(ChronicleDatabase database, Random random, int count) {
    var batch = new PointBatch();
    var points = new Points();
    int series = random.nextInt(SERIES);
    long time = random.nextInt(HOURS) * HOUR + random.nextInt(1000);
    batch.series("m", Tags.of("s", String.valueOf(series)));
    for (int i = 0; i < count; i++) {
      // Some regular, some that do not compress.
      time += series < 2 ? 10_000_000_000L : random.nextInt(1 << 30) * 20L;
      double value = series == 0 ? i : random.nextDouble();
      HistogramPoints.add(batch, time, value, series == SERIES - 1);
      points.put(name(series), time, value);
    }
    operations.add(new Operation(points, 0, null));
    if (random.nextInt(3) == 0) {
      attach(batch, series, time, random);
    }
    return database.write(batch);
  }

  /** Exemplars and metadata, each a record of its own in which there is no point. */
  private void attach(PointBatch batch, int series, long time, Random random) {
    for (int i = random.nextInt(8); i >= 0; i--) {
      var exemplar = new Exemplar(
          Tags.of("trace_id", Long.toHexString(random.nextLong())), time + i, random.nextDouble());
      batch.exemplar(exemplar.labels(), exemplar.timestamp(), exemplar.value());
      Contents.put(name(series), exemplar, attached);
    }
    operations.add(new Operation(new Points(), 0, null));
    var metadata =
        new MetricMetadata(MetricType.GAUGE, String.valueOf(operations.size()), "seconds");
    batch.metadata("m", metadata);
    help.add(metadata.help());
    operations.add(new Operation(new Points(), 0, null));
  }

  /** What an opened database shows that nobody wrote, or, where all of it must be there, lacks; null for nothing. */
  String judgeAttached(ChronicleDatabase database, boolean whole) {
    Points found = Contents.exemplars(database);
    for (var series : found.bySeries().entrySet()) {
      for (var exemplar : series.getValue().entrySet()) {
        if (!exemplar.getValue().equals(attached.bits(series.getKey(), exemplar.getKey()))) {
          return "nobody wrote the " + series.getKey();
        }
      }
    }
    MetricMetadata metadata = database.queryEngine().metadata("m").get("m");
    if (metadata != null && !help.contains(metadata.help())) {
      return "nobody wrote " + metadata;
    }
    if (whole && metadata == null) {
      return "the metadata is gone";
    }
    return null;
  }

  private void fillSegment(ChronicleDatabase database) {
    var batch = new PointBatch();
    batch.series("m", Tags.of("s", "0"));
    for (int i = 0; i < 7_300; i++) {
      batch.add(HOUR, 1);
    }
    operations.add(new Operation(new Points().put(name(0), HOUR, 1), 0, null));
    database.write(batch);
  }

  private void delete(ChronicleDatabase database, Random random) {
    int series = random.nextInt(SERIES);
    long start = random.nextInt(HOURS) * HOUR + random.nextInt(600) * 1_000_000_000L;
    var range = new TimeRange(start, start + HOUR / 6);
    database.delete("m{s=\"" + series + "\"}", range);
    operations.add(new Operation(null, series, range));
  }

  private static String name(int series) {
    return SeriesData.series("m{s=" + series + "}").name();
  }

  long sequences() {
    return operations.size();
  }

  /** What is there where only some sequences are. */
  Points state(LongPredicate present) {
    var state = new TreeMap<String, TreeMap<Long, Long>>();
    for (int i = 0; i < operations.size(); i++) {
      if (!present.test(i + 1)) {
        continue;
      }
      Operation operation = operations.get(i);
      if (operation.points != null) {
        operation
            .points
            .bySeries()
            .forEach((name, samples) ->
                state.computeIfAbsent(name, n -> new TreeMap<>()).putAll(samples));
      } else {
        state
            .getOrDefault(name(operation.deletedSeries), new TreeMap<>())
            .subMap(operation.deleted.start(), operation.deleted.end())
            .clear();
      }
    }
    state.values().removeIf(TreeMap::isEmpty);
    return Points.of(state);
  }

  /** Whether some batch wrote this. */
  boolean wasWritten(String series, long time, long bits) {
    for (Operation operation : operations) {
      if (operation.points != null) {
        Long written = operation.points.bits(series, time);
        if (written != null && written == bits) {
          return true;
        }
      }
    }
    return false;
  }

  List<Path> segments() {
    return TestDatabase.segments(disk);
  }

  /**
   * The highest sequence of which the log says that it was durable, where one segment is damaged: later segments do by their first
   * sequence, sound records by their mark.
   */
  long highestMark(Path segment, byte[] damaged) {
    ByteBuffer sound = ByteBuffer.wrap(disk.bytes(segment)).order(ByteOrder.LITTLE_ENDIAN);
    long mark = 0;
    for (Path other : segments()) {
      if (other.compareTo(segment) > 0) {
        long first = ByteBuffer.wrap(disk.bytes(other))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong(FIRST_SEQUENCE_OFFSET);
        mark = Math.max(mark, first - 1);
      }
    }
    int at = SEGMENT_HEADER_BYTES;
    while (at < sound.limit()) {
      int end = at + RECORD_HEADER_BYTES + sound.getInt(at);
      if (end <= damaged.length && Arrays.equals(sound.array(), at, end, damaged, at, end)) {
        mark = Math.max(mark, sound.getLong(at + DURABLE_OFFSET));
      }
      at = end;
    }
    return mark;
  }

  static long start(StoredBlock block) {
    return BlockBounds.start(block);
  }

  static long end(StoredBlock block) {
    return BlockBounds.end(block);
  }
}
