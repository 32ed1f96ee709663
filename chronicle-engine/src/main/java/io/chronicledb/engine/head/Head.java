package io.chronicledb.engine.head;

import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.exemplar.ExemplarBatch;
import io.chronicledb.engine.exemplar.ExemplarBuffer;
import io.chronicledb.engine.metadata.MetadataChange;
import io.chronicledb.engine.metadata.MetadataStore;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.partition.PartitionCatalog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The write buffer and the memory blocks, and the one reference that readers start from; beside them exemplars and metadata. The package's
 * description states the rules.
 *
 * <p>Thread-safe. Batches are appended in the order of their sequences, by one thread at a time.
 */
public final class Head {

  /** So many neighbours of about one size are merged into one; bounds both the runs a query merges and the copying. */
  public static final int MERGE_FANOUT = 8;

  /** What the write buffer takes for each of its rows: series, timestamp, value. */
  public static final int BUFFER_ROW_BYTES = 4 + 8 + 8;

  private final SeriesOrders orders;
  private final int bufferRows;

  private volatile State state;
  /** Bytes of the memory blocks. */
  private volatile long blockBytes;

  private volatile long newestDeletion;

  private final ExemplarBuffer exemplars = new ExemplarBuffer();
  private final MetadataStore metadata = new MetadataStore();

  /** @param tombstones deletions that the catalogue's root does not have yet, ascending by sequence */
  private record State(
      WriteBuffer buffer,
      List<MemoryBlock> blocks,
      List<Tombstone> tombstones,
      PartitionCatalog catalog) {}

  /**
   * What a flush takes over.
   *
   * @param blocks all memory blocks, from the lowest sequences to the highest
   * @param tombstones deletions that storage does not have yet
   * @param exemplars that storage does not have yet, ascending by sequence
   * @param metadata all of it, where something has changed; else null
   */
  public record Sealed(
      List<MemoryBlock> blocks,
      List<Tombstone> tombstones,
      List<ExemplarBatch> exemplars,
      MetadataStore.@Nullable Snapshot metadata) {

    public boolean isEmpty() {
      return blocks.isEmpty() && tombstones.isEmpty() && exemplars.isEmpty() && metadata == null;
    }

    /** The highest sequence; 0 where it is empty. */
    public long lastSequence() {
      long points = blocks.isEmpty() ? 0 : blocks.get(blocks.size() - 1).lastSequence();
      long deletions =
          tombstones.isEmpty() ? 0 : tombstones.get(tombstones.size() - 1).sequence();
      long examples =
          exemplars.isEmpty() ? 0 : exemplars.get(exemplars.size() - 1).sequence();
      long described = metadata == null ? 0 : metadata.sequence();
      return Math.max(Math.max(points, deletions), Math.max(examples, described));
    }
  }

  /**
   * @param bufferRows points that the write buffer holds before it is sorted into a memory block
   * @param catalog the data file as found at opening
   */
  public Head(SeriesOrders orders, int bufferRows, PartitionCatalog catalog) {
    this.orders = orders;
    this.bufferRows = bufferRows;
    this.state = new State(new WriteBuffer(bufferRows), List.of(), List.of(), catalog);
  }

  /**
   * Adds a batch and makes it visible as a whole.
   *
   * @param ids those of histograms {@linkplain HistogramRows marked}
   * @param histograms null where the batch has none
   */
  public synchronized void append(
      long sequence,
      int[] ids,
      long[] timestamps,
      double[] values,
      @Nullable HistogramColumn histograms,
      int count) {
    WriteBuffer buffer = state.buffer;
    if (!buffer.hasRoomFor(count)) {
      seal(count);
      buffer = state.buffer;
    }
    buffer.append(sequence, ids, timestamps, values, histograms, count);
    buffer.publish(sequence);
  }

  /** Turns the buffer into a memory block, so that a flush takes it too. */
  public synchronized Sealed seal() {
    seal(0);
    return new Sealed(state.blocks, state.tombstones, exemplars.batches(), metadata.unstored());
  }

  /** Adds the exemplars of a record of the log, in the order of sequences, and makes them visible. */
  public synchronized void addExemplars(long sequence, ExemplarRows rows) {
    exemplars.append(sequence, rows);
  }

  /** Enters the metadata of a record of the log, in the order of sequences. */
  public synchronized void addMetadata(long sequence, List<MetadataChange> changes) {
    metadata.apply(sequence, changes);
  }

  /** What is known of metrics and measurements, stored or not. To be changed by {@link #addMetadata} only, once the log is being read. */
  public MetadataStore metadata() {
    return metadata;
  }

  /** Hides what a deletion covers, from here on. It comes in the order of sequences, like a batch. */
  public synchronized void delete(Tombstone tombstone) {
    // What is written later must not share a run with what is hidden.
    seal(0);
    State now = state;
    var tombstones = new ArrayList<>(now.tombstones);
    tombstones.add(tombstone);
    // Nor a buffer: a reader that has the state before the deletion, but has not looked into its
    // buffer yet, must not find it there.
    replace(new State(now.buffer.next(), now.blocks, List.copyOf(tombstones), now.catalog));
    newestDeletion = tombstone.sequence();
  }

  /** The sequence of the last deletion since opening, flushed or not; 0 where there was none. */
  public long newestDeletion() {
    return newestDeletion;
  }

