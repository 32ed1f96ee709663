package io.chronicledb.engine;

import static io.chronicledb.engine.SeriesData.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.block.Block;
import io.chronicledb.engine.block.BlockWriter;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.SampleCursor;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.SyncMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Files written by the present version of each format, which every later version must read. They are never written again: a change of a
 * format is a new version beside the old one. {@link #main} wrote them.
 */
class FormatsTest {

  private static final String DATA_FILE = "datafile-v2/chronicle.db";
  private static final List<String> SEGMENTS =
      List.of("wal-v1/0000000001.wal", "wal-v1/0000000002.wal", "wal-v1/0000000003.wal");
  private static final String BLOCK = "block-v2/data.bin";

  private static final SeriesData[] STORED = {
    series("cpu{host=a,dc=zürich}").every("10s").values(1, 2.5, -0.0, Double.MAX_VALUE, 1e-300),
    series("cpu{host=b}").from(-7_200_000_000_000L).every("1h").counting(0, 6),
    series("odd")
        .every("1ns")
        .values(
            Double.NaN,
            StaleMarker.value(),
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.MIN_VALUE),
    series("edge").from(Long.MIN_VALUE).values(1),
    series("edge").from(Long.MAX_VALUE - 1).values(2)
  };

  /** Only the log has these; the last one overwrites a stored point. */
  private static final SeriesData[] LOGGED = {
    series("mem{host=a}").from(1_700_000_000_000_000_000L).every("15s").values(100, 101, 103),
    series("cpu{host=a,dc=zürich}").values(42)
  };

  private static final long[] BLOCK_TIMES = {-5, 0, 1_000_000_000, 1_000_000_001};
  private static final double[] BLOCK_VALUES = {1, 1, 2.5, -0.0};

  private static Points points(SeriesData[]... parts) {
    var points = new Points();
    for (SeriesData[] part : parts) {
      for (SeriesData data : part) {
        points.putAll(data.toPoints());
      }
    }
    return points;
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = FormatsTest.class.getResourceAsStream("/formats/" + name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }

  @Test
  void readsDataFileAndLogOfTheFirstReadableVersion() throws IOException {
    var disk = new FaultyDisk();
    disk.replace(TestDatabase.PATH, golden(DATA_FILE));
    for (String segment : SEGMENTS) {
      disk.replace(
          TestDatabase.walDirectory().resolve(Path.of(segment).getFileName()), golden(segment));
    }
    try (var database = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(database).isSound().hasExactly(points(STORED, LOGGED));
      assertThat(database.engine().recovery().replayedBatches()).isEqualTo(LOGGED.length);
      database.write(series("new").values(1));
    }
    try (var database = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(database)
          .isSound()
          .hasExactly(points(STORED, LOGGED, new SeriesData[] {series("new").values(1)}));
    }
  }

  @Test
  void readsTheDataFileOfTheFirstReadableVersionWithoutItsLog() throws IOException {
    var disk = new FaultyDisk();
    disk.replace(TestDatabase.PATH, golden(DATA_FILE));
    try (var database = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(database).isSound().hasExactly(points(STORED));
    }
  }

  @Test
  void readsABlockOfTheFirstReadableVersion() throws IOException {
    checkBlock(golden(BLOCK));
  }

  @Test
  void stillWritesBlocksByteByByteWhereNothingRandomIsInIt() throws IOException {
    assertThat(block()).isEqualTo(golden(BLOCK));
  }

  @Test
  void stillWritesFilesThatSayTheirVersion() {
    FaultyDisk disk = database();
    assertThat(Arrays.copyOf(disk.bytes(TestDatabase.PATH), 8))
        .containsExactly('C', 'H', 'R', 'D', 'B', '1', 2, 0);
    for (Path segment : TestDatabase.segments(disk)) {
      assertThat(Arrays.copyOf(disk.bytes(segment), 8))
          .containsExactly('C', 'H', 'R', 'W', 'A', 'L', '1', 1);
    }
    try (var database = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(database).isSound().hasExactly(points(STORED, LOGGED));
    }
  }

  private static void checkBlock(byte[] bytes) {
    Block block = Block.open(
        (offset, length) -> ByteBuffer.wrap(bytes, (int) offset, length).slice(), "golden");
    assertThat(block.window()).isEqualTo(new TimeRange(-10, 2_000_000_000));
    assertThat(block.firstSequence()).isEqualTo(7);
    assertThat(block.lastSequence()).isEqualTo(11);
    assertThat(block.seriesCount()).isEqualTo(3);
    RunCursor series = block.cursor();
    for (int i = 0; i < 3; i++) {
      assertThat(series.next()).isTrue();
      SampleCursor cursor = series.samples(TimeRange.ALL);
      assertThat(cursor.next()).isTrue();
      assertThat(Arrays.copyOfRange(cursor.timestamps(), cursor.start(), cursor.end()))
          .isEqualTo(BLOCK_TIMES);
      assertThat(Arrays.copyOfRange(cursor.values(), cursor.start(), cursor.end()))
          .isEqualTo(BLOCK_VALUES);
      assertThat(cursor.next()).isFalse();
    }
  }

  private static byte[] block() {
    var writer =
        new BlockWriter(new TimeRange(-10, 2_000_000_000), 7, 11, new ChunkEncoder(Effort.FRESH));
    for (long order :
        new long[] {SeriesOrder.of(0, 0), SeriesOrder.of(0, 5), SeriesOrder.of(3, 3)}) {
      writer.series(order);
      writer.samples(BLOCK_TIMES, BLOCK_VALUES, null, 0, BLOCK_TIMES.length);
    }
    ByteBuffer bytes = writer.finish();
    return Arrays.copyOfRange(bytes.array(), bytes.position(), bytes.limit());
  }

  /** A database that was killed while its log held more than its file. */
  private static FaultyDisk database() {
    var disk = new FaultyDisk();
    var options =
        TestDatabase.options(SyncMode.SYNC).withClock(() -> Instant.parse("2026-01-01T00:00:00Z"));
    var database = TestDatabase.open(disk, options);
    for (SeriesData data : STORED) {
      database.write(data);
    }
    database.close();
    database = TestDatabase.open(disk, options);
    for (SeriesData data : LOGGED) {
      database.write(data);
    }
    disk.kill();
    TestDatabase.abandon(database.engine());
    return disk;
  }

  /** Writes the files of a new format version; never run again for a released one. */
  public static void main(String[] arguments) throws IOException {
    Path formats = Path.of(arguments[0]);
    FaultyDisk disk = database();
    write(formats.resolve(DATA_FILE), disk.bytes(TestDatabase.PATH));
    for (String segment : SEGMENTS) {
      write(
          formats.resolve(segment),
          disk.bytes(TestDatabase.walDirectory().resolve(Path.of(segment).getFileName())));
    }
    write(formats.resolve(BLOCK), block());
  }

  private static void write(Path path, byte[] bytes) throws IOException {
    Files.createDirectories(path.getParent());
    Files.write(path, bytes);
  }
}
