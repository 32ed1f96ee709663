package io.chronicledb.engine.recovery;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.index.SeriesDictionary;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The series that the sound dictionary blocks of a damaged file name. Ids are never given twice, so those of a lost block are taken by
 * stand-ins that no point belongs to.
 */
final class SurvivingSeries {

  /** The metric of the stand-ins, in case somebody comes across one. */
  private static final String LOST = "chronicle_lost_series";

  private final SeriesRegistry registry = new SeriesRegistry();
  private final BitSet lost = new BitSet();
  private final List<NewBlock> blocks = new ArrayList<>();
  private long[] orders = {};

  /** Adds a sound dictionary block; in the order in which they were written. */
  void load(Survivor survivor, ByteBuffer payload) {
    long firstId = SeriesDictionary.firstId(payload);
    if (firstId < registry.size()) {
      throw new CorruptionException("another block names its series");
    }
    if (firstId > Integer.MAX_VALUE - 1) {
      throw new CorruptionException("series dictionary goes on with id " + firstId);
    }
    while (registry.size() < firstId) {
      var key = new ByteWriter(64);
      int id = registry.size();
      new SeriesKey().series(LOST, Tags.of("id", String.valueOf(id))).encode(key);
      registry.register(key.array(), 0, key.size());
      lost.set(id);
    }
    int before = registry.size();
    SeriesDictionary.load(payload, registry);
    blocks.add(dictionary(survivor, registry.size() - before, payload));
  }

  private static NewBlock dictionary(Survivor survivor, long count, ByteBuffer payload) {
    return new NewBlock(
        BlockKind.SERIES,
        survivor.firstSequence(),
        survivor.lastSequence(),
        new TimeRange(0, 0),
        0,
        0,
        0,
        0,
        count,
        List.of(),
        payload);
  }

  /** The blocks to put: those that were loaded, or one in their place where some are missing between them. */
  List<NewBlock> blocks() {
    if (lost.isEmpty()) {
      return blocks;
    }
    NewBlock first = blocks.get(0);
    long lastSequence =
        blocks.stream().mapToLong(NewBlock::lastSequence).max().orElse(first.lastSequence());
    return List.of(new NewBlock(
        BlockKind.SERIES,
        first.firstSequence(),
        lastSequence,
        new TimeRange(0, 0),
        0,
        0,
        0,
        0,
        registry.size(),
        List.of(),
        SeriesDictionary.encode(registry, 0, registry.size())));
  }

  /**
   * The order of a series that a block has under {@code orderInBlock}; -1 where it is unknown. They differ where the first series of a metric
   * is lost, whose id was the metric's.
   */
  long order(long orderInBlock) {
    int id = SeriesOrder.seriesId(orderInBlock);
    return id >= 0 && id < registry.size() && !lost.get(id) ? registry.order(id) : -1;
  }

  /** The orders of all known series within a range, ascending. */
  long[] ordersBetween(long first, long last) {
    if (orders.length == 0) {
      orders = new long[registry.size()];
      for (int id = 0; id < orders.length; id++) {
        orders[id] = registry.order(id);
      }
      Arrays.sort(orders);
    }
    return Arrays.stream(orders).filter(order -> order >= first && order <= last).toArray();
  }
}