  private void seal(int roomFor) {
    State now = state;
    MemoryBlock sealed = now.buffer.sorted(orders);
    if (sealed == null && now.buffer.hasRoomFor(roomFor)) {
      return;
    }
    var blocks = new ArrayList<>(now.blocks);
    if (sealed != null) {
      blocks.add(sealed);
    }
    var fresh = new WriteBuffer(Math.max(bufferRows, roomFor));
    replace(new State(fresh, List.copyOf(blocks), now.tombstones, now.catalog));
  }

  private void replace(State next) {
    blockBytes = next.blocks.stream().mapToLong(MemoryBlock::memoryBytes).sum();
    state = next;
  }

  public HeadSnapshot snapshot() {
    // Before the catalogue: a flush, which goes on meanwhile, moves them the other way.
    List<ExemplarBatch> examples = exemplars.batches();
    State now = state;
    var runs = new ArrayList<>(now.blocks);
    MemoryBlock buffered = now.buffer.sorted(orders);
    if (buffered != null) {
      runs.add(buffered);
    }
    var tombstones = new ArrayList<>(now.catalog.tombstones());
    tombstones.addAll(now.tombstones);
    return new HeadSnapshot(runs, tombstones, now.catalog, examples, metadata);
  }

  /** The memory blocks, from the lowest sequences to the highest. */
  public List<MemoryBlock> blocks() {
    return state.blocks;
  }

  public PartitionCatalog catalog() {
    return state.catalog;
  }

  /** Lets a root that holds what was sealed take its place. */
  public synchronized void flushed(Sealed sealed, PartitionCatalog catalog) {
    State now = state;
    int flushed = sealed.blocks.size();
    int deletions = sealed.tombstones.size();
    if (!now.blocks.subList(0, flushed).equals(sealed.blocks)
        || !now.tombstones.subList(0, deletions).equals(sealed.tombstones)) {
      throw new IllegalStateException("what was flushed is not the oldest of the head");
    }
    // Copies: a sub-list would keep the flushed blocks in memory.
    replace(new State(
        now.buffer,
        List.copyOf(now.blocks.subList(flushed, now.blocks.size())),
        List.copyOf(now.tombstones.subList(deletions, now.tombstones.size())),
        catalog));
    // After the catalogue, which readers look at later.
    exemplars.dropUpTo(sealed.lastSequence());
    if (sealed.metadata != null) {
      metadata.stored(sealed.metadata);
    }
  }

  /** Lets a root take over that holds the same points in other blocks. */
  public synchronized void rearranged(PartitionCatalog catalog) {
    State now = state;
    replace(new State(now.buffer, now.blocks, now.tombstones, catalog));
  }

  /**
   * Merges neighbouring memory blocks of about one size, where enough have piled up. Called by one thread at a time, which also does the
   * flushing.
   *
   * @return whether something was merged
   */
  public boolean mergeBlocks() {
    State before = state;
    List<MemoryBlock> blocks = before.blocks;
    List<MemoryBlock> chosen = mergeable(blocks);
    if (chosen.isEmpty()) {
      return false;
    }
    int at = blocks.indexOf(chosen.get(0));
    MemoryBlock merged = MemoryBlock.merge(chosen, before.tombstones);
    synchronized (this) {
      State now = state;
      var next = new ArrayList<>(now.blocks);
      next.subList(at, at + chosen.size()).clear();
      next.add(at, merged);
      replace(new State(now.buffer, List.copyOf(next), now.tombstones, now.catalog));
    }
    return true;
  }

  /** The newest stretch of neighbours that are within a factor of the fan-out of each other; empty where it is too short. */
  private static List<MemoryBlock> mergeable(List<MemoryBlock> blocks) {
    int end = blocks.size();
    while (end >= MERGE_FANOUT) {
      long smallest = blocks.get(end - 1).sampleCount();
      int start = end - 1;
      while (start > 0 && blocks.get(start - 1).sampleCount() < smallest * MERGE_FANOUT) {
        start--;
      }
      if (end - start >= MERGE_FANOUT) {
        return blocks.subList(start, end);
      }
      end = start;
    }
    return List.of();
  }

  /** Adds the ids of all series that have points or exemplars here. */
  public synchronized void addSeriesTo(RoaringBitmap ids) {
    State now = state;
    exemplars.addSeriesTo(ids);
    now.buffer.addSeriesTo(ids);
    for (MemoryBlock block : now.blocks) {
      RunCursor cursor = block.cursor();
      while (cursor.next()) {
        ids.add(SeriesOrder.seriesId(cursor.order()));
      }
    }
  }

  /** Bytes of memory blocks, buffer and exemplars. */
  public long memoryBytes() {
    return blockBytes + state.buffer.memoryBytes() + exemplars.memoryBytes();
  }

  /** Whether nothing waits for a flush. */
  public boolean isEmpty() {
    State now = state;
    return now.blocks.isEmpty()
        && now.tombstones.isEmpty()
        && now.buffer.visibleRows() == 0
        && exemplars.isEmpty()
        && !metadata.isChanged();
  }

  /** Points in memory; an upper bound, since repeats within are counted. */
  public long sampleCount() {
    State now = state;
    return now.buffer.visibleRows()
        + now.blocks.stream().mapToLong(MemoryBlock::sampleCount).sum();
  }
}
