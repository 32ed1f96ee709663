package io.chronicledb.engine.write;

import static io.chronicledb.engine.SeriesData.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.DatabaseAssert;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.SeriesData;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.FaultyDisk.Call;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.wal.SyncMode;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What "acknowledged" means in each mode, and what becomes of writes when the disk fails. */
class SyncModesTest {

  private final FaultyDisk disk = new FaultyDisk(1);

  private static void refused(ErrorCode code, Runnable write) {
    TestDatabase.quietly(() -> assertThatThrownBy(write::run)
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(code)));
  }

  private static SeriesData point(long time) {
    return series("cpu{host=a}").from(time).values(time);
  }

  @Test
  void syncModeKeepsEveryAcknowledgedPointThroughAPowerCut() {
    var database = TestDatabase.open(disk, SyncMode.SYNC);
    database.write(series("cpu{host=a}").every("10s").values(1, 2, 3));
    disk.losePower();
    TestDatabase.abandon(database.engine());
    try (var again = TestDatabase.open(disk, SyncMode.SYNC)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu{host=a}").hasValues(1, 2, 3);
    }
  }

  @Test
  void intervalModeKeepsEverythingThroughAKillAndWhatIsAwaitedThroughAPowerCut() {
    var database = TestDatabase.open(disk, SyncMode.INTERVAL);
    database.write(point(1));
    disk.kill();
    TestDatabase.abandon(database.engine());
    var again = TestDatabase.open(disk, SyncMode.INTERVAL);
    again.write(point(2)).sync().write(point(3));
    disk.losePower();
    TestDatabase.abandon(again.engine());
    try (var last = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(last).isSound().series("cpu{host=a}").hasValues(1, 2);
    }
  }

  @Test
  void relaxedModeKeepsWhatIsAwaitedThroughAKill() {
    var database = TestDatabase.open(disk, SyncMode.RELAXED);
    database.write(point(1)).sync().write(point(2));
    DatabaseAssert.assertThat(database).series("cpu{host=a}").hasValues(1, 2);
    disk.kill();
    TestDatabase.abandon(database.engine());
    try (var again = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu{host=a}").hasValues(1);
    }
  }

  @ParameterizedTest
  @EnumSource(SyncMode.class)
  void closingKeepsEverythingInEveryMode(SyncMode mode) {
    TestDatabase.open(disk, mode).write(point(1)).write(point(2)).close();
    disk.losePower();
    try (var again = TestDatabase.open(disk, mode)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu{host=a}").hasValues(1, 2);
    }
  }

  @Test
  void aFailedSyncRefusesTheBatchAndAllLaterOnesWhileReadsGoOn() {
    var database = TestDatabase.open(disk, SyncMode.SYNC).write(point(1));
    disk.fail(Call.SYNC, ".wal", Fault.IO_ERROR);
    refused(ErrorCode.WAL_SYNC, () -> database.write(point(2)));
    disk.heal();
    refused(ErrorCode.WAL_SYNC, () -> database.write(point(3)));
    DatabaseAssert.assertThat(database).isSound().series("cpu{host=a}").hasValues(1);
    database.flush();
    DatabaseAssert.assertThat(database).isSound().series("cpu{host=a}").hasValues(1);
    TestDatabase.quietly(database::close);
    try (var again = TestDatabase.open(disk, SyncMode.SYNC)) {
      // The refused batch may come back, as one whose answer got lost would; the next one may not.
      assertThat(Points.of(again.engine()).samples(point(1).name()).keySet())
          .contains(1L)
          .doesNotContain(3L);
      again.write(point(4));
      DatabaseAssert.assertThat(again).isSound();
    }
  }

  @Test
  void aFailedSyncInIntervalModeIsToldToThoseWhoWaitAndToTheNextWriter() {
    var database = TestDatabase.open(disk, SyncMode.INTERVAL).write(point(1));
    disk.fail(Call.SYNC, ".wal", Fault.IO_ERROR);
    refused(ErrorCode.WAL_SYNC, database::sync);
    disk.heal();
    refused(ErrorCode.WAL_SYNC, () -> database.write(point(2)));
    DatabaseAssert.assertThat(database).series("cpu{host=a}").hasValues(1);
    TestDatabase.quietly(database::close);
    try (var again = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu{host=a}").hasValues(1);
    }
  }

  @Test
  void closingAfterAFailedSyncOfTheLogKeepsEverythingInStorage() {
    var database = TestDatabase.open(disk, SyncMode.INTERVAL).write(point(1));
    disk.fail(Call.SYNC, ".wal", Fault.IO_ERROR);
    refused(ErrorCode.WAL_SYNC, database::sync);
    database.close();
    disk.losePower();
    try (var again = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu{host=a}").hasValues(1);
    }
  }

  @Test
  void closingSaysThatPointsMayBeLostWhereNeitherLogNorStorageTakesThem() {
    var database = TestDatabase.open(disk, SyncMode.INTERVAL).write(point(1));
    disk.fail(Call.SYNC, ".wal", Fault.IO_ERROR);
    refused(ErrorCode.WAL_SYNC, database::sync);
    disk.fail(Call.SYNC, ".db", Fault.IO_ERROR);
    refused(ErrorCode.WAL_SYNC, database::close);
    disk.heal();
    // The files were given up all the same, and nothing was lost yet.
    try (var again = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu{host=a}").hasValues(1);
    }
  }

  @Test
  void closingWhileStorageTakesNothingLeavesThePointsToTheLog() {
    var database = TestDatabase.open(disk, SyncMode.INTERVAL).write(point(1));
    disk.fail(Call.SYNC, ".db", Fault.IO_ERROR);
    TestDatabase.quietly(database::close);
    disk.losePower();
    try (var again = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu{host=a}").hasValues(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SyncMode.class,
      names = {"SYNC", "INTERVAL"})
  void aFullDiskRefusesTheBatchAndTheNextOnesSucceed(SyncMode mode) {
    var database = TestDatabase.open(disk, mode).write(point(1));
    disk.fail(Call.WRITE, ".wal", Fault.NO_SPACE);
    refused(ErrorCode.STORAGE_FULL, () -> database.write(point(2)));
    refused(ErrorCode.STORAGE_FULL, () -> database.write(series("new{host=b}").values(1)));
    disk.heal();
    database.write(point(3)).write(series("new{host=b}").from(7).values(7));
    DatabaseAssert.assertThat(database).series("cpu{host=a}").hasValues(1, 3);
    disk.kill();
    TestDatabase.abandon(database.engine());
    try (var again = TestDatabase.open(disk, mode)) {
      DatabaseAssert.assertThat(again)
          .isSound()
          .hasExactly(new Points()
              .put(point(1).name(), 1, 1)
              .put(point(3).name(), 3, 3)
              .put(series("new{host=b}").name(), 7, 7));
    }
  }

  @Test
  void aFullDiskInRelaxedModeIsToldToThoseWhoWaitAndTakesNothing() {
    var database = TestDatabase.open(disk, SyncMode.RELAXED).write(point(1));
    disk.fail(Call.WRITE, ".wal", Fault.NO_SPACE);
    refused(ErrorCode.STORAGE_FULL, database::sync);
    database.write(point(2));
    disk.heal();
    database.write(point(3)).sync();
    disk.kill();
    TestDatabase.abandon(database.engine());
    try (var again = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu{host=a}").hasValues(1, 2, 3);
    }
  }

  @Test
  void aFullDiskInRelaxedModeBoundsTheMemoryOfTheLog() {
    var database = TestDatabase.open(disk, SyncMode.RELAXED);
    disk.fail(Call.WRITE, ".wal", Fault.NO_SPACE);
    var stored = new ArrayList<Long>();
    TestDatabase.quietly(() -> {
      for (int i = 0; i < 40; i++) {
        var batch = new PointBatch(10_000).series("cpu", Tags.empty());
        for (int row = 0; row < 10_000; row++) {
          batch.add(i * 10_000L + row, row);
        }
        try {
          database.engine().write(batch);
          stored.add((long) i);
        } catch (ChronicleException e) {
          assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        }
      }
    });
    assertThat(stored).hasSizeBetween(5, 20);
    disk.heal();
    database.write(series("cpu").from(-1).values(1)).sync();
    disk.kill();
    TestDatabase.abandon(database.engine());
    try (var again = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu").hasCount(stored.size() * 10_000 + 1);
    }
  }

  @Test
  void aSegmentThatCannotBeStartedStopsNobody() {
    var database = TestDatabase.open(disk, TestDatabase.options(SyncMode.SYNC, 64 << 10, 0));
    disk.fail(Call.CREATE, ".wal", Fault.NO_SPACE);
    var expected = new Points();
    TestDatabase.quietly(() -> {
      for (int i = 0; i < 30; i++) {
        var data = series("cpu").from(i * 1_000_000_000_000L).counting(i, 500);
        database.write(data);
        expected.putAll(data.toPoints());
      }
    });
    assertThat(TestDatabase.segments(disk)).hasSize(1);
    disk.heal();
    var data = series("cpu").from(-1_000_000_000_000L).counting(0, 10);
    database.write(data);
    expected.putAll(data.toPoints());
    assertThat(TestDatabase.segments(disk)).hasSize(2);
    disk.losePower();
    TestDatabase.abandon(database.engine());
    try (var again = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(again).isSound().hasExactly(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(SyncMode.class)
  void eightWritersShareTheLogAndReadersSeeTheirBatchesWhole(SyncMode mode) throws Exception {
    int writers = 8;
    int batches = 60;
    int rows = 5;
    var database =
        TestDatabase.open(disk, TestDatabase.options(mode, 64 << 10, 0).withBufferPoints(100));
    ChronicleDatabase engine = database.engine();
    var failure = new AtomicReference<Throwable>();
    var done = new CountDownLatch(writers);
    var expected = new Points();
    for (int writer = 0; writer < writers; writer++) {
      String name = "cpu{host=h" + writer + "}";
      for (int i = 0; i < batches; i++) {
        expected.putAll(batch(name, i, rows).toPoints());
      }
      new Thread(() -> {
            try {
              for (int i = 0; i < batches; i++) {
                engine.write(batch(name, i, rows).toBatch());
              }
            } catch (Throwable e) {
              failure.compareAndSet(null, e);
            } finally {
              done.countDown();
            }
          })
          .start();
    }
    int before = 0;
    while (done.getCount() > 0 && failure.get() == null) {
      int count = 0;
      for (var samples : Points.of(engine).bySeries().values()) {
        assertThat(samples.size() % rows).isZero();
        count += samples.size();
      }
      assertThat(count).isGreaterThanOrEqualTo(before);
      before = count;
      if (count % 3 == 0) {
        engine.flush();
      }
    }
    done.await();
    assertThat(failure.get()).isNull();
    DatabaseAssert.assertThat(engine).isSound().hasExactly(expected);
    if (mode != SyncMode.RELAXED) {
      disk.kill();
    }
    TestDatabase.abandon(engine);
    try (var again = TestDatabase.open(disk, mode)) {
      DatabaseAssert.assertThat(again).isSound().hasExactly(expected);
    }
  }

  private static SeriesData batch(String name, int number, int rows) {
    return series(name).from(number * 1_000_000_000L).every("1ms").counting(number, rows);
  }

  @Test
  void aBufferLargerThanTheMemoryAllowsStillTakesWrites() {
    var options = TestDatabase.options(SyncMode.INTERVAL)
        .withMemoryBytes(8 << 20)
        .withBufferPoints(1_000_000);
    try (var database = TestDatabase.open(disk, options)) {
      for (int i = 0; i < 10; i++) {
        database.write(point(i));
      }
      DatabaseAssert.assertThat(database).series("cpu{host=a}").hasCount(10);
      assertThat(database.engine().statistics().blocks()).isZero(); // No flush for each write.
    }
  }
}
