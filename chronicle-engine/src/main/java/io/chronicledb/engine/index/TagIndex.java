package io.chronicledb.engine.index;

import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.SeriesStatistics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The inverted index: tag name to value to the postings of the series that carry it. It is built from the keys, and only as far as
 * somebody asks for it, so that neither registering nor opening pays for it. The metric's name is a tag among others. Guarded by the
 * registry's index lock.
 */
final class TagIndex {

  private static final int NAMES_MIN = 16;
  private static final int PLACES_MAX = 1 + SeriesKey.TAGS_MAX;
  private static final int NOWHERE = -1;
  private static final long[] NO_SLOTS = {};
  private static final byte[] NO_BYTES = {};

  /**
   * What the last series had at a place among its tags. The next one mostly has the same name there, and often the same value, which
   * then need not be looked up.
   */
  private static final class Place {
    @Nullable
    TagValues values;

    byte[] page = NO_BYTES;
    int offset;
    int length;
    int slot;
    long[] slots = NO_SLOTS;

    void forget() {
      values = null;
      page = NO_BYTES;
      slots = NO_SLOTS;
    }
  }

  private final Postings postings = new Postings();
  /** A hash table by name; a name stays for a while when its last value is gone. */
  private @Nullable TagValues[] names = new TagValues[NAMES_MIN];

  private int nameCount;
  private long valuesBytes;
  private int end;
  private final Place[] places = new Place[PLACES_MAX];

  TagIndex() {
    for (int number = 0; number < places.length; number++) {
      places[number] = new Place();
    }
  }

  /** The series below this id are in the index, the others are not yet. */
  int end() {
    return end;
  }

  long bytes() {
    return postings.bytes() + valuesBytes + 4L * names.length;
  }

  /** Takes in the series up to and without {@code newEnd}. */
  void catchUp(SeriesTables tables, int newEnd) {
    for (int id = tables.nextLive(end, newEnd); id < newEnd; id = tables.nextLive(id + 1, newEnd)) {
      byte[] key = tables.keyPage(id);
      long range = tables.keyRange(id);
      int keyEnd = KeyFormat.offset(range) + KeyFormat.length(range);
      int length = KeyFormat.length(key, KeyFormat.offset(range));
      int at = KeyFormat.offset(range) + KeyFormat.lengthBytes(length);
      add(tables, id, values(0, KeyFormat.METRIC, 0, KeyFormat.METRIC.length), key, at, length);
      at += length;
      for (int number = 1; at < keyEnd; number++) {
        int nameLength = KeyFormat.length(key, at);
        at += KeyFormat.lengthBytes(nameLength);
        Place place = values(number, key, at, nameLength);
        at += nameLength;
        length = KeyFormat.length(key, at);
        at += KeyFormat.lengthBytes(length);
        add(tables, id, place, key, at, length);
        at += length;
      }
    }
    end = Math.max(end, newEnd);
    postings.settle();
  }

  /** The place of that number with the values of its name. */
  private Place values(int number, byte[] key, int offset, int length) {
    Place place = places[number];
    TagValues values = place.values;
    if (values == null || !values.isNamed(key, offset, length)) {
      place.forget();
      place.values = intern(key, offset, length);
    }
    return place;
  }

  private void add(SeriesTables tables, int id, Place place, byte[] key, int offset, int length) {
    TagValues values = valuesOf(place);
    boolean asBefore = place.slots == values.slots()
        && Arrays.equals(
            place.page, place.offset, place.offset + place.length, key, offset, offset + length);
    if (!asBefore) {
      int hash = TagValues.hash(key, offset, length);
      int slot = find(tables, values, hash, key, offset, length);
      if (slot == NOWHERE) {
        long before = values.bytes();
        slot = values.insert(hash, Postings.NONE);
        valuesBytes += values.bytes() - before;
      }
      place.page = key;
      place.offset = offset;
      place.length = length;
      place.slot = slot;
      place.slots = values.slots();
    }
    int code = values.code(place.slot);
    int grown = postings.add(code, id);
    if (grown != code) {
      values.setCode(place.slot, grown);
    }
  }

  private static TagValues valuesOf(Place place) {
    TagValues values = place.values;
    if (values == null) {
      throw new IllegalStateException("a place among the tags has no name");
    }
    return values;
  }

