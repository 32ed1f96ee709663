package io.chronicledb.engine.recovery;

import static io.chronicledb.engine.SeriesData.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.DatabaseAssert;
import io.chronicledb.engine.DatabaseFiles;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.SeriesData;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.backend.datafile.DamagedDataFile;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.backend.datafile.FoundBlock;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.recovery.RepairReport.Loss;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.FaultyDisk.Call;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.wal.SyncMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RepairTest {

  private static final Path PATH = TestDatabase.PATH;
  private static final Path LOCK = DatabaseFiles.of(PATH).dataLock();
  private static final Path TARGET = PATH.resolveSibling("repaired.db");
  private static final int PAGE = 4096;
  private static final int FRAME_BYTES = 68;
  private static final long DAY = 86_400_000_000_000L;

  private final FaultyDisk disk = new FaultyDisk(1);
  private final ChronicleOptions options =
      TestDatabase.options(SyncMode.SYNC, 64 << 10, 0).withCompactionInterval(Duration.ZERO);

  /** Three flushes, each of another series and another day, and what only the log has. */
  private Points write() {
    var expected = new Points();
    var database = TestDatabase.open(disk, options);
    for (int i = 0; i < 4; i++) {
      for (int s = 0; s < 3; s++) {
        SeriesData data =
            series("cpu{host=" + i + s + "}").from(i * DAY).every("100ms").counting(i, 3000);
        database.write(data);
        expected.putAll(data.toPoints());
      }
      if (i < 3) {
        database.flush();
      }
    }
    disk.kill();
    TestDatabase.abandon(database.engine());
    return expected;
  }

  private RepairReport repair(FaultyDisk on) {
    byte[] before = on.bytes(PATH);
    RepairReport report =
        Repair.run(on, PATH, LOCK, TestDatabase.walDirectory(), TARGET, (step, done, total) -> {});
    assertThat(on.bytes(PATH)).isEqualTo(before);
    return report;
  }

  /** Puts the repaired file in the place of the damaged one. */
  private static void replace(FaultyDisk on) {
    on.replace(PATH, on.bytes(TARGET));
  }

  private List<StoredBlock> blocks(BlockKind kind) {
    try (StorageBackend backend = DataFileBackend.openForCheck(disk, PATH, LOCK)) {
      return backend.root().blocks(kind);
    }
  }

  /** Where blocks stand, by id; the newest first where one was given twice. */
  private FoundBlock find(long id) {
    try (var file = DamagedDataFile.open(disk, PATH, LOCK, offset -> {})) {
      return file.blocks().stream()
          .filter(block -> block.id() == id)
          .findFirst()
          .orElseThrow();
    }
  }

  private void flip(long offset) {
    byte[] file = disk.bytes(PATH);
    file[(int) offset] ^= 4;
    disk.replace(PATH, file);
  }

  /** Damages both slots and every index block. */
  private void destroyRoots() {
    byte[] file = disk.bytes(PATH);
    Arrays.fill(file, PAGE, 3 * PAGE, (byte) 7);
    try (var damaged = DamagedDataFile.open(disk, PATH, LOCK, offset -> {})) {
      for (FoundBlock block : damaged.blocks()) {
        if (block.kind() == BlockKind.INDEX) {
          file[(int) block.offset() + 90] ^= 1;
        }
      }
    }
    disk.replace(PATH, file);
  }

  private void assertOpensWith(Points expected) {
    TestDatabase.quietly(() -> {
      for (int opening = 0; opening < 2; opening++) {
        try (var database = TestDatabase.open(disk, options)) {
          DatabaseAssert.assertThat(database).isSound().hasExactly(expected);
        }
      }
    });
  }

  @Test
  void aSoundFileStaysAsItIs() {
    Points expected = write();
    RepairReport report = repair(disk);
    assertThat(report.losses()).isEmpty();
    assertThat(report.isComplete()).isTrue();
    assertThat(report.samples()).isEqualTo(27_000);
    replace(disk);
    assertOpensWith(expected);
  }

  @Test
  void withoutAnyRootEveryBlockIsFoundByWalking() {
    Points expected = write();
    destroyRoots();
    TestDatabase.quietly(() -> assertThatThrownBy(() -> TestDatabase.open(disk, options))
        .isInstanceOf(CorruptionException.class));
    RepairReport report = repair(disk);
    assertThat(report.losses()).isEmpty();
    replace(disk);
    assertOpensWith(expected);
  }

  @Test
  void withoutRootsAndLogEveryBlockIsKept() {
    var expected = new Points();
    var database = TestDatabase.open(disk, options);
    for (int i = 0; i < 3; i++) {
      SeriesData data = series("cpu{host=" + i + "}").from(i * DAY).counting(i, 2000);
      database.write(data).flush();
      expected.putAll(data.toPoints());
    }
    database.close();
    destroyRoots();
    TestDatabase.segments(disk).forEach(this::remove);
    assertThat(repair(disk).losses()).isEmpty();
    replace(disk);
    assertOpensWith(expected);
  }

  @Test
  void whatWasReplacedDeletedOrGivenUpStaysAway() {
    var database = TestDatabase.open(disk, options);
    database.write(series("cpu").counting(0, 5000)).flush();
    database.write(series("cpu").counting(7, 5000)).flush();
    database.engine().compact();
    SeriesData last = series("cpu").counting(9, 5000);
    database.write(last).flush();
    database.engine().compact();
    database.close();
    destroyRoots();
    assertThat(repair(disk).losses()).isEmpty();
    replace(disk);
    assertOpensWith(last.toPoints());
  }

  @Test
  void aRootThatTheLogCompletesIsTakenRatherThanOneWithADamagedBlock() {
    Points expected = write();
    StoredBlock newest = blocks(BlockKind.DATA).get(blocks(BlockKind.DATA).size() - 1);
    flip(find(newest.id()).offset() + newest.length() / 2);
    RepairReport report = repair(disk);
    assertThat(report.losses()).isEmpty();
    replace(disk);
    assertOpensWith(expected);
  }

  @Test
  void aDamagedChunkCostsItsSamplesOnly() {
    Points expected = write();
    StoredBlock oldest = blocks(BlockKind.DATA).get(0);
    flip(find(oldest.id()).offset() + FRAME_BYTES + 108 + 5); // In the first chunk.
    RepairReport report = repair(disk);
    assertThat(report.losses()).hasSize(1);
    Loss loss = report.losses().get(0);
    assertThat(loss.blockId()).isEqualTo(oldest.id());
    assertThat(loss.window()).isEqualTo(oldest.window());
    assertThat(loss.firstOrder()).isEqualTo(loss.lastOrder());
    assertThat(loss.reason()).contains("checksum");
    assertThat(loss.samples()).isBetween(1L, 3000L);
    replace(disk);
    TestDatabase.quietly(() -> {
      try (var database = TestDatabase.open(disk, options)) {
        DatabaseAssert.assertThat(database).isSound();
        Points read = Points.of(database.engine());
        assertThat(expected.count() - read.count()).isEqualTo(loss.samples());
        assertSubset(read, expected);
      }
    });
  }

  private static void assertSubset(Points read, Points expected) {
    for (var samples : read.bySeries().entrySet()) {
      samples
          .getValue()
          .forEach((time, bits) -> assertThat(bits)
              .as("%s at %d", samples.getKey(), time)
              .isEqualTo(expected.bits(samples.getKey(), time)));
    }
  }

  @Test
  void aDamagedDirectoryPageCostsItsSeriesOnly() {
    var expected = new Points();
    var database = TestDatabase.open(disk, options);
    for (int i = 0; i < 3000; i++) {
      SeriesData data = series("cpu{host=" + i + "}").counting(i * 0.37, 2);
      database.write(data);
      expected.putAll(data.toPoints());
    }
    database.close();
    StoredBlock block = blocks(BlockKind.DATA).get(0);
    TestDatabase.segments(disk).forEach(this::remove); // They would make up for it.
    // Behind the chunks, in the first pages of the directory.
    flip(find(block.id()).offset() + block.length() * 3L / 4);
    RepairReport report = repair(disk);
    assertThat(report.losses()).hasSize(1);
    assertThat(report.samples()).isBetween(3000L, 5998L);
    replace(disk);
    TestDatabase.quietly(() -> {
      try (var opened = TestDatabase.open(disk, options)) {
        DatabaseAssert.assertThat(opened).isSound();
        assertSubset(Points.of(opened.engine()), expected);
      }
    });
  }

  @Test
  void aDamagedDictionaryCostsTheSeriesThatItNames() {
    var kept = new Points();
    var database = TestDatabase.open(disk, options);
    for (int i = 0; i < 200; i++) {
      database.write(series("lost{host=" + i + "}").counting(i, 20));
    }
    database.flush();
    for (int i = 0; i < 3; i++) {
      SeriesData data = series("kept{host=" + i + "}").from(i * DAY).counting(i, 20);
      database.write(data).flush();
      kept.putAll(data.toPoints());
    }
    database.close();
    TestDatabase.segments(disk).forEach(this::remove);
    List<StoredBlock> dictionaries = blocks(BlockKind.SERIES);
    assertThat(dictionaries).hasSize(2);
    flip(find(dictionaries.get(0).id()).offset() + 100);
    RepairReport report = repair(disk);
    assertThat(report.samples()).isEqualTo(60);
    assertThat(report.losses().get(0).blockId()).isEqualTo(dictionaries.get(0).id());
    assertThat(report.losses()).anyMatch(loss -> loss.reason().contains("unknown"));
    replace(disk);
    TestDatabase.quietly(() -> {
      for (int opening = 0; opening < 2; opening++) {
        SeriesData more = series("lost{host=" + opening + "}").from(9 * DAY).values(1);
        try (var opened = TestDatabase.open(disk, options)) {
          DatabaseAssert.assertThat(opened).isSound().hasExactly(kept);
          opened.write(more).flush();
          kept.putAll(more.toPoints());
          DatabaseAssert.assertThat(opened).isSound().hasExactly(kept);
        }
      }
    });
  }

  @Test
  void theHeaderOfTheFileIsMadeAnew() {
    Points expected = write();
    byte[] file = disk.bytes(PATH);
    for (int at : new int[] {0, 6, 12, 30}) {
      byte[] damaged = file.clone();
      damaged[at] ^= 16;
      disk.replace(PATH, damaged);
      assertThat(repair(disk).losses()).isEmpty();
      byte[] repaired = disk.bytes(TARGET);
      FaultyDisk copy = disk.copy(1);
      copy.replace(PATH, repaired);
      TestDatabase.quietly(() -> {
        try (var database = TestDatabase.open(copy, options)) {
          DatabaseAssert.assertThat(database).isSound().hasExactly(expected);
        }
      });
      remove(TARGET);
    }
  }

  private void remove(Path path) {
    remove(disk, path);
  }

  private static void remove(FaultyDisk disk, Path path) {
    try {
      disk.delete(path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void damageOfAnyKindLeavesASoundFileWithEveryBlockThatIsWhole() {
    Points expected = write();
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    byte[] file = disk.bytes(PATH);
    List<FoundBlock> series =
        blocks(BlockKind.SERIES).stream().map(b -> find(b.id())).toList();
    List<StoredBlock> data = blocks(BlockKind.DATA);
    List<FoundBlock> places = data.stream().map(b -> find(b.id())).toList();
    for (int i = 0; i < 60; i++) {
      byte[] damaged = file.clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        damage(damaged, random);
      }
      FaultyDisk copy = disk.copy(1);
      copy.replace(PATH, damaged);
      boolean withLog = random.nextBoolean();
      long whole = 0;
      if (!withLog) {
        TestDatabase.segments(copy).forEach(segment -> remove(copy, segment));
        if (series.stream().allMatch(block -> isWhole(block, file, damaged))) {
          for (int b = 0; b < data.size(); b++) {
            whole += isWhole(places.get(b), file, damaged) ? data.get(b).count() : 0;
          }
        }
      }
      long least = whole;
      String where = "-Dseed=" + seed + ", file " + i;
      try {
        RepairReport report = repair(copy);
        replace(copy);
        TestDatabase.quietly(() -> {
          try (var database = TestDatabase.open(copy, options)) {
            DatabaseAssert.assertThat(database).isSound();
            Points read = Points.of(database.engine());
            assertSubset(read, expected);
            assertThat(report.samples()).as(where).isGreaterThanOrEqualTo(least);
            if (report.isComplete() && withLog) {
              assertThat(read.count()).as(where).isEqualTo(expected.count());
            }
          }
        });
      } catch (ChronicleException | AssertionError e) {
        throw new AssertionError(where + ": " + e.getMessage(), e);
      }
    }
  }

  private static boolean isWhole(FoundBlock block, byte[] file, byte[] damaged) {
    int from = (int) block.offset();
    int to = from + FRAME_BYTES + block.length();
    return Arrays.equals(file, from, to, damaged, from, to);
  }

  private static void damage(byte[] file, Random random) {
    int pages = file.length / PAGE;
    switch (random.nextInt(4)) {
      case 0 -> file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> {
        int page = random.nextInt(pages) * PAGE;
        Arrays.fill(file, page, page + PAGE, (byte) 0);
      }
      case 2 -> {
        int from = random.nextInt(pages) * PAGE;
        int to = random.nextInt(pages) * PAGE;
        System.arraycopy(file, from, file, to, PAGE);
      }
      default -> {
        int slot = PAGE * (1 + random.nextInt(2));
        file[slot + random.nextInt(28)] ^= 1;
      }
    }
  }

  @Test
  void refusesWhatItCannotDo() {
    write();
    assertCode(
        ErrorCode.NOT_FOUND,
        () -> Repair.run(
            disk,
            PATH.resolveSibling("none.db"),
            LOCK,
            TestDatabase.walDirectory(),
            TARGET,
            (a, b, c) -> {}));
    assertCode(
        ErrorCode.BAD_DATA,
        () -> Repair.run(disk, PATH, LOCK, TestDatabase.walDirectory(), PATH, (a, b, c) -> {}));
    disk.replace(PATH.resolveSibling("text.db"), new byte[100_000]);
    assertCode(
        ErrorCode.CORRUPTION,
        () -> Repair.run(
            disk,
            PATH.resolveSibling("text.db"),
            LOCK,
            TestDatabase.walDirectory(),
            TARGET,
            (a, b, c) -> {}));
    assertThat(disk.exists(TARGET)).isFalse();
    // A full disk leaves no file under the target's name, and nothing in the way of another
    // attempt.
    disk.fail(Call.WRITE, ".repair", Fault.NO_SPACE);
    assertThatThrownBy(() -> repair(disk)).isInstanceOf(ChronicleException.class);
    disk.heal();
    assertThat(disk.exists(TARGET)).isFalse();
    var steps = new ArrayList<String>();
    Repair.run(
        disk,
        PATH,
        LOCK,
        TestDatabase.walDirectory(),
        TARGET,
        (step, done, total) -> steps.add(step + (done <= total)));
    assertThat(steps).contains("readingtrue", "writingtrue").doesNotContain("writingfalse");
  }

  @Test
  void refusesAFileThatIsBeingWrittenAndKeepsWritersOut() {
    write();
    try (var database = TestDatabase.open(disk, options)) {
      assertCode(ErrorCode.LOCKED, () -> repair(disk));
      database.write(series("m").values(1));
    }
    assertThat(disk.exists(TARGET)).isFalse();
    Repair.run(
        disk,
        PATH,
        LOCK,
        TestDatabase.walDirectory(),
        TARGET,
        (step, done, total) ->
            assertCode(ErrorCode.LOCKED, () -> TestDatabase.open(disk, options)));
    assertThat(disk.exists(TARGET)).isTrue();
    TestDatabase.open(disk, options).close();
  }

  private static void assertCode(ErrorCode code, Runnable work) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
