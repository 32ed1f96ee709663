package io.chronicledb.engine.partition;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.index.SeriesDictionary;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The series dictionary in storage: blocks that follow one another, each with a stretch of ids. A commit adds a block with the series that
 * are new, and takes the blocks before it into that one as long as they are not much larger, so that there are few of them and a series is
 * rewritten a logarithmic number of times.
 */
public final class SeriesBlocks {

  /** A block that is this often as large as what follows it stays. */
  private static final int GROWTH = 2;

  private final StorageBackend backend;
  private final SeriesRegistry registry;
  private final int blockBytes;
  /** The registry's epoch that storage knows of: after another collection the old blocks name series that are gone, and may be back. */
  private int storedEpoch;

  private int putEpoch;

  SeriesBlocks(StorageBackend backend, SeriesRegistry registry, int blockBytes) {
    this.backend = backend;
    this.registry = registry;
    this.blockBytes = blockBytes;
    this.storedEpoch = registry.epoch();
    this.putEpoch = storedEpoch;
  }

  /** The dictionary of a root, in order; the count of a block is that of the ids it covers. */
  public static List<StoredBlock> of(Root root) {
    var blocks = new ArrayList<>(root.blocks(BlockKind.SERIES));
    blocks.sort((a, b) -> a.firstOrder() == b.firstOrder()
        ? Long.compare(a.id(), b.id())
        : Long.compare(a.firstOrder(), b.firstOrder()));
    return blocks;
  }

  /**
   * Puts what the dictionary of a root lacks.
   *
   * @param sequence of the points that name the new series
   * @param anew whether all of it is to be written anew, as it is in any case after series were collected
   * @return the dictionary that is to take the place of the root's; the same where nothing is new
   */
  List<StoredBlock> put(Root root, long sequence, boolean anew) {
    List<StoredBlock> present = of(root);
    int end = registry.size();
    // Read after the size: where it is the known one, none of the series below was collected and
    // came back, which would name its key twice.
    putEpoch = registry.epoch();
    boolean rewrite = anew || putEpoch != storedEpoch;
    long covered = present.stream().mapToLong(StoredBlock::count).sum();
    if (covered == end && !rewrite) {
      return present;
    }
    int kept = rewrite ? 0 : present.size();
    long bytes = (end - covered) * bytesEach(present);
    while (kept > 0
        && !rewrite
        && present.get(kept - 1).length() < GROWTH * bytes
        && present.get(kept - 1).length() + bytes < blockBytes) {
      bytes += present.get(--kept).length();
    }
    var next = new ArrayList<>(present.subList(0, kept));
    int first = (int) next.stream().mapToLong(StoredBlock::count).sum();
    List<Long> replaced =
        present.subList(kept, present.size()).stream().map(StoredBlock::id).toList();
    try {
      do {
        int stretch = (int) Math.max(1, Math.min(end - first, blockBytes / bytesEach(present)));
        next.add(put(first, Math.min(end, first + stretch), sequence, replaced));
        first += stretch;
      } while (first < end);
    } catch (RuntimeException e) {
      next.subList(kept, next.size()).forEach(backend::discard);
      throw e;
    }
    return next;
  }

  /** Takes note that what was put counts now. */
  void committed() {
    storedEpoch = putEpoch;
  }

  /** About what a series takes. */
  private static long bytesEach(List<StoredBlock> blocks) {
    long count = blocks.stream().mapToLong(StoredBlock::count).sum();
    long bytes = blocks.stream().mapToLong(StoredBlock::length).sum();
    return Math.max(64, count == 0 ? 0 : bytes / count);
  }

  private StoredBlock put(int first, int end, long sequence, List<Long> replaced) {
    return backend.put(new NewBlock(
        BlockKind.SERIES,
        sequence,
        sequence,
        new TimeRange(0, 0),
        0,
        0,
        first,
        Math.max(first, end - 1),
        end - first,
        replaced,
        SeriesDictionary.encode(registry, first, end)));
  }
}
