package io.chronicledb.engine.partition;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.exemplar.ExemplarBatch;
import io.chronicledb.engine.exemplar.ExemplarBlocks;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.metadata.MetadataBlocks;
import io.chronicledb.engine.metadata.MetadataStore;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one place where stored data changes: takes the changes of flushes and of maintenance one after the other, and swaps the root. Blocks
 * are put beforehand, by as many threads as like to.
 */
public final class Partitions {

  private final StorageBackend backend;
  private final SeriesBlocks dictionary;
  private final ExemplarBlocks exemplars;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile PartitionCatalog catalog;

  private Partitions(
      StorageBackend backend,
      SeriesBlocks dictionary,
      ExemplarBlocks exemplars,
      PartitionCatalog catalog) {
    this.backend = backend;
    this.dictionary = dictionary;
    this.exemplars = exemplars;
    this.catalog = catalog;
  }

  /**
   * Reads the present root.
   *
   * @param registry has the series of the root; what it gets besides is stored with the next commit
   * @param blockBytes about the size of a block of the dictionary or of exemplars at most
   * @param exemplarsMax how many exemplars are kept; 0 for none
   */
  public static Partitions open(
      StorageBackend backend, SeriesRegistry registry, int blockBytes, int exemplarsMax) {
    Root root = backend.root();
    var tombstones = new ArrayList<Tombstone>();
    for (StoredBlock block : root.blocks(BlockKind.TOMBSTONES)) {
      // A list has no checksum of its own, and a flipped bit in it would hide points.
      backend.check(block);
      tombstones.addAll(TombstoneList.decode(backend.read(block, 0, block.length())));
    }
    return new Partitions(
        backend,
        new SeriesBlocks(backend, registry, blockBytes),
        new ExemplarBlocks(backend, exemplarsMax, blockBytes),
        new PartitionCatalog(root, tombstones));
  }

  /**
   * What a commit does to the root.
   *
   * @param checkpoint the WAL sequence up to which storage then has everything; lower ones than the present count as the present
   * @param added blocks that were put
   * @param removed ids of blocks that count no more
   * @param tombstones deletions that storage did not have yet, ascending by sequence
   * @param applied sequences of deletions that no block of the present root holds points of; the root before may, and lists them
   * @param rewriteDictionary whether the dictionary has series that were collected, or lies in the way
   * @param exemplars that storage did not have yet, ascending by sequence
   * @param metadata all of it, where something has changed; else null
   */
  public record Change(
      long checkpoint,
      List<StoredBlock> added,
      Set<Long> removed,
      List<Tombstone> tombstones,
      Set<Long> applied,
      boolean rewriteDictionary,
      List<ExemplarBatch> exemplars,
      MetadataStore.@Nullable Snapshot metadata) {

    /** A change of points only. */
    public Change(
        long checkpoint,
        List<StoredBlock> added,
        Set<Long> removed,
        List<Tombstone> tombstones,
        Set<Long> applied,
        boolean rewriteDictionary) {
      this(checkpoint, added, removed, tombstones, applied, rewriteDictionary, List.of(), null);
    }

    /** A change that writes the dictionary anew: without collected series, and where there is room by now. */
    public static Change freshDictionary() {
      return new Change(0, List.of(), Set.of(), List.of(), Set.of(), true);
    }

    /** A change that leaves everything as it is, and lets storage give up what the root before named. */
    public static Change nothing() {
      return new Change(0, List.of(), Set.of(), List.of(), Set.of(), false);
    }
  }

  public StorageBackend backend() {
    return backend;
  }

  /** What counts now. */
  public PartitionCatalog catalog() {
    return catalog;
  }

