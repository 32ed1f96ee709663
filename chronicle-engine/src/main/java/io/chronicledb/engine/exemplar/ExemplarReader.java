package io.chronicledb.engine.exemplar;

import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongConsumer;
import org.roaringbitmap.RoaringBitmap;

/** Collects the exemplars of some series within a range, from blocks and memory in any order. Not thread-safe. */
public final class ExemplarReader {

  /** What a row takes here, while it is put in order, and in the result, besides its labels. */
  private static final int ROW_BYTES = 100;

  private static final int LABEL_FACTOR = 2;

  private final RoaringBitmap series;
  private final TimeRange range;
  private final List<Tombstone> tombstones;
  private final LongConsumer holds;
  private final ExemplarRows found = new ExemplarRows(64);

  /**
   * @param series ids of the series
   * @param tombstones all deletions that there are
   * @param holds told about bytes that are held from here on; may throw
   */
  public ExemplarReader(
      RoaringBitmap series, TimeRange range, List<Tombstone> tombstones, LongConsumer holds) {
    this.series = series;
    this.range = range;
    this.tombstones = tombstones;
    this.holds = holds;
  }

  /** Whether a block may have something that is asked for. */
  public boolean concerns(StoredBlock block) {
    return range.overlapsClosed(block.minTime(), block.maxTime())
        && series.intersects(block.firstOrder(), block.lastOrder() + 1);
  }

  /** Adds what a block has. */
  public void add(StoredBlock block, ByteBuffer payload) {
    List<Tombstone> hiding = tombstones.stream()
        .filter(t -> t.concerns(block.lastSequence(), block.minTime(), block.maxTime()))
        .toList();
    ExemplarBlock.Visitor visitor = (id, timestamp, value, labels, offset, length) -> {
      if (isWanted(id, timestamp)
          && ExemplarBatch.isVisible(id, timestamp, block.lastSequence(), hiding)) {
        holds.accept(ROW_BYTES + LABEL_FACTOR * (long) length);
        found.add(id, timestamp, value, labels, offset, length);
      }
    };
    try {
      ExemplarBlock.decode(payload, visitor);
    } catch (CorruptionException e) {
      throw new CorruptionException("block " + block.id() + ": " + e.getMessage());
    }
  }

  /** Adds what a batch in memory has. */
  public void add(ExemplarBatch batch) {
    ExemplarRows rows = batch.rows();
    for (int row = 0; row < rows.size(); row++) {
      if (isWanted(rows.series(row), rows.timestamp(row)) && batch.shows(row, tombstones)) {
        holds.accept(ROW_BYTES + LABEL_FACTOR * (long) rows.labelLength(row));
        found.add(rows.series(row), rows, row);
      }
    }
  }

  private boolean isWanted(int id, long timestamp) {
    return range.contains(timestamp) && series.contains(id);
  }

  /** What was found, ascending by series, time, value and labels. */
  public ExemplarRows finish() {
    var union = new ExemplarUnion();
    union.add(found);
    return union.finish();
  }
}
