package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.query.SeriesExemplars;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exemplars from a batch to a query, wherever they are by then. */
class ExemplarsTest {

  private static final ChronicleOptions OPTIONS = TestDatabase.options(SyncMode.SYNC);

  private static ChronicleDatabase open(MemoryDisk disk, ChronicleOptions options) {
    return ChronicleDatabase.open(disk, TestDatabase.PATH, options);
  }

  private static Exemplar exemplar(String trace, long timestamp, double value) {
    return new Exemplar(Tags.of("trace_id", trace), timestamp, value);
  }

  private static PointBatch add(PointBatch batch, Exemplar exemplar) {
    return batch.exemplar(exemplar.labels(), exemplar.timestamp(), exemplar.value());
  }

  private static PointBatch batch(String host, Exemplar... exemplars) {
    var batch = new PointBatch().series("latency", Tags.of("host", host));
    for (Exemplar exemplar : exemplars) {
      add(batch, exemplar);
    }
    return batch;
  }

  private static List<SeriesExemplars> find(
      ChronicleDatabase database, String expression, TimeRange range) {
    return database.queryEngine().exemplars(expression, range, QueryOptions.defaults());
  }

  /** All exemplars by host. */
  private static Map<String, List<Exemplar>> all(ChronicleDatabase database) {
    var found = new TreeMap<String, List<Exemplar>>();
    for (SeriesExemplars series : find(database, "latency", TimeRange.ALL)) {
      found.put(series.labels().get("host"), series.exemplars());
    }
    return found;
  }

  @Test
  void answersFromMemoryFromStorageAndAfterReopening() {
    var disk = new MemoryDisk();
    Exemplar first = exemplar("a", 10, 1);
    Exemplar second = exemplar("b", 20, 2);
    Exemplar third = exemplar("c", 15, 3);
    try (var database = open(disk, OPTIONS)) {
      // Out of order and told twice: a series has a set of them.
      database.write(add(batch("x", second, first).add(5, 0.5), first));
      assertThat(all(database)).isEqualTo(Map.of("x", List.of(first, second)));
      database.flush();
      assertThat(all(database)).isEqualTo(Map.of("x", List.of(first, second)));
      database.write(batch("x", third, second));
      database.write(batch("y", first));
      assertThat(all(database))
          .isEqualTo(Map.of("x", List.of(first, third, second), "y", List.of(first)));
    }
    try (var database = open(disk, OPTIONS)) {
      assertThat(all(database))
          .isEqualTo(Map.of("x", List.of(first, third, second), "y", List.of(first)));
      assertThat(database.verify().damages()).isEmpty();
    }
  }

  @Test
  void takesAllSelectorsOfAnExpressionAndARange() {
    try (var database = open(new MemoryDisk(), OPTIONS)) {
      database.write(batch("x", exemplar("a", 10, 1), exemplar("b", 20, 2)));
      database.write(batch("y", exemplar("c", 10, 1)));
      database.write(batch("z", exemplar("d", 10, 1)));
      var range = new TimeRange(10, 20);
      List<SeriesExemplars> found = find(
          database,
          "sum(rate(latency{host=\"y\"}[5m])) / (2 * avg_over_time(latency{host=\"x\"}[1h:1m] offset 5m)) + vector(1)",
          range);
      assertThat(found.stream().map(series -> series.labels().get("host")))
          .containsExactly("x", "y");
      assertThat(found.get(0).exemplars()).containsExactly(exemplar("a", 10, 1));
      assertThat(find(database, "1 + 1", TimeRange.ALL)).isEmpty();
      assertThat(find(database, "latency{host=\"none\"}", TimeRange.ALL)).isEmpty();
    }
  }

  @Test
  void deletionsHideThemWhereverTheyAreAndLaterOnesShow() {
    var disk = new MemoryDisk();
    Exemplar stored = exemplar("a", 10, 1);
    Exemplar outside = exemplar("b", 100, 2);
    Exemplar buffered = exemplar("c", 11, 3);
    try (var database = open(disk, OPTIONS)) {
      database.write(batch("x", stored, outside));
      database.write(batch("y", stored));
      database.flush();
      database.write(batch("x", buffered));
      database.delete("latency{host=\"x\"}", new TimeRange(0, 50));
      assertThat(all(database)).isEqualTo(Map.of("x", List.of(outside), "y", List.of(stored)));
      database.write(batch("x", stored));
      Map<String, List<Exemplar>> left =
          Map.of("x", List.of(stored, outside), "y", List.of(stored));
      assertThat(all(database)).isEqualTo(left);
      database.flush();
      assertThat(all(database)).isEqualTo(left);
      assertThat(database.verify().damages()).isEmpty();
    }
    try (var database = open(disk, OPTIONS)) {
      database.dropBefore(50);
      assertThat(all(database)).isEqualTo(Map.of("x", List.of(outside)));
      assertThat(database.verify().damages()).isEmpty();
    }
  }

