package io.chronicledb.engine.partition;

import static io.chronicledb.engine.SeriesData.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.DatabaseAssert;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionsTest {

  private static final long HOUR = 3_600_000_000_000L;

  private final FaultyDisk disk = new FaultyDisk();

  @Test
  void keepsPointsOnBothSidesOfABorderAndAtTheEndsOfTime() {
    long[] times = {
      Long.MIN_VALUE,
      Long.MIN_VALUE + 1,
      -HOUR - 1,
      -HOUR,
      -1,
      0,
      1,
      HOUR - 1,
      HOUR,
      HOUR + 1,
      Long.MAX_VALUE - 2,
      Long.MAX_VALUE - 1
    };
    var database = TestDatabase.open(disk);
    for (int i = 0; i < times.length; i++) {
      database.write(series("cpu").from(times[i]).values(i));
    }
    database.flush();
    DatabaseAssert.assertThat(database).isSound().series("cpu").hasTimestamps(times);
    database.close();
    try (var again = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu").hasTimestamps(times);
    }
  }

  @Test
  void aBatchSpreadOver300000HoursMakesABoundedNumberOfBlocks() {
    var batch = new PointBatch(300_000).series("cpu", Tags.empty());
    for (long hour = 0; hour < 300_000; hour++) {
      batch.add(hour * HOUR, hour);
    }
    try (var database = TestDatabase.open(disk)) {
      database.engine().write(batch);
      database.flush();
      assertThat(database.engine().statistics().blocks())
          .isLessThanOrEqualTo(PartitionWindows.WINDOWS_MAX);
      DatabaseAssert.assertThat(database).isSound().series("cpu").hasCount(300_000);
      var middle = new TimeRange(1000 * HOUR + 1, 1003 * HOUR + 1);
      assertThat(Points.of(database.engine(), middle).samples(series("cpu").name()))
          .containsOnlyKeys(1001 * HOUR, 1002 * HOUR, 1003 * HOUR);
    }
  }

  @Test
  void aRangeFindsItsPointsWhereverItStartsInsideAPartition() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    try (var database = TestDatabase.open(disk)) {
      var all = new Points();
      for (int part = 0; part < 4; part++) {
        for (String name : new String[] {"cpu{host=a}", "cpu{host=b}", "mem"}) {
          var data = series(name)
              .from(random.nextInt(5000) * 1_000_000_000L)
              .every("7s")
              .counting(part * 10_000, 2500);
          database.write(data);
          all.putAll(data.toPoints());
        }
        if (part < 3) {
          database.flush();
        }
      }
      DatabaseAssert.assertThat(database).isSound().hasExactly(all);
      for (int i = 0; i < 200; i++) {
        long start = random.nextInt(25_000) * 1_000_000_000L - random.nextInt(3);
        var range = new TimeRange(start, start + random.nextInt(8_000) * 1_000_000_000L);
        assertThat(Points.of(database.engine(), range).bySeries())
            .as("%s, -Dseed=%d", range, seed)
            .isEqualTo(all.within(range).bySeries());
      }
    }
  }

  @Test
  void whatZstandardCompressedReadsBack() {
    var data = series("cpu").every("10s").counting(0, 20_000);
    var options = TestDatabase.options(SyncMode.INTERVAL).withZstandard(true);
    try (var database = TestDatabase.open(disk, options)) {
      database.write(data).flush();
      database.engine().compact();
      DatabaseAssert.assertThat(database).isSound().hasExactly(data.toPoints());
    }
  }
}
