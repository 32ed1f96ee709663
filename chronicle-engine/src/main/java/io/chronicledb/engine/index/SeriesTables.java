package io.chronicledb.engine.index;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.Tags;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The registry as a reader without a lock sees it.
 *
 * <p>New series are added in place: their key and cell are written first, then their slot (release), so whoever finds them there (acquire)
 * sees all of them. Collecting leaves every page that a reader may have as it is and puts changed copies into new tables, the last page
 * of ids always among them. A reader of old tables may therefore come upon a slot of a series that its own pages do not have; it is
 * told that its tables are stale and looks at the present ones.
 */
final class SeriesTables {

  /** No such series. */
  static final int ABSENT = -1;
  /** These tables are too old to tell. */
  static final int STALE = -2;

  /** A slot: the hash above, id + 1 below; 0 where the slot was never used. */
  static final long EMPTY = 0;
  /** The slot of a series that was collected. */
  static final long REMOVED = 1L << 32;

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] slots;
  private final byte[] @Nullable [] keyPages;
  private final @Nullable IdPage[] idPages;

  SeriesTables(long[] slots, byte[] @Nullable [] keyPages, @Nullable IdPage[] idPages) {
    this.slots = slots;
    this.keyPages = keyPages;
    this.idPages = idPages;
  }

  boolean consistsOf(
      long[] otherSlots, byte[] @Nullable [] otherKeyPages, @Nullable IdPage[] otherIdPages) {
    return slots == otherSlots && keyPages == otherKeyPages && idPages == otherIdPages;
  }

  static void setSlot(long[] slots, int at, long entry) {
    SLOT.setRelease(slots, at, entry);
  }

  static long entry(int hash, int id) {
    return (long) hash << 32 | id + 1;
  }

  /** The id in a slot; {@link #ABSENT} where the series is gone. */
  static int id(long slot) {
    return (int) slot - 1;
  }

  static int hash(long slot) {
    return (int) (slot >>> 32);
  }

  /** The id of a series, {@link #ABSENT} or {@link #STALE}. */
  int find(byte[] key, int offset, int length, int hash) {
    int capacity = slots.length;
    int at = ByteHash.slot(hash, capacity);
    while (true) {
      long slot = (long) SLOT.getAcquire(slots, at);
      if (slot == EMPTY) {
        return ABSENT;
      }
      if (hash(slot) == hash && id(slot) != ABSENT) {
        int id = id(slot);
        int position = position(id);
        byte[] page = page(position);
        if (page == null) {
          return STALE;
        }
        if (holds(page, position, key, offset, length)) {
          return id;
        }
      }
      at = at + 1 == capacity ? 0 : at + 1;
    }
  }

  private static boolean holds(byte[] page, int position, byte[] key, int offset, int length) {
    int start = position & 0xFFFF;
    if (BytePages.uvarint(page, start) != length) {
      return false;
    }
    start += BytePages.uvarintBytes(length);
    return Arrays.equals(page, start, start + length, key, offset, offset + length);
  }

  /** Whether a series lives and has that key. */
  boolean has(int id, byte[] key, int offset, int length) {
    int position = position(id);
    byte[] page = page(position);
    return page != null && holds(page, position, key, offset, length);
  }

  /** Where the key of a series is; 0 where these tables have no such series. */
  int position(int id) {
    IdPage page = idPage(id);
    return page == null ? 0 : page.position(id);
  }

  private @Nullable IdPage idPage(int id) {
    int number = id >>> IdPage.BITS;
    return number < idPages.length ? idPages[number] : null;
  }

  /** The page of a position; null for position 0, or where these tables are older than the page. */
  byte @Nullable [] page(int position) {
    int number = position >>> BytePages.OFFSET_BITS;
    return number < keyPages.length ? keyPages[number] : null;
  }

  boolean isLive(int id) {
    return id >= 0 && position(id) != 0;
  }

  /** The first living id from {@code id} up to and without {@code end}; {@code end} where there is none. */
  int nextLive(int id, int end) {
    int at = id;
    while (at < end && at >>> IdPage.BITS < idPages.length) {
      IdPage page = idPage(at);
      int found = page == null ? -1 : page.nextLive(at);
      if (found >= 0) {
        return Math.min(found, end);
      }
      at = (at >>> IdPage.BITS) + 1 << IdPage.BITS;
      if (at < 0) {
        break; // Beyond the last id that there can be.
      }
    }
    return end;
  }

  /** The page with the key of a living series. */
  byte[] keyPage(int id) {
    byte[] page = page(position(id));
    if (page == null) {
      throw new ChronicleException(
          ErrorCode.NOT_FOUND, "series " + id + " is not, or not any more, in the index");
    }
    return page;
  }

  /** Offset and length of a living series' key in its page. */
  long keyRange(int id) {
    int position = position(id);
    byte[] page = keyPage(id);
    int length = BytePages.uvarint(page, position & 0xFFFF);
    return (long) ((position & 0xFFFF) + BytePages.uvarintBytes(length)) << 32 | length;
  }

  /** Offset and length of a tag's value in the page of the series' key; {@link KeyFormat#ABSENT} where it has no such tag. */
  long value(int id, byte[] name) {
    long key = keyRange(id);
    int start = KeyFormat.offset(key);
    return KeyFormat.value(keyPage(id), start, start + KeyFormat.length(key), name);
  }

  /** A value as text. */
  String text(int id, long range) {
    return new String(
        keyPage(id), KeyFormat.offset(range), KeyFormat.length(range), StandardCharsets.UTF_8);
  }

  /** Those of some ids that live. */
  RoaringBitmap live(RoaringBitmap ids) {
    var live = new RoaringBitmap();
    for (PeekableIntIterator iterator = ids.getIntIterator(); iterator.hasNext(); ) {
      int id = iterator.next();
      if (isLive(id)) {
        live.add(id);
      }
    }
    return live;
  }

  /** Adds the living ids below {@code end}. */
  void addLiveTo(RoaringBitmap ids, int end) {
    int start = nextLive(0, end);
    while (start < end) {
      int stop = start + 1;
      while (stop < end && isLive(stop)) {
        stop++;
      }
      ids.add((long) start, (long) stop);
      start = nextLive(stop, end);
    }
  }

  int metricId(int id) {
    IdPage page = idPage(id);
    if (page == null || page.position(id) == 0) {
      throw new ChronicleException(
          ErrorCode.NOT_FOUND, "series " + id + " is not, or not any more, in the index");
    }
    return page.metricId(id);
  }

  long order(int id) {
    return SeriesOrder.of(metricId(id), id);
  }

  Tags tags(int id) {
    long key = keyRange(id);
    return SeriesKey.decodeTags(keyPage(id), KeyFormat.offset(key), KeyFormat.length(key));
  }

  void write(int id, ByteWriter out) {
    long key = keyRange(id);
    out.writeUnsignedVarint(KeyFormat.length(key));
    out.writeBytes(keyPage(id), KeyFormat.offset(key), KeyFormat.length(key));
  }
}
