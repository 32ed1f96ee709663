package io.chronicledb.engine.exemplar;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exemplars in storage. A flush adds blocks with what came since the last one, after the blocks before were merged as long as they are of
 * about one size, so that there are few of them. Deletions are applied by the flush that brings them.
 */
public final class ExemplarBlocks {

  private static final Logger log = LoggerFactory.getLogger(ExemplarBlocks.class);

  /** A block that is this often as large as what follows it stays. */
  private static final int GROWTH = 2;
  /** A block holds this share of the bound at most, so that dropping the oldest drops little. */
  private static final int SHARE = 8;

  private final StorageBackend backend;
  private final int countMax;
  private final int blockCount;
  private final int blockBytes;

  /**
   * @param countMax how many exemplars are kept at least, and an eighth more at most; 0 for none
   * @param blockBytes about the size of a block at most
   */
  public ExemplarBlocks(StorageBackend backend, int countMax, int blockBytes) {
    this.backend = backend;
    this.countMax = countMax;
    this.blockCount = Math.max(1, countMax / SHARE);
    this.blockBytes = blockBytes;
  }

  /** The blocks of a root, the oldest first. */
  public static List<StoredBlock> of(Root root) {
    var blocks = new ArrayList<>(root.blocks(BlockKind.EXEMPLARS));
    blocks.sort(
        Comparator.comparingLong(StoredBlock::firstSequence).thenComparing(StoredBlock::id));
    return blocks;
  }

  /**
   * Puts what a flush brings.
   *
   * @param batches that storage does not have yet, ascending by sequence
   * @param tombstones deletions that were not applied to the root's blocks yet
   * @param checkpoint of the root that is to follow
   * @return the blocks that are to take the place of the root's; the same where nothing is to be done. Those that the root does not have
   *     are the caller's to give up where it fails
   */
  public List<StoredBlock> put(
      Root root, List<ExemplarBatch> batches, List<Tombstone> tombstones, long checkpoint) {
    List<StoredBlock> present = of(root);
    if (batches.isEmpty() && tombstones.isEmpty()) {
      return present;
    }
    var update = new Update(present);
    try {
      update.apply(tombstones);
      if (!batches.isEmpty()) {
        update.mergeNewest();
        update.add(batches, tombstones, checkpoint);
        update.dropOldest();
      }
    } catch (RuntimeException | Error e) {
      update.put.forEach(backend::discard);
      throw e;
    }
    update.put.stream().filter(block -> !update.next.contains(block)).forEach(backend::discard);
    return update.next;
  }

  /** What one flush makes of the blocks. */
  private final class Update {

    final List<StoredBlock> next;
    /** Everything that was put, whether or not it is among the next. */
    final List<StoredBlock> put = new ArrayList<>();

    Update(List<StoredBlock> present) {
      next = new ArrayList<>(present);
    }

    private StoredBlock put(NewBlock block) {
      StoredBlock stored = backend.put(block);
      put.add(stored);
      return stored;
    }

    /** Writes blocks anew that hold something deleted. */
    void apply(List<Tombstone> tombstones) {
      for (int i = 0; i < next.size(); i++) {
        StoredBlock block = next.get(i);
        List<Tombstone> hiding = tombstones.stream()
            .filter(t -> t.concerns(block.lastSequence(), block.minTime(), block.maxTime()))
            .toList();
        ExemplarRows rows = hiding.isEmpty() ? null : readOrPassOver(block);
        if (rows == null) {
          continue;
        }
        var kept = new ExemplarUnion();
        kept.add(new ExemplarBatch(block.lastSequence(), rows), hiding);
        ExemplarRows left = kept.finish();
        if (left.isEmpty()) {
          next.remove(i--);
        } else if (left.size() < rows.size()) {
          long last = hiding.get(hiding.size() - 1).sequence();
          next.set(i, put(block(left, block.firstSequence(), last, List.of(block.id()))));
        }
      }
    }

