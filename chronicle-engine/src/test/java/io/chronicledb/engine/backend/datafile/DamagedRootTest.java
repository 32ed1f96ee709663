package io.chronicledb.engine.backend.datafile;

import static io.chronicledb.engine.SeriesData.series;
import static io.chronicledb.engine.backend.datafile.BlockFixture.PATH;
import static io.chronicledb.engine.backend.datafile.BlockFixture.assertReadable;
import static io.chronicledb.engine.backend.datafile.BlockFixture.commit;
import static io.chronicledb.engine.backend.datafile.BlockFixture.open;
import static io.chronicledb.engine.backend.datafile.BlockFixture.put;
import static io.chronicledb.engine.backend.datafile.BlockFixture.replace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a file is opened with when roots, or blocks that they name, are damaged. */
class DamagedRootTest {

  private final FaultyDisk disk = new FaultyDisk(1);

  /** Writes a root by hand, at the end of the file, and lets a slot name it. */
  private void forge(UUID databaseId, int slot, Root root) throws IOException {
    try (DiskFile file = disk.open(PATH, true)) {
      long offset = Layout.roundToPage(file.size());
      var index = IndexBlock.encode(databaseId, root, 1000 + slot, offset);
      file.write(offset, index.toByteBuffer());
      RootSlots.write(file, slot, root.generation(), offset + index.size() - Layout.FOOTER_BYTES);
      file.sync();
    }
  }

  private static StoredBlock at(StoredBlock block, long id, long offset) {
    return new StoredBlock(
        id,
        block.kind(),
        new BlockPlace(offset, 0).location(),
        block.length(),
        block.generation(),
        block.firstSequence(),
        block.lastSequence(),
        block.window(),
        block.minTime(),
        block.maxTime(),
        block.firstOrder(),
        block.lastOrder(),
        block.count());
  }

  @Test
  void aRootWhoseBlocksOverlapOrLieOutsideOfTheFileIsDamaged() throws IOException {
    var backend = open(disk);
    StoredBlock block = put(backend, 1, 9000);
    commit(backend, block);
    Root root = backend.root();
    UUID id = backend.databaseId();
    backend.close();
    long offset = BlockPlace.of(block).offset();
    for (StoredBlock wrong : List.of(
        at(block, 50, offset + Layout.PAGE), at(block, 50, 1L << 40), at(block, 50, 4096))) {
      forge(id, 0, new Root(root.generation() + 1, 0, List.of(block, wrong)));
      TestDatabase.quietly(() -> {
        try (StorageBackend opened = open(disk)) {
          assertThat(opened.root()).isEqualTo(root);
        }
      });
    }
  }