  @Test
  void aSeriesWithoutSamplesStaysAsLongAsItHasExemplars() {
    var disk = new MemoryDisk();
    try (var database = open(disk, OPTIONS)) {
      database.write(batch("x", exemplar("a", 100, 1)).add(10, 1));
      database.flush();
      database.dropBefore(50);
      assertThat(database.queryEngine().series(List.of("latency"), TimeRange.ALL, 0))
          .hasSize(1);
      assertThat(all(database)).containsKey("x");
    }
    try (var database = open(disk, OPTIONS)) {
      database.dropBefore(200);
      assertThat(database.queryEngine().series(List.of("latency"), TimeRange.ALL, 0))
          .isEmpty();
      assertThat(database.verify().damages()).isEmpty();
      // It returns under another id.
      database.write(batch("x", exemplar("b", 300, 1)));
      assertThat(all(database)).isEqualTo(Map.of("x", List.of(exemplar("b", 300, 1))));
    }
  }

  @Test
  void keepsABoundedNumberAndLetsGoOfTheOldest() {
    int max = 80;
    try (var database = open(new MemoryDisk(), OPTIONS.withExemplarsMax(max))) {
      for (int round = 1; round <= 200; round++) {
        database.write(batch("x", exemplar("t" + round, round, round), exemplar("u", round, 0)));
        if (round % 3 == 0) {
          database.flush();
        }
      }
      database.flush();
      List<Exemplar> left = all(database).get("x");
      assertThat(left).hasSizeBetween(max, max + max / 8);
      assertThat(left.get(left.size() - 1).timestamp()).isEqualTo(200);
      assertThat(left.get(0).timestamp()).isEqualTo(201 - left.size() / 2);
    }
    try (var database = open(new MemoryDisk(), OPTIONS.withExemplarsMax(0))) {
      database.write(batch("x", exemplar("a", 1, 1)).add(1, 1));
      assertThat(all(database)).isEmpty();
    }
  }

  @Test
  void refusesWhatPassesALimitAndLeavesTheBatchAsItIs() {
    var batch = batch("x", exemplar("a", 1, 1));
    assertThat(add(batch, exemplar("b".repeat(120), 1, 1)).exemplarCount()).isEqualTo(2);
    assertThatThrownBy(() -> add(batch, exemplar("b".repeat(121), 1, 1)))
        .isInstanceOf(BadDataException.class)
        .hasMessageContaining("129");
    assertThatThrownBy(() -> add(batch, exemplar("b", Long.MAX_VALUE, 1)))
        .isInstanceOf(BadDataException.class);
    assertThat(batch.exemplarCount()).isEqualTo(2);
    // Code points count, not bytes.
    assertThat(add(batch, exemplar("🙂".repeat(120), 1, 1)).exemplarCount()).isEqualTo(3);
    assertThatThrownBy(() -> new PointBatch().exemplar(Tags.empty(), 1, 1))
        .isInstanceOf(IllegalStateException.class);
    try (var database = open(new MemoryDisk(), OPTIONS)) {
      database.write(batch);
      assertThat(all(database).get("x")).hasSize(3);
    }
  }

  @Test
  void aReaderBesideAWriterSeesThem(@TempDir Path directory) {
    Path path = directory.resolve("chronicle.db");
    try (var database = ChronicleDatabase.open(path, OPTIONS)) {
      database.write(batch("x", exemplar("a", 1, 1)));
      database.flush();
      database.write(batch("x", exemplar("b", 2, 1)));
      try (var reader = ChronicleDatabase.openReadOnly(path, OPTIONS)) {
        assertThat(all(reader)).isEqualTo(all(database));
        assertThat(all(reader).get("x")).hasSize(2);
      }
    }
  }

  @Test
  void aRepairKeepsThem(@TempDir Path directory) {
    Path path = directory.resolve("chronicle.db");
    try (var database = ChronicleDatabase.open(path, OPTIONS)) {
      database.write(batch("x", exemplar("a", 1, 1)).add(1, 1));
      database.flush();
      database.write(batch("x", exemplar("b", 2, 1)));
    }
    Path repaired = directory.resolve("repaired.db");
    assertThat(
            ChronicleDatabase.repair(path, repaired, (step, done, total) -> {}).isComplete())
        .isTrue();
    try (var database = ChronicleDatabase.openReadOnly(repaired, OPTIONS)) {
      assertThat(all(database).get("x")).hasSize(2);
    }
  }

