package io.chronicledb.engine.partition;

import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.Block;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Open blocks, that is their directories in memory, least recently used first out when the bytes pass a limit. Thread-safe; a block that
 * is dropped stays usable for those who hold it.
 */
public final class BlockCache {

  private final StorageBackend backend;
  private final long bytesMax;
  private final LinkedHashMap<Long, Block> blocks = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  public BlockCache(StorageBackend backend, long bytesMax) {
    this.backend = backend;
    this.bytesMax = bytesMax;
  }

  /** The open block, read from storage where it is not cached. */
  public Block get(StoredBlock stored) {
    synchronized (this) {
      Block cached = blocks.get(stored.id());
      if (cached != null) {
        return cached;
      }
    }
    // Reading happens outside of the lock; that two threads may read the same block is cheaper than
    // that all wait for one.
    Block opened = Block.open(
        (offset, length) -> backend.read(stored, offset, length),
        backend.name() + ", block " + stored.id());
    synchronized (this) {
      Block other = blocks.putIfAbsent(stored.id(), opened);
      if (other != null) {
        return other;
      }
      bytes += opened.memoryBytes();
      for (Iterator<Map.Entry<Long, Block>> eldest = blocks.entrySet().iterator();
          bytes > bytesMax && blocks.size() > 1; ) {
        bytes -= eldest.next().getValue().memoryBytes();
        eldest.remove();
      }
    }
    return opened;
  }

  public synchronized long memoryBytes() {
    return bytes;
  }
}
