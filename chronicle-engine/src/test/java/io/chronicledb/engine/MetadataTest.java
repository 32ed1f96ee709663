package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.MetricType;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of metrics, from a batch to a query. */
class MetadataTest {

  private static final ChronicleOptions OPTIONS = TestDatabase.options(SyncMode.SYNC);

  private static MetricMetadata counter(String help) {
    return new MetricMetadata(MetricType.COUNTER, help, "");
  }

  private static void write(ChronicleDatabase database, String metric, MetricMetadata metadata) {
    database.write(new PointBatch().metadata(metric, metadata));
  }

  private static Map<String, MetricMetadata> all(ChronicleDatabase database) {
    return database.queryEngine().metadata(null);
  }

  private static ChronicleDatabase open(MemoryDisk disk) {
    return ChronicleDatabase.open(disk, TestDatabase.PATH, OPTIONS);
  }

  @Test
  void theNewestWinsInMemoryInStorageAndAfterReopening() {
    var disk = new MemoryDisk();
    try (var database = open(disk)) {
      write(database, "b", counter("first"));
      write(database, "a", counter("other"));
      database.flush();
      write(database, "b", counter("second"));
      assertThat(all(database)).isEqualTo(Map.of("a", counter("other"), "b", counter("second")));
      assertThat(all(database).keySet()).containsExactly("a", "b");
    }
    try (var database = open(disk)) {
      assertThat(all(database)).isEqualTo(Map.of("a", counter("other"), "b", counter("second")));
      write(database, "b", counter("third"));
      assertThat(database.queryEngine().metadata("b")).isEqualTo(Map.of("b", counter("third")));
      assertThat(database.queryEngine().metadata("none")).isEmpty();
      assertThat(database.verify().damages()).isEmpty();
    }
  }

  @Test
  void isReplayedFromTheLogOfAKilledProcess() {
    var disk = new FaultyDisk();
    var killed = ChronicleDatabase.open(disk, TestDatabase.PATH, OPTIONS);
    write(killed, "a", counter("stored"));
    killed.flush();
    write(killed, "a", counter("logged"));
    disk.kill();
    TestDatabase.abandon(killed);
    try (var database = ChronicleDatabase.open(disk, TestDatabase.PATH, OPTIONS)) {
      assertThat(all(database)).isEqualTo(Map.of("a", counter("logged")));
    }
  }

  @Test
  void whatIsKnownAlreadyCostsNoLog() {
    try (var database = open(new MemoryDisk())) {
      write(database, "a", counter("x"));
      long bytes = database.statistics().walBytes();
      for (int i = 0; i < 100; i++) {
        write(database, "a", counter("x"));
        database.write(new PointBatch().metadata("a", counter("x"))).awaitDurable();
      }
      assertThat(database.statistics().walBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void namesWithoutEndFindNoRoomAndPointsAreStoredAllTheSame() {
    var options = OPTIONS.withMemoryBytes(ChronicleOptions.MEMORY_BYTES_MIN);
    try (var database = ChronicleDatabase.open(new MemoryDisk(), TestDatabase.PATH, options)) {
      String help = "x".repeat(1000);
      for (int i = 0; i < 2_000; i++) {
        var batch = new PointBatch().metadata("m" + i, counter(help));
        database.write(batch.add("m", Tags.empty(), i, i));
      }
      assertThat(all(database)).hasSizeBetween(100, 1_000);
      assertThat(Points.of(database).count()).isEqualTo(2_000);
      // What is known can change, and be shortened.
      write(database, "m0", counter("short"));
      assertThat(all(database)).containsEntry("m0", counter("short"));
    }
  }

  @Test
  void refusesWhatPassesALimit() {
    assertThat(counter("x".repeat(64 << 10)).help()).hasSize(64 << 10);
    assertThatThrownBy(() -> counter("x".repeat((64 << 10) + 1)))
        .isInstanceOf(BadDataException.class);
    assertThatThrownBy(() -> new MetricMetadata(MetricType.GAUGE, "", "ü".repeat(129)))
        .isInstanceOf(BadDataException.class);
    assertThatThrownBy(() -> new PointBatch().metadata("", counter("")))
        .isInstanceOf(BadDataException.class);
    assertThatThrownBy(() -> new PointBatch().metadata("m".repeat(257), counter("")))
        .isInstanceOf(BadDataException.class);
  }

  @Test
  void readersAndRepairsSeeIt(@TempDir Path directory) {
    Path path = directory.resolve("chronicle.db");
    try (var database = ChronicleDatabase.open(path, OPTIONS)) {
      write(database, "a", counter("stored"));
      database.flush();
      write(database, "b", counter("logged"));
      try (var reader = ChronicleDatabase.openReadOnly(path, OPTIONS)) {
        assertThat(all(reader)).isEqualTo(all(database));
      }
    }
    Path repaired = directory.resolve("repaired.db");
    ChronicleDatabase.repair(path, repaired, (step, done, total) -> {});
    try (var database = ChronicleDatabase.openReadOnly(repaired, OPTIONS)) {
      assertThat(all(database).keySet()).containsExactly("a", "b");
    }
  }

  @Test
  void aDamagedBlockCostsTheMetadataAndNoPoint() {
    var disk = new FaultyDisk();
    try (var database = ChronicleDatabase.open(disk, TestDatabase.PATH, OPTIONS)) {
      var batch = new PointBatch().metadata("a", counter("stored"));
      database.write(batch.add("a", Tags.empty(), 1, 1));
    }
    byte[] file = disk.bytes(TestDatabase.PATH);
    int at = new String(file, StandardCharsets.ISO_8859_1).indexOf("CHRMTD") + 20;
    file[at] ^= 1;
    disk.replace(TestDatabase.PATH, file);
    TestDatabase.quietly(() -> {
      try (var database = ChronicleDatabase.open(disk, TestDatabase.PATH, OPTIONS)) {
        assertThat(all(database)).isEmpty();
        assertThat(Points.of(database).count()).isEqualTo(1);
        assertThat(database.verify().damages()).hasSize(1);
        write(database, "a", counter("again"));
        database.flush();
        assertThat(database.verify().damages()).isEmpty();
      }
    });
  }
}
