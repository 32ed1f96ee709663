package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.storage.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds roots without the slots, by looking at every page of the file. */
final class RootSearch {

  private static final Logger log = LoggerFactory.getLogger(RootSearch.class);

  private RootSearch() {}

  /** Every sound index with a sound footer, the newest generation first. */
  static List<Generation> all(DiskFile file, UUID databaseId) throws IOException {
    var found = new ArrayList<Generation>();
    new BlockWalk(file).run(Layout.FIRST_BLOCK_OFFSET, file.size(), offset -> {
      BlockFrame header = BlockWalk.header(file, offset);
      if (header != null
          && header.kind() == BlockKind.INDEX
          && header.databaseId().equals(databaseId)) {
        try {
          // No slot names it, so the next commit may take either.
          Generation generation =
              IndexBlock.read(file, databaseId, offset + header.bytes(), header.generation(), 1);
          found.add(generation);
          return generation.index().end();
        } catch (CorruptionException e) {
          log.debug("index at offset {} is damaged: {}", offset, e.getMessage());
        }
      }
      return offset + Layout.PAGE;
    });
    found.sort(Comparator.comparingLong(Generation::number).reversed());
    return found;
  }

  /**
   * Those of {@link #all} whose blocks are where the index says. An index that was given up long ago is still whole where its erasure did not
   * reach the disk, but blocks that it names have been overwritten.
   */
  static List<Generation> trustworthy(DiskFile file, UUID databaseId, List<String> damages)
      throws IOException {
    var trusted = new ArrayList<Generation>();
    for (Generation generation : all(file, databaseId)) {
      try {
        checkBlocks(file, databaseId, generation);
        trusted.add(generation);
      } catch (CorruptionException e) {
        damages.add("generation " + generation.number() + " at offset "
            + generation.index().offset() + ": " + e.getMessage());
      }
    }
    return trusted;
  }

  private static void checkBlocks(DiskFile file, UUID databaseId, Generation generation)
      throws IOException {
    for (StoredBlock block : generation.root().blocks()) {
      BlockPlace place = BlockPlace.of(block);
      BlockFrame header = BlockWalk.header(file, place.offset());
      if (header == null || !isHeaderOf(header, block, databaseId)) {
        throw new CorruptionException(
            "block " + block.id() + " does not stand at offset " + place.offset());
      }
    }
  }

  static boolean isHeaderOf(BlockFrame header, StoredBlock block, UUID databaseId) {
    return header.id() == block.id()
        && header.kind() == block.kind()
        && header.length() == block.length()
        && header.replaces().size() == BlockPlace.of(block).replaced()
        && header.firstSequence() == block.firstSequence()
        && header.lastSequence() == block.lastSequence()
        && header.databaseId().equals(databaseId);
  }
}
