package io.chronicledb.engine.backend.datafile;

import static io.chronicledb.engine.backend.datafile.BlockFixture.PATH;
import static io.chronicledb.engine.backend.datafile.BlockFixture.assertReadable;
import static io.chronicledb.engine.backend.datafile.BlockFixture.commit;
import static io.chronicledb.engine.backend.datafile.BlockFixture.headers;
import static io.chronicledb.engine.backend.datafile.BlockFixture.open;
import static io.chronicledb.engine.backend.datafile.BlockFixture.put;
import static io.chronicledb.engine.backend.datafile.BlockFixture.replace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.FaultyDisk.Call;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What becomes of the pages that blocks leave. */
class FileSpaceTest {

  private final FaultyDisk disk = new FaultyDisk(1);

  private static Set<Long> offsets(List<StoredBlock> blocks) {
    var offsets = new HashSet<Long>();
    blocks.forEach(block -> offsets.add(BlockPlace.of(block).offset()));
    return offsets;
  }

  /** A header that no root names is one that a rebuild would bring back. */
  private void assertNothingToResurrect(DataFileBackend backend, Set<Long> named) {
    Set<Long> stray = headers(disk.bytes(PATH));
    stray.removeAll(named);
    stray.removeAll(offsets(backend.root().blocks()));
    assertThat(stray).as("headers but for the last two indexes").hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void aPinKeepsTheBlocksOfItsRootAndOfTheOneBefore() {
    var backend = open(disk);
    StoredBlock first = put(backend, 1, 50_000);
    StoredBlock second = put(backend, 2, 50_000);
    commit(backend, first, second);
    StoredBlock third = put(backend, 3, 50_000);
    replace(backend, List.of(first), List.of(third));
    StorageBackend.Pin pin = backend.pin();
    replace(backend, List.of(second), List.of());
    StorageBackend.Pin later = backend.pin();
    for (int i = 10; i < 30; i++) {
      replace(backend, List.of(), List.of(put(backend, i, 50_000)));
    }
    assertReadable(backend, List.of(first, second, third));
    long free = backend.freeBytes();
    pin.close();
    pin.close();
    commit(backend);
    assertReadable(backend, List.of(second, third));
    assertThatThrownBy(() -> backend.check(first)).isInstanceOf(ChronicleException.class);
    assertThat(backend.freeBytes()).isGreaterThan(free);
    later.close();
    commit(backend);
    assertThatThrownBy(() -> backend.check(second)).isInstanceOf(ChronicleException.class);
    assertReadable(backend, backend.root().blocks());
    long end = backend.storageBytes();
    put(backend, 40, 50_000);
    put(backend, 41, 50_000);
    assertThat(backend.storageBytes()).isEqualTo(end);
    backend.close();
  }

  @Test
  void withoutPinsABlockGoesOnceBothSlotsArePastIt() {
    var backend = open(disk);
    StoredBlock first = put(backend, 1, 5000);
    commit(backend, first);
    replace(backend, List.of(first), List.of());
    assertReadable(backend, List.of(first));
    commit(backend);
    assertThatThrownBy(() -> backend.check(first)).isInstanceOf(ChronicleException.class);
    assertNothingToResurrect(backend, Set.of());
    backend.close();
  }

  @Test
  void pinsOfManyThreadsKeepWhatTheyRead() throws Exception {
    var backend =
        DataFileBackend.open(new MemoryDisk(), PATH, BlockFixture.LOCK, InstantSource.system());
    StoredBlock[] blocks = new StoredBlock[8];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = put(backend, i, 5000 + 3000 * i);
    }
    commit(backend, blocks);
    var readers = Executors.newFixedThreadPool(4);
    var results = new ArrayList<Future<Integer>>();
    var stop = new AtomicBoolean();
    var started = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      Callable<Integer> reader = () -> {
        int read = 0;
        while (!stop.get()) {
          try (StorageBackend.Pin pin = backend.pin()) {
            assertThat(pin).isNotNull();
            assertReadable(backend, backend.root().blocks());
            read++;
          }
          started.countDown();
        }
        return read;
      };
      results.add(readers.submit(reader));
    }
    // Else, on a busy machine, a reader may begin when all is over.
    assertThat(started.await(1, TimeUnit.MINUTES)).isTrue();
    var random = new Random(5);
    for (int i = 100; i < 900; i++) {
      StoredBlock old = backend.root().blocks().get(random.nextInt(blocks.length));
      replace(backend, List.of(old), List.of(put(backend, i, 1 + random.nextInt(30_000))));
    }
    stop.set(true);
    readers.shutdown();
    for (Future<Integer> result : results) {
      assertThat(result.get()).isPositive();
    }
    // How far the file grew is a matter of how long the scheduler left a pin open; that it is given
    // back is not.
    commit(backend);
    long used = backend.storageBytes() - backend.freeBytes();
    assertThat(used).isLessThan(3 * backend.liveBytes() + FileSpace.RESERVE_BYTES);
    backend.close();
  }

  @Test
  void severalThreadsPutAtOnce() throws Exception {
    var backend = open(disk);
    var writers = Executors.newFixedThreadPool(4);
    var results = new ArrayList<Future<List<StoredBlock>>>();
    for (int thread = 0; thread < 4; thread++) {
      long first = thread * 1000L;
      Callable<List<StoredBlock>> writer = () -> {
        var stored = new ArrayList<StoredBlock>();
        for (int i = 0; i < 50; i++) {
          StoredBlock block = put(backend, first + i, (int) (1 + (first + i) * 37 % 20_000));
          if (i % 5 == 0) {
            backend.discard(block);
          } else {
            stored.add(block);
          }
        }
        return stored;
      };
      results.add(writers.submit(writer));
    }
    for (int i = 0; i < 20; i++) {
      commit(backend);
    }
    var all = new ArrayList<StoredBlock>();
    for (Future<List<StoredBlock>> result : results) {
      all.addAll(result.get());
    }
    writers.shutdown();
    all.sort(Comparator.comparingLong(StoredBlock::id));
    assertThat(all).extracting(StoredBlock::id).doesNotHaveDuplicates();
    replace(backend, List.of(), all);
    assertReadable(backend, all);
    backend.close();
    disk.losePower();
    var again = open(disk);
    assertReadable(again, all);
    again.close();
  }

  @Test
  void theFileStaysInProportionToItsLiveBytes() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    var backend =
        DataFileBackend.open(new MemoryDisk(), PATH, BlockFixture.LOCK, InstantSource.system());
    long live = 0;
    long sequence = 1;
    while (live < 32 << 20) {
      StoredBlock block = put(backend, sequence++, size(random));
      live += block.length();
      commit(backend, block);
    }
    double worst = 0;
    for (int round = 0; round < 200; round++) {
      // What a flush or a merge does: some blocks go, others of about the same bytes come.
      var removed = new ArrayList<StoredBlock>();
      var added = new ArrayList<StoredBlock>();
      long bytes = 0;
      while (bytes < 512 << 10) {
        StoredBlock block =
            backend.root().blocks().get(random.nextInt(backend.root().blocks().size()));
        if (!removed.contains(block)) {
          removed.add(block);
          bytes += block.length();
        }
      }
      while (bytes > 0) {
        StoredBlock block = put(backend, sequence++, (int) Math.min(bytes, size(random)));
        added.add(block);
        bytes -= block.length();
      }
      replace(backend, removed, added);
      worst = Math.max(worst, (double) backend.storageBytes() / backend.liveBytes());
    }
    assertThat(worst).as("-Dseed=%d", seed).isLessThan(1.5);
    assertReadable(backend, backend.root().blocks());
    backend.close();
  }

  private static int size(Random random) {
    return (int) Math.exp(random.nextDouble() * Math.log(1 << 19)) + random.nextInt(5000);
  }

  @Test
  void aFreeTailIsCutOffOnceItIsLargeAndInUseNoMore() {
    var backend = open(disk);
    StoredBlock small = put(backend, 1, 100_000);
    StoredBlock large = put(backend, 2, 3 << 20);
    commit(backend, small, large);
    StorageBackend.Pin pin = backend.pin();
    replace(backend, List.of(large), List.of());
    commit(backend);
    assertThat(disk.bytes(PATH).length).isGreaterThan(3 << 20);
    assertReadable(backend, List.of(large));
    pin.close();
    for (int i = 0; i < 3; i++) {
      commit(backend); // The last indexes lie behind the block, and leave one after the other.
    }
    assertThat(disk.bytes(PATH).length).isLessThan(600_000);
    assertThat(backend.storageBytes()).isLessThan(600_000);
    disk.losePower();
    var again = open(disk);
    assertReadable(again, List.of(small));
    commit(again, put(again, 3, 2 << 20));
    assertReadable(again, again.root().blocks());
    again.close();
  }

  @Test
  void aSmallTailStays() {
    var backend = open(disk);
    commit(backend, put(backend, 1, 100_000));
    StoredBlock last = put(backend, 2, 500_000);
    commit(backend, last);
    long end = backend.storageBytes();
    replace(backend, List.of(last), List.of());
    commit(backend);
    commit(backend);
    assertThat(backend.storageBytes()).isEqualTo(end);
    assertThat(backend.freeBytes()).isGreaterThan(400_000);
    assertThat(backend.freeBytes() + backend.liveBytes()).isLessThanOrEqualTo(end);
    backend.close();
  }

  @Test
  void nothingThatLooksLikeABlockIsLeftBehind() {
    var backend = open(disk);
    var random = new Random(3);
    for (int i = 0; i < 40; i++) {
      List<StoredBlock> blocks = backend.root().blocks();
      List<StoredBlock> removed = blocks.size() > 5 ? blocks.subList(0, 2) : List.of();
      StoredBlock given = put(backend, 1000 + i, random.nextInt(30_000));
      replace(backend, List.copyOf(removed), List.of(put(backend, i, random.nextInt(30_000))));
      backend.discard(given);
    }
    commit(backend);
    assertNothingToResurrect(backend, Set.of());
    // Neither is what a process that was killed had put and not committed.
    put(backend, 2000, 20_000);
    StoredBlock far = put(backend, 2001, 3_000_000);
    disk.kill();
    assertThat(headers(disk.bytes(PATH))).contains(BlockPlace.of(far).offset());
    var again = open(disk);
    assertNothingToResurrect(again, Set.of());
    again.close();
  }

  @Test
  void aRootThatGivesUpBlocksIsCommittedOnAFullDisk() {
    var backend = open(disk);
    var blocks = new ArrayList<StoredBlock>();
    for (int i = 0; i < 300; i++) {
      blocks.add(put(backend, i, 8000));
    }
    replace(backend, List.of(), blocks);
    while (backend.freeBytes() > 0) {
      put(backend, 999, 1); // Leaves no hole for an index.
    }
    disk.full(true);
    assertThatThrownBy(() -> put(backend, 1000, 8000))
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FULL));
    replace(backend, blocks.subList(0, 100), List.of());
    commit(backend);
    // The given up blocks make room for others, and for indexes without end.
    commit(backend, put(backend, 1001, 8000));
    for (int i = 0; i < 20; i++) {
      commit(backend);
    }
    assertReadable(backend, backend.root().blocks());
    disk.losePower();
    disk.full(true);
    var again = open(disk);
    assertReadable(again, again.root().blocks());
    replace(again, again.root().blocks().subList(0, 50), List.of());
    again.close();
  }

  @Test
  void aFailedWriteOfABlockLeavesTheFileAsLongAsItWas() {
    var backend = open(disk);
    commit(backend, put(backend, 1, 10_000));
    int before = disk.bytes(PATH).length;
    disk.fail(Call.WRITE, "chronicle.db", Fault.NO_SPACE);
    assertThatThrownBy(() -> put(backend, 2, 2_000_000)).isInstanceOf(ChronicleException.class);
    disk.heal();
    assertThat((long) disk.bytes(PATH).length).isLessThanOrEqualTo(Layout.roundToPage(before));
    commit(backend, put(backend, 3, 2_000_000));
    assertReadable(backend, backend.root().blocks());
    backend.close();
  }
}
