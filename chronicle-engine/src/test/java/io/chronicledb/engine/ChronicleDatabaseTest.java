package io.chronicledb.engine;

import static io.chronicledb.engine.SeriesData.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.PromQlResult;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChronicleDatabaseTest {

  private static final long SECOND = 1_000_000_000L;

  @TempDir
  Path directory;

  private final FaultyDisk disk = new FaultyDisk(1);

  @Test
  void pointsAreReadableAtOnceAfterAFlushAndAfterReopening() {
    var data = series("cpu{host=a}").every("10s").values(1, 2, 3);
    try (var database = TestDatabase.open(disk)) {
      database.write(data);
      DatabaseAssert.assertThat(database).isSound().series("cpu{host=a}").hasValues(1, 2, 3);
      database.flush();
      DatabaseAssert.assertThat(database).isSound().series("cpu{host=a}").hasValues(1, 2, 3);
    }
    try (var database = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(database).isSound().hasExactly(data.toPoints());
    }
  }

  @ParameterizedTest
  @EnumSource(SyncMode.class)
  void fourRoundsOfOpenWriteCloseWithoutReadingKeepEverything(SyncMode mode) {
    var expected = new Points();
    for (int round = 0; round < 4; round++) {
      var data = series("cpu{round=" + round + "}").counting(round, 100);
      TestDatabase.open(disk, mode).write(data).close();
      expected.putAll(data.toPoints());
    }
    try (var database = TestDatabase.open(disk, mode)) {
      DatabaseAssert.assertThat(database).isSound().hasExactly(expected);
    }
  }

  @Test
  void showsWhatTheNaiveModelHasThroughFlushesKillsAndReopening() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int sequence = 0; sequence < 25; sequence++) {
      var sequenceDisk = new FaultyDisk(seed);
      var options = TestDatabase.options(SyncMode.INTERVAL, 64 << 10, 0)
          .withBufferPoints(1 + random.nextInt(200));
      var model = new Points();
      var database = TestDatabase.open(sequenceDisk, options);
      for (int step = 0; step < 60; step++) {
        switch (random.nextInt(12)) {
          case 0 -> database.flush();
          case 1 -> {
            database.close();
            database = TestDatabase.open(sequenceDisk, options);
          }
          case 2 -> {
            sequenceDisk.kill();
            TestDatabase.abandon(database.engine());
            database = TestDatabase.open(sequenceDisk, options);
          }
          case 3, 4 -> {
            long start = random.nextInt(6000) * SECOND - 500 * SECOND;
            var range = new TimeRange(start, start + random.nextInt(3000) * SECOND + 1);
            assertThat(Points.of(database.engine(), range).bySeries())
                .as("-Dseed=%d, sequence %d, step %d, %s", seed, sequence, step, range)
                .isEqualTo(model.within(range).bySeries());
            assertThat(rawRange(database, range).bySeries())
                .as("-Dseed=%d, sequence %d, step %d, %s by PromQL", seed, sequence, step, range)
                .isEqualTo(model.within(range).bySeries());
          }
          default -> {
            // Late points and overwrites come by themselves: times are drawn from a small range.
            var data = series("m" + random.nextInt(2) + "{s=" + random.nextInt(3) + "}")
                .from(random.nextInt(5000) * SECOND)
                .every(random.nextBoolean() ? "1s" : "7s")
                .counting(random.nextInt(1000), 1 + random.nextInt(150));
            database.write(data);
            model.putAll(data.toPoints());
          }
        }
      }
      DatabaseAssert.assertThat(database).isSound().hasExactly(model);
      database.close();
    }
  }

  /** What a raw range selector gives. Its window is open at the start, so it starts a millisecond early; times are whole seconds. */
  private static Points rawRange(TestDatabase database, TimeRange range) {
    var points = new Points();
    var result = database
        .engine()
        .queryEngine()
        .promql(
            "{__name__=~\".+\"}[" + ((range.end() - range.start()) / 1_000_000 + 1) + "ms]",
            range.end() - 1,
            QueryOptions.defaults());
    for (var series : ((PromQlResult.Matrix) result).series()) {
      for (int i = 0; i < series.timestamps().length; i++) {
        points.put(series.labels().toString(), series.timestamps()[i], series.values()[i]);
      }
    }
    return points;
  }

  @Test
  void interruptedWritersAndReadersDisturbNobody() throws Exception {
    var failure = new AtomicReference<Throwable>();
    var options = TestDatabase.options(SyncMode.SYNC, 64 << 10, 0).withBufferPoints(500);
    Path path = directory.resolve("chronicle.db");
    int threads = 4;
    int batches = 60;
    try (var database = ChronicleDatabase.open(path, options)) {
      database.write(series("seed").values(1).toBatch());
      database.flush();
      var done = new CountDownLatch(threads);
      var workers = new Thread[threads];
      for (int t = 0; t < threads; t++) {
        int number = t;
        workers[t] = new Thread(() -> {
          try {
            for (int i = 0; i < batches; i++) {
              if (number == 0) {
                Thread.currentThread().interrupt();
              }
              database.write(
                  series("cpu{t=" + number + "}").from(i * SECOND).values(i).toBatch());
              if (i % 10 == number) {
                database.flush();
              }
              Points.of(database, new TimeRange(0, 10 * SECOND));
            }
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
          } finally {
            done.countDown();
          }
        });
        workers[t].start();
      }
      while (done.getCount() > 0) {
        workers[1].interrupt();
        Thread.onSpinWait();
      }
      assertThat(failure.get()).isNull();
      for (int t = 0; t < threads; t++) {
        DatabaseAssert.assertThat(database).series("cpu{t=" + t + "}").hasCount(batches);
      }
      DatabaseAssert.assertThat(database).isSound();
    }
    try (var database = ChronicleDatabase.open(path, options)) {
      DatabaseAssert.assertThat(database).isSound();
      assertThat(Points.of(database).count()).isEqualTo(threads * batches + 1);
    }
  }

  @Test
  void aSecondOpeningInTheSameProcessSaysWhichFileIsInUse() {
    Path path = directory.resolve("chronicle.db");
    try (var database = ChronicleDatabase.open(path)) {
      database.write(series("cpu").values(1).toBatch());
      assertThatThrownBy(() -> ChronicleDatabase.open(path))
          .isInstanceOfSatisfying(
              ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LOCKED))
          .hasMessageContaining(path.toString())
          .hasMessageContaining("is in use");
      DatabaseAssert.assertThat(database).isSound().series("cpu").hasValues(1);
    }
    ChronicleDatabase.open(path).close();
  }

  @Test
  void aSecondProcessIsToldWhichFileIsInUseAlsoAfterARefusedOpeningHere() throws IOException {
    Path path = directory.resolve("chronicle.db");
    try (var database = ChronicleDatabase.open(path)) {
      assertThatThrownBy(() -> ChronicleDatabase.open(path)).isInstanceOf(ChronicleException.class);
      assertThat(otherProcess(path)).contains("LOCKED").contains(path.toString());
      database.write(series("cpu").values(1).toBatch());
    }
    assertThat(otherProcess(path)).contains("opened");
    try (var database = ChronicleDatabase.open(path)) {
      DatabaseAssert.assertThat(database).isSound().series("cpu").hasValues(1);
    }
  }

  private static String otherProcess(Path path) throws IOException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            OtherProcess.class.getName(),
            path.toString())
        .redirectErrorStream(true)
        .start();
    return new String(process.getInputStream().readAllBytes());
  }

  /** The main class of a second process. */
  static final class OtherProcess {

    private OtherProcess() {}

    public static void main(String[] arguments) {
      try (var database = ChronicleDatabase.open(Path.of(arguments[0]))) {
        System.out.println("opened " + database.verify());
      } catch (ChronicleException e) {
        System.out.println(e.code() + " " + e.getMessage());
      }
    }
  }

  @Test
  void everyCallOfAClosedDatabaseSaysSo() {
    var database = TestDatabase.open(disk).engine();
    var writer = database.series("cpu", Tags.empty());
    database.close();
    database.close();
    for (Runnable call : new Runnable[] {
      () -> database.write("cpu", Tags.empty(), 1, 1),
      () -> writer.write(1, 1),
      database::flush,
      database::verify,
      database::statistics,
      database::queryEngine
    }) {
      assertThatThrownBy(call::run)
          .isInstanceOfSatisfying(
              ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }
  }

  @Test
  void aDatabaseInMemoryStaysWithinItsBudgetWhateverPassesThroughItsLog() {
    try (var database = ChronicleDatabase.inMemory(
        ChronicleOptions.defaults().withMemoryBytes(ChronicleOptions.MEMORY_BYTES_MIN))) {
      var batch = new PointBatch(50_000);
      for (int i = 0; i < 40; i++) {
        batch.clear();
        batch.series("cpu", Tags.empty());
        for (int row = 0; row < 50_000; row++) {
          batch.add(row * SECOND, i); // Always the same points: only the log grows.
        }
        database.write(batch);
      }
      database.flush();
      assertThat(database.statistics().walBytes()).isLessThan(ChronicleOptions.MEMORY_BYTES_MIN);
      assertThat(Points.of(database).samples(series("cpu").name()).values())
          .hasSize(50_000)
          .containsOnly(Double.doubleToRawLongBits(39));
    }
  }

  @Test
  void seriesKeepTheirIdentityOverManyFlushesAndOpenings() {
    var expected = new TreeMap<String, Integer>();
    for (int life = 0; life < 3; life++) {
      try (var database = TestDatabase.open(disk)) {
        for (int i = 0; i < 300; i++) {
          var data = series("m" + i % 3 + "{n=" + (life * 200 + i) + ",long=" + "x".repeat(i) + "}")
              .from(life * SECOND)
              .values(i);
          database.write(data);
          expected.merge(data.name(), 1, Integer::sum);
          if (i % 100 == 0) {
            database.flush();
          }
        }
      }
    }
    try (var database = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(database).isSound();
      var counts = new TreeMap<String, Integer>();
      Points.of(database.engine())
          .bySeries()
          .forEach((name, samples) -> counts.put(name, samples.size()));
      assertThat(counts).isEqualTo(expected);
      assertThat(database.engine().statistics().series()).isEqualTo(expected.size());
    }
  }
}
