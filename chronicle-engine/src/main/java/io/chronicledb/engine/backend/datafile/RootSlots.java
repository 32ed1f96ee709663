package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the file can be opened with.
 *
 * @param newest the root that counts
 * @param older the root to fall back to; null where there is none
 * @param damaged whether a newer root may be lost
 */
record RootSlots(Generation newest, @Nullable Generation older, boolean damaged) {

  private static final Logger log = LoggerFactory.getLogger(RootSlots.class);

  /** More than a root that was lost can have given to blocks that the one before does not know: ids are never used again. */
  private static final long LOST_IDS_MAX = 1 << 20;

  long nextBlockId() {
    long next =
        older == null ? newest.nextBlockId() : Math.max(newest.nextBlockId(), older.nextBlockId());
    return damaged ? next + LOST_IDS_MAX : next;
  }

  static void write(DiskFile file, int slot, long generation, long footerOffset)
      throws IOException {
    var out = new ByteWriter(Layout.SLOT_BYTES);
    out.writeBytes(Layout.ROOT_MAGIC);
    out.writeLong(generation);
    out.writeLong(footerOffset);
    out.writeInt(Crc32c.of(out.array(), 0, out.size()));
    file.write(Layout.SLOT_OFFSETS[slot], out.toByteBuffer());
  }

  /**
   * Reads both slots. Where neither leads to a sound root, the file is searched for one.
   *
   * @throws CorruptionException where the file holds none either
   */
  static RootSlots read(DiskFile file, Path path, UUID databaseId) throws IOException {
    var damages = new ArrayList<String>();
    List<Generation> found = readSlots(file, databaseId, damages);
    if (found.isEmpty()) {
      log.error(
          "{}: neither root slot names a sound generation; {}; searching the file for one",
          path,
          String.join("; ", damages));
      found = RootSearch.trustworthy(file, databaseId, damages);
      if (found.isEmpty()) {
        throw new CorruptionException(path + ": no sound root; " + String.join("; ", damages)
            + ". Repair it: ChronicleDatabase.repair writes a new file with every block that is still"
            + " whole");
      }
      log.error(
          "{}: opening generation {}, found at offset {}, and replaying the log from its checkpoint {}",
          path,
          found.get(0).number(),
          found.get(0).index().offset(),
          found.get(0).root().checkpoint());
    } else if (!damages.isEmpty()) {
      log.warn(
          "{}: {}; opening generation {} instead and replaying the WAL from its checkpoint {}",
          path,
          damages.get(0),
          found.get(0).number(),
          found.get(0).root().checkpoint());
    }
    return new RootSlots(found.get(0), found.size() > 1 ? found.get(1) : null, !damages.isEmpty());
  }

  /** The sound generations that the slots name, the newest first. */
  static List<Generation> readSlots(DiskFile file, UUID databaseId, List<String> damages)
      throws IOException {
    var found = new ArrayList<Generation>();
    for (int slot = 0; slot < Layout.SLOT_OFFSETS.length; slot++) {
      try {
        Generation generation = readSlot(file, slot, databaseId);
        if (generation != null) {
          found.add(generation);
        }
      } catch (CorruptionException e) {
        damages.add("root slot " + "AB".charAt(slot) + ": " + e.getMessage());
      }
    }
    if (found.size() > 1 && found.get(0).number() < found.get(1).number()) {
      Collections.reverse(found);
    }
    return found;
  }

  /** Null for a slot that was never used. */
  private static @Nullable Generation readSlot(DiskFile file, int slot, UUID databaseId)
      throws IOException {
    ByteReader in = IndexBlock.readFully(file, Layout.SLOT_OFFSETS[slot], Layout.SLOT_BYTES);
    if (isZero(in)) {
      return null;
    }
    IndexBlock.checkSum(in, Layout.ROOT_MAGIC, "slot");
    long generation = in.readLong();
    long footerOffset = in.readLong();
    return IndexBlock.read(file, databaseId, footerOffset, generation, slot);
  }

  private static boolean isZero(ByteReader in) {
    ByteBuffer bytes = ByteBuffer.wrap(in.array(), in.arrayOffset(), in.remaining());
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return false;
      }
    }
    return true;
  }
}