  /**
   * Makes a change durable and lets it count.
   *
   * @param publish told about the new catalogue before the next change is taken
   * @throws io.chronicledb.engine.error.ChronicleException where it failed; the added blocks are the caller's to give up then
   */
  public void commit(Change change, Consumer<PartitionCatalog> publish) {
    lock.lock();
    try {
      PartitionCatalog before = catalog;
      Root root = before.root();
      long checkpoint = Math.max(change.checkpoint, root.checkpoint());
      List<Tombstone> tombstones = tombstones(change, before);
      var next = new NextBlocks(root);
      PartitionCatalog after;
      try {
        next.series = dictionary.put(root, checkpoint, change.rewriteDictionary);
        next.exemplars = exemplars.put(root, change.exemplars, change.tombstones, checkpoint);
        if (change.metadata != null) {
          next.metadata = List.of(MetadataBlocks.put(backend, root, change.metadata, checkpoint));
        }
        if (tombstones.isEmpty()) {
          next.tombstones = List.of();
        } else if (!tombstones.equals(before.tombstones())) {
          next.tombstones = List.of(put(tombstones, root));
        }
        after = new PartitionCatalog(next.root(change, checkpoint), tombstones);
        backend.commit(root, after.root());
      } catch (RuntimeException e) {
        next.discard();
        throw e;
      }
      dictionary.committed();
      catalog = after;
      publish.accept(catalog);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves blocks from the end of the storage into free places before them, until none fits any more, so that the storage shrinks. Readers
   * go on with the blocks that they have. The dictionary is left out, since the ids of its blocks tell their order; it is written anew
   * instead.
   *
   * @param publish as for {@link #commit}
   * @return how many blocks were moved
   */
  public int moveForward(Consumer<PartitionCatalog> publish) {
    lock.lock();
    try {
      Root root = catalog.root();
      var moved = new HashMap<Long, StoredBlock>();
      List<StoredBlock> fromTheEnd = root.blocks().stream()
          .filter(block -> block.kind() != BlockKind.SERIES)
          .sorted(Comparator.comparingLong(StoredBlock::location).reversed())
          .toList();
      try {
        for (StoredBlock block : fromTheEnd) {
          StoredBlock copy = backend.moveForward(block);
          if (copy == null) {
            break;
          }
          moved.put(block.id(), copy);
        }
        if (moved.isEmpty()) {
          return 0;
        }
        List<StoredBlock> blocks = root.blocks().stream()
            .map(block -> moved.getOrDefault(block.id(), block))
            .sorted(Comparator.comparingLong(StoredBlock::id))
            .toList();
        var next = new Root(root.generation() + 1, root.checkpoint(), blocks);
        backend.commit(root, next);
        catalog = new PartitionCatalog(next, catalog.tombstones());
      } catch (RuntimeException e) {
        moved.values().forEach(backend::discard);
        throw e;
      }
      publish.accept(catalog);
      return moved.size();
    } finally {
      lock.unlock();
    }
  }

  /** Lets the storage cut off what is free at its end. */
  public void trim() {
    lock.lock();
    try {
      backend.trim();
    } finally {
      lock.unlock();
    }
  }

  /** The blocks of the root that is to follow, but for the data: at first those of the present one. */
  private final class NextBlocks {

    private final Root root;
    List<StoredBlock> series;
    List<StoredBlock> exemplars;
    List<StoredBlock> metadata;
    List<StoredBlock> tombstones;

    NextBlocks(Root root) {
      this.root = root;
      this.series = SeriesBlocks.of(root);
      this.exemplars = ExemplarBlocks.of(root);
      this.metadata = root.blocks(BlockKind.METADATA);
      this.tombstones = root.blocks(BlockKind.TOMBSTONES);
    }

    private List<StoredBlock> all() {
      var all = new ArrayList<>(series);
      all.addAll(exemplars);
      all.addAll(metadata);
      all.addAll(tombstones);
      return all;
    }

    Root root(Change change, long checkpoint) {
      List<StoredBlock> blocks = all();
      for (StoredBlock block : root.blocks(BlockKind.DATA)) {
        if (!change.removed.contains(block.id())) {
          blocks.add(block);
        }
      }
      blocks.addAll(change.added);
      blocks.sort(Comparator.comparingLong(StoredBlock::id));
      return new Root(root.generation() + 1, checkpoint, blocks);
    }

    /** Gives up what was put, since the root does not come. */
    void discard() {
      List<StoredBlock> known = root.blocks();
      all().stream().filter(block -> !known.contains(block)).forEach(backend::discard);
    }
  }

  private List<Tombstone> tombstones(Change change, PartitionCatalog before) {
    var kept = new ArrayList<Tombstone>();
    for (Tombstone tombstone : before.tombstones()) {
      if (!change.applied.contains(tombstone.sequence())) {
        kept.add(tombstone);
      }
    }
    for (Tombstone tombstone : change.tombstones) {
      if (before.concerns(tombstone)) {
        kept.add(tombstone);
      }
    }
    return kept;
  }

  private StoredBlock put(List<Tombstone> tombstones, Root root) {
    List<Long> replaced =
        root.blocks(BlockKind.TOMBSTONES).stream().map(StoredBlock::id).toList();
    return backend.put(new NewBlock(
        BlockKind.TOMBSTONES,
        tombstones.get(0).sequence(),
        tombstones.get(tombstones.size() - 1).sequence(),
        new TimeRange(0, 0),
        0,
        0,
        0,
        0,
        tombstones.size(),
        replaced,
        TombstoneList.encode(tombstones)));
  }
}
