package io.chronicledb.engine.backend.memory;

import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Pins;
import io.chronicledb.engine.backend.RetiredBlocks;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps blocks on the heap, in the same bytes that a file would hold. A block goes once neither the root nor the one before names it and
 * no pin keeps it, as in the data file.
 */
public final class MemoryBackend implements StorageBackend {

  private final UUID databaseId = UUID.randomUUID();
  private final Map<Long, byte[]> payloads = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong lastId = new AtomicLong();
  private final Pins pins = new Pins(Root.EMPTY.generation());
  private final RetiredBlocks<StoredBlock> retired = new RetiredBlocks<>();
  private Root previous = Root.EMPTY;
  private volatile Root root = Root.EMPTY;

  @Override
  public UUID databaseId() {
    return databaseId;
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Root root() {
    return root;
  }

  @Override
  public long safeCheckpoint() {
    return root.checkpoint();
  }

  @Override
  public StoredBlock put(NewBlock block) {
    var payload = new byte[block.payload().remaining()];
    block.payload().duplicate().get(payload);
    long id = lastId.incrementAndGet();
    payloads.put(id, payload);
    bytes.addAndGet(payload.length);
    return new StoredBlock(
        id,
        block.kind(),
        id,
        payload.length,
        root.generation() + 1,
        block.firstSequence(),
        block.lastSequence(),
        block.window(),
        block.minTime(),
        block.maxTime(),
        block.firstOrder(),
        block.lastOrder(),
        block.count());
  }

  @Override
  public void discard(StoredBlock block) {
    byte[] payload = payloads.remove(block.id());
    if (payload != null) {
      bytes.addAndGet(-payload.length);
    }
  }

  @Override
  public void commit(Root expected, Root next) {
    if (root != expected) {
      throw new IllegalStateException("commit expects generation " + expected.generation()
          + ", the root is at " + root.generation());
    }
    Root forgotten = previous;
    previous = expected;
    root = next;
    pins.advance(next.generation());
    retired.add(forgotten.generation(), onlyIn(forgotten));
    retired.takeReleasable(pins.oldest(), Long.MAX_VALUE).forEach(this::discard);
  }

  private List<StoredBlock> onlyIn(Root forgotten) {
    var named = new HashSet<Long>();
    root.blocks().forEach(block -> named.add(block.id()));
    previous.blocks().forEach(block -> named.add(block.id()));
    return forgotten.blocks().stream()
        .filter(block -> !named.contains(block.id()))
        .toList();
  }

  @Override
  public Pin pin() {
    return pins.pin();
  }

  @Override
  public long oldestPin() {
    return pins.oldest();
  }

  @Override
  public ByteBuffer read(StoredBlock block, long offset, int length) {
    byte[] payload = payloads.get(block.id());
    if (payload == null) {
      throw new ChronicleException(ErrorCode.STORAGE_READ, "block " + block.id() + " is gone");
    }
    if (offset < 0 || length < 0 || offset > payload.length - length) {
      throw new CorruptionException("block " + block.id() + " ends at " + payload.length
          + ", before " + offset + "+" + length);
    }
    return ByteBuffer.wrap(payload, (int) offset, length).slice();
  }

  @Override
  public void check(StoredBlock block) {
    read(block, 0, block.length()); // Memory keeps what it was given; only presence can be checked.
  }

  @Override
  public long storageBytes() {
    return bytes.get();
  }

  @Override
  public long liveBytes() {
    return root.blocks().stream().mapToLong(StoredBlock::length).sum();
  }

  @Override
  public long freeBytes() {
    return 0;
  }

  @Override
  public void close() {
    payloads.clear();
  }
}
