package io.chronicledb.engine.wal;

import java.util.List;

/**
 * What reading a log found.
 *
 * @param lastSequence the last sequence that was read or is known to be lost; where there is no record, the one before the first segment; 0 without segments
 * @param records records read
 * @param lost sequences that were durable once and cannot be read any more
 * @param tornBytes bytes of an unfinished record that were cut off the end
 */
public record WalReplay(long lastSequence, long records, List<LostRange> lost, long tornBytes) {

  public WalReplay {
    lost = List.copyOf(lost);
  }

  /**
   * Damage in a segment.
   *
   * @param first the first sequence lost
   * @param last the last one
   * @param place segment and offset where reading failed, and why
   */
  public record LostRange(long first, long last, String place) {}
}