    /** Merges the newest blocks into one as long as the one before is not much larger. */
    void mergeNewest() {
      if (!put.isEmpty()) {
        return; // The next flush does it, when what is merged is in a root.
      }
      int from = next.size();
      long bytes = 0;
      long count = 0;
      while (from > 0) {
        StoredBlock before = next.get(from - 1);
        bytes += before.length();
        count += before.count();
        if (from < next.size()
            && (before.length() >= GROWTH * (bytes - before.length())
                || bytes > blockBytes
                || count > blockCount)) {
          break;
        }
        from--;
      }
      List<StoredBlock> merged = next.subList(from, next.size());
      if (merged.size() < 2) {
        return;
      }
      var union = new ExemplarUnion();
      long last = 0;
      for (StoredBlock block : merged) {
        ExemplarRows rows = readOrPassOver(block);
        if (rows == null) {
          return;
        }
        union.add(rows);
        last = Math.max(last, block.lastSequence());
      }
      List<Long> ids = merged.stream().map(StoredBlock::id).toList();
      NewBlock result = block(union.finish(), merged.get(0).firstSequence(), last, ids);
      merged.clear();
      next.add(put(result));
    }

    /** Puts what is new, in blocks of about the size that is dropped at a time. */
    void add(List<ExemplarBatch> batches, List<Tombstone> tombstones, long checkpoint) {
      int from = 0;
      while (from < batches.size()) {
        int to = from;
        long count = 0;
        long bytes = 0;
        var union = new ExemplarUnion();
        while (to < batches.size()
            && (to == from
                || count + batches.get(to).rows().size() <= blockCount
                    && bytes + batches.get(to).rows().memoryBytes() <= blockBytes)) {
          ExemplarBatch batch = batches.get(to++);
          union.add(batch, tombstones);
          count += batch.rows().size();
          bytes += batch.rows().memoryBytes();
        }
        ExemplarRows rows = union.finish();
        if (!rows.isEmpty()) {
          next.add(put(block(rows, batches.get(from).sequence(), checkpoint, List.of())));
        }
        from = to;
      }
    }

    /** Drops the oldest blocks as long as the others hold enough. */
    void dropOldest() {
      long count = next.stream().mapToLong(StoredBlock::count).sum();
      while (!next.isEmpty() && count - next.get(0).count() >= countMax) {
        StoredBlock dropped = next.remove(0);
        count -= dropped.count();
        log.debug(
            "dropped {} exemplars up to sequence {}, since {} younger ones are kept",
            dropped.count(),
            dropped.lastSequence(),
            count);
      }
    }
  }

  /** Null where the block is damaged: it stays, and points must not wait for it. Who reads it gets the error. */
  private @Nullable ExemplarRows readOrPassOver(StoredBlock block) {
    try {
      return read(backend, block);
    } catch (CorruptionException e) {
      log.error(
          "exemplars of sequences {} to {} are lost: {}",
          block.firstSequence(),
          block.lastSequence(),
          e.getMessage());
      return null;
    }
  }

  /**
   * The exemplars of a block.
   *
   * @throws CorruptionException where it is damaged
   */
  public static ExemplarRows read(StorageBackend backend, StoredBlock block) {
    backend.check(block); // An older one in its place would have what was deleted since.
    try {
      return ExemplarBlock.rows(backend.read(block, 0, block.length()));
    } catch (CorruptionException e) {
      throw new CorruptionException(
          backend.name() + ", block " + block.id() + ": " + e.getMessage());
    }
  }

  /**
   * A block of exemplars as it is to be put.
   *
   * @param rows at least one; ascending, each once
   * @param replaces ids of the blocks whose exemplars these are
   */
  public static NewBlock block(
      ExemplarRows rows, long firstSequence, long lastSequence, List<Long> replaces) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int row = 0; row < rows.size(); row++) {
      min = Math.min(min, rows.timestamp(row));
      max = Math.max(max, rows.timestamp(row));
    }
    ByteBuffer payload = ExemplarBlock.encode(rows);
    return new NewBlock(
        BlockKind.EXEMPLARS,
        firstSequence,
        lastSequence,
        new TimeRange(0, 0),
        min,
        max,
        rows.series(0),
        rows.series(rows.size() - 1),
        rows.size(),
        replaces,
        payload);
  }
}
