package io.chronicledb.engine.recovery;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.model.TimeRange;
import java.util.List;

/**
 * What a repair saved.
 *
 * @param keptBlocks blocks of the new file
 * @param samples their samples
 * @param bytes of the new file
 * @param checkpoint the sequence after which the log must still have everything; what it has is replayed at the next opening
 * @param rooted whether a root said which blocks there were; without one, a block whose header is damaged too is missing without a trace
 * @param losses what is in the damaged file and not in the new one; empty where nothing was lost
 */
public record RepairReport(
    long keptBlocks, long samples, long bytes, long checkpoint, boolean rooted, List<Loss> losses) {

  public RepairReport {
    losses = List.copyOf(losses);
  }

  /** Whether it is certain that nothing was lost. */
  public boolean isComplete() {
    return rooted && losses.isEmpty();
  }

  /**
   * A block, or a part of one, that could not be kept. Components that the damage made unreadable are 0, {@code samples} then -1.
   *
   * @param window the time that the block covers
   * @param firstSequence the first sequence of which points may be missing
   * @param lastSequence the last one
   * @param firstOrder the first {@linkplain io.chronicledb.engine.model.SeriesOrder series} concerned
   * @param lastOrder the last one
   * @param samples how many are lost
   */
  public record Loss(
      long blockId,
      BlockKind kind,
      TimeRange window,
      long firstSequence,
      long lastSequence,
      long firstOrder,
      long lastOrder,
      long samples,
      String reason) {}
}
