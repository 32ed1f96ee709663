package io.chronicledb.engine.recovery;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.index.SeriesDictionary;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The series that the sound dictionary blocks of a damaged file name. Ids that a lost block named stay taken: they are never given twice. */
final class SurvivingSeries {

  private final SeriesRegistry registry = new SeriesRegistry();
  private final List<NewBlock> blocks = new ArrayList<>();
  private long[] orders = {};

  /** Adds a sound dictionary block; in the order in which they were written. */
  void load(Survivor survivor, ByteBuffer payload) {
    int firstId = SeriesDictionary.firstId(payload);
    if (firstId < registry.size()) {
      throw new CorruptionException("another block names its series");
    }
    skipTo(firstId, survivor);
    int before = registry.size();
    SeriesDictionary.load(payload, registry);
    add(survivor, registry.size() - before, payload);
  }

  /** Takes the place of a dictionary block that is damaged. */
  void lose(Survivor survivor) {
    StoredBlock entry = survivor.entry();
    // Without a root, the next block tells how many ids are lost.
    if (entry != null) {
      skipTo((int) Math.min(Integer.MAX_VALUE, registry.size() + entry.count()), survivor);
    }
  }

  private void skipTo(int nextId, Survivor survivor) {
    int before = registry.size();
    if (nextId > before) {
      SeriesDictionary.skip(registry, nextId);
      add(survivor, nextId - before, SeriesDictionary.encode(registry, before, nextId));
    }
  }

  private void add(Survivor survivor, long ids, ByteBuffer payload) {
    blocks.add(new NewBlock(
        BlockKind.SERIES,
        survivor.firstSequence(),
        survivor.lastSequence(),
        new TimeRange(0, 0),
        0,
        0,
        registry.size() - ids,
        Math.max(registry.size() - ids, registry.size() - 1L),
        ids,
        List.of(),
        payload));
  }

  /** The blocks to put: those that were loaded, and empty ones in the place of those that were lost. */
  List<NewBlock> blocks() {
    return blocks;
  }

  /** Whether the series that a block has under an order is known under that order. */
  boolean has(long order) {
    int id = SeriesOrder.seriesId(order);
    return registry.isLive(id) && registry.order(id) == order;
  }

  /** Whether the series of an id is known. */
  boolean hasId(int id) {
    return registry.isLive(id);
  }

  /** The orders of all known series within a range, ascending. */
  long[] ordersBetween(long first, long last) {
    if (orders.length == 0) {
      orders = new long[registry.liveCount()];
      int count = 0;
      for (int id = 0; id < registry.size(); id++) {
        if (registry.isLive(id)) {
          orders[count++] = registry.order(id);
        }
      }
      Arrays.sort(orders);
    }
    return Arrays.stream(orders)
        .filter(order -> order >= first && order <= last)
        .toArray();
  }
}
