package io.chronicledb.engine.recovery;

import io.chronicledb.engine.wal.WalReplay.LostRange;
import java.util.List;

/**
 * What opening found.
 *
 * @param generation of the root that was opened
 * @param checkpoint of that root
 * @param replayedBatches batches that only the log had
 * @param replayedPoints their points
 * @param tornBytes bytes of an unfinished record that were cut off the end of the log; never acknowledged in {@code sync} mode
 * @param lost sequences that were durable once and are damaged; empty in the ordinary case
 * @param unattributedPoints points of sound records whose series was named in a damaged one; 0 in the ordinary case
 */
public record RecoveryReport(
    long generation,
    long checkpoint,
    long replayedBatches,
    long replayedPoints,
    long tornBytes,
    List<LostRange> lost,
    long unattributedPoints) {

  public RecoveryReport {
    lost = List.copyOf(lost);
  }

  /** Whether nothing that was durable is missing. */
  public boolean isComplete() {
    return lost.isEmpty() && unattributedPoints == 0;
  }
}
