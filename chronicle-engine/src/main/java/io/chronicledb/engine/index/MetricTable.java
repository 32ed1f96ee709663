package io.chronicledb.engine.index;

import java.util.Arrays;

/**
 * Metric names and their ids. A metric's id is the id of the first series that it ever had, and stays while any of its series lives,
 * the first one or not. Guarded by the registry.
 */
final class MetricTable {

  private static final int CAPACITY_MIN = 16;
  private static final int NONE = -1;
  /** Spreads ids, which lie close together, over a table. */
  private static final int ID_MULTIPLIER = 0x9E3779B9;

  /** Symbol + 1; 0 is empty. */
  private int[] slots = new int[CAPACITY_MIN];

  private BytePages names = new BytePages();
  private int[] positions = new int[CAPACITY_MIN];
  private int[] hashes = new int[CAPACITY_MIN];
  private int[] ids = new int[CAPACITY_MIN];
  /** Living series; a metric with none keeps its symbol until the next rebuilding. */
  private int[] live = new int[CAPACITY_MIN];

  private int symbols;
  private int dead;
  /** Mostly, the next series is of the same metric as the last one. */
  private int last = NONE;
  /** Symbol + 1 by the id of the metric; 0 is empty. Whose metric has another id by now, or no series, is passed over. */
  private int[] slotsById = new int[CAPACITY_MIN];
  /** Slots of {@link #slotsById} that are not empty. */
  private int usedById;

  long bytes() {
    return names.bytes() + 4L * slots.length + 16L * positions.length + 4L * slotsById.length + 128;
  }

  /** Counts a new series of a metric; the metric's id. */
  int add(byte[] name, int offset, int length, int seriesId) {
    int symbol = intern(name, offset, length);
    if (live[symbol]++ == 0) {
      revive(symbol, seriesId);
    }
    return ids[symbol];
  }

  /** Counts a series of a metric that must have, or get, a certain id; false where that contradicts what is known. */
  boolean restore(byte[] name, int offset, int length, int seriesId, int metricId) {
    int symbol = findById(metricId);
    if (symbol != NONE) {
      live[symbol]++;
      return isNamed(symbol, name, offset, length);
    }
    symbol = intern(name, offset, length);
    if (live[symbol]++ > 0 || metricId < 0 || metricId > seriesId) {
      return false;
    }
    revive(symbol, metricId);
    return true;
  }

  private void revive(int symbol, int metricId) {
    if (ids[symbol] != NONE) {
      dead--;
    }
    ids[symbol] = metricId;
    if ((usedById + 1) * 4L > slotsById.length * 3L) {
      rebuildById();
    } else {
      insertById(symbol);
    }
  }

  /** The metric of that id, of which some series lives. */
  private int findById(int metricId) {
    if (last != NONE && ids[last] == metricId && live[last] > 0) {
      return last;
    }
    int at = slotById(metricId);
    while (slotsById[at] != 0) {
      int symbol = slotsById[at] - 1;
      if (ids[symbol] == metricId && live[symbol] > 0) {
        return symbol;
      }
      at = at + 1 == slotsById.length ? 0 : at + 1;
    }
    return NONE;
  }

  private void insertById(int symbol) {
    int at = slotById(ids[symbol]);
    while (slotsById[at] != 0) {
      at = at + 1 == slotsById.length ? 0 : at + 1;
    }
    slotsById[at] = symbol + 1;
    usedById++;
  }

  private int slotById(int metricId) {
    return ByteHash.slot(metricId * ID_MULTIPLIER, slotsById.length);
  }

  private void rebuildById() {
    slotsById = new int[Math.max(CAPACITY_MIN, 2 * symbols)];
    usedById = 0;
    for (int symbol = 0; symbol < symbols; symbol++) {
      if (live[symbol] > 0) {
        insertById(symbol);
      }
    }
  }