  @Test
  void theNewestRootWhoseBlocksAreAllInPlaceIsFoundWithoutSlots() throws IOException {
    var backend = open(disk);
    StoredBlock first = put(backend, 1, 9000);
    StoredBlock second = put(backend, 2, 9000);
    commit(backend, first, second);
    Root before = backend.root();
    StoredBlock third = put(backend, 3, 9000);
    replace(backend, List.of(first), List.of(third));
    Root last = backend.root();
    backend.close();
    try (DiskFile file = disk.open(PATH, true)) {
      for (long slot : Layout.SLOT_OFFSETS) {
        file.write(slot, ByteBuffer.wrap(new byte[] {1, 2, 3}));
      }
    }
    FaultyDisk copy = disk.copy(1);
    TestDatabase.quietly(() -> {
      try (StorageBackend opened = open(disk)) {
        assertThat(opened.root()).isEqualTo(last);
        assertReadable(opened, last.blocks());
      }
      // The header of a block that only the newest root names is gone.
      try (DiskFile file = copy.open(PATH, true)) {
        file.write(BlockPlace.of(third).offset(), ByteBuffer.wrap(new byte[8]));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      var opened = open(copy);
      assertThat(opened.root()).isEqualTo(before);
      assertReadable(opened, before.blocks());
      commit(opened, put(opened, 9, 100));
      commit(opened, put(opened, 10, 100));
      Root now = opened.root();
      opened.close();
      try (StorageBackend again = open(copy)) {
        assertThat(again.root()).isEqualTo(now);
        assertReadable(again, now.blocks());
      }
    });
  }

  @Test
  void whatADamagedNewestRootNamesStaysUntilTheNextCommit() {
    var backend = open(disk);
    StoredBlock first = put(backend, 1, 9000);
    commit(backend, first);
    StoredBlock second = put(backend, 2, 9000);
    replace(backend, List.of(first), List.of(second));
    backend.close();
    byte[] file = disk.bytes(PATH);
    file[(int) Layout.SLOT_OFFSETS[0] + 9] ^= 1; // Of generation 2.
    disk.replace(PATH, file);
    TestDatabase.quietly(() -> {
      try (StorageBackend opened = open(disk)) {
        assertThat(opened.root().blocks()).containsExactly(first);
        opened.check(second);
        put(opened, 3, 9000);
        opened.check(second);
        commit(opened);
        assertThatThrownBy(() -> opened.check(second)).isInstanceOf(CorruptionException.class);
      }
    });
  }

  @Test
  void aDamagedDataBlockCostsTheQueriesThatTouchIt() {
    TestDatabase.open(disk)
        .write(series("bad").every("1s").counting(0, 500))
        .flush()
        .write(series("good").from(400_000_000_000_000L).every("1s").counting(0, 500))
        .close();
    damage(BlockKind.DATA);
    try (var database = TestDatabase.open(disk)) {
      Table table = database.engine().query("SELECT count(value) AS n FROM good");
      assertThat(table.column("n").value(0)).isEqualTo(500.0);
      assertThatThrownBy(() -> database.engine().query("SELECT stddev(value) FROM bad"))
          .isInstanceOfSatisfying(
              ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPTION));
      assertThat(database.engine().verify().isSound()).isFalse();
    }
  }

  @Test
  void aDamagedDictionaryRefusesTheDatabaseAndNamesTheCure() {
    TestDatabase.open(disk).write(series("cpu").every("1s").counting(0, 500)).close();
    StoredBlock block = damage(BlockKind.SERIES);
    assertThatThrownBy(() -> TestDatabase.open(disk))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("Block " + block.id() + " of " + PATH)
        .hasMessageContaining("ChronicleDatabase.repair");
  }

  /** Flips a bit in the middle of the first block of a kind. */
  private StoredBlock damage(BlockKind kind) {
    var backend = open(disk);
    StoredBlock block = backend.root().blocks(kind).get(0);
    backend.close();
    byte[] file = disk.bytes(PATH);
    // Far enough behind the header of a data block to hit its first chunk.
    file[(int) BlockPlace.of(block).payloadOffset() + Math.min(block.length() - 1, 112)] ^= 4;
    disk.replace(PATH, file);
    return block;
  }

  @Test
  void aBlockReplacesAsManyOthersAsAMergeMayTake() {
    var backend = open(disk);
    List<Long> ids = LongStream.range(0, Layout.REPLACED_MAX).boxed().toList();
    var blocks = new ArrayList<StoredBlock>();
    for (int replaced : new int[] {0, 503, 504, 505, 1016, 5000, Layout.REPLACED_MAX}) {
      blocks.add(put(backend, replaced + 1, 5000, ids.subList(0, replaced)));
    }
    replace(backend, List.of(), blocks);
    assertReadable(backend, blocks);
    List<Long> tooMany = LongStream.range(0, Layout.REPLACED_MAX + 1).boxed().toList();
    assertThatThrownBy(() -> put(backend, 1, 1, tooMany))
        .isInstanceOf(IllegalArgumentException.class);
    backend.close();
    disk.losePower();
    FaultyDisk withoutSlots = disk.copy(2);
    byte[] file = disk.bytes(PATH);
    file[(int) Layout.SLOT_OFFSETS[0]] ^= 1;
    file[(int) Layout.SLOT_OFFSETS[1]] ^= 1;
    withoutSlots.replace(PATH, file);
    TestDatabase.quietly(() -> {
      for (FaultyDisk opened : List.of(disk, withoutSlots)) {
        try (StorageBackend again = open(opened)) {
          assertThat(again.root().blocks()).isEqualTo(blocks);
          assertReadable(again, blocks);
        }
      }
    });
  }
}
