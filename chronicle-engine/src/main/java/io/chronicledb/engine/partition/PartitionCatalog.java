package io.chronicledb.engine.partition;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The data blocks of one root, and the deletions that some of them still hold points of. Immutable. Blocks carry their own window, so a
 * change of the partition duration needs no rewrite, and a flush of very scattered points may use wider ones.
 */
public final class PartitionCatalog {

  private final Root root;
  /** From the lowest sequences to the highest, which is the order in which readers merge them. */
  private final List<StoredBlock> blocks;

  private final List<Tombstone> tombstones;

  /** @param tombstones of the root, ascending by sequence */
  public PartitionCatalog(Root root, List<Tombstone> tombstones) {
    this.root = root;
    // Blocks with samples in common never share their first sequence, so it tells. The last one may
    // have been raised by a deletion that was applied.
    var data = new ArrayList<>(root.blocks(BlockKind.DATA));
    data.sort((a, b) -> a.firstSequence() == b.firstSequence()
        ? Long.compare(a.id(), b.id())
        : Long.compare(a.firstSequence(), b.firstSequence()));
    this.blocks = Collections.unmodifiableList(data);
    this.tombstones = List.copyOf(tombstones);
  }

  public Root root() {
    return root;
  }

  public List<StoredBlock> blocks() {
    return blocks;
  }

  /** Deletions that are not applied to every block, ascending by sequence. */
  public List<Tombstone> tombstones() {
    return tombstones;
  }

  /** The blocks with samples in a range, in merge order. */
  public List<StoredBlock> overlapping(TimeRange range) {
    return blocks.stream()
        .filter(block -> range.overlapsClosed(block.minTime(), block.maxTime()))
        .toList();
  }

  /** Whether a deletion is younger than some block that reaches into its range. */
  public boolean concerns(Tombstone tombstone) {
    return blocks.stream()
        .anyMatch(
            block -> tombstone.concerns(block.lastSequence(), block.minTime(), block.maxTime()));
  }

  /** How many different windows the blocks cover. */
  public int partitionCount() {
    return (int) blocks.stream().map(StoredBlock::window).distinct().count();
  }

  public long sampleCount() {
    return blocks.stream().mapToLong(StoredBlock::count).sum();
  }

  /** Bytes of the data blocks. */
  public long bytes() {
    return blocks.stream().mapToLong(StoredBlock::length).sum();
  }
}
