package io.chronicledb.engine.index;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Byte strings one after the other in pages, each headed by its length, found by an int.
 *
 * <pre>position = │ page u16 │ offset u16 │        entry = │ length uvarint │ bytes │</pre>
 *
 * No page has the number 0, so that position 0 says "nothing". A string too long for a page gets one of its own. What is appended
 * never changes; a page goes as a whole, and its number is given out again. For one thread, but whoever got a position from the
 * writing thread, with a happens-before edge, may read the bytes meanwhile.
 */
final class BytePages {

  static final int OFFSET_BITS = 16;
  private static final int PAGE_BYTES = 1 << OFFSET_BITS;
  private static final int PAGES_MAX = 1 << Integer.SIZE - OFFSET_BITS;
  /** The first page is small, for an index of a few series is nothing special. */
  private static final int FIRST_PAGE_BYTES = 1 << 12;

  private static final int ARRAY_BYTES = 16;
  private static final int REFERENCE_BYTES = 4;

  /** Replaced, never shortened: whoever holds an older array misses the newest pages only. */
  private byte[] @Nullable [] pages = new byte[8][];

  private int[] used = new int[8];
  private int[] dead = new int[8];
  private int pageCount = 1;
  /** Numbers of pages that were given up. */
  private int[] free = {};

  private int freeCount;
  /** The page that takes the next string; 0 where that one begins a new page. */
  private int current;

  private long pageBytes;

  /** The pages by number. */
  byte[] @Nullable [] pages() {
    return pages;
  }

  /** Lets the present {@link #pages()} be as they are for whoever holds them: later changes go to a copy. */
  void detach() {
    pages = pages.clone();
  }

  long bytes() {
    return pageBytes
        + pages.length * (REFERENCE_BYTES + 2L * Integer.BYTES)
        + free.length * 4L
        + 4 * ARRAY_BYTES;
  }

  /** How much memory a string of that length may take in addition, at most. */
  long growth(int length) {
    return fits(length + 5) ? 0 : Math.max(PAGE_BYTES, length + 5) + ARRAY_BYTES;
  }

  int append(byte[] source, int offset, int length) {
    int need = length + uvarintBytes(length);
    int page = current;
    if (!fits(need)) {
      page = begin(need);
    }
    byte[] bytes = page(page);
    int start = used[page];
    int at = start;
    int rest = length;
    for (; rest > 0x7F; rest >>>= 7) {
      bytes[at++] = (byte) (rest | 0x80);
    }
    bytes[at++] = (byte) rest;
    System.arraycopy(source, offset, bytes, at, length);
    used[page] = at + length;
    return page << OFFSET_BITS | start;
  }

  private boolean fits(int need) {
    return current != 0 && need <= page(current).length - used[current];
  }

  private int begin(int need) {
    int page = freeCount > 0 ? free[--freeCount] : pageCount++;
    if (page == PAGES_MAX) {
      throw new ChronicleException(
          ErrorCode.CARDINALITY_LIMIT, "the series index holds 4 GiB of keys and takes no more");
    }
    if (page == pages.length) {
      pages = Arrays.copyOf(pages, page * 2);
      used = Arrays.copyOf(used, page * 2);
      dead = Arrays.copyOf(dead, page * 2);
    }
    boolean ownPage = need > PAGE_BYTES;
    var bytes =
        new byte[ownPage ? need : page == 1 ? Math.max(need, FIRST_PAGE_BYTES) : PAGE_BYTES];
    pages[page] = bytes;
    used[page] = 0;
    dead[page] = 0;
    pageBytes += bytes.length + ARRAY_BYTES;
    if (!ownPage) {
      current = page;
    }
    return page;
  }

  private byte[] page(int number) {
    byte[] bytes = pages[number];
    if (bytes == null) {
      throw new IllegalStateException("page " + number + " is gone");
    }
    return bytes;
  }

  /** Counts the string at a position as dead. */
  void kill(int position) {
    int page = position >>> OFFSET_BITS;
    byte[] bytes = page(page);
    int at = position & PAGE_BYTES - 1;
    int length = uvarint(bytes, at);
    dead[page] += length + uvarintBytes(length);
  }

  /** Told of each string of a page that is given up. */
  @FunctionalInterface
  interface Mover {
    /** The string lies in {@code page}, at {@code offset}; the mover appends it again where it is still needed. */
    void move(int position, byte[] page, int offset, int length);
  }

  /** Gives up each page of which more than half is dead, after the rest of it went elsewhere. */
  void compact(Mover mover) {
    int end = pageCount;
    for (int page = 1; page < end; page++) {
      byte[] bytes = pages[page];
      if (bytes != null && dead[page] * 2L > used[page]) {
        if (page == current) {
          current = 0;
        }
        if (dead[page] < used[page]) {
          int at = 0;
          while (at < used[page]) {
            int length = uvarint(bytes, at);
            int start = at + uvarintBytes(length);
            mover.move(page << OFFSET_BITS | at, bytes, start, length);
            at = start + length;
          }
        }
        pages[page] = null;
        pageBytes -= bytes.length + ARRAY_BYTES;
        if (freeCount == free.length) {
          free = Arrays.copyOf(free, Math.max(8, freeCount * 2));
        }
        free[freeCount++] = page;
      }
    }
  }

  /** The length of the string whose entry is at {@code at}. */
  static int uvarint(byte[] page, int at) {
    int head = page[at];
    if (head >= 0) {
      return head;
    }
    int value = head & 0x7F;
    int next = at;
    for (int shift = 7; ; shift += 7) {
      int part = page[++next];
      value |= (part & 0x7F) << shift;
      if (part >= 0) {
        return value;
      }
    }
  }

  static int uvarintBytes(int value) {
    return value <= 0x7F
        ? 1
        : value <= 0x3FFF ? 2 : value <= 0x1FFFFF ? 3 : value <= 0xFFFFFFF ? 4 : 5;
  }
}
