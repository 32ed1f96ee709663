package io.chronicledb.engine;

import static io.chronicledb.engine.SeriesData.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.wal.SyncMode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyDatabaseTest {

  @TempDir
  Path directory;

  private Path path() {
    return directory.resolve("chronicle.db");
  }

  private static ChronicleOptions options() {
    return TestDatabase.options(SyncMode.INTERVAL, 64 << 10, 0);
  }

  @Test
  void showsWhatFileAndLogHaveWhileTheWriterGoesOn() {
    try (var writer = ChronicleDatabase.open(path(), options())) {
      writer.write(series("cpu").counting(0, 500).toBatch());
      writer.flush();
      writer.write(series("mem").counting(0, 20).toBatch());
      Points before = Points.of(writer);
      try (var reader = ChronicleDatabase.openReadOnly(path(), options())) {
        assertThat(Points.of(reader)).isEqualTo(before);
        for (int round = 1; round <= 20; round++) {
          writer.write(series("cpu").counting(round, 500).toBatch());
          writer.delete("mem", TimeRange.ALL);
          writer.compact();
        }
        assertThat(Points.of(reader)).isEqualTo(before);
        assertThat(reader.verify().damages()).isEmpty();
      }
      assertThat(Points.of(writer).bySeries()).hasSize(1);
      try (var reader = ChronicleDatabase.openReadOnly(path(), options())) {
        assertThat(Points.of(reader)).isEqualTo(Points.of(writer));
      }
    }
    try (var reader = ChronicleDatabase.openReadOnly(path(), options())) {
      assertThat(Points.of(reader).count()).isEqualTo(500);
    }
  }

  @Test
  void refusesToWriteAndToOpenWhatIsNotThere() {
    assertThatThrownBy(() -> ChronicleDatabase.openReadOnly(path(), options()))
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    ChronicleDatabase.open(path(), options()).close();
    try (var reader = ChronicleDatabase.openReadOnly(path(), options())) {
      assertThatThrownBy(() -> reader.write("cpu", Tags.empty(), 1))
          .isInstanceOfSatisfying(
              ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.READ_ONLY));
      assertThatThrownBy(() -> reader.dropBefore(0)).hasMessageContaining("for reading only");
      assertThatThrownBy(reader::flush).hasMessageContaining("for reading only");
      assertThat(reader.statistics().writable()).isFalse();
      assertThat(reader.query("SELECT * FROM cpu").rowCount()).isZero();
    }
  }
}
