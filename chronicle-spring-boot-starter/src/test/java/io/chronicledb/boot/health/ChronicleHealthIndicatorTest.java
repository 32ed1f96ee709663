package io.chronicledb.boot.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.DatabaseStatistics;
import io.chronicledb.engine.backend.memory.MemoryBackend;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.QueryPlanner;
import io.chronicledb.engine.recovery.RecoveryReport;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.WalReplay.LostRange;
import io.chronicledb.engine.wal.WriteAheadLog;
import io.chronicledb.engine.write.WritePosition;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class ChronicleHealthIndicatorTest {

  @Test
  void isUpWithFigures() {
    try (var database = ChronicleDatabase.inMemory()) {
      database.write("cpu", Tags.of("host", "a"), 1, 1);
      database.flush();
      database.write("cpu", Tags.of("host", "a"), 2, 1);
      Health health = new ChronicleHealthIndicator(database).health();
      assertThat(health.getStatus()).isEqualTo(Status.UP);
      assertThat(health.getDetails())
          .containsEntry("series", 1)
          .containsEntry("points", 2L)
          .containsEntry("generation", database.recovery().generation())
          .doesNotContainKey("degraded");
    }
  }

  @Test
  void isDownOnceTheDatabaseIsClosed() {
    var database = ChronicleDatabase.inMemory();
    database.close();
    Health health = new ChronicleHealthIndicator(database).health();
    assertThat(health.getStatus()).isEqualTo(Status.DOWN);
    assertThat(String.valueOf(health.getDetails().get("error"))).contains("closed");
  }

  @Test
  void isDownOnceAFailedSyncHasStoppedTheLog() {
    var failing = new AtomicBoolean();
    ChronicleOptions options = ChronicleOptions.defaults();
    var wal = WriteAheadLog.open(syncingBadly(failing), Path.of("chronicle.wal"), options.wal());
    try (var database =
        ChronicleDatabase.open(new MemoryBackend(), wal, QueryPlanner.standard(), options)) {
      var indicator = new ChronicleHealthIndicator(database);
      database.write("cpu", Tags.of("host", "a"), 1, 1).awaitDurable();
      assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
      failing.set(true);
      WritePosition second = database.write("cpu", Tags.of("host", "a"), 2, 1);
      assertThatThrownBy(second::awaitDurable).isInstanceOf(ChronicleException.class);
      assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN);
      failing.set(false);
      Health health = indicator.health();
      assertThat(health.getStatus()).as("until it is reopened").isEqualTo(Status.DOWN);
      assertThat(String.valueOf(health.getDetails().get("error"))).contains("reopened");
    }
  }

  @Test
  void tellsWhatOpeningFoundLost() {
    var report = new RecoveryReport(7, 40, 3, 30, 0, List.of(new LostRange(41, 44, "here")), 2);
    ChronicleDatabase database = mock();
    given(database.statistics())
        .willReturn(new DatabaseStatistics(1, 2, 3, 1, 1, 1, 1, 1, true, report));
    Health health = new ChronicleHealthIndicator(database).health();
    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails().get("degraded"))
        .isEqualTo("opening found damage in the write-ahead log; batches 41 to 44 are lost; "
            + "2 points were dropped with the names of their series");
  }

  /** A disk in memory whose files cannot be synced while {@code failing}. */
  private static Disk syncingBadly(AtomicBoolean failing) {
    return around(Disk.class, new MemoryDisk(), new AtomicBoolean(), failing);
  }

  private static <T> T around(
      Class<T> type, T target, AtomicBoolean failsSync, AtomicBoolean failing) {
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
          if (method.getName().equals("sync") && failsSync.get()) {
            throw new IOException("Input/output error");
          }
          try {
            Object result = method.invoke(target, arguments);
            return result instanceof DiskFile file
                ? around(DiskFile.class, file, failing, failing)
                : result;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        }));
  }
}
