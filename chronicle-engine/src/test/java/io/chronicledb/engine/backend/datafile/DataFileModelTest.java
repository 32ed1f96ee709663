package io.chronicledb.engine.backend.datafile;

import static io.chronicledb.engine.backend.datafile.BlockFixture.LOCK;
import static io.chronicledb.engine.backend.datafile.BlockFixture.PATH;
import static io.chronicledb.engine.backend.datafile.BlockFixture.assertReadable;
import static io.chronicledb.engine.backend.datafile.BlockFixture.headers;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.storage.FaultyDisk.Keep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random lives of a data file: every block that a reachable root or a pin names reads back exactly, whatever happens around it. */
class DataFileModelTest {

  private static final int LIVES = 60;

  private Random random;
  private FaultyDisk disk;
  private DataFileBackend backend;
  private long nextSequence;

  /** The roots that may count after a crash: the last one committed, and the one being committed. */
  private Root committed;

  private Root attempted;

  /** What each open pin, of this process or of a reader, has to find. */
  private Map<AutoCloseable, List<StoredBlock>> held;

  private List<StoredBlock> loose;

  @Test
  void everyReachableBlockReadsBackExactly() {
    long seed = TestDatabase.seed();
    for (int life = 0; life < LIVES; life++) {
      long lifeSeed = seed + life;
      try {
        TestDatabase.quietly(() -> live(lifeSeed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=" + lifeSeed + ": " + e.getMessage(), e);
      }
    }
  }

  private void live(long seed) {
    random = new Random(seed);
    disk = new FaultyDisk(random.nextLong());
    nextSequence = 1;
    committed = null;
    attempted = null;
    open();
    for (int crash = 0; crash < 4; crash++) {
      if (random.nextInt(4) > 0) {
        disk.failCall(1 + random.nextInt(150), Fault.CRASH);
      }
      int steps = random.nextInt(60);
      for (int i = 0; i < steps && !disk.isDown(); i++) {
        step();
      }
      if (random.nextBoolean()) {
        disk.kill();
      } else {
        disk.losePower(Keep.values()[random.nextInt(Keep.values().length)]);
      }
      open();
    }
    backend.close();
  }

  /** Opens what is there and compares it with the ledger. */
  private void open() {
    disk.heal();
    held = new HashMap<>();
    loose = new ArrayList<>();
    List<String> damages = slotDamages();
    backend = BlockFixture.open(disk);
    Root root = backend.root();
    if (committed != null && !root.equals(committed)) {
      assertThat(root).isEqualTo(attempted);
    }
    committed = root;
    attempted = null;
    assertReadable(backend, root.blocks());
    if (damages.isEmpty()) { // Else what the torn root names is kept up to the next commit.
      Set<Long> stray = headers(disk.bytes(PATH));
      root.blocks().forEach(block -> stray.remove(BlockPlace.of(block).offset()));
      // Both indexes, and what only the root before names: at most one step gives up six blocks.
      assertThat(stray).hasSizeLessThanOrEqualTo(2 + 6);
    }
  }

  /** What a crash did to the root slots. */
  private List<String> slotDamages() {
    var damages = new ArrayList<String>();
    if (disk.exists(PATH)) {
      try (DiskFile file = disk.open(PATH, false)) {
        RootSlots.readSlots(file, FileHeader.read(file, PATH).databaseId(), damages);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return damages;
  }

  private void step() {
    try {
      int dice = random.nextInt(20);
      if (dice < 6) {
        loose.add(put());
      } else if (dice < 11) {
        replace();
      } else if (dice < 12 && !loose.isEmpty()) {
        backend.discard(loose.remove(random.nextInt(loose.size())));
      } else if (dice < 14) {
        held.put(backend.pin(), backend.root().blocks());
      } else if (dice < 15) {
        StorageBackend reader = DataFileBackend.openReadOnly(disk, PATH, LOCK);
        held.put(reader, reader.root().blocks());
      } else if (dice < 18 && !held.isEmpty()) {
        AutoCloseable pin = held.keySet().iterator().next();
        held.remove(pin);
        close(pin);
      } else if (dice == 18) {
        disk.full(random.nextBoolean());
      } else if (dice == 19) {
        reopen();
      }
      if (!disk.isDown()) {
        check();
      }
    } catch (ChronicleException e) {
      if (!disk.isDown() && !(e.code() == ErrorCode.STORAGE_FULL)) {
        throw e;
      }
      disk.full(false);
    }
  }

  private StoredBlock put() {
    int length = random.nextInt(6) == 0 ? random.nextInt(200_000) : random.nextInt(9000);
    return BlockFixture.put(backend, nextSequence++, length);
  }

  private void replace() {
    Root root = backend.root();
    var blocks = new ArrayList<>(root.blocks());
    for (int i = random.nextInt(6); i > 0 && !blocks.isEmpty(); i--) {
      blocks.remove(random.nextInt(blocks.size()));
    }
    blocks.addAll(loose);
    blocks.sort((a, b) -> Long.compare(a.id(), b.id()));
    attempted = new Root(root.generation() + 1, root.checkpoint() + 1, blocks);
    try {
      backend.commit(root, attempted);
    } catch (ChronicleException e) {
      if (!disk.isDown()) {
        attempted = null;
      }
      throw e;
    }
    committed = attempted;
    attempted = null;
    loose.clear();
  }

  /** Readers of other processes outlive the writer, pins do not. */
  private void reopen() {
    held.keySet().removeIf(pin -> pin instanceof StorageBackend.Pin);
    backend.close();
    backend = BlockFixture.open(disk);
    loose.clear();
    assertThat(backend.root()).isEqualTo(committed);
  }

  private void check() {
    assertReadable(backend, committed.blocks());
    assertReadable(backend, loose);
    held.values().forEach(blocks -> assertReadable(backend, blocks));
    var offsets = new HashSet<Long>();
    committed.blocks().forEach(block -> offsets.add(BlockPlace.of(block).offset()));
    assertThat(offsets).hasSameSizeAs(committed.blocks());
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (ChronicleException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
