package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.Pins;
import io.chronicledb.engine.backend.RetiredBlocks;
import io.chronicledb.engine.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages of the file: who has them, when they are free again, and where the file ends. An extent goes the way
 *
 * <pre>
 * free → taken by a put → named by a root → {@link #retire retired}: no slot names it → {@link #settle free}: no reader uses it
 * </pre>
 *
 * Before it is free, its header is erased, so that a rebuild that walks the file never brings back a block that was replaced or given up.
 * Where the last writer did not get that far, {@link #scan} makes up for it at opening.
 *
 * <p>A piece of the file is kept in reserve, written and not sparse, so that a full disk can still take the index of a root that gives
 * blocks up.
 *
 * <p>Taking and giving back extents is thread-safe; {@link #retire} and {@link #settle} belong to the thread that commits.
 */
final class FileSpace {

  private static final Logger log = LoggerFactory.getLogger(FileSpace.class);

  /** Enough for the two indexes, of a hundred blocks each, that it takes until given up blocks are free; larger ones get more. */
  static final long RESERVE_BYTES = 8 << 10;

  /** A tail is cut off where it is worth it; else the file would shrink and grow with every flush. */
  static final long TAIL_BYTES_MIN = 1 << 20;

  private static final int TAIL_SHARE = 8;

  private final DiskFile file;
  private final Path path;
  private final Readers readers;
  /** Guarded by this. */
  private final FreeSpace free;

  private final RetiredBlocks<Retired> retired = new RetiredBlocks<>();
  private @Nullable Extent reserve;

  /** Where an extent may still look like a block that counts. */
  private enum Headers {
    NOWHERE,
    ON_FIRST_PAGE,
    ON_ANY_PAGE
  }

  private record Retired(Extent extent, Headers headers) {}

  private FileSpace(DiskFile file, Path path, Readers readers, FreeSpace free) {
    this.file = file;
    this.path = path;
    this.readers = readers;
    this.free = free;
  }

  /**
   * Finds out what is free in a file that was just opened.
   *
   * @param clean whether nothing that is free can look like a block
   */
  static FileSpace of(DiskFile file, Path path, Readers readers, RootSlots slots, boolean clean)
      throws IOException {
    Generation older = slots.older();
    var used = new ArrayList<Extent>(slots.newest().extents());
    if (older != null) {
      used.addAll(older.extents());
    }
    Collections.sort(used);
    long end = Layout.roundToPage(Math.max(file.size(), Layout.FIRST_BLOCK_OFFSET));
    for (Extent extent : used) {
      end = Math.max(end, extent.end());
    }
    // Of a lost root's blocks nothing is known, not even where they start.
    Headers headers = clean && !slots.damaged() ? Headers.NOWHERE : Headers.ON_ANY_PAGE;
    var unused = new ArrayList<Retired>();
    long at = Layout.FIRST_BLOCK_OFFSET;
    for (Extent extent : used) {
      if (extent.offset() > at) {
        unused.add(new Retired(new Extent(at, extent.offset() - at), headers));
      }
      at = Math.max(at, extent.end());
    }
    if (end > at) {
      unused.add(new Retired(new Extent(at, end - at), headers));
    }
    var space = new FileSpace(file, path, readers, new FreeSpace(end));
    long lastGeneration = lastNamed(readers, slots);
    if (lastGeneration < 0) {
      for (Retired extent : unused) {
        space.free(extent);
      }
    } else {
      space.retired.add(lastGeneration, unused);
    }
    space.refillReserve(slots.newest().index().length());
    return space;
  }

  /** The newest generation that somebody may still need and that is none of the roots; -1 where there is none. */
  private static long lastNamed(Readers readers, RootSlots slots) throws IOException {
    // What a damaged root names may be wanted for a repair, up to the next commit.
    var last = new long[] {slots.damaged() ? slots.newest().number() : -1};
    readers.forEach(generation -> {
      Generation older = slots.older();
      if (generation != slots.newest().number()
          && (older == null || generation != older.number())) {
        last[0] = Math.max(last[0], generation);
      }
    });
    return last[0];
  }

  synchronized Extent allocate(long bytes) {
    return free.allocate(bytes);
  }

  /** Takes free pages before an offset; null where there are none. */
  synchronized @Nullable Extent allocateBefore(long bytes, long offset) {
    return free.allocateBefore(bytes, offset);
  }

  /** Takes pages for an index that no other place has room for; null where the reserve is too small. */
  synchronized @Nullable Extent allocateFromReserve(long bytes) {
    Extent held = reserve;
    long length = Layout.roundToPage(bytes);
    if (held == null || held.length() < length) {
      return null;
    }
    reserve =
        held.length() == length ? null : new Extent(held.offset() + length, held.length() - length);
    return new Extent(held.offset(), length);
  }

  /** Gives back pages that could not be written, and with them what they made the file grow by. */
  void abandon(Extent extent) {
    try {
      erase(extent);
    } catch (IOException e) {
      log.debug("{}: nothing was written at offset {}: {}", path, extent.offset(), e.toString());
    }
    synchronized (this) {
      boolean atEnd = extent.end() == free.end();
      free.release(extent);
      if (atEnd) {
        try {
          file.truncate(free.cutTail());
        } catch (IOException e) {
          log.debug("{}: cannot cut a failed write off: {}", path, e.toString());
        }
      }
    }
  }

  /** Gives back the pages of a block that no root has named. */
  void discard(Extent extent) {
    free(new Retired(extent, Headers.ON_FIRST_PAGE));
  }

  /** Notes pages that no root names any more. */
  void retire(long lastGeneration, List<Extent> extents) {
    retired.add(
        lastGeneration,
        extents.stream()
            .map(extent -> new Retired(extent, Headers.ON_FIRST_PAGE))
            .toList());
  }

  /** Whether every page is free or has something that the slots name: no page waits for a reader or has a block that was only put. */
  synchronized boolean isAllNamed(Generation current, @Nullable Generation previous) {
    var named = new HashSet<>(current.extents());
    if (previous != null) {
      named.addAll(previous.extents());
    }
    Extent held = reserve;
    return Layout.FIRST_BLOCK_OFFSET
            + named.stream().mapToLong(Extent::length).sum()
            + (held == null ? 0 : held.length())
            + free.freeBytes()
        == free.end();
  }

  /**
   * Frees what no reader uses any more, fills up the reserve and cuts off a free tail. To be called with both slots synced and past what
   * was retired. What fails here costs space and nothing else.
   *
   * @param indexBytes the size of the present index
   */
  void settle(Pins pins, long indexBytes) {
    try {
      long oldestPin = pins.oldest();
      if (retired.hasReleasable(oldestPin)) {
        var oldestReader = new long[] {Long.MAX_VALUE};
        readers.forEach(generation -> oldestReader[0] = Math.min(oldestReader[0], generation));
        retired.takeReleasable(oldestPin, oldestReader[0]).forEach(this::free);
      }
    } catch (IOException e) {
      log.warn("{}: space is not used again for now: {}", path, e.toString());
    }
    refillReserve(indexBytes);
    shrink();
  }

  private void free(Retired extent) {
    try {
      switch (extent.headers) {
        case NOWHERE -> log.trace("{}: {} is free", path, extent.extent);
        case ON_FIRST_PAGE -> erase(extent.extent);
        case ON_ANY_PAGE -> scan(extent.extent);
      }
    } catch (IOException e) {
      log.warn(
          "{}: {} bytes at offset {} are not used again until the file is reopened: {}",
          path,
          extent.extent.length(),
          extent.extent.offset(),
          e.toString());
      return;
    }
    synchronized (this) {
      free.release(extent.extent);
    }
  }

  private void erase(Extent extent) throws IOException {
    file.write(extent.offset(), ByteBuffer.allocate(Layout.BLOCK_CRC_END));
  }

  /** Erases every header within an extent. */
  private void scan(Extent extent) throws IOException {
    new BlockWalk(file).run(extent.offset(), extent.end(), offset -> {
      erase(new Extent(offset, Layout.PAGE));
      return offset + Layout.PAGE;
    });
  }

  /** Makes the reserve as long as it should be, on a full disk out of free pages that the file has anyway. */
  private void refillReserve(long indexBytes) {
    long wanted = Math.max(RESERVE_BYTES, Layout.roundToPage(2 * indexBytes));
    Extent held = reserve;
    if (held == null || held.length() < wanted) {
      replaceReserve(wanted, false);
    }
  }

  private void replaceReserve(long bytes, boolean withinFile) {
    Extent next;
    synchronized (this) {
      next = withinFile ? free.allocateWithin(bytes) : free.allocate(bytes);
      Extent held = reserve;
      if (next != null && withinFile && held != null && next.offset() > held.offset()) {
        free.release(next);
        next = null;
      }
    }
    if (next == null) {
      return;
    }
    try {
      file.write(next.offset(), ByteBuffer.allocate((int) next.length()));
    } catch (IOException e) {
      log.debug("{}: no room for the reserve: {}", path, e.toString());
      abandon(next);
      return;
    }
    synchronized (this) {
      Extent held = reserve;
      if (held != null) {
        free.release(held); // It is all zeros, or was erased.
      }
      reserve = next;
    }
  }

  /** Cuts off all of a free tail, with the reserve moved out of its way. */
  void trim() {
    Extent held = reserve;
    if (held != null && isLast(held)) {
      replaceReserve(held.length(), true);
    }
    cut();
  }

  private synchronized void cut() {
    try {
      file.truncate(free.cutTail());
    } catch (IOException e) {
      log.warn("{}: the file is not cut to {} bytes: {}", path, free.end(), e.toString());
    }
  }

  /** Cuts off the tail where enough of it is free. The lock keeps a put from growing the file meanwhile. */
  private void shrink() {
    Extent held = reserve;
    if (held != null && isWorthCutting(held.length()) && isLast(held)) {
      replaceReserve(held.length(), true);
    }
    synchronized (this) {
      if (isWorthCutting(0)) {
        cut();
      }
    }
  }

  private synchronized boolean isLast(Extent extent) {
    return extent.end() == free.end() - free.tailBytes();
  }

  private synchronized boolean isWorthCutting(long more) {
    long tail = free.tailBytes() + more;
    return tail >= TAIL_BYTES_MIN && tail >= free.end() / TAIL_SHARE;
  }

  /** The end of the file. */
  synchronized long end() {
    return free.end();
  }

  synchronized long freeBytes() {
    return free.freeBytes();
  }
}
