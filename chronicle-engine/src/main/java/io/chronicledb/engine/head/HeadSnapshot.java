package io.chronicledb.engine.head;

import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.exemplar.ExemplarBatch;
import io.chronicledb.engine.metadata.MetadataStore;
import io.chronicledb.engine.partition.PartitionCatalog;
import java.util.List;

/**
 * All points at one moment: what is in memory, and the data file's blocks that hold the rest.
 *
 * @param runs the memory blocks, then the visible part of the write buffer; from the lowest sequences to the highest, all higher than
 *     the catalogue's
 * @param tombstones deletions, ascending by sequence, that apply to those runs and blocks which end before them
 * @param catalog the data file
 * @param exemplars in memory, ascending by sequence; those that the catalogue's checkpoint covers are in the data file as well
 * @param metadata what is known of metrics and measurements, as it becomes known
 */
public record HeadSnapshot(
    List<MemoryBlock> runs,
    List<Tombstone> tombstones,
    PartitionCatalog catalog,
    List<ExemplarBatch> exemplars,
    MetadataStore metadata) {

  public HeadSnapshot {
    runs = List.copyOf(runs);
    tombstones = List.copyOf(tombstones);
  }
}
