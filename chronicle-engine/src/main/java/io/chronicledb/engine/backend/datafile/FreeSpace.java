package io.chronicledb.engine.backend.datafile;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which extents of the file are free. Not persisted: at opening it is what neither root uses. Not thread-safe.
 *
 * <p>The first extent that is long enough is taken, not the one that fits best: blocks gather at the front, so that the file's tail falls
 * free and can be cut off.
 */
final class FreeSpace {

  /** Offset to length of every free extent before {@link #end}; neighbours are joined. */
  private final TreeMap<Long, Long> free = new TreeMap<>();

  private long freeBytes;
  private long end;

  /** @param end the file's end; nothing before it is free yet */
  FreeSpace(long end) {
    this.end = end;
  }

  /** The end of the file, a free tail included. */
  long end() {
    return end;
  }

  /** Takes the first free extent that is long enough, else grows the file. */
  Extent allocate(long bytes) {
    Extent found = allocateWithin(bytes);
    if (found != null) {
      return found;
    }
    long length = Layout.roundToPage(bytes);
    Map.Entry<Long, Long> tail = tail();
    long offset = end;
    if (tail != null) {
      offset = tail.getKey();
      free.remove(offset);
      freeBytes -= tail.getValue();
    }
    end = offset + length;
    return new Extent(offset, length);
  }

  /** Takes the first free extent that is long enough; null where the file would have to grow. */
  @Nullable
  Extent allocateWithin(long bytes) {
    long length = Layout.roundToPage(bytes);
    for (Map.Entry<Long, Long> extent : free.entrySet()) {
      // Read before the removal, after which the entry may be that of the next extent.
      long offset = extent.getKey();
      long available = extent.getValue();
      if (available >= length) {
        free.remove(offset);
        if (available > length) {
          free.put(offset + length, available - length);
        }
        freeBytes -= length;
        return new Extent(offset, length);
      }
    }
    return null;
  }

  /** Takes the first free extent that is long enough and lies before an offset; null where there is none. */
  @Nullable
  Extent allocateBefore(long bytes, long offset) {
    long length = Layout.roundToPage(bytes);
    for (Map.Entry<Long, Long> extent : free.headMap(offset).entrySet()) {
      if (extent.getValue() >= length) {
        return allocateWithin(bytes);
      }
    }
    return null;
  }

  void release(Extent extent) {
    long start = extent.offset();
    long length = extent.length();
    freeBytes += length;
    Map.Entry<Long, Long> before = free.floorEntry(start);
    if (before != null && before.getKey() + before.getValue() == start) {
      start = before.getKey();
      length += before.getValue();
    }
    Long after = free.remove(extent.end());
    if (after != null) {
      length += after;
    }
    free.put(start, length);
  }

  long freeBytes() {
    return freeBytes;
  }

  /** Bytes at the end of the file that are free. */
  long tailBytes() {
    Map.Entry<Long, Long> tail = tail();
    return tail == null ? 0 : tail.getValue();
  }

  private Map.@Nullable Entry<Long, Long> tail() {
    Map.Entry<Long, Long> last = free.lastEntry();
    return last != null && last.getKey() + last.getValue() == end ? last : null;
  }

  /** Gives up the free tail, and returns the new end. */
  long cutTail() {
    Map.Entry<Long, Long> tail = tail();
    if (tail != null) {
      free.remove(tail.getKey());
      freeBytes -= tail.getValue();
      end = tail.getKey();
    }
    return end;
  }
}
