package io.chronicledb.engine.index;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.index.TagIndex.Condition;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.wal.WalBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All series of the database by id. An id is never used for another series.
 *
 * <p>Keys lie as bytes in pages, and a hash table of ids finds them, so a series costs its bytes and a few words, not objects. Looking up a
 * known series takes no lock: an id enters the table (release) only after all about it is written, and whoever finds it there (acquire)
 * sees that. Registering, and reading the tag index, take a lock.
 */
public final class SeriesRegistry implements WalBatch.Keys {

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);
  private static final int PAGE_BYTES = 1 << 16;
  private static final int EMPTY = 0; // A slot holds id + 1.

  /** Everything that lock-free readers need; replaced as a whole when an array grows. */
  private record Tables(
      int[] slots, byte[][] pages, int[] pageOf, int[] offsets, int[] lengths, long[] orders) {}

  private volatile Tables tables;
  private volatile int size;

  private final TagIndex tagIndex = new TagIndex();
  private final Map<String, Integer> metricIds = new HashMap<>();
  private int pageCount;
  private int pageUsed = PAGE_BYTES;

  public SeriesRegistry() {
    tables = new Tables(
        new int[1 << 10], new byte[16][], new int[512], new int[512], new int[512], new long[512]);
  }

  /** The number of series; ids go from 0 to one below. */
  public int size() {
    return size;
  }

  /** The id of a series, which is registered where it is new. */
  public int register(byte[] key, int offset, int length) {
    int hash = hash(key, offset, length);
    int found = lookup(tables, key, offset, length, hash);
    return found >= 0 ? found : add(key, offset, length, hash);
  }

  /** The id of a series; -1 where it is unknown. */
  public int find(byte[] key, int offset, int length) {
    return lookup(tables, key, offset, length, hash(key, offset, length));
  }

  /** The place of a series in every sorted run; see {@link SeriesOrder}. */
  public long order(int id) {
    return tables.orders[id];
  }

  /** The series' tags with the metric among them under {@link Tags#METRIC}. */
  public Tags tags(int id) {
    Tables t = tables;
    return SeriesKey.decodeTags(t.pages[t.pageOf[id]], t.offsets[id], t.lengths[id]);
  }

  /** {@inheritDoc} */
  @Override
  public void write(int seriesId, ByteWriter out) {
    Tables t = tables;
    out.writeUnsignedVarint(t.lengths[seriesId]);
    out.writeBytes(t.pages[t.pageOf[seriesId]], t.offsets[seriesId], t.lengths[seriesId]);
  }

  /**
   * The series that all matchers match, by order.
   *
   * <p>Values are matched outside of the lock, since a pattern may take its time over many long values: writers of new series go on
   * meanwhile. Series that are registered after the call began may or may not be among the result; no reader's view has points of them.
   *
   * @param matchers none means every series
   * @param progress called before each value that a pattern is tried on; may throw to end the search
   */
  public long[] select(List<TagMatcher> matchers, Runnable progress) {
    var conditions = new ArrayList<Condition>(matchers.size());
    for (TagMatcher matcher : matchers) {
      conditions.add(condition(matcher.name(), ValueMatcher.of(matcher), progress));
    }
    synchronized (this) {
      int[] ids = tagIndex.select(conditions, size);
      long[] orders = new long[ids.length];
      for (int i = 0; i < ids.length; i++) {
        orders[i] = tables.orders[ids[i]];
      }
      Arrays.sort(orders);
      return orders;
    }
  }

  private Condition condition(String name, ValueMatcher matcher, Runnable progress) {
    // An absent tag counts as the empty string: where that matches, the values that do not are
    // taken away instead.
    boolean include = !matcher.matches("");
    Set<String> listed = include ? matcher.only() : matcher.allBut();
    if (listed != null) {
      return new Condition(name, listed, include);
    }
    var matching = new ArrayList<String>();
    for (String value : values(name)) {
      progress.run();
      if (matcher.matches(value) == include) {
        matching.add(value);
      }
    }
    return new Condition(name, matching, include);
  }

  /** Values of a tag over all series, in no particular order. */
  public synchronized List<String> values(String tag) {
    return tagIndex.values(tag);
  }

  /** Names of all tags of all series, {@link Tags#METRIC} included. */
  public synchronized List<String> names() {
    return tagIndex.names();
  }

  /** Bytes of keys and tables. */
  public long memoryBytes() {
    Tables t = tables;
    return (long) pageCount * PAGE_BYTES + t.slots.length * 4L + t.offsets.length * 20L;
  }

  private static int lookup(Tables t, byte[] key, int offset, int length, int hash) {
    int mask = t.slots.length - 1;
    for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
      int entry = (int) SLOT.getAcquire(t.slots, slot);
      if (entry == EMPTY) {
        return -1;
      }
      int id = entry - 1;
      int start = t.offsets[id];
      if (t.lengths[id] == length
          && Arrays.equals(
              t.pages[t.pageOf[id]], start, start + length, key, offset, offset + length)) {
        return id;
      }
    }
  }

  private synchronized int add(byte[] key, int offset, int length, int hash) {
    int found = lookup(tables, key, offset, length, hash);
    if (found >= 0) {
      return found;
    }
    int id = size;
    Tables t = ensureRoom(id, length);
    int page = pageCount - 1;
    System.arraycopy(key, offset, t.pages[page], pageUsed, length);
    t.pageOf[id] = page;
    t.offsets[id] = pageUsed;
    t.lengths[id] = length;
    pageUsed += length;
    Tags labels = SeriesKey.decodeTags(key, offset, length);
    String metric = labels.get(Tags.METRIC);
    int metricId = metricIds.computeIfAbsent(metric == null ? "" : metric, name -> id);
    t.orders[id] = SeriesOrder.of(metricId, id);
    tagIndex.add(id, labels);
    size = id + 1;
    insert(t.slots, hash, id);
    return id;
  }

  private static void insert(int[] slots, int hash, int id) {
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (slots[slot] != EMPTY) {
      slot = (slot + 1) & mask;
    }
    SLOT.setRelease(slots, slot, id + 1);
  }

  /** Makes room for one more series with a key of that length. */
  private Tables ensureRoom(int id, int length) {
    Tables t = tables;
    byte[][] pages = t.pages;
    if (pageUsed + length > PAGE_BYTES) {
      if (pageCount == pages.length) {
        pages = Arrays.copyOf(pages, pageCount * 2);
      }
      pages[pageCount++] = new byte[Math.max(PAGE_BYTES, length)];
      pageUsed = 0;
    }
    boolean full = id == t.offsets.length;
    if (!full && pages == t.pages) {
      return t;
    }
    int capacity = full ? id * 2 : t.offsets.length;
    int[] slots = full ? new int[t.slots.length * 2] : t.slots;
    var grown = new Tables(
        slots,
        pages,
        Arrays.copyOf(t.pageOf, capacity),
        Arrays.copyOf(t.offsets, capacity),
        Arrays.copyOf(t.lengths, capacity),
        Arrays.copyOf(t.orders, capacity));
    if (full) {
      for (int i = 0; i < id; i++) {
        insert(slots, hash(pages[grown.pageOf[i]], grown.offsets[i], grown.lengths[i]), i);
      }
    }
    tables = grown;
    return grown;
  }

  /** FNV-1a over the bytes with a final mix; keys come from outside, but a table of ids by bytes only degrades, never fails. */
  private static int hash(byte[] key, int offset, int length) {
    long h = 0xcbf29ce484222325L;
    for (int i = offset; i < offset + length; i++) {
      h = (h ^ key[i]) * 0x100000001b3L;
    }
    h ^= h >>> 32;
    h *= 0x9E3779B97F4A7C15L;
    return (int) (h >>> 32);
  }
}