  @Test
  void aDamagedBlockCostsItsExemplarsAndStopsNeitherWritesNorQueriesOfPoints() {
    var disk = new FaultyDisk();
    try (var database = ChronicleDatabase.open(disk, TestDatabase.PATH, OPTIONS)) {
      database.write(batch("x", exemplar("needle", 1, 1)).add(1, 1));
    }
    byte[] file = disk.bytes(TestDatabase.PATH);
    int at = new String(file, StandardCharsets.ISO_8859_1).indexOf("CHREXM") + 20;
    file[at] ^= 1;
    disk.replace(TestDatabase.PATH, file);
    TestDatabase.quietly(() -> {
      try (var database = ChronicleDatabase.open(disk, TestDatabase.PATH, OPTIONS)) {
        assertThatThrownBy(() -> all(database)).hasMessageContaining("block");
        assertThat(database.verify().damages()).hasSize(1);
        database.write(batch("x", exemplar("b", 2, 1)).add(2, 1));
        database.delete("latency", new TimeRange(0, 2));
        database.flush();
        database.compact();
        assertThat(Points.of(database).count()).isEqualTo(1);
      }
    });
  }

  /** Everything that moves or hides exemplars, against sets. */
  @Test
  void holdsWhatANaiveModelHoldsAfterEveryStep() {
    long seed = TestDatabase.seed();
    for (int sequence = 0; sequence < Integer.getInteger("exemplar.sequences", 25); sequence++) {
      var random = new Random(seed + sequence);
      var disk = new MemoryDisk();
      var model = new TreeMap<String, TreeSet<Exemplar>>();
      ChronicleDatabase database = open(disk, OPTIONS.withBufferPoints(1 + random.nextInt(20)));
      try {
        for (int step = 0; step < 60; step++) {
          String host = "h" + random.nextInt(4);
          switch (random.nextInt(12)) {
            case 0 -> database.flush();
            case 1 -> database.compact();
            case 2 -> database.compactor().settle();
            case 3 -> {
              database.close();
              database = open(disk, OPTIONS);
            }
            case 4 -> {
              long start = random.nextInt(1000);
              var range = new TimeRange(start, start + random.nextInt(300));
              database.delete("latency{host=\"" + host + "\"}", range);
              model
                  .getOrDefault(host, new TreeSet<>(Exemplar.ORDER))
                  .removeIf(exemplar -> range.contains(exemplar.timestamp()));
            }
            case 5 -> {
              long time = random.nextInt(300);
              database.dropBefore(time);
              model.values().forEach(set -> set.removeIf(exemplar -> exemplar.timestamp() < time));
            }
            default -> {
              var batch = new PointBatch();
              for (int i = random.nextInt(6); i >= 0; i--) {
                host = "h" + random.nextInt(4);
                batch.series("latency", Tags.of("host", host));
                var exemplar =
                    exemplar("t" + random.nextInt(3), random.nextInt(1000), random.nextInt(3));
                add(batch, exemplar);
                if (random.nextBoolean()) {
                  batch.add(exemplar.timestamp(), 1);
                }
                model.computeIfAbsent(host, h -> new TreeSet<>(Exemplar.ORDER)).add(exemplar);
              }
              database.write(batch);
            }
          }
          var expected = new TreeMap<String, List<Exemplar>>();
          model.forEach((name, set) -> {
            if (!set.isEmpty()) {
              expected.put(name, new ArrayList<>(set));
            }
          });
          assertThat(all(database))
              .as("-Dseed=%d, step %d", seed + sequence, step)
              .isEqualTo(expected);
        }
        assertThat(database.verify().damages()).as("-Dseed=%d", seed + sequence).isEmpty();
      } finally {
        database.close();
      }
    }
  }

  /** Readers during writes and flushes: nothing that was written before they began is missing, nothing is there twice. */
  @Test
  void readersMissNothingWhileFlushesMoveExemplars() throws InterruptedException {
    try (var database = open(new MemoryDisk(), OPTIONS)) {
      var failure = new Throwable[1];
      var written = new AtomicInteger();
      var reader = new Thread(() -> {
        try {
          while (written.get() < 400) {
            int before = written.get();
            List<Exemplar> found = all(database).getOrDefault("x", List.of());
            assertThat(found).hasSizeGreaterThanOrEqualTo(before);
            assertThat(new HashSet<>(found)).hasSameSizeAs(found);
          }
        } catch (Throwable e) {
          failure[0] = e;
        }
      });
      reader.start();
      for (int i = 0; i < 400; i++) {
        database.write(batch("x", exemplar("t" + i, i, i)));
        written.set(i + 1);
        if (i % 5 == 0) {
          database.flush();
        }
      }
      reader.join();
      assertThat(failure[0]).isNull();
    }
  }
}
