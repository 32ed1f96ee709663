package io.chronicledb.engine.index;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.index.TagIndex.ValueList;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.SeriesStatistics;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.wal.WalBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * All series of the database by id. Ids count up and are never used for another series: one that was collected and returns gets a new
 * id. Thread-safe.
 *
 * <p><b>Memory.</b> Keys lie as bytes in pages, what else a series has in arrays paged by id, and hash tables of ints and longs find both,
 * so a series costs its bytes and a few words, not objects. {@linkplain #collect Collecting} gives the memory of series back, page by
 * page, so that it follows the series that live and not the ids that were given out.
 *
 * <p><b>Threads.</b> Looking up a known series takes no lock: an id enters the table (release) only after all about it is written, and
 * whoever finds it there (acquire) sees that. Registering a new one takes this object's lock. The inverted {@link TagIndex} has a lock of
 * its own and is caught up by whoever reads it, from the keys, so that neither registering nor opening pays for it, and writers of
 * new series do not wait for those who read. Collecting takes both locks, the index's first.
 */
public final class SeriesRegistry implements WalBatch.Keys {

  private static final int SLOTS_MIN = 1 << 10;
  private static final int ARRAY_BYTES = 16;
  private static final int REFERENCE_BYTES = 4;
  /** What a series that the tag index does not have yet is taken to need there, at least. */
  private static final int INDEX_BYTES = 48;

  private volatile SeriesTables tables;
  private volatile int size;
  private volatile int liveCount;
  private volatile int epoch;
  private volatile long tableBytes;
  private volatile long indexBytes;
  private volatile int indexEnd;
  private volatile LongSupplier limitBytes = () -> Long.MAX_VALUE;

  private long[] slots = new long[SLOTS_MIN];
  /** Slots that are not empty. */
  private int usedSlots;

  private final BytePages keys = new BytePages();
  private @Nullable IdPage[] idPages = new IdPage[4];
  private long idPageBytes;
  /** The number of the page that was begun last. */
  private int lastIdPage;

  private final MetricTable metrics = new MetricTable();

  private final TagIndex tagIndex = new TagIndex();

  public SeriesRegistry() {
    tables = new SeriesTables(slots, keys.pages(), idPages);
    tableBytes = countBytes();
    indexBytes = tagIndex.bytes();
  }

  /** The number of ids given out; they go from 0 to one below. */
  public int size() {
    return size;
  }

  /** The number of series that live: given out and not collected. */
  public int liveCount() {
    return liveCount;
  }

  /** Whether a series lives; false also for an id that was never given out. */
  public boolean isLive(int id) {
    return tables.isLive(id);
  }

  /**
   * Rises whenever series are collected, before the first of them goes and again after the last. Whoever keeps an id notes the epoch
   * before getting it, and must look the series up again where the epoch is another when the id is used.
   */
  public int epoch() {
    return epoch;
  }

  /**
   * Bytes that all of the index takes, with everything in it counted. Kept as a running count, so asking costs nothing.
   */
  public long memoryBytes() {
    return tableBytes + indexBytes;
  }

  /**
   * Sets how many bytes the index may take, asked again for each new series. Without it there is no limit.
   *
   * @see #register
   */
  public void limitBytes(LongSupplier limit) {
    limitBytes = limit;
  }

  /**
   * The id of a series, which is registered where it is new.
   *
   * @throws BadDataException for bytes that are no canonical key
   * @throws ChronicleException with {@link ErrorCode#CARDINALITY_LIMIT} for a new series for which the index has no room; known ones are
   *     always found
   */
  public int register(byte[] key, int offset, int length) {
    long scan = ByteHash.scan(key, offset, length);
    int found = tables.find(key, offset, length, ByteHash.hash(scan));
    return found >= 0 ? found : add(key, offset, length, scan, false);
  }

  /**
   * Like {@link #register(byte[], int, int)}, where the series is likely to have a certain id: senders repeat their series in one order,
   * which is that of ids, and looking there first touches no table.
   *
   * @param expected the likely id; any number
   */
  public int register(byte[] key, int offset, int length, int expected) {
    // The size is written last, so whoever sees the id below it sees all about the series.
    boolean given = expected >= 0 && expected < size;
    SeriesTables present = tables;
    return given && present.isLive(expected) && present.has(expected, key, offset, length)
        ? expected
        : register(key, offset, length);
  }

  /**
   * Like {@link #register}, but for a series that the log already holds: the limit does not apply, since refusing what was
   * acknowledged would lose it.
   *
   * @throws CorruptionException for bytes that are no canonical key
   */
  public int restore(byte[] key, int offset, int length) {
    long scan = ByteHash.scan(key, offset, length);
    int found = tables.find(key, offset, length, ByteHash.hash(scan));
    return found >= 0 ? found : add(key, offset, length, scan, true);
  }

  private synchronized int add(byte[] key, int offset, int length, long scan, boolean restored) {
    int hash = ByteHash.hash(scan);
    int slot = vacantSlot(key, offset, length, hash);
    if (slot < 0) {
      return ~slot;
    }
    String problem = KeyFormat.problem(key, offset, length, ByteHash.isAscii(scan));
    if (problem != null) {
      throw restored
          ? new CorruptionException("the log holds a series whose key is malformed: " + problem)
          : new BadDataException("malformed series key: " + problem);
    }
    if (!restored) {
      checkLimit(length);
    }
    if (ensureSlots(1)) {
      slot = vacantSlot(key, offset, length, hash);
    }
    int id = size;
    int metricLength = KeyFormat.length(key, offset);
    int metricId =
        metrics.add(key, offset + KeyFormat.lengthBytes(metricLength), metricLength, checkId(id));
    append(id, metricId, key, offset, length);
    publish();
    SeriesTables.setSlot(slots, slot, SeriesTables.entry(hash, id));
    liveCount = liveCount + 1;
    size = id + 1;
    tableBytes = countBytes();
    return id;
  }

  private void checkLimit(int length) {
    long limit = limitBytes.getAsLong();
    if (limit == Long.MAX_VALUE) {
      return;
    }
    // The tag index will take in what it does not have yet as soon as somebody looks.
    long pending = Math.min(liveCount, size - indexEnd);
    long indexed = liveCount - pending;
    long indexBytesEach =
        indexed < IdPage.IDS ? INDEX_BYTES : Math.max(INDEX_BYTES, indexBytes / indexed);
    long bytes = memoryBytes() + pending * indexBytesEach;
    long more = keys.growth(length)
        + indexBytesEach
        + ((size & IdPage.IDS - 1) == 0 ? 2L * Integer.BYTES * IdPage.IDS : 0)
        + ((usedSlots + 1) * 4L > slots.length * 3L ? slots.length * 4L : 0);
    if (bytes + more > limit) {
      throw new ChronicleException(
          ErrorCode.CARDINALITY_LIMIT,
          "no room for a new series: the index of " + liveCount + " series takes " + bytes
              + " bytes of the " + limit
              + " that it may take at most; raise chronicle.max-memory or"
              + " write fewer distinct series");
    }
  }

  private static int checkId(int id) {
    if (id == Integer.MAX_VALUE) {
      throw new ChronicleException(
          ErrorCode.CARDINALITY_LIMIT,
          "all " + Integer.MAX_VALUE
              + " series ids were given out; copy the database into a new one");
    }
    return id;
  }

  /** The slot for a series that is not there yet; the complement of its id where it is. Called with the lock held. */
  private int vacantSlot(byte[] key, int offset, int length, int hash) {
    int at = ByteHash.slot(hash, slots.length);
    while (slots[at] != SeriesTables.EMPTY) {
      if (SeriesTables.hash(slots[at]) == hash) {
        int id = SeriesTables.id(slots[at]);
        if (id != SeriesTables.ABSENT) {
          publish();
          if (tables.has(id, key, offset, length)) {
            return ~id;
          }
        }
      }
      at = at + 1 == slots.length ? 0 : at + 1;
    }
    return at;
  }

  /** Writes all about a series but its slot. Called with the lock held. */
  private void append(int id, int metricId, byte[] key, int offset, int length) {
    int position = keys.append(key, offset, length);
    ensureIdPage(id >>> IdPage.BITS).add(id, position, metricId);
    usedSlots++;
  }

  /** Lets readers have tables with what was added. Called with the lock held. */
  private void publish() {
    if (!tables.consistsOf(slots, keys.pages(), idPages)) {
      tables = new SeriesTables(slots, keys.pages(), idPages);
    }
  }

  /** Makes room for more series; whether slots have moved. */
  private boolean ensureSlots(int more) {
    if ((usedSlots + (long) more) * 4 <= slots.length * 3L) {
      return false;
    }
    rebuildSlots(liveCount + more);
    return true;
  }

  private IdPage ensureIdPage(int number) {
    if (number >= idPages.length) {
      idPages =
          Arrays.copyOf(idPages, Math.max(number + 1, idPages.length + (idPages.length >> 1)));
    }
    IdPage page = idPages[number];
    if (page == null) {
      page = new IdPage();
      idPages[number] = page;
      idPageBytes += page.bytes();
      // Ids come in order, so the page before is complete; few of its series may live.
      IdPage complete = idPages[lastIdPage];
      if (complete != null && lastIdPage < number) {
        replaceIdPage(lastIdPage, complete.trimmed());
      }
      lastIdPage = number;
    }
    return page;
  }

  private void replaceIdPage(int number, @Nullable IdPage page) {
    IdPage old = idPages[number];
    idPageBytes += (page == null ? 0 : page.bytes()) - (old == null ? 0 : old.bytes());
    idPages[number] = page;
  }

  /** Makes a table of slots for so many series, half full. Readers go on with the old one until the new one is published. */
  private void rebuildSlots(int series) {
    long capacity = Math.max(SLOTS_MIN, 2L * series);
    var rebuilt = new long[(int) Math.min(capacity, Integer.MAX_VALUE - 8)];
    int used = 0;
    // The order of slots is that of hashes, in the old table and the new one, so this is one pass.
    for (long slot : slots) {
      if (slot != SeriesTables.EMPTY && SeriesTables.id(slot) != SeriesTables.ABSENT) {
        int at = ByteHash.slot(SeriesTables.hash(slot), rebuilt.length);
        while (rebuilt[at] != SeriesTables.EMPTY) {
          at = at + 1 == rebuilt.length ? 0 : at + 1;
        }
        rebuilt[at] = slot;
        used++;
      }
    }
    slots = rebuilt;
    usedSlots = used;
  }

  private long countBytes() {
    return keys.bytes()
        + idPageBytes
        + (long) REFERENCE_BYTES * idPages.length
        + (long) Long.BYTES * slots.length
        + 2 * ARRAY_BYTES
        + metrics.bytes();
  }

  /** The id of a series; -1 where it is unknown. */
  public int find(byte[] key, int offset, int length) {
    int hash = ByteHash.of(key, offset, length);
    int found = tables.find(key, offset, length, hash);
    if (found == SeriesTables.STALE) {
      synchronized (this) {
        found = tables.find(key, offset, length, hash);
      }
    }
    return found;
  }

  /**
   * The place of a series in every sorted run; see {@link SeriesOrder}.
   *
   * @throws ChronicleException with {@link ErrorCode#NOT_FOUND} where the series does not live
   */
  public long order(int id) {
    return tables.order(id);
  }

  /**
   * The series' tags with the metric among them under {@link Tags#METRIC}.
   *
   * @throws ChronicleException with {@link ErrorCode#NOT_FOUND} where the series does not live
   */
  public Tags tags(int id) {
    return tables.tags(id);
  }

  /**
   * {@inheritDoc}
   *
   * @throws ChronicleException with {@link ErrorCode#NOT_FOUND} where the series does not live
   */
  @Override
  public void write(int seriesId, ByteWriter out) {
    tables.write(seriesId, out);
  }

  /**
   * The series as they are now, for readers that must not lose them: what is collected later stays readable here, and keeps its memory
   * as long. Takes no time.
   */
  public SeriesSnapshot snapshot() {
    return new SeriesSnapshot(tables);
  }

  /** Adds the ids of all living series. */
  public void addLiveTo(RoaringBitmap ids) {
    int end = size;
    tables.addLiveTo(ids, end);
  }

  /**
   * Forgets series: their keys, their hash entries, their postings. The caller makes sure that nothing mentions them: no stored block,
   * no buffer, no record of the log that would be written later. A reader that still has the id of one finds it absent, unless it holds
   * a {@link #snapshot()} from before.
   *
   * @param dead ids that do not live are passed over
   * @return how many series were forgotten
   */
  public int collect(RoaringBitmap dead) {
    synchronized (tagIndex) {
      SeriesTables before = tables;
      RoaringBitmap gone = before.live(dead);
      if (gone.isEmpty()) {
        return 0;
      }
      epoch = epoch + 1;
      tagIndex.remove(before, gone);
      indexBytes = tagIndex.bytes();
      forget(before, gone);
      epoch = epoch + 1;
      return gone.getCardinality();
    }
  }

  /** Takes series out of the tables; readers keep the pages that they have. */
  private synchronized void forget(SeriesTables before, RoaringBitmap gone) {
    keys.detach();
    idPages = idPages.clone();
    var copied = new BitSet();
    for (PeekableIntIterator ids = gone.getIntIterator(); ids.hasNext(); ) {
      int id = ids.next();
      int position = before.position(id);
      byte[] page = before.keyPage(id);
      long range = before.keyRange(id);
      int start = KeyFormat.offset(range);
      int slot = slot(ByteHash.of(page, start, KeyFormat.length(range)), id);
      SeriesTables.setSlot(slots, slot, SeriesTables.REMOVED);
      int metricLength = KeyFormat.length(page, start);
      metrics.remove(page, start + KeyFormat.lengthBytes(metricLength), metricLength);
      keys.kill(position);
      copy(id >>> IdPage.BITS, copied).remove(id);
    }
    keys.compact((position, page, offset, length) -> {
      int id = idAt(position, ByteHash.of(page, offset, length));
      if (id != SeriesTables.ABSENT) {
        copy(id >>> IdPage.BITS, copied).move(id, keys.append(page, offset, length));
      }
    });
    // Readers of old tables must not see in their own pages what is added from now on.
    copy(lastIdPage, copied);
    for (int number = copied.nextSetBit(0); number >= 0; number = copied.nextSetBit(number + 1)) {
      IdPage page = idPages[number];
      if (page != null && number != lastIdPage) {
        replaceIdPage(number, page.trimmed());
      }
    }
    liveCount = liveCount - gone.getCardinality();
    if (slots.length > SLOTS_MIN && liveCount < slots.length / 4) {
      rebuildSlots(liveCount);
    }
    metrics.compact();
    tables = new SeriesTables(slots, keys.pages(), idPages);
    tableBytes = countBytes();
  }

  private IdPage copy(int number, BitSet copied) {
    IdPage page = idPages[number];
    if (page == null) {
      throw new IllegalStateException("no page of ids " + number);
    }
    if (!copied.get(number)) {
      copied.set(number);
      page = page.copy();
      idPages[number] = page;
    }
    return page;
  }

  private int slot(int hash, int id) {
    long entry = SeriesTables.entry(hash, id);
    int at = ByteHash.slot(hash, slots.length);
    while (slots[at] != entry) {
      if (slots[at] == SeriesTables.EMPTY) {
        throw new IllegalStateException("series " + id + " is in no slot");
      }
      at = at + 1 == slots.length ? 0 : at + 1;
    }
    return at;
  }

  /** The living series whose key is at a position. */
  private int idAt(int position, int hash) {
    int at = ByteHash.slot(hash, slots.length);
    while (slots[at] != SeriesTables.EMPTY) {
      int id = SeriesTables.id(slots[at]);
      if (SeriesTables.hash(slots[at]) == hash && id != SeriesTables.ABSENT) {
        IdPage page = idPages[id >>> IdPage.BITS];
        if (page != null && page.position(id) == position) {
          return id;
        }
      }
      at = at + 1 == slots.length ? 0 : at + 1;
    }
    return SeriesTables.ABSENT;
  }

  /** Takes series from a block of the dictionary, inside of {@link #load}. */
  final class Loader {

    private int loaded;

    private Loader() {}

    /** Says how many come at most, before the first. */
    void expect(int series) {
      ensureSlots(series);
    }

    /** Enters a series under the id that it had. */
    void add(int id, int metricId, byte[] key, int offset, int length) {
      long scan = ByteHash.scan(key, offset, length);
      String problem = KeyFormat.problem(key, offset, length, ByteHash.isAscii(scan));
      if (problem != null) {
        throw new CorruptionException("series " + id + " has a malformed key: " + problem);
      }
      int hash = ByteHash.hash(scan);
      int slot = vacantSlot(key, offset, length, hash);
      if (slot < 0) {
        throw new CorruptionException(
            "series dictionary holds series " + ~slot + " again as series " + id);
      }
      int metricLength = KeyFormat.length(key, offset);
      int metric = offset + KeyFormat.lengthBytes(metricLength);
      if (!metrics.restore(key, metric, metricLength, id, metricId)) {
        throw new CorruptionException(
            "series " + id + " cannot belong to a metric of the id " + metricId);
      }
      append(id, metricId, key, offset, length);
      slots[slot] = SeriesTables.entry(hash, id);
      loaded++;
    }

    /** Ends the block: the next id to give out. */
    void end(int nextId) {
      publish();
      liveCount = liveCount + loaded;
      size = nextId;
      tableBytes = countBytes();
    }
  }

  /** What fills a {@link Loader}. */
  @FunctionalInterface
  interface Loading {
    void run(Loader loader);
  }

  /** Registers series in bulk, while nobody looks any up. The limit of bytes does not apply. */
  synchronized void load(Loading loading) {
    loading.run(new Loader());
  }

  SeriesTables tables() {
    return tables;
  }

  /**
   * Takes series that the tag index does not have yet into it, for a background loop: the first reader finds less to do then.
   *
   * @param maxSeries how many at most, which bounds how long readers wait meanwhile
   * @return how many are left
   */
  public int catchUp(int maxSeries) {
    synchronized (tagIndex) {
      int end = size;
      catchUpTo(tables, (int) Math.min(end, tagIndex.end() + (long) maxSeries));
      return end - tagIndex.end();
    }
  }

  /** Called with the index's lock held; the tables are younger than the end. */
  private void catchUpTo(SeriesTables present, int end) {
    if (tagIndex.end() < end) {
      tagIndex.catchUp(present, end);
      indexEnd = tagIndex.end();
      indexBytes = tagIndex.bytes();
    }
  }

  /** Values of a tag over all series, in no particular order. */
  public List<String> values(String tag) {
    byte[] name = tag.getBytes(StandardCharsets.UTF_8);
    SeriesTables present;
    ValueList list;
    synchronized (tagIndex) {
      int end = size;
      present = tables;
      catchUpTo(present, end);
      list = tagIndex.valueList(name);
    }
    var values = new ArrayList<String>();
    if (list != null) {
      for (int carrier : list.carriers()) {
        values.add(present.text(carrier, present.value(carrier, name)));
      }
    }
    return values;
  }

  /** Names of all tags of all series, {@link Tags#METRIC} included. */
  public List<String> names() {
    synchronized (tagIndex) {
      int end = size;
      catchUpTo(tables, end);
      return tagIndex.names();
    }
  }

  /**
   * Counts the living series by tags and values.
   *
   * @param limit entries of each kind; at least one
   */
  public SeriesStatistics statistics(int limit) {
    synchronized (tagIndex) {
      int end = size;
      SeriesTables present = tables;
      catchUpTo(present, end);
      return tagIndex.statistics(present, liveCount, limit);
    }
  }

  /** A matcher on its way through {@link #select}. */
  private record Condition(byte[] name, ValueMatcher matcher) {

    static Condition of(TagMatcher matcher) {
      return new Condition(
          matcher.name().getBytes(StandardCharsets.UTF_8), ValueMatcher.of(matcher));
    }

    /** An absent tag counts as the empty string: where that matches, the values that do not are taken away instead. */
    boolean include() {
      return !matcher.matches("");
    }

    /** The values to include or to take away, where they can be listed. */
    @Nullable
    Set<String> listed() {
      return include() ? matcher.only() : matcher.allBut();
    }
  }

  /**
   * The series that all matchers match, by order. Series that are registered after the call began are not among them, ones that are collected
   * meanwhile may be.
   *
   * <p>Values are matched outside of the locks, since a pattern may take its time over many long values: writers of new series and other
   * readers go on meanwhile.
   *
   * @param matchers none means every series
   * @param progress called before each value that a pattern is tried on; may throw to end the search
   */
  public long[] select(List<TagMatcher> matchers, Runnable progress) {
    List<Condition> conditions = matchers.stream().map(Condition::of).toList();
    int end;
    SeriesTables then;
    RoaringBitmap selected;
    synchronized (tagIndex) {
      end = size;
      then = tables;
      catchUpTo(then, end);
      selected = narrow(then, conditions);
    }
    for (Condition condition : conditions) {
      if (condition.include() && condition.listed() == null) {
        selected = apply(condition, selected, then, end, progress);
      }
    }
    if (selected == null) {
      selected = new RoaringBitmap();
      then.addLiveTo(selected, end);
    }
    for (Condition condition : conditions) {
      if (!condition.include()) {
        selected = apply(condition, selected, then, end, progress);
      }
    }
    return orders(then, selected, end);
  }

  /** The series that the conditions leave which list their values; null where there is no such condition. Called with the index's lock held. */
  private @Nullable RoaringBitmap narrow(SeriesTables present, List<Condition> conditions) {
    var sets = new ArrayList<RoaringBitmap>();
    for (Condition condition : conditions) {
      Set<String> listed = condition.listed();
      if (condition.include() && listed != null) {
        sets.add(tagIndex.union(present, condition.name(), listed));
      }
    }
    if (sets.isEmpty()) {
      return null;
    }
    sets.sort((a, b) -> Integer.compare(a.getCardinality(), b.getCardinality()));
    // The postings themselves may be among them.
    RoaringBitmap selected =
        sets.size() == 1 ? sets.get(0).clone() : RoaringBitmap.and(sets.get(0), sets.get(1));
    for (int i = 2; i < sets.size(); i++) {
      selected.and(sets.get(i));
    }
    return selected;
  }

  private RoaringBitmap apply(
      Condition condition,
      @Nullable RoaringBitmap selected,
      SeriesTables then,
      int end,
      Runnable progress) {
    if (selected != null && selected.isEmpty()) {
      return selected;
    }
    Set<String> listed = condition.listed();
    if (listed != null) {
      synchronized (tagIndex) {
        return combine(condition, selected, tagIndex.union(tables, condition.name(), listed));
      }
    }
    if (selected != null && selected.getCardinality() <= valueCount(condition)) {
      return filter(condition, selected, then, progress);
    }
    ValueList list;
    SeriesTables present;
    synchronized (tagIndex) {
      present = tables;
      list = tagIndex.valueList(condition.name());
      if (list == null) {
        return combine(condition, selected, new RoaringBitmap());
      }
    }
    boolean include = condition.include();
    int[] matching = new int[list.carriers().length];
    int count = 0;
    for (int i = 0; i < matching.length; i++) {
      progress.run();
      int carrier = list.carriers()[i];
      String value = present.text(carrier, present.value(carrier, condition.name()));
      if (condition.matcher().matches(value) == include) {
        matching[count++] = i;
      }
    }
    synchronized (tagIndex) {
      return combine(condition, selected, tagIndex.union(tables, present, list, matching, count));
    }
  }

  private int valueCount(Condition condition) {
    synchronized (tagIndex) {
      return tagIndex.valueCount(condition.name());
    }
  }

  /** Called with the index's lock held, as {@code matching} may be the index's own. */
  private static RoaringBitmap combine(
      Condition condition, @Nullable RoaringBitmap selected, RoaringBitmap matching) {
    if (selected == null) {
      return matching.clone();
    }
    if (condition.include()) {
      selected.and(matching);
    } else {
      selected.andNot(matching);
    }
    return selected;
  }

  /** Tries the values of the selected series, which are fewer than all values of the tag. */
  private static RoaringBitmap filter(
      Condition condition, RoaringBitmap selected, SeriesTables then, Runnable progress) {
    var kept = new RoaringBitmap();
    boolean emptyMatches = !condition.include();
    byte[] lastPage = {};
    long last = 0;
    boolean lastMatches = emptyMatches;
    for (PeekableIntIterator ids = selected.getIntIterator(); ids.hasNext(); ) {
      int id = ids.next();
      if (!then.isLive(id)) {
        continue; // Registered after the call began.
      }
      byte[] page = then.keyPage(id);
      long value = then.value(id, condition.name());
      boolean matches = emptyMatches;
      if (value != KeyFormat.ABSENT) {
        if (!KeyFormat.equal(page, value, lastPage, last)) {
          progress.run();
          lastMatches = condition.matcher().matches(then.text(id, value));
          lastPage = page;
          last = value;
        }
        matches = lastMatches;
      }
      if (matches) {
        kept.add(id);
      }
    }
    return kept;
  }

  private static long[] orders(SeriesTables then, RoaringBitmap selected, int end) {
    long[] orders = new long[selected.getCardinality()];
    int count = 0;
    for (PeekableIntIterator ids = selected.getIntIterator(); ids.hasNext(); ) {
      int id = ids.next();
      if (id >= end) {
        break;
      }
      orders[count++] = then.order(id);
    }
    orders = count == orders.length ? orders : Arrays.copyOf(orders, count);
    Arrays.sort(orders);
    return orders;
  }
}
