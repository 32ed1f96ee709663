package io.chronicledb.engine.backend;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The state of stored data at one moment.
 *
 * @param generation one more than that of the root it replaced; 0 for the empty root of a new database
 * @param checkpoint the WAL sequence up to which the blocks hold every point; 0 in a new database
 * @param blocks every block that counts, ascending by id
 */
public record Root(long generation, long checkpoint, List<StoredBlock> blocks) {

  public static final Root EMPTY = new Root(0, 0, List.of());

  public Root {
    blocks = List.copyOf(blocks);
  }

  /** The root that follows this one when {@code added} blocks join and the checkpoint moves on. */
  public Root next(long newCheckpoint, List<StoredBlock> added) {
    var all = new ArrayList<StoredBlock>(blocks.size() + added.size());
    all.addAll(blocks);
    all.addAll(added);
    return new Root(generation + 1, newCheckpoint, all);
  }

  public List<StoredBlock> blocks(BlockKind kind) {
    var found = new ArrayList<StoredBlock>(blocks.size());
    for (StoredBlock block : blocks) {
      if (block.kind() == kind) {
        found.add(block);
      }
    }
    return Collections.unmodifiableList(found);
  }
}
