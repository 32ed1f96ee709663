package io.chronicledb.engine.partition;

import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.Block;
import io.chronicledb.engine.block.DirectoryPage;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Open blocks and the pages of their directories, least recently used first out when the bytes pass a limit. Thread-safe; what is dropped
 * stays usable for those who hold it.
 */
public final class BlockCache {

  private final StorageBackend backend;
  private final LongSupplier bytesMax;
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  /** @param page the number of a directory page; {@link #BLOCK} for the open block itself */
  private record Key(long block, int page) {}

  private static final int BLOCK = -1;

  /** What an entry costs besides its content. */
  private static final int ENTRY_BYTES = 96;

  private record Entry(Object content, long bytes) {}

  /** @param bytesMax may change from call to call */
  public BlockCache(StorageBackend backend, LongSupplier bytesMax) {
    this.backend = backend;
    this.bytesMax = bytesMax;
  }

  /** The open block, read from storage where it is not cached. */
  public Block get(StoredBlock stored) {
    var key = new Key(stored.id(), BLOCK);
    if (find(key) instanceof Block cached) {
      return cached;
    }
    // Reading happens outside of the lock; that two threads may read the same block is cheaper than
    // that all wait for one.
    Block opened = Block.open(
        (offset, length) -> backend.read(stored, offset, length),
        backend.name() + ", block " + stored.id(),
        (number, read) -> page(stored.id(), number, read));
    add(key, opened, opened.memoryBytes());
    return opened;
  }

  /** The payload of a block that is read as a whole, which is not cached. That it is the very block that was put is checked. */
  public ByteBuffer payload(StoredBlock stored) {
    backend.check(stored);
    return backend.read(stored, 0, stored.length());
  }

  private DirectoryPage page(long block, int number, IntFunction<DirectoryPage> read) {
    var key = new Key(block, number);
    if (find(key) instanceof DirectoryPage cached) {
      return cached;
    }
    DirectoryPage page = read.apply(number);
    add(key, page, page.memoryBytes());
    return page;
  }

  private synchronized @Nullable Object find(Key key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.content;
  }

  private synchronized void add(Key key, Object content, long size) {
    if (entries.putIfAbsent(key, new Entry(content, size + ENTRY_BYTES)) == null) {
      bytes += size + ENTRY_BYTES;
    }
    shrink();
  }

  private void shrink() {
    long limit = bytesMax.getAsLong();
    for (Iterator<Map.Entry<Key, Entry>> eldest = entries.entrySet().iterator();
        bytes > limit && eldest.hasNext(); ) {
      bytes -= eldest.next().getValue().bytes;
      eldest.remove();
    }
  }

  /** Drops what is over the limit, which may have come down. */
  public synchronized void trim() {
    shrink();
  }

  public synchronized long memoryBytes() {
    return bytes;
  }
}
