package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.BlockKind;
import java.util.List;
import java.util.UUID;

/**
 * A block that was found in a damaged file, as its own header describes it.
 *
 * @param sound whether header and payload match their checksum; else each of the other components may be wrong
 * @param offset of its header in the file
 */
public record FoundBlock(
    boolean sound,
    long offset,
    BlockKind kind,
    int length,
    UUID databaseId,
    long id,
    long generation,
    long firstSequence,
    long lastSequence,
    List<Long> replaces) {

  static FoundBlock of(BlockFrame header, long offset, boolean sound) {
    return new FoundBlock(
        sound,
        offset,
        header.kind(),
        header.length(),
        header.databaseId(),
        header.id(),
        header.generation(),
        header.firstSequence(),
        header.lastSequence(),
        header.replaces());
  }
}
