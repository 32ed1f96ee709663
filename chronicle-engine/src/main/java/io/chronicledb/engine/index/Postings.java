package io.chronicledb.engine.index;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The ids of the series of each tag value, ascending. Most values of a tag with many belong to one series or a few, which must not cost
 * a bitmap; so a value holds a code:
 *
 * <pre>
 * 0          none
 * id + 1     that one series
 * ~number    the list of that number: an int[] of count and ids, or from 32 on a RoaringBitmap
 * </pre>
 *
 * Guarded by the tag index's owner.
 */
final class Postings {

  static final int NONE = 0;

  private static final int ARRAY_IDS_MAX = 31;
  private static final int ARRAY_BYTES = 16;
  /** Objects and first arrays of an empty bitmap, and objects of each container in it. */
  private static final int BITMAP_BYTES = 112;

  private static final int CONTAINER_BYTES = 48;

  private @Nullable Object[] lists = new Object[16];
  /** What each list counts for in {@link #bytes}. */
  private int[] sizes = new int[16];

  private int listCount;
  private int[] free = {};
  private int freeCount;
  private long listBytes;
  /** Bitmaps whose size changed since it was counted. */
  private final BitSet touched = new BitSet();

  static int single(int id) {
    return id + 1;
  }

  long bytes() {
    return listBytes + 8L * lists.length + 4L * free.length + touched.size() / 8 + 4 * ARRAY_BYTES;
  }

  /** Counts what changed; called at the end of each change. */
  void settle() {
    for (int number = touched.nextSetBit(0); number >= 0; number = touched.nextSetBit(number + 1)) {
      if (lists[number] instanceof RoaringBitmap bitmap) {
        // Arrays inside of it have some room to grow.
        long bytes = BITMAP_BYTES
            + (long) CONTAINER_BYTES * bitmap.getContainerCount()
            + bitmap.getLongSizeInBytes() * 9 / 8;
        resize(number, (int) Math.min(Integer.MAX_VALUE, bytes));
      }
    }
    touched.clear();
  }

  private void resize(int number, int bytes) {
    listBytes += bytes - sizes[number];
    sizes[number] = bytes;
  }

  /** Adds an id above all that are there; the new code. */
  int add(int code, int id) {
    if (code == NONE) {
      return single(id);
    }
    if (code > 0) {
      return ~put(new int[] {2, code - 1, id, 0});
    }
    int number = ~code;
    if (lists[number] instanceof int[] ids) {
      addToArray(number, ids, id);
    } else {
      bitmap(number).add(id);
      touched.set(number);
    }
    return code;
  }

  private void addToArray(int number, int[] ids, int id) {
    int count = ids[0];
    if (count == ARRAY_IDS_MAX) {
      RoaringBitmap bitmap = RoaringBitmap.bitmapOf(Arrays.copyOfRange(ids, 1, 1 + count));
      bitmap.add(id);
      lists[number] = bitmap;
      touched.set(number);
      return;
    }
    int[] room = ids;
    if (count + 1 == ids.length) {
      room = Arrays.copyOf(ids, ids.length * 2);
      putArray(number, room);
    }
    room[count + 1] = id;
    room[0] = count + 1;
  }

  private int put(int[] ids) {
    if (freeCount == 0 && listCount == lists.length) {
      int capacity = listCount + (listCount >> 1);
      lists = Arrays.copyOf(lists, capacity);
      sizes = Arrays.copyOf(sizes, capacity);
    }
    int number = freeCount > 0 ? free[--freeCount] : listCount++;
    putArray(number, ids);
    return number;
  }

  private void putArray(int number, int[] ids) {
    lists[number] = ids;
    resize(number, ARRAY_BYTES + 4 * ids.length);
  }

  private RoaringBitmap bitmap(int number) {
    if (lists[number] instanceof RoaringBitmap bitmap) {
      return bitmap;
    }
    throw new IllegalStateException("postings " + number + " are gone");
  }

  /** Takes ids away; the new code. */
  int remove(int code, RoaringBitmap ids) {
    if (code > 0) {
      return ids.contains(code - 1) ? NONE : code;
    }
    int number = ~code;
    if (lists[number] instanceof int[] present) {
      int kept = 0;
      for (int i = 1; i <= present[0]; i++) {
        if (!ids.contains(present[i])) {
          present[++kept] = present[i];
        }
      }
      present[0] = kept;
      if (kept <= 1) {
        return drop(number, kept == 0 ? NONE : single(present[1]));
      }
      if (kept * 4 < present.length) {
        putArray(number, Arrays.copyOf(present, present.length / 2));
      }
      return code;
    }
    if (touched.get(number)) {
      return code; // By another of the ids.
    }
    RoaringBitmap bitmap = bitmap(number);
    bitmap.andNot(ids);
    int kept = bitmap.getCardinality();
    if (kept <= 1) {
      return drop(number, kept == 0 ? NONE : single(bitmap.first()));
    }
    if (kept <= ARRAY_IDS_MAX / 2) {
      int[] array = new int[Integer.highestOneBit(kept) * 2];
      array[0] = kept;
      PeekableIntIterator iterator = bitmap.getIntIterator();
      for (int i = 1; i <= kept; i++) {
        array[i] = iterator.next();
      }
      putArray(number, array);
      return code;
    }
    bitmap.trim();
    touched.set(number);
    return code;
  }

  private int drop(int number, int code) {
    lists[number] = null;
    resize(number, 0);
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, Math.max(8, freeCount * 2));
    }
    free[freeCount++] = number;
    return code;
  }

  /** The lowest id; the code is not {@link #NONE}. */
  int first(int code) {
    if (code > 0) {
      return code - 1;
    }
    Object list = lists[~code];
    return list instanceof int[] ids ? ids[1] : bitmap(~code).first();
  }

  /** How many ids there are. */
  int count(int code) {
    if (code > 0) {
      return 1;
    }
    Object list = lists[~code];
    return list instanceof int[] ids ? ids[0] : bitmap(~code).getCardinality();
  }

  /** The ids of several values. Good for reading, and as long as the postings do not change. */
  final class Union {

    private int[] ids = new int[16];
    private int count;
    private @Nullable RoaringBitmap bitmap;
    /** Whether {@link #bitmap} is this union's own. */
    private boolean owned;

    void add(int code) {
      if (code > 0) {
        ensure(1);
        ids[count++] = code - 1;
      } else if (code < 0) {
        if (lists[~code] instanceof int[] array) {
          ensure(array[0]);
          System.arraycopy(array, 1, ids, count, array[0]);
          count += array[0];
        } else {
          add(Postings.this.bitmap(~code));
        }
      }
    }

    private void add(RoaringBitmap more) {
      if (bitmap == null) {
        bitmap = more;
      } else if (owned) {
        bitmap.or(more);
      } else {
        bitmap = RoaringBitmap.or(bitmap, more);
        owned = true;
      }
    }

    private void ensure(int more) {
      if (count + more > ids.length) {
        ids = Arrays.copyOf(ids, Math.max(count + more, ids.length * 2));
      }
    }

    /** All ids; not to be changed. */
    RoaringBitmap result() {
      if (count > 0) {
        add(RoaringBitmap.bitmapOfUnordered(count == ids.length ? ids : Arrays.copyOf(ids, count)));
        count = 0;
      }
      return bitmap == null ? new RoaringBitmap() : bitmap;
    }
  }

  Union union() {
    return new Union();
  }
}
