package io.chronicledb.engine.metadata;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The metadata in storage: one block, written anew where something has changed. */
public final class MetadataBlocks {

  private MetadataBlocks() {}

  /** Puts all that is known in the place of a root's block. */
  public static StoredBlock put(
      StorageBackend backend, Root root, MetadataStore.Snapshot snapshot, long checkpoint) {
    List<Long> replaced =
        root.blocks(BlockKind.METADATA).stream().map(StoredBlock::id).toList();
    return backend.put(block(
        MetadataFormat.encodeBlock(snapshot.all()), snapshot.all().size(), checkpoint, replaced));
  }

  /** A block of metadata as it is to be put. */
  public static NewBlock block(
      ByteBuffer payload, int entries, long checkpoint, List<Long> replaced) {
    return new NewBlock(
        BlockKind.METADATA,
        checkpoint,
        checkpoint,
        new TimeRange(0, 0),
        0,
        0,
        0,
        0,
        entries,
        replaced,
        payload);
  }

  /**
   * The metadata of a root.
   *
   * @throws CorruptionException where its block is damaged
   */
  public static List<MetadataChange> read(StorageBackend backend) {
    var all = new ArrayList<MetadataChange>();
    for (StoredBlock block : backend.root().blocks(BlockKind.METADATA)) {
      backend.check(block);
      try {
        MetadataFormat.decodeBlock(backend.read(block, 0, block.length()), all::add);
      } catch (CorruptionException e) {
        throw new CorruptionException(
            backend.name() + ", block " + block.id() + ": " + e.getMessage());
      }
    }
    return all;
  }
}
