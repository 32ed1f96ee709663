package io.chronicledb.engine.backend.datafile;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Blocks in a test of a backend: the bytes of each follow from its sequence, so that everything read can be judged. */
final class BlockFixture {

  static final Path PATH = TestDatabase.PATH;
  static final Path LOCK = TestDatabase.walDirectory().resolve("data.lock");

  private BlockFixture() {}

  static DataFileBackend open(Disk disk) {
    return DataFileBackend.open(disk, PATH, LOCK, InstantSource.system());
  }

  static StoredBlock put(StorageBackend backend, long sequence, int length) {
    return put(backend, sequence, length, List.of());
  }

  static StoredBlock put(StorageBackend backend, long sequence, int length, List<Long> replaces) {
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
        replaces,
        ByteBuffer.wrap(payload(sequence, length))));
  }

  static byte[] payload(long sequence, int length) {
    var bytes = new byte[length];
    new Random(sequence).nextBytes(bytes);
    return bytes;
  }

  static Root replace(
      StorageBackend backend, Collection<StoredBlock> removed, List<StoredBlock> added) {
    Root root = backend.root();
    var blocks = new ArrayList<>(root.blocks());
    blocks.removeAll(removed);
    blocks.addAll(added);
    var next = new Root(root.generation() + 1, root.checkpoint(), blocks);
    backend.commit(root, next);
    return next;
  }

  static void commit(StorageBackend backend, StoredBlock... added) {
    replace(backend, List.of(), List.of(added));
  }

  static void assertReadable(StorageBackend backend, Collection<StoredBlock> blocks) {
    for (StoredBlock block : blocks) {
      backend.check(block);
      ByteBuffer read = backend.read(block, 0, block.length());
      var bytes = new byte[read.remaining()];
      read.get(bytes);
      assertThat(bytes)
          .as("block %d at %s", block.id(), BlockPlace.of(block))
          .isEqualTo(payload(block.firstSequence(), block.length()));
    }
  }

  /** Offsets of pages that look like a block, those within known blocks left out. */
  static Set<Long> headers(byte[] file) {
    var found = new HashSet<Long>();
    for (int at = (int) Layout.FIRST_BLOCK_OFFSET; at + 4 <= file.length; at += Layout.PAGE) {
      if (file[at] == 'C' && file[at + 1] == 'H' && file[at + 2] == 'R' && file[at + 3] == 'B') {
        found.add((long) at);
      }
    }
    return found;
  }
}
