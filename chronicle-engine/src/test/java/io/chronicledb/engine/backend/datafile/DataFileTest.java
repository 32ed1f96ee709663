package io.chronicledb.engine.backend.datafile;

import static io.chronicledb.engine.SeriesData.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.DatabaseAssert;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.FaultyDisk.Call;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.wal.SyncMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataFileTest {

  private static final Path PATH = TestDatabase.PATH;

  private final FaultyDisk disk = new FaultyDisk(1);

  private static DataFileBackend open(FaultyDisk disk) {
    return DataFileBackend.open(
        disk, PATH, TestDatabase.walDirectory().resolve("data.lock"), InstantSource.system());
  }

  private static StoredBlock put(DataFileBackend backend, long sequence, byte[] payload) {
    return backend.put(new NewBlock(
        BlockKind.DATA,
        sequence,
        sequence,
        new TimeRange(0, 10),
        0,
        9,
        0,
        0,
        1,
        List.of(),
        ByteBuffer.wrap(payload)));
  }

  private static byte[] payload(long seed, int length) {
    var bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void givesBackEveryBlockOfTheRootAfterReopening() {
    var backend = open(disk);
    for (int i = 1; i <= 5; i++) {
      StoredBlock block = put(backend, i, payload(i, i * 3000));
      backend.commit(backend.root(), backend.root().next(i, List.of(block)));
    }
    Root before = backend.root();
    backend.close();
    disk.losePower();
    backend = open(disk);
    assertThat(backend.root()).isEqualTo(before);
    for (StoredBlock block : backend.root().blocks()) {
      backend.check(block);
      ByteBuffer read = backend.read(block, 0, block.length());
      var bytes = new byte[read.remaining()];
      read.get(bytes);
      assertThat(bytes).isEqualTo(payload(block.firstSequence(), block.length()));
    }
    StoredBlock first = before.blocks().get(0);
    DataFileBackend reopened = backend;
    assertThatThrownBy(() -> reopened.read(first, 2990, 11))
        .isInstanceOf(CorruptionException.class);
    assertThatThrownBy(() -> reopened.read(first, -1, 1)).isInstanceOf(CorruptionException.class);
    backend.close();
  }

  @Test
  void aBlockThatNoRootNamesIsForgottenAndItsSpaceUsedAgain() {
    var backend = open(disk);
    put(backend, 1, payload(1, 50_000));
    long end = backend.storageBytes();
    backend.close();
    backend = open(disk);
    StoredBlock block = put(backend, 2, payload(2, 50_000));
    assertThat(BlockPlace.of(block).offset()).isLessThan(end);
    assertThat(backend.storageBytes()).isEqualTo(end);
    backend.discard(block);
    put(backend, 3, payload(3, 50_000));
    assertThat(backend.storageBytes()).isEqualTo(end);
    backend.close();
  }

  @Test
  void commitsOfIndexesAloneUseTheirSpaceAgain() {
    var backend = open(disk);
    StoredBlock block = put(backend, 1, payload(1, 100));
    backend.commit(backend.root(), backend.root().next(1, List.of(block)));
    for (int i = 0; i < 200; i++) {
      backend.commit(backend.root(), backend.root().next(1, List.of()));
    }
    // Header and slots, one block, the indexes of three generations, and the reserve.
    assertThat(backend.storageBytes())
        .isLessThanOrEqualTo((3 + 1 + 3) * 4096 + FileSpace.RESERVE_BYTES);
    backend.close();
  }

  @Test
  void twoHundredFlushesOfOverwritesTakeNoMoreThanTheirBlocks() {
    try (var database = TestDatabase.open(disk)) {
      for (int i = 0; i < 200; i++) {
        database.write(series("cpu").counting(i, 50)).flush();
        if (i % 50 == 49) {
          DatabaseAssert.assertThat(database).isSound().series("cpu").hasCount(50);
        }
      }
    }
    var backend = open(disk);
    long live = 0;
    for (StoredBlock block : backend.root().blocks()) {
      live += Layout.roundToPage(block.length() + Layout.blockHeaderBytes(0));
    }
    long index = Layout.roundToPage(64 * backend.root().blocks().size());
    // Besides the reserve, a few blocks' pages wait to be used again: those of the last merges, and
    // holes that the index has outgrown. 200 blocks took three times as much.
    long slack = 8 * index + 64 * Layout.PAGE;
    assertThat(backend.storageBytes())
        .isLessThanOrEqualTo(live + 3 * Layout.PAGE + FileSpace.RESERVE_BYTES + slack);
    backend.close();
  }

  enum Damage {
    SLOT,
    FOOTER,
    INDEX
  }

  /** Where a part of a slot's generation lies: offset and length. */
  private static int[] place(byte[] file, int slot, Damage damage) {
    var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = (int) Layout.SLOT_OFFSETS[slot];
    if (damage == Damage.SLOT) {
      return new int[] {at, Layout.SLOT_BYTES};
    }
    int footer = (int) bytes.getLong(at + 16);
    if (damage == Damage.FOOTER) {
      return new int[] {footer, Layout.FOOTER_BYTES};
    }
    return new int[] {(int) bytes.getLong(footer + 8), bytes.getInt(footer + 16)};
  }

  private static int newestSlot(byte[] file) {
    var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long a = bytes.getLong((int) Layout.SLOT_OFFSETS[0] + 8);
    long b = bytes.getLong((int) Layout.SLOT_OFFSETS[1] + 8);
    return a > b ? 0 : 1;
  }

  private Points threeFlushes() {
    var expected = new Points();
    var database = TestDatabase.open(disk, TestDatabase.options(SyncMode.SYNC, 64 << 10, 0));
    for (int i = 0; i < 4; i++) {
      for (int part = 0; part < 3; part++) { // Enough for segments to be released.
        var data =
            series("cpu{flush=" + i + "}").from(part * 10_000_000_000_000L).counting(i, 2500);
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

  @ParameterizedTest
  @EnumSource(Damage.class)
  void damageOfTheNewestRootCostsNothing(Damage damage) {
    Points expected = threeFlushes();
    byte[] file = disk.bytes(PATH);
    int[] place = place(file, newestSlot(file), damage);
    var random = new Random(2);
    for (int i = 0; i < 25; i++) {
      byte[] damaged = file.clone();
      damaged[place[0] + random.nextInt(place[1])] ^= (byte) (1 << random.nextInt(8));
      FaultyDisk copy = disk.copy(1);
      copy.replace(PATH, damaged);
      TestDatabase.quietly(() -> {
        try (var database = TestDatabase.open(copy)) {
          DatabaseAssert.assertThat(database).isSound().hasExactly(expected);
          database.write(series("after").values(1));
        }
        try (var database = TestDatabase.open(copy)) {
          DatabaseAssert.assertThat(database)
              .isSound()
              .hasExactly(
                  new Points().putAll(expected).putAll(series("after").values(1).toPoints()));
        }
      });
    }
  }

  private void damageBothRoots(Damage damage) {
    byte[] file = disk.bytes(PATH);
    for (int slot = 0; slot < 2; slot++) {
      int[] place = place(file, slot, damage);
      file[place[0] + place[1] / 2] ^= 1;
    }
    disk.replace(PATH, file);
  }

  @Test
  void whereBothSlotsAreDamagedTheFileIsSearchedForItsNewestRoot() {
    Points expected = threeFlushes();
    damageBothRoots(Damage.SLOT);
    TestDatabase.quietly(() -> {
      for (int opening = 0; opening < 2; opening++) {
        try (var database = TestDatabase.open(disk)) {
          DatabaseAssert.assertThat(database).isSound().hasExactly(expected);
        }
      }
      try (var database = TestDatabase.open(disk)) {
        database.write(series("after").values(1)).flush();
      }
    });
    try (var database = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(database)
          .isSound()
          .hasExactly(
              new Points().putAll(expected).putAll(series("after").values(1).toPoints()));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Damage.class,
      names = {"FOOTER", "INDEX"})
  void damageOfBothIndexesIsCorruptionThatNamesTheFileAndTheCure(Damage damage) {
    threeFlushes();
    damageBothRoots(damage);
    TestDatabase.quietly(() -> {
      assertThatThrownBy(() -> TestDatabase.open(disk))
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining(PATH.toString())
          .hasMessageContaining("root slot A")
          .hasMessageContaining("root slot B")
          .hasMessageContaining("ChronicleDatabase.repair");
      // The failed attempt holds no lock.
      assertThatThrownBy(() -> TestDatabase.open(disk)).isInstanceOf(CorruptionException.class);
    });
  }

  @Test
  void everyFlippedBitIsHarmlessOrATypedErrorAndNeverAnotherValue() {
    var data = series("cpu{host=a}").every("10s").values(1, 2, 3, 4.5, -0.0, Double.NaN);
    TestDatabase.open(disk).write(data).close();
    byte[] file = disk.bytes(PATH);
    Points expected = data.toPoints();
    var found = new ArrayList<String>();
    TestDatabase.quietly(() -> {
      for (int at = 0; at < file.length; at++) {
        if (file[at] == 0 && at % 64 != 0 && at % 4096 > 200 || inEmptyPage(file, at)) {
          continue; // Padding; a sample of it is enough.
        }
        byte[] damaged = file.clone();
        damaged[at] ^= (byte) (1 << (at * 7 & 7));
        FaultyDisk copy = disk.copy(1);
        copy.replace(PATH, damaged);
        try (var database = TestDatabase.open(copy)) {
          boolean sound = database.engine().verify().isSound();
          Points read = Points.of(database.engine());
          if (!read.equals(expected)) {
            found.add("byte " + at + " changes what is read: " + read);
          }
          if (!sound && !database.engine().verify().damages().get(0).contains(PATH.toString())) {
            found.add("byte " + at + " is reported without the file");
          }
        } catch (ChronicleException e) {
          if (e.code() != ErrorCode.CORRUPTION && e.code() != ErrorCode.UNSUPPORTED) {
            found.add("byte " + at + ": " + e);
          }
        }
      }
    });
    assertThat(found).isEmpty();
  }

  private static boolean inEmptyPage(byte[] file, int at) {
    int page = at / Layout.PAGE * Layout.PAGE;
    int end = Math.min(file.length, page + Layout.PAGE);
    return at > page && Arrays.equals(file, page, end, new byte[end - page], 0, end - page);
  }

  @Test
  void verifyFindsEveryFlippedBitOfABlock() {
    var backend = open(disk);
    StoredBlock block = put(backend, 1, payload(1, 300));
    backend.commit(backend.root(), backend.root().next(1, List.of(block)));
    backend.close();
    byte[] file = disk.bytes(PATH);
    BlockPlace place = BlockPlace.of(block);
    int start = (int) place.offset();
    FaultyDisk copy = disk.copy(1);
    for (int bit = start * 8; bit < (start + place.bytes(block.length())) * 8; bit++) {
      byte[] damaged = file.clone();
      damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
      copy.replace(PATH, damaged);
      var damagedBackend = open(copy);
      assertThatThrownBy(() -> damagedBackend.check(block))
          .as("bit %d", bit)
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining(PATH + ", block " + block.id());
      damagedBackend.close();
    }
  }

  @Test
  void aCutFileOpensOnAnOlderRootOrIsCorruption() {
    Points expected = threeFlushes();
    byte[] file = disk.bytes(PATH);
    TestDatabase.quietly(() -> {
      for (int length = 0; length < file.length; length += length < 13_000 ? 997 : 4096) {
        FaultyDisk copy = disk.copy(1);
        copy.replace(PATH, Arrays.copyOf(file, length));
        try (var database = TestDatabase.open(copy)) {
          Points read = Points.of(database.engine());
          assertThat(read.bySeries()).isEqualTo(expected.bySeries());
        } catch (ChronicleException e) {
          assertThat(e.code()).isEqualTo(ErrorCode.CORRUPTION);
          assertThat(e).hasMessageContaining(PATH.toString());
        }
      }
    });
  }

  @Test
  void refusesWhatIsNoDataFileAndOtherVersions() {
    disk.replace(PATH, "SQLite format 3 and so on".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> open(disk))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("not a Chronicle data file");
    for (int version : new int[] {1, 3}) {
      var other = new FaultyDisk();
      open(other).close();
      byte[] file = other.bytes(PATH);
      file[6] = (byte) version;
      other.replace(PATH, file);
      assertThatThrownBy(() -> open(other))
          .isInstanceOfSatisfying(
              ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
          .hasMessageContaining("format version " + version);
    }
  }

  @Test
  void aFullDiskFailsTheFlushAndTheNextOneSucceeds() {
    try (var database = TestDatabase.open(disk).write(series("cpu").values(1, 2, 3))) {
      disk.fail(Call.WRITE, "chronicle.db", Fault.NO_SPACE);
      assertThatThrownBy(database::flush)
          .isInstanceOfSatisfying(
              ChronicleException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FULL));
      database.write(series("cpu").from(-1).values(0));
      disk.heal();
      database.flush();
      assertThat(database.engine().statistics().headSamples()).isZero();
      DatabaseAssert.assertThat(database).isSound().series("cpu").hasValues(0, 1, 2, 3);
    }
  }

  @Test
  void aFailedSyncOfTheFileStopsFlushesUntilItIsReopenedButNotWrites() {
    var database = TestDatabase.open(disk).write(series("cpu").values(1, 2, 3));
    disk.fail(Call.SYNC, "chronicle.db", Fault.IO_ERROR);
    assertThatThrownBy(database::flush).isInstanceOf(ChronicleException.class);
    disk.heal();
    assertThatThrownBy(database::flush)
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.READ_ONLY));
    database.write(series("cpu").from(-1).values(0));
    DatabaseAssert.assertThat(database).isSound().series("cpu").hasValues(0, 1, 2, 3);
    TestDatabase.quietly(database::close);
    try (var again = TestDatabase.open(disk)) {
      DatabaseAssert.assertThat(again).isSound().series("cpu").hasValues(0, 1, 2, 3);
      again.flush();
    }
  }
}
