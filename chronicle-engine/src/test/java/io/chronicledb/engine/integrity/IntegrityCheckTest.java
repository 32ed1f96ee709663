package io.chronicledb.engine.integrity;

import static io.chronicledb.engine.SeriesData.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.DatabaseFiles;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.SeriesData;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.backend.memory.MemoryBackend;
import io.chronicledb.engine.block.BlockWriter;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.index.SeriesDictionary;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.FaultyDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntegrityCheckTest {

  private static final TimeRange WINDOW = new TimeRange(0, 100);

  private final StorageBackend backend = new MemoryBackend();

  private void store(long series, long[] times, long statedMin, long statedCount) {
    var writer = new BlockWriter(WINDOW, 1, 1, new ChunkEncoder(Effort.FRESH));
    writer.series(series);
    writer.samples(times, new double[times.length], null, 0, times.length);
    StoredBlock block = backend.put(new NewBlock(
        BlockKind.DATA,
        1,
        1,
        WINDOW,
        statedMin,
        times[times.length - 1],
        writer.firstOrder(),
        writer.lastOrder(),
        statedCount,
        List.of(),
        writer.finish()));
    backend.commit(backend.root(), backend.root().next(1, List.of(block)));
  }

  private void storeDictionary() {
    var registry = new SeriesRegistry();
    registry.register(new byte[] {1, 'm'}, 0, 2);
    StoredBlock block = backend.put(new NewBlock(
        BlockKind.SERIES,
        1,
        1,
        new TimeRange(0, 0),
        0,
        0,
        0,
        0,
        1,
        List.of(),
        SeriesDictionary.encode(registry, 0, 1)));
    backend.commit(backend.root(), backend.root().next(1, List.of(block)));
  }

  @Test
  void aSoundRootHasNoDamages() {
    storeDictionary();
    store(0, new long[] {1, 2, 3}, 1, 3);
    IntegrityReport report = IntegrityCheck.run(backend);
    assertThat(report.damages()).isEmpty();
    assertThat(report.samples()).isEqualTo(3);
    assertThat(report.blocks()).isEqualTo(2);
  }

  @Test
  void namesEveryBrokenInvariant() {
    storeDictionary();
    store(7, new long[] {1}, 1, 1);
    store(0, new long[] {1, 2}, 0, 2);
    store(0, new long[] {1, 2}, 1, 5);
    store(0, new long[] {1, 100}, 1, 2);
    var damages = new ArrayList<>(IntegrityCheck.run(backend).damages());
    assertThat(damages).hasSize(4);
    assertThat(damages.get(0)).contains("series 7", "does not know");
    assertThat(damages.get(1)).contains("other times");
    assertThat(damages.get(2)).contains("holds 2 samples, the index says 5");
    assertThat(damages.get(3)).contains("outside of its window");
  }

  @Test
  void aDamagedBlockIsReportedAndCostsOnlyItsOwnPartition() {
    var disk = new FaultyDisk(1);
    var early = series("cpu").every("10s").values(1, 2, 3);
    var late = series("cpu").from(7_200_000_000_000L).every("10s").values(4, 5, 6);
    TestDatabase.open(disk).write(early).write(late).close();
    byte[] file = disk.bytes(TestDatabase.PATH);
    int block = new String(file, StandardCharsets.ISO_8859_1).indexOf("CHRBLK");
    file[block + 100] ^= 1; // The first chunk of the first data block.
    disk.replace(TestDatabase.PATH, file);
    try (var database = TestDatabase.open(disk)) {
      IntegrityReport report = database.engine().verify();
      assertThat(report.isSound()).isFalse();
      assertThat(report.damages()).hasSize(1);
      assertThat(report.damages().get(0)).contains(TestDatabase.PATH.toString(), "at offset");
      assertThat(Points.of(database.engine(), new TimeRange(7_000_000_000_000L, Long.MAX_VALUE)))
          .isEqualTo(late.toPoints());
      try {
        Points.of(database.engine());
        throw new AssertionError("a damaged block was read");
      } catch (ChronicleException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.CORRUPTION);
      }
    }
  }

  @Test
  void checksAFileThatIsClosedOrOpen() {
    var disk = new FaultyDisk(1);
    Path lock = DatabaseFiles.of(TestDatabase.PATH).dataLock();
    try (var database = TestDatabase.open(disk)) {
      database.write(SeriesData.series("cpu").values(1, 2, 3)).flush();
      IntegrityReport report = IntegrityCheck.run(disk, TestDatabase.PATH, lock);
      assertThat(report.isSound()).isTrue();
      assertThat(report.samples()).isEqualTo(3);
    }
    assertThat(IntegrityCheck.run(disk, TestDatabase.PATH, lock).isSound()).isTrue();
    byte[] damaged = disk.bytes(TestDatabase.PATH);
    Arrays.fill(damaged, 4096, damaged.length, (byte) 1);
    disk.replace(TestDatabase.PATH, damaged);
    TestDatabase.quietly(() -> {
      IntegrityReport report = IntegrityCheck.run(disk, TestDatabase.PATH, lock);
      assertThat(report.isSound()).isFalse();
      assertThat(report.damages().get(0)).contains(TestDatabase.PATH.toString());
    });
  }
}
