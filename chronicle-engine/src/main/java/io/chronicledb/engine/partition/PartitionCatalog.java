package io.chronicledb.engine.partition;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.model.TimeRange;
import java.util.Comparator;
import java.util.List;

/**
 * The data blocks of one root. Immutable. Blocks carry their own window, so a change of the partition duration needs no rewrite, and a
 * flush of very scattered points may use wider ones.
 */
public final class PartitionCatalog {

  /** From the lowest sequences to the highest, which is the order in which readers merge them. */
  private final List<StoredBlock> blocks;

  private final Root root;

  public PartitionCatalog(Root root) {
    this.root = root;
    this.blocks = root.blocks(BlockKind.DATA).stream()
        .sorted(
            Comparator.comparingLong(StoredBlock::lastSequence).thenComparingLong(StoredBlock::id))
        .toList();
  }

  public Root root() {
    return root;
  }

  public List<StoredBlock> blocks() {
    return blocks;
  }

  /** The blocks with samples in a range, in merge order. */
  public List<StoredBlock> overlapping(TimeRange range) {
    return blocks.stream()
        .filter(block -> range.overlapsClosed(block.minTime(), block.maxTime()))
        .toList();
  }

  /** How many different windows the blocks cover. */
  public int partitionCount() {
    return (int) blocks.stream().map(StoredBlock::window).distinct().count();
  }

  public long sampleCount() {
    return blocks.stream().mapToLong(StoredBlock::count).sum();
  }
}