  /** Counts a series of a metric as gone. */
  void remove(byte[] name, int offset, int length) {
    int symbol = find(name, offset, length, ByteHash.of(name, offset, length));
    if (--live[symbol] == 0) {
      dead++;
    }
  }

  /** Gives memory back where most metrics are gone. */
  void compact() {
    if (dead * 2 <= symbols || symbols <= CAPACITY_MIN) {
      return;
    }
    BytePages oldNames = names;
    int[] oldPositions = positions;
    int[] oldHashes = hashes;
    int[] oldIds = ids;
    int[] oldLive = live;
    int oldSymbols = symbols;
    int capacity = Math.max(CAPACITY_MIN, (symbols - dead) * 3 / 2);
    names = new BytePages();
    positions = new int[capacity];
    hashes = new int[capacity];
    ids = new int[capacity];
    live = new int[capacity];
    symbols = 0;
    dead = 0;
    last = NONE;
    slots = new int[capacity * 2];
    for (int symbol = 0; symbol < oldSymbols; symbol++) {
      if (oldLive[symbol] > 0) {
        byte[] page = pageOf(oldNames, oldPositions[symbol]);
        int at = oldPositions[symbol] & 0xFFFF;
        int length = BytePages.uvarint(page, at);
        int added = append(page, at + BytePages.uvarintBytes(length), length, oldHashes[symbol]);
        ids[added] = oldIds[symbol];
        live[added] = oldLive[symbol];
      }
    }
    rebuildById();
  }

  private static byte[] pageOf(BytePages pages, int position) {
    byte[] page = pages.pages()[position >>> BytePages.OFFSET_BITS];
    if (page == null) {
      throw new IllegalStateException("a metric's name is gone");
    }
    return page;
  }

  private int intern(byte[] name, int offset, int length) {
    if (last != NONE && isNamed(last, name, offset, length)) {
      return last;
    }
    int hash = ByteHash.of(name, offset, length);
    int symbol = find(name, offset, length, hash);
    if (symbol == NONE) {
      symbol = append(name, offset, length, hash);
      ids[symbol] = NONE;
      live[symbol] = 0;
    }
    last = symbol;
    return symbol;
  }

  private int find(byte[] name, int offset, int length, int hash) {
    int at = ByteHash.slot(hash, slots.length);
    while (slots[at] != 0) {
      int symbol = slots[at] - 1;
      if (hashes[symbol] == hash && isNamed(symbol, name, offset, length)) {
        return symbol;
      }
      at = at + 1 == slots.length ? 0 : at + 1;
    }
    return NONE;
  }

  private boolean isNamed(int symbol, byte[] name, int offset, int length) {
    byte[] page = pageOf(names, positions[symbol]);
    int at = positions[symbol] & 0xFFFF;
    if (BytePages.uvarint(page, at) != length) {
      return false;
    }
    at += BytePages.uvarintBytes(length);
    return Arrays.equals(page, at, at + length, name, offset, offset + length);
  }

  private int append(byte[] name, int offset, int length, int hash) {
    if (symbols == positions.length) {
      int capacity = symbols + (symbols >> 1);
      positions = Arrays.copyOf(positions, capacity);
      hashes = Arrays.copyOf(hashes, capacity);
      ids = Arrays.copyOf(ids, capacity);
      live = Arrays.copyOf(live, capacity);
    }
    int symbol = symbols++;
    positions[symbol] = names.append(name, offset, length);
    hashes[symbol] = hash;
    if (symbols * 4L > slots.length * 3L) {
      slots = new int[symbols * 2];
      for (int i = 0; i < symbol; i++) {
        insert(i);
      }
    }
    insert(symbol);
    return symbol;
  }

  private void insert(int symbol) {
    int at = ByteHash.slot(hashes[symbol], slots.length);
    while (slots[at] != 0) {
      at = at + 1 == slots.length ? 0 : at + 1;
    }
    slots[at] = symbol + 1;
  }
}
