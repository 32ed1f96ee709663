package io.chronicledb.engine.backend.datafile;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which extents of the file are free. Not persisted: at opening it is what neither root uses. Extents are whole pages. Not thread-safe.
 */
final class FreeSpace {

  /** Offset to length of every free extent before {@link #end}; neighbours are joined. */
  private final TreeMap<Long, Long> free = new TreeMap<>();

  private long end;

  /** @param end the file's end; nothing before it is free yet */
  FreeSpace(long end) {
    this.end = end;
  }

  /** Bytes up to the end of the last extent in use. */
  long end() {
    return end;
  }

  /** Takes the first free extent that is long enough, else grows the file. */
  long allocate(long bytes) {
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
        return offset;
      }
    }
    long offset = end;
    end += length;
    return offset;
  }

  void release(long offset, long bytes) {
    long start = offset;
    long length = Layout.roundToPage(bytes);
    Map.Entry<Long, Long> before = free.floorEntry(offset);
    if (before != null && before.getKey() + before.getValue() == offset) {
      start = before.getKey();
      length += before.getValue();
    }
    Long after = free.remove(offset + Layout.roundToPage(bytes));
    if (after != null) {
      length += after;
    }
    free.put(start, length);
  }

  long freeBytes() {
    return free.values().stream().mapToLong(Long::longValue).sum();
  }
}