  /** The slot of a value; {@link #NOWHERE} where no series carries it. */
  private int find(
      SeriesTables tables, TagValues values, int hash, byte[] value, int offset, int length) {
    long[] slots = values.slots();
    int at = ByteHash.slot(hash, slots.length);
    while (slots[at] != 0) {
      int code = values.code(at);
      if (TagValues.hash(slots[at]) == hash && code != Postings.NONE) {
        int carrier = postings.first(code);
        long known = tables.value(carrier, values.name);
        int start = KeyFormat.offset(known);
        if (Arrays.equals(
            tables.keyPage(carrier),
            start,
            start + KeyFormat.length(known),
            value,
            offset,
            offset + length)) {
          return at;
        }
      }
      at = at + 1 == slots.length ? 0 : at + 1;
    }
    return NOWHERE;
  }

  private @Nullable TagValues find(byte[] name, int offset, int length) {
    int at = ByteHash.slot(ByteHash.of(name, offset, length), names.length);
    while (true) {
      TagValues values = names[at];
      if (values == null || values.isNamed(name, offset, length)) {
        return values;
      }
      at = at + 1 == names.length ? 0 : at + 1;
    }
  }

  private TagValues intern(byte[] name, int offset, int length) {
    TagValues known = find(name, offset, length);
    if (known != null) {
      return known;
    }
    if ((nameCount + 1) * 4L > names.length * 3L) {
      rebuildNames();
    }
    var values = new TagValues(Arrays.copyOfRange(name, offset, offset + length));
    valuesBytes += values.bytes();
    put(values);
    return values;
  }

  private void rebuildNames() {
    @Nullable TagValues[] old = names;
    int live = 0;
    for (TagValues values : old) {
      live += values != null && values.size() > 0 ? 1 : 0;
    }
    names = new TagValues[Math.max(NAMES_MIN, 2 * (live + 1))];
    nameCount = 0;
    for (TagValues values : old) {
      if (values != null && values.size() > 0) {
        put(values);
      } else if (values != null) {
        valuesBytes -= values.bytes();
      }
    }
    for (Place place : places) {
      place.forget();
    }
  }

  private void put(TagValues values) {
    int at = ByteHash.slot(ByteHash.of(values.name, 0, values.name.length), names.length);
    while (names[at] != null) {
      at = at + 1 == names.length ? 0 : at + 1;
    }
    names[at] = values;
    nameCount++;
  }

  /** Names of the tags that some series has. */
  List<String> names() {
    var result = new ArrayList<String>();
    for (TagValues values : names) {
      if (values != null && values.size() > 0) {
        result.add(new String(values.name, StandardCharsets.UTF_8));
      }
    }
    return result;
  }

  /** Counts series by tags and values; {@code limit} entries of each kind. */
  SeriesStatistics statistics(SeriesTables tables, int series, int limit) {
    var byMetric = new LargestCounts(limit);
    var values = new LargestCounts(limit);
    var bytes = new LargestCounts(limit);
    var byPair = new LargestCounts(limit);
    long pairs = 0;
    for (TagValues tag : names) {
      if (tag == null || tag.size() == 0) {
        continue;
      }
      Supplier<String> name = () -> new String(tag.name, StandardCharsets.UTF_8);
      boolean metric = Arrays.equals(tag.name, KeyFormat.METRIC);
      long valueBytes = 0;
      for (int slot = 0; slot < tag.slots().length; slot++) {
        int code = tag.code(slot);
        if (code == Postings.NONE) {
          continue;
        }
        int carrier = postings.first(code);
        int count = postings.count(code);
        long value = tables.value(carrier, tag.name);
        valueBytes += (long) KeyFormat.length(value) * count;
        if (metric) {
          byMetric.add(count, () -> tables.text(carrier, value));
        }
        byPair.add(count, () -> name.get() + "=" + tables.text(carrier, value));
      }
      pairs += tag.size();
      values.add(tag.size(), name);
      bytes.add(valueBytes, name);
    }
    return new SeriesStatistics(
        series, pairs, byMetric.names(), values.names(), bytes.names(), byPair.names());
  }

  /** The number of values of a tag. */
  int valueCount(byte[] name) {
    TagValues values = find(name, 0, name.length);
    return values == null ? 0 : values.size();
  }

  /**
   * The values of a tag at one moment.
   *
   * @param carriers one series for each value, whose key spells it
   * @param slots where each value is, as long as the table is still {@code table}
   */
  record ValueList(TagValues values, long[] table, int[] slots, int[] carriers) {}

