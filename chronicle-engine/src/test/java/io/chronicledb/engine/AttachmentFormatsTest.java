package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.MetricType;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A killed database with exemplars and metadata in its file and more of them in its log, which every later version must read. Its files are
 * never written again; {@link #main} wrote them.
 */
class AttachmentFormatsTest {

  private static final String DIRECTORY = "attachments-v1/";
  private static final String DATA_FILE = "chronicle.db";
  private static final List<String> SEGMENTS =
      List.of("0000000001.wal", "0000000002.wal", "0000000003.wal");

  private static final Exemplar STORED = new Exemplar(Tags.of("trace_id", "a1"), 5, 0.25);
  private static final Exemplar DELETED = new Exemplar(Tags.of("trace_id", "a2"), 50, -0.0);
  private static final Exemplar LOGGED =
      new Exemplar(Tags.of("trace_id", "a3", "größe", "ü"), Long.MIN_VALUE, Double.NaN);

  private static final MetricMetadata BEFORE = new MetricMetadata(MetricType.GAUGE, "old", "");
  private static final MetricMetadata AFTER =
      new MetricMetadata(MetricType.HISTOGRAM, "How long requests took.", "seconds");

  private static PointBatch add(Exemplar exemplar) {
    return new PointBatch()
        .series("latency", Tags.of("path", "/"))
        .exemplar(exemplar.labels(), exemplar.timestamp(), exemplar.value());
  }

  private static void check(ChronicleDatabase database) {
    var found = database.queryEngine().exemplars("latency", TimeRange.ALL, QueryOptions.defaults());
    assertThat(found).hasSize(1);
    assertThat(found.get(0).exemplars()).containsExactly(LOGGED, STORED);
    assertThat(database.queryEngine().metadata(null))
        .isEqualTo(Map.of("latency", AFTER, "other", BEFORE));
    assertThat(database.query("SELECT * FROM cpu").columns().stream().map(column -> column.name()))
        .containsExactly("time", "idle", "user");
    assertThat(database.verify().damages()).isEmpty();
  }

  @Test
  void readsExemplarsAndMetadataOfTheFirstVersion() throws IOException {
    var disk = new FaultyDisk();
    disk.replace(TestDatabase.PATH, golden(DATA_FILE));
    for (String segment : SEGMENTS) {
      disk.replace(TestDatabase.walDirectory().resolve(segment), golden(segment));
    }
    for (int opening = 0; opening < 2; opening++) {
      try (var database =
          ChronicleDatabase.open(disk, TestDatabase.PATH, TestDatabase.options(SyncMode.SYNC))) {
        assertThat(database.recovery().isComplete()).isTrue();
        check(database);
      }
    }
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in =
        AttachmentFormatsTest.class.getResourceAsStream("/formats/" + DIRECTORY + name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }

  /** A database that was killed while its log held more than its file. */
  private static FaultyDisk database() {
    var disk = new FaultyDisk();
    var options =
        TestDatabase.options(SyncMode.SYNC).withClock(() -> Instant.parse("2026-01-01T00:00:00Z"));
    var database = ChronicleDatabase.open(disk, TestDatabase.PATH, options);
    database.write(add(STORED).add(5, 1).metadata("latency", BEFORE).metadata("other", BEFORE));
    database.write(add(DELETED)
        .add("cpu_user", Tags.empty(), 1, 1)
        .add("cpu_idle", Tags.empty(), 1, 2)
        .add("cpu_frequency_hz", Tags.empty(), 1, 3)
        .field("cpu", "user"));
    database.close();
    database = ChronicleDatabase.open(disk, TestDatabase.PATH, options);
    database.write(add(LOGGED).metadata("latency", AFTER).field("cpu", "idle"));
    database.delete("latency", new TimeRange(40, 60));
    disk.kill();
    TestDatabase.abandon(database);
    return disk;
  }

  /** Writes the files of a new format version; never run again for a released one. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]).resolve(DIRECTORY);
    Files.createDirectories(directory);
    FaultyDisk disk = database();
    Files.write(directory.resolve(DATA_FILE), disk.bytes(TestDatabase.PATH));
    for (String segment : SEGMENTS) {
      Files.write(
          directory.resolve(segment), disk.bytes(TestDatabase.walDirectory().resolve(segment)));
    }
  }
}
