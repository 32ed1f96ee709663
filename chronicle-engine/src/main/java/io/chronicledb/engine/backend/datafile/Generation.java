package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.CorruptionException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A root with the place of its index block.
 *
 * @param slot that names it
 * @param index the pages of index block and footer
 * @param nextBlockId above every id that was given when it was written
 */
record Generation(Root root, int slot, Extent index, long nextBlockId) {

  long number() {
    return root.generation();
  }

  /** Everything that it needs. */
  List<Extent> extents() {
    var extents = new ArrayList<Extent>(root.blocks().size() + 1);
    extents.add(index);
    for (StoredBlock block : root.blocks()) {
      extents.add(BlockPlace.extent(block));
    }
    return extents;
  }

  /** Bytes that its blocks and its index take. */
  long bytes() {
    return extents().stream().mapToLong(Extent::length).sum();
  }

  /** Checks that its blocks can all be where it says. */
  void checkPlaces(long fileBytes) {
    for (StoredBlock block : root.blocks()) {
      BlockPlace place = BlockPlace.of(block);
      if (place.offset() < Layout.FIRST_BLOCK_OFFSET
          || place.bytes(block.length()) > fileBytes - place.offset()) {
        throw new CorruptionException("block " + block.id() + " at offset " + place.offset()
            + " lies outside of the file of " + fileBytes + " bytes");
      }
    }
    List<Extent> extents = extents();
    Collections.sort(extents);
    for (int i = 1; i < extents.size(); i++) {
      if (extents.get(i).offset() < extents.get(i - 1).end()) {
        throw new CorruptionException("two blocks of generation " + number() + " lie at offset "
            + extents.get(i).offset());
      }
    }
  }
}
