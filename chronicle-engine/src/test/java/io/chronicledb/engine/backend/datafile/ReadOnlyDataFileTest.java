package io.chronicledb.engine.backend.datafile;

import static io.chronicledb.engine.backend.datafile.BlockFixture.LOCK;
import static io.chronicledb.engine.backend.datafile.BlockFixture.PATH;
import static io.chronicledb.engine.backend.datafile.BlockFixture.assertReadable;
import static io.chronicledb.engine.backend.datafile.BlockFixture.commit;
import static io.chronicledb.engine.backend.datafile.BlockFixture.open;
import static io.chronicledb.engine.backend.datafile.BlockFixture.put;
import static io.chronicledb.engine.backend.datafile.BlockFixture.replace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.DatabaseFiles;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.DiskLock;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.FaultyDisk.Call;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.storage.file.FileDisk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyDataFileTest {

  private final FaultyDisk disk = new FaultyDisk(1);

  private StorageBackend reader() {
    return DataFileBackend.openReadOnly(disk, PATH, LOCK);
  }

  private List<Path> listed() {
    return disk.files().stream()
        .filter(path -> path.toString().endsWith(".reader"))
        .toList();
  }

  private static void assertRefused(ErrorCode code, Runnable work) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void theWriterKeepsWhatAReaderHasOpenAndNoLonger() {
    var writer = open(disk);
    StoredBlock first = put(writer, 1, 50_000);
    commit(writer, first);
    StorageBackend reader = reader();
    Root root = reader.root();
    assertThat(root).isEqualTo(writer.root());
    replace(writer, List.of(first), List.of());
    for (int i = 0; i < 10; i++) {
      replace(writer, writer.root().blocks(), List.of(put(writer, 10 + i, 50_000)));
    }
    assertReadable(reader, List.of(first));
    assertThat(reader.root()).isEqualTo(root);
    reader.close();
    reader.close();
    assertThat(listed()).isEmpty();
    commit(writer);
    assertThatThrownBy(() -> writer.check(first)).isInstanceOf(CorruptionException.class);
    assertReadable(writer, writer.root().blocks());
    writer.close();
  }

  @Test
  void anotherWriterHonoursReadersOfTheOneBefore() {
    var writer = open(disk);
    StoredBlock first = put(writer, 1, 50_000);
    commit(writer, first);
    StorageBackend reader = reader();
    replace(writer, List.of(first), List.of());
    commit(writer);
    commit(writer);
    writer.close();
    var next = open(disk);
    long end = next.storageBytes();
    commit(next, put(next, 2, 40_000));
    assertThat(next.storageBytes()).isGreaterThan(end);
    assertReadable(reader, List.of(first));
    reader.close();
    commit(next);
    end = next.storageBytes();
    commit(next, put(next, 3, 40_000));
    assertThat(next.storageBytes()).isEqualTo(end);
    next.close();
  }

  @Test
  void entriesOfDeadReadersAreRemovedAndHoldNothing() {
    var writer = open(disk);
    StoredBlock first = put(writer, 1, 50_000);
    commit(writer, first);
    StorageBackend reader = reader();
    assertThat(reader.root().blocks()).hasSize(1);
    writer.close();
    disk.kill();
    assertThat(listed()).hasSize(1);
    writer = open(disk);
    assertThat(listed()).isEmpty();
    replace(writer, List.of(first), List.of());
    commit(writer);
    StoredBlock gone = first;
    var last = writer;
    assertThatThrownBy(() -> last.check(gone)).isInstanceOf(CorruptionException.class);
    writer.close();
  }

  @Test
  void refusesToWrite() {
    var writer = open(disk);
    StoredBlock block = put(writer, 1, 10);
    commit(writer, block);
    try (StorageBackend reader = reader()) {
      assertRefused(ErrorCode.READ_ONLY, () -> put(reader, 2, 10));
      assertRefused(ErrorCode.READ_ONLY, () -> reader.discard(block));
      assertRefused(ErrorCode.READ_ONLY, () -> commit(reader));
      assertThat(reader.databaseId()).isEqualTo(writer.databaseId());
      assertThat(reader.liveBytes()).isEqualTo(writer.liveBytes());
    }
    writer.close();
    assertRefused(
        ErrorCode.NOT_FOUND,
        () -> DataFileBackend.openReadOnly(disk, PATH.resolveSibling("none.db"), LOCK));
  }

  @Test
  void whereItCannotBeListedItKeepsWritersOutOrIsRefused() throws IOException {
    var writer = open(disk);
    StoredBlock block = put(writer, 1, 10);
    commit(writer, block);
    disk.fail(Call.LOCK, ".reader", Fault.IO_ERROR);
    assertThatThrownBy(this::reader)
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LOCKED))
        .hasMessageContaining("readers")
        .hasMessageContaining("stop the writer");
    writer.close();
    try (StorageBackend reader = reader()) {
      assertReadable(reader, List.of(block));
      assertThatThrownBy(() -> open(disk)).isInstanceOf(LockedException.class);
    }
    open(disk).close();
    // A copy that nobody ever wrote beside.
    disk.delete(LOCK);
    TestDatabase.quietly(() -> {
      try (StorageBackend reader = reader()) {
        assertReadable(reader, List.of(block));
      }
    });
  }

  @Test
  void aCheckOfAClosedFileChangesNothing() throws IOException {
    var writer = open(disk);
    StoredBlock block = put(writer, 1, 10);
    commit(writer, block);
    try (StorageBackend check = DataFileBackend.openForCheck(disk, PATH, LOCK)) {
      assertThat(listed()).hasSize(1); // There is a writer.
      assertReadable(check, List.of(block));
    }
    writer.close();
    long writes = disk.calls(Call.WRITE) + disk.calls(Call.SYNC) + disk.calls(Call.CREATE);
    try (StorageBackend check = DataFileBackend.openForCheck(disk, PATH, LOCK)) {
      assertThat(listed()).isEmpty();
      assertReadable(check, List.of(block));
      assertThatThrownBy(() -> open(disk)).isInstanceOf(LockedException.class);
    }
    assertThat(disk.calls(Call.WRITE) + disk.calls(Call.SYNC) + disk.calls(Call.CREATE))
        .isEqualTo(writes);
    try (DiskLock lock = disk.tryLock(LOCK)) {
      assertThat(lock).isNotNull();
    }
  }

  @Test
  void readersComeAndGoBesideABusyWriter() throws Exception {
    var writer = open(disk);
    for (int i = 0; i < 4; i++) {
      commit(writer, put(writer, i, 10_000));
    }
    var stop = new AtomicBoolean();
    var threads = Executors.newFixedThreadPool(2);
    var results = new ArrayList<Future<Integer>>();
    for (int i = 0; i < 2; i++) {
      Callable<Integer> reading = () -> {
        int read = 0;
        while (!stop.get()) {
          try (StorageBackend reader = reader()) {
            for (int times = 0; times < 3; times++) {
              assertReadable(reader, reader.root().blocks());
            }
            read++;
          } catch (ChronicleException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
          }
        }
        return read;
      };
      results.add(threads.submit(reading));
    }
    var random = new Random(7);
    for (int i = 10; i < 200; i++) {
      StoredBlock old = writer.root().blocks().get(random.nextInt(4));
      replace(writer, List.of(old), List.of(put(writer, i, 5000 + random.nextInt(10_000))));
      Thread.yield();
    }
    stop.set(true);
    threads.shutdown();
    for (Future<Integer> result : results) {
      assertThat(result.get()).isPositive();
    }
    assertThat(writer.storageBytes()).isLessThan(3 << 20);
    writer.close();
  }

  @Test
  void aReaderInAnotherProcessHoldsItsBlocksForAsLongAsItLives(@TempDir Path directory)
      throws Exception {
    DatabaseFiles files = DatabaseFiles.of(directory.resolve("chronicle.db"));
    var writer = DataFileBackend.open(
        new FileDisk(), files.data(), files.dataLock(), InstantSource.system());
    StoredBlock first = put(writer, 1, 50_000);
    commit(writer, first);
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            OtherProcess.class.getName(),
            files.data().toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try (var out = new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        OutputStream in = process.getOutputStream()) {
      assertThat(out.readLine()).isEqualTo("read 1");
      for (int i = 0; i < 10; i++) {
        replace(writer, writer.root().blocks(), List.of(put(writer, 10 + i, 50_000)));
      }
      in.write('\n');
      in.flush();
      assertThat(out.readLine()).isEqualTo("read 1");
      process.destroyForcibly().waitFor();
      commit(writer);
      long end = writer.storageBytes();
      for (int i = 0; i < 10; i++) {
        replace(writer, writer.root().blocks(), List.of(put(writer, 30 + i, 50_000)));
      }
      assertThat(writer.storageBytes()).isEqualTo(end);
      assertThatThrownBy(() -> writer.check(first)).isInstanceOf(CorruptionException.class);
    } finally {
      process.destroyForcibly();
      writer.close();
    }
  }

  /** The main class of the reading process: reads all blocks, again for each line that it is sent. */
  static final class OtherProcess {

    private OtherProcess() {}

    public static void main(String[] arguments) throws IOException {
      DatabaseFiles files = DatabaseFiles.of(Path.of(arguments[0]));
      try (StorageBackend reader =
          DataFileBackend.openReadOnly(new FileDisk(), files.data(), files.dataLock())) {
        do {
          assertReadable(reader, reader.root().blocks());
          System.out.println("read " + reader.root().blocks().size());
        } while (System.in.read() >= 0);
      }
    }
  }
}
