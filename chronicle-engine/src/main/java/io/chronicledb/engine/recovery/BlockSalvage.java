package io.chronicledb.engine.recovery;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.block.Block;
import io.chronicledb.engine.block.BlockBytes;
import io.chronicledb.engine.block.BlockWriter;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.SampleCursor;
import io.chronicledb.engine.codec.ChunkDecoder;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes out of a data block what can be read and belongs to a series that is known. */
final class BlockSalvage {

  private static final String UNKNOWN_SERIES =
      "its series are unknown, since the block that names them is damaged";

  private final Block block;
  private final SurvivingSeries series;
  private final List<String> reasons = new ArrayList<>();
  private long lostFrom = Long.MAX_VALUE;
  private long lostTo = -1;

  BlockSalvage(Block block, SurvivingSeries series) {
    this.block = block;
    this.series = series;
  }

  /** Whether every series of the block is known. */
  static boolean hasOnlyKnownSeries(Block block, SurvivingSeries series) {
    RunCursor cursor = block.scan(new ChunkDecoder());
    while (cursor.next()) {
      if (!series.has(cursor.order())) {
        return false;
      }
    }
    return true;
  }

  /** A new block of what is left; null where that is nothing. */
  @Nullable
  NewBlock rewrite() {
    var writer = new BlockWriter(
        block.window(),
        block.firstSequence(),
        block.lastSequence(),
        new ChunkEncoder(Effort.FRESH));
    RunCursor cursor = block.scan(new ChunkDecoder());
    for (long order : readableSeries(cursor)) {
      cursor.seek(order);
      writer.series(order);
      copy(cursor.samples(TimeRange.ALL), order, writer);
    }
    if (writer.sampleCount() == 0) {
      return null;
    }
    ByteBuffer payload = writer.finish();
    return data(Block.open(at(payload), "rewritten block"), payload);
  }

  private static BlockBytes at(ByteBuffer payload) {
    return (offset, length) -> slice(payload, offset, length);
  }

  /** Reads from a payload in memory, as a block's reader asks for it. */
  static ByteBuffer slice(ByteBuffer payload, long offset, int length) {
    if (offset < 0 || length < 0 || offset > payload.remaining() - (long) length) {
      throw new CorruptionException(
          "block of " + payload.remaining() + " bytes ends before " + offset + "+" + length);
    }
    return ByteBuffer.wrap(
            payload.array(), payload.arrayOffset() + payload.position() + (int) offset, length)
        .slice();
  }

  /** A sound data block as it is to be put. */
  static NewBlock data(Block block, ByteBuffer payload) {
    return new NewBlock(
        BlockKind.DATA,
        block.firstSequence(),
        block.lastSequence(),
        block.window(),
        block.minTime(),
        block.maxTime(),
        block.firstOrder(),
        block.lastOrder(),
        block.sampleCount(),
        List.of(),
        payload);
  }

  /** The known series of undamaged directory pages, ascending. */
  private List<Long> readableSeries(RunCursor cursor) {
    var readable = new ArrayList<Long>();
    long reached = -1;
    boolean more = true;
    while (more) {
      try {
        more = cursor.next();
        if (more) {
          reached = cursor.order();
          add(reached, readable);
        }
      } catch (CorruptionException e) {
        reasons.add(e.getMessage());
        reached = seekBehindDamage(cursor, reached, readable);
        more = reached >= 0;
      }
    }
    return readable;
  }

  /**
   * Looks for the next series in a sound directory page. Which ones a damaged page held is unknown, so all that may be there are tried.
   *
   * @return where the cursor stands now; -1 where there is none
   */
  private long seekBehindDamage(RunCursor cursor, long reached, List<Long> readable) {
    for (long order :
        series.ordersBetween(Math.max(reached + 1, block.firstOrder()), block.lastOrder())) {
      try {
        if (cursor.seek(order)) {
          add(order, readable);
        }
        return order;
      } catch (CorruptionException e) {
        lose(order);
      }
    }
    return -1;
  }

  private void add(long order, List<Long> readable) {
    if (series.has(order)) {
      readable.add(order);
    } else {
      lose(order);
      if (!reasons.contains(UNKNOWN_SERIES)) {
        reasons.add(UNKNOWN_SERIES);
      }
    }
  }

  private void copy(SampleCursor samples, long order, BlockWriter writer) {
    boolean more = true;
    while (more) {
      try {
        more = samples.next();
        if (more) {
          writer.samples(
              samples.timestamps(),
              samples.values(),
              samples.histograms(),
              samples.start(),
              samples.end());
        }
      } catch (CorruptionException e) {
        reasons.add(e.getMessage());
        lose(order);
        samples.skip();
      }
    }
  }

  private void lose(long order) {
    lostFrom = Math.min(lostFrom, order);
    lostTo = Math.max(lostTo, order);
  }

  /** What {@link #rewrite} left out; null where that was nothing. */
  RepairReport.@Nullable Loss loss(long id, long keptSamples) {
    long lost = block.sampleCount() - keptSamples;
    if (lost == 0 && reasons.isEmpty()) {
      return null;
    }
    return new RepairReport.Loss(
        id,
        BlockKind.DATA,
        block.window(),
        block.firstSequence(),
        block.lastSequence(),
        lostTo < 0 ? block.firstOrder() : lostFrom,
        lostTo < 0 ? block.lastOrder() : lostTo,
        lost,
        reasons.get(0) + (reasons.size() > 1 ? ", and " + (reasons.size() - 1) + " more" : ""));
  }
}
