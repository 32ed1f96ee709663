package io.chronicledb.engine.recovery;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.backend.datafile.DamagedDataFile;
import io.chronicledb.engine.backend.datafile.FoundBlock;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A block of a damaged file that the repaired one should have, as far as it can be read.
 *
 * @param entry what a root says of it; null where no root is left
 * @param found what stands in the file; null where its header is damaged
 */
record Survivor(@Nullable StoredBlock entry, @Nullable FoundBlock found) {

  static Survivor of(FoundBlock found) {
    return new Survivor(null, found);
  }

  /** Whether every byte of it is what was put. */
  boolean isSound() {
    return found != null && found.sound();
  }

  BlockKind kind() {
    return entry != null ? entry.kind() : block().kind();
  }

  long id() {
    return entry != null ? entry.id() : block().id();
  }

  long firstSequence() {
    return entry != null ? entry.firstSequence() : block().firstSequence();
  }

  long lastSequence() {
    return entry != null ? entry.lastSequence() : block().lastSequence();
  }

  ByteBuffer payload(DamagedDataFile file) {
    return entry != null ? file.payload(entry) : file.payload(block());
  }

  /** The loss of all of it. */
  RepairReport.Loss lost(String reason) {
    return entry != null
        ? new RepairReport.Loss(
            entry.id(),
            entry.kind(),
            entry.window(),
            entry.firstSequence(),
            entry.lastSequence(),
            entry.firstOrder(),
            entry.lastOrder(),
            entry.count(),
            reason)
        : new RepairReport.Loss(
            id(), kind(), new TimeRange(0, 0), firstSequence(), lastSequence(), 0, 0, -1, reason);
  }

  private FoundBlock block() {
    if (found == null) {
      throw new IllegalStateException("neither found nor named by a root");
    }
    return found;
  }
}
