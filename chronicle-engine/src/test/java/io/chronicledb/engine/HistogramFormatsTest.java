package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.block.Block;
import io.chronicledb.engine.block.BlockWriter;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.SampleCursor;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files with native histograms, kept and read as {@link FormatsTest} says. */
class HistogramFormatsTest {

  private static final String DATA_FILE = "histograms-v1/chronicle.db";
  private static final String BLOCK = "block-v3/data.bin";
  private static final List<String> SEGMENTS =
      List.of("0000000001.wal", "0000000002.wal", "0000000003.wal");

  private static final long SECOND = 1_000_000_000L;
  private static final int SAMPLES = 60;

  /** Doubles, histograms, a stale marker of each kind, and doubles again. */
  private static boolean isHistogram(int i) {
    return i >= 10 && i < 50 && i != 30;
  }

  private static double value(int i) {
    return i == 30 || i == 40 ? StaleMarker.value() : 0.25 * i;
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = HistogramFormatsTest.class.getResourceAsStream("/formats/" + name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }

  @Test
  void readsDataFileAndLogOfTheFirstReadableVersion() throws IOException {
    var disk = new FaultyDisk();
    disk.replace(TestDatabase.PATH, golden(DATA_FILE));
    for (String name : SEGMENTS) {
      disk.replace(TestDatabase.walDirectory().resolve(name), golden("histograms-v1/" + name));
    }
    try (var database = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(database).isSound().hasExactly(points());
      assertThat(database.engine().recovery().replayedBatches()).isEqualTo(1);
    }
  }

  private static Points points() {
    var points = new Points();
    for (int i = 0; i < SAMPLES; i++) {
      points.put(Tags.of(Tags.METRIC, "stored").toString(), i * SECOND, value(i));
      points.put(Tags.of(Tags.METRIC, "logged").toString(), i * SECOND, value(i));
    }
    return points;
  }

  private static PointBatch batch(String metric) {
    var batch = new PointBatch().series(metric, Tags.empty());
    for (int i = 0; i < SAMPLES; i++) {
      HistogramPoints.add(batch, i * SECOND, value(i), isHistogram(i));
    }
    return batch;
  }

  @Test
  void readsABlockOfTheFirstReadableVersion() throws IOException {
    byte[] bytes = golden(BLOCK);
    Block block = Block.open(
        (offset, length) -> ByteBuffer.wrap(bytes, (int) offset, length).slice(), "golden");
    RunCursor series = block.cursor();
    assertThat(series.next()).isTrue();
    SampleCursor cursor = series.samples(TimeRange.ALL);
    int at = 0;
    while (cursor.next()) {
      for (int i = cursor.start(); i < cursor.end(); i++) {
        assertThat(cursor.timestamps()[i]).isEqualTo(at * SECOND);
        double value = HistogramPoints.value(cursor.values(), cursor.histograms(), i);
        assertThat(Double.doubleToRawLongBits(value))
            .isEqualTo(Double.doubleToRawLongBits(value(at++)));
      }
    }
    assertThat(at).isEqualTo(SAMPLES);
    assertThat(series.next()).isFalse();
  }

  @Test
  void stillWritesBlocksByteByByte() throws IOException {
    assertThat(block()).isEqualTo(golden(BLOCK));
  }

  private static byte[] block() {
    var times = new long[SAMPLES];
    var values = new double[SAMPLES];
    var histograms = new HistogramColumn(SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
      times[i] = i * SECOND;
      values[i] = value(i);
      if (isHistogram(i)) {
        values[i] = HistogramRows.reference(histograms.size());
        histograms.add(HistogramPoints.of(value(i)));
      }
    }
    var writer =
        new BlockWriter(new TimeRange(0, 3_600 * SECOND), 7, 11, new ChunkEncoder(Effort.COLD));
    writer.series(SeriesOrder.of(1, 2));
    int from = 0;
    while (from < SAMPLES) {
      int to = from + 1;
      while (to < SAMPLES && isHistogram(to) == isHistogram(from)) {
        to++;
      }
      writer.samples(times, values, isHistogram(from) ? histograms : null, from, to);
      from = to;
    }
    ByteBuffer bytes = writer.finish();
    return Arrays.copyOfRange(bytes.array(), bytes.position(), bytes.limit());
  }

  /** Writes the files of a new format version; never run again for a released one. */
  public static void main(String[] arguments) throws IOException {
    Path formats = Path.of(arguments[0]);
    var disk = new FaultyDisk();
    var options = TestDatabase.options(SyncMode.SYNC);
    var database = TestDatabase.open(disk, options);
    database.engine().write(batch("stored"));
    database.close();
    database = TestDatabase.open(disk, options);
    database.engine().write(batch("logged"));
    disk.kill();
    TestDatabase.abandon(database.engine());
    write(formats.resolve(DATA_FILE), disk.bytes(TestDatabase.PATH));
    for (Path segment : TestDatabase.segments(disk)) {
      write(formats.resolve("histograms-v1").resolve(segment.getFileName()), disk.bytes(segment));
    }
    write(formats.resolve(BLOCK), block());
  }

  private static void write(Path path, byte[] bytes) throws IOException {
    Files.createDirectories(path.getParent());
    Files.write(path, bytes);
  }
}