  /** The values of a tag; null where no series has it. */
  @Nullable
  ValueList valueList(byte[] name) {
    TagValues values = find(name, 0, name.length);
    if (values == null) {
      return null;
    }
    int[] slots = new int[values.size()];
    int[] carriers = new int[values.size()];
    int count = 0;
    for (int slot = 0; slot < values.slots().length; slot++) {
      if (values.code(slot) != Postings.NONE) {
        slots[count] = slot;
        carriers[count++] = postings.first(values.code(slot));
      }
    }
    return new ValueList(values, values.slots(), slots, carriers);
  }

  /**
   * The series that carry one of a list's values.
   *
   * @param then the tables of the moment when the list was made
   * @param numbers which values of the list
   * @return not to be changed, and good only as long as the index is not
   */
  RoaringBitmap union(
      SeriesTables now, SeriesTables then, ValueList list, int[] numbers, int count) {
    TagValues values = list.values();
    Postings.Union union = postings.union();
    for (int i = 0; i < count; i++) {
      int slot = list.slots()[numbers[i]];
      if (values.slots() != list.table()) {
        int carrier = list.carriers()[numbers[i]];
        byte[] key = then.keyPage(carrier);
        long value = then.value(carrier, values.name);
        int offset = KeyFormat.offset(value);
        int length = KeyFormat.length(value);
        slot = find(now, values, TagValues.hash(key, offset, length), key, offset, length);
      }
      if (slot != NOWHERE) {
        union.add(values.code(slot));
      }
    }
    return union.result();
  }

  /**
   * The series that carry one of the values.
   *
   * @return not to be changed, and good only as long as the index is not
   */
  RoaringBitmap union(SeriesTables tables, byte[] name, Collection<String> wanted) {
    Postings.Union union = postings.union();
    TagValues values = find(name, 0, name.length);
    if (values != null) {
      for (String value : wanted) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int hash = TagValues.hash(bytes, 0, bytes.length);
        int slot = find(tables, values, hash, bytes, 0, bytes.length);
        if (slot != NOWHERE) {
          union.add(values.code(slot));
        }
      }
    }
    return union.result();
  }

  /**
   * Takes series out.
   *
   * @param tables still have the series
   * @param dead only series that live; those that the index does not have yet are passed over
   */
  void remove(SeriesTables tables, RoaringBitmap dead) {
    for (PeekableIntIterator ids = dead.getIntIterator(); ids.hasNext(); ) {
      int id = ids.next();
      if (id >= end) {
        break;
      }
      byte[] key = tables.keyPage(id);
      long range = tables.keyRange(id);
      int keyEnd = KeyFormat.offset(range) + KeyFormat.length(range);
      int length = KeyFormat.length(key, KeyFormat.offset(range));
      int at = KeyFormat.offset(range) + KeyFormat.lengthBytes(length);
      Place metric = values(0, KeyFormat.METRIC, 0, KeyFormat.METRIC.length);
      remove(tables, dead, metric, key, at, length);
      at += length;
      for (int number = 1; at < keyEnd; number++) {
        int nameLength = KeyFormat.length(key, at);
        at += KeyFormat.lengthBytes(nameLength);
        Place place = values(number, key, at, nameLength);
        at += nameLength;
        length = KeyFormat.length(key, at);
        at += KeyFormat.lengthBytes(length);
        remove(tables, dead, place, key, at, length);
        at += length;
      }
    }
    postings.settle();
    compact();
  }

  /** Takes all dead series out of the postings of a value that one of them carries. */
  private void remove(
      SeriesTables tables, RoaringBitmap dead, Place place, byte[] key, int offset, int length) {
    TagValues values = valuesOf(place);
    int hash = TagValues.hash(key, offset, length);
    int slot = find(tables, values, hash, key, offset, length);
    if (slot != NOWHERE) {
      int code = values.code(slot);
      int left = postings.remove(code, dead);
      if (left == Postings.NONE) {
        values.remove(slot);
      } else if (left != code) {
        values.setCode(slot, left);
      }
    }
  }

  private void compact() {
    int gone = 0;
    for (TagValues values : names) {
      if (values != null) {
        valuesBytes -= values.bytes();
        values.compact();
        valuesBytes += values.bytes();
        gone += values.size() == 0 ? 1 : 0;
      }
    }
    if (gone > NAMES_MIN && gone * 2 > nameCount) {
      rebuildNames();
    }
    for (Place place : places) {
      place.forget(); // What a place points to may be gone, and must not be kept in memory.
    }
  }
}
