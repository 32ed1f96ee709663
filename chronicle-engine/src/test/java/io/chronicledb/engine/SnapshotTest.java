package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.PromQlResult.Vector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {

  private static final long SECOND = 1_000_000_000L;

  @TempDir
  Path directory;

  @Test
  void isADatabaseOfItsOwnWithAllPoints() {
    Path target = directory.resolve("snapshots").resolve("one").resolve("chronicle.db");
    try (var database = ChronicleDatabase.open(directory.resolve("chronicle.db"))) {
      write(database, 0, 100);
      database.flush();
      write(database, 100, 200);
      database.delete("cpu{host=\"b\"}", TimeRange.ALL);
      assertThat(database.snapshot(target, true))
          .isGreaterThanOrEqualTo(target.toFile().length());
      write(database, 200, 300);
      assertThat(count(database)).isEqualTo(300);
    }
    for (int opening = 0; opening < 2; opening++) {
      try (var snapshot = ChronicleDatabase.open(target)) {
        assertThat(snapshot.recovery().lost()).isEmpty();
        assertThat(count(snapshot)).isEqualTo(200 + opening);
        assertThat(snapshot.query("SELECT value FROM cpu WHERE host = 'b'").rowCount())
            .isZero();
        assertThat(snapshot.verify().isSound()).isTrue();
        snapshot.write("cpu", Tags.of("host", "a"), 1_000 * SECOND, 1);
      }
    }
    assertThat(ChronicleDatabase.verify(target).isSound()).isTrue();
  }

  @Test
  void leavesOutWhatIsInMemoryWhereItIsToldTo() {
    Path target = directory.resolve("stored.db");
    try (var database = ChronicleDatabase.open(directory.resolve("chronicle.db"))) {
      write(database, 0, 100);
      database.flush();
      write(database, 100, 200);
      database.snapshot(target, false);
    }
    try (var snapshot = ChronicleDatabase.open(target)) {
      assertThat(count(snapshot)).isEqualTo(100);
    }
  }

  @Test
  void ofAnEmptyDatabaseAndOfOneInMemoryCanBeOpened() {
    Path empty = directory.resolve("empty.db");
    Path memory = directory.resolve("memory.db");
    try (var database = ChronicleDatabase.open(directory.resolve("chronicle.db"))) {
      database.snapshot(empty, true);
    }
    try (var database = ChronicleDatabase.inMemory()) {
      write(database, 0, 10);
      database.snapshot(memory, true);
    }
    try (var snapshot = ChronicleDatabase.open(empty)) {
      assertThat(snapshot.statistics().series()).isZero();
    }
    try (var snapshot = ChronicleDatabase.open(memory)) {
      assertThat(count(snapshot)).isEqualTo(10);
    }
  }

  @Test
  void replacesNoFileAndLeavesNoneBehind() throws IOException {
    Path target = directory.resolve("taken.db");
    Files.writeString(target, "mine");
    try (var database = ChronicleDatabase.open(directory.resolve("chronicle.db"))) {
      assertThatExceptionOfType(ChronicleException.class)
          .isThrownBy(() -> database.snapshot(target, true))
          .matches(e -> e.code() == ErrorCode.BAD_DATA);
    }
    assertThat(target).hasContent("mine");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".new"));
    }
  }

  @Test
  void readsAConsistentStateWhileOthersWriteAndCompact() throws Exception {
    try (var database = ChronicleDatabase.open(directory.resolve("chronicle.db"))) {
      write(database, 0, 1_000);
      var writer = new Thread(() -> {
        for (int round = 1; round < 20; round++) {
          write(database, round * 1_000, round * 1_000 + 1_000);
          database.compact();
        }
      });
      writer.start();
      for (int number = 0; number < 5; number++) {
        Path target = directory.resolve("during" + number + ".db");
        database.snapshot(target, true);
        try (var snapshot = ChronicleDatabase.open(target)) {
          assertThat(snapshot.verify().isSound()).isTrue();
          assertThat(count(snapshot)).isGreaterThanOrEqualTo(1_000);
        }
      }
      writer.join();
    }
  }

  @Test
  void deletesBySeveralSelectorsOrByNone() {
    try (var database = ChronicleDatabase.inMemory()) {
      write(database, 0, 10);
      assertThatExceptionOfType(ChronicleException.class)
          .isThrownBy(() -> database.delete(List.of("cpu", "{"), TimeRange.ALL));
      assertThat(count(database)).isEqualTo(10);
      database.delete(List.of("cpu{host=\"a\"}", "cpu{host=\"b\"}"), new TimeRange(0, 5 * SECOND));
      assertThat(count(database)).isEqualTo(5);
      database.applyDeletions();
      assertThat(count(database)).isEqualTo(5);
    }
  }

  /** One point of host a for each second, and one of host b at each start. */
  private static void write(ChronicleDatabase database, int from, int to) {
    for (int second = from; second < to; second++) {
      database.write("cpu", Tags.of("host", "a"), second * SECOND, second);
    }
    database.write("cpu", Tags.of("host", "b"), from * SECOND, from);
  }

  private static long count(ChronicleDatabase database) {
    var vector = (Vector)
        database.promql("count_over_time(cpu{host=\"a\"}[10d])", Instant.ofEpochSecond(100_000));
    return (long) vector.elements().get(0).value();
  }
}
