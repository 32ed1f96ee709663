package io.chronicledb.engine.maintenance.compaction;

import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.Block;
import io.chronicledb.engine.block.MaskedRun;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.RunMerge;
import io.chronicledb.engine.block.RunSink;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.codec.ChunkDecoder;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.exemplar.ExemplarBlocks;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.partition.PartitionCatalog;
import io.chronicledb.engine.partition.PartitionWriter;
import io.chronicledb.engine.partition.Partitions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the {@link CompactionPolicy} decides. One piece of work at a time; flushes, writers and readers go on meanwhile. What
 * fails leaves the blocks as they were.
 */
public final class Compactor {

  private static final Logger log = LoggerFactory.getLogger(Compactor.class);

  /** Storage is made to shrink where so much is free, and this part of it. */
  private static final long RECLAIM_BYTES_MIN = 1 << 20;

  private static final int RECLAIM_SHARE = 4;
  /** On demand it shrinks for less. */
  private static final int DEMANDED_BYTES_MIN = 64 << 10;

  private static final int DEMANDED_SHARE = 32;
  private static final int DROPPED_SHARE = 8;
  /** Blocks that are moved leave room for others, but it gets less from round to round. */
  private static final int RECLAIM_ROUNDS_MAX = 4;

  private final Partitions partitions;
  private final Head head;
  private final SeriesRegistry registry;
  private final Consumer<Runnable> exclusively;
  private final CompactionPolicy policy;
  private final int blockBytes;
  private final boolean zstandard;
  private final BooleanSupplier stopped;

  private final ReentrantLock working = new ReentrantLock();
  /** The highest sequence of each span at the last scheduled look. */
  private Map<?, Long> seenSequences = Map.of();
  /** For each deletion, by sequence, the blocks that were looked through and hold none of its series. */
  private final Map<Long, Set<Long>> untouched = new HashMap<>();
  /** Whether series may have lost their last points; after opening nobody knows. */
  private boolean deadSeries = true;

  /**
   * @param exclusively runs something while no write is under way
   * @param partitionNanos the width of a partition
   * @param blockBytes about the size of a block at most
   * @param zstandard whether what is merged for keeps may be compressed with it
   * @param stopped ends the work between two merges
   */
  public Compactor(
      Partitions partitions,
      Head head,
      SeriesRegistry registry,
      Consumer<Runnable> exclusively,
      long partitionNanos,
      int blockBytes,
      boolean zstandard,
      BooleanSupplier stopped) {
    this.partitions = partitions;
    this.head = head;
    this.registry = registry;
    this.exclusively = exclusively;
    this.policy = new CompactionPolicy(partitionNanos);
    this.blockBytes = blockBytes;
    this.zstandard = zstandard;
    this.stopped = stopped;
  }

  /** Merges neighbours that have piled up; the work after a flush. */
  public void mergePiledUp() {
    working.lock();
    try {
      Merge merge = policy.piledUp(partitions.catalog());
      while (merge != null && !stopped.getAsBoolean()) {
        run(merge);
        merge = policy.piledUp(partitions.catalog());
      }
    } finally {
      working.unlock();
    }
  }

  /** Applies deletions, and coalesces spans that nothing was flushed to since the last call; the work of the interval. */
  public void settle() {
    working.lock();
    try {
      apply();
      Map<?, Long> before = seenSequences;
      Map<?, Long> now = policy.lastSequences(partitions.catalog());
      seenSequences = now;
      coalesce(() -> policy.coalescing(
          partitions.catalog(),
          span -> now.get(span) != null && now.get(span).equals(before.get(span)),
          false));
      reclaim(RECLAIM_BYTES_MIN, RECLAIM_SHARE);
    } finally {
      working.unlock();
    }
  }

  /**
   * Applies deletions and coalesces every span, whether or not points still arrive for it.
   *
   * @throws ChronicleException with {@code closed} where the database was closed meanwhile
   */
  public void compact() {
    working.lock();
    try {
      apply();
      coalesce(() -> policy.coalescing(partitions.catalog(), span -> true, true));
      apply();
      reclaim(DEMANDED_BYTES_MIN, DEMANDED_SHARE);
      if (stopped.getAsBoolean()) {
        throw new ChronicleException(
            ErrorCode.CLOSED, "the database was closed while it compacted");
      }
    } finally {
      working.unlock();
    }
  }

  /** Where the next merge comes from. */
  private interface Decision {
    @Nullable
    Merge next();
  }

  private void coalesce(Decision decision) {
    Merge merge = decision.next();
    while (merge != null && !stopped.getAsBoolean()) {
      run(merge);
      merge = decision.next();
    }
  }

  /**
   * Where a good part of the storage is free, moves blocks from its end into that and lets it shrink.
   *
   * @param bytesMin how much must be free
   * @param share which part of the storage must be free
   */
  private void reclaim(long bytesMin, int share) {
    StorageBackend backend = partitions.backend();
    long spare = backend.storageBytes() - backend.liveBytes();
    if (spare < bytesMin || spare < backend.storageBytes() / share) {
      return;
    }
    // What merges replaced is free once both roots are past it.
    partitions.commit(Partitions.Change.nothing(), head::rearranged);
    partitions.commit(Partitions.Change.freshDictionary(), head::rearranged);
    int moved = 1;
    for (int round = 0; moved > 0 && round < RECLAIM_ROUNDS_MAX; round++) {
      moved = partitions.moveForward(head::rearranged);
      partitions.commit(Partitions.Change.nothing(), head::rearranged);
    }
    // The indexes of both roots lie in front too once each was written since.
    partitions.commit(Partitions.Change.nothing(), head::rearranged);
    partitions.commit(Partitions.Change.nothing(), head::rearranged);
    partitions.trim();
    log.debug(
        "storage takes {} bytes, {} of them live", backend.storageBytes(), backend.liveBytes());
  }

  /** Merges, and swaps the result for what went in. */
  private void run(Merge merge) {
    PartitionCatalog catalog = partitions.catalog();
    StorageBackend backend = partitions.backend();
    long lastSequence = 0;
    var replaced = new ArrayList<Long>();
    var runs = new ArrayList<RunCursor>();
    var decoder = new ChunkDecoder();
    for (StoredBlock stored : merge.blocks()) {
      Block block = open(stored);
      List<Tombstone> hiding = MaskedRun.concerning(block, catalog.tombstones());
      runs.add(MaskedRun.mask(block.scan(decoder), hiding));
      replaced.add(stored.id());
      lastSequence = Math.max(lastSequence, stored.lastSequence());
      for (Tombstone tombstone : hiding) {
        lastSequence = Math.max(lastSequence, tombstone.sequence());
      }
    }
    var output = new PartitionWriter.Output(
        merge.blocks().get(0).firstSequence(),
        lastSequence,
        replaced,
        new ChunkEncoder(merge.effort(), zstandard),
        blockBytes);
    var writer = new PartitionWriter(backend, time -> merge.window(), output);
    List<StoredBlock> written;
    try {
      RunMerge.merge(runs, new StoppableSink(writer));
      written = writer.finish();
      commit(written, Set.copyOf(replaced), Set.of());
    } catch (StoppedException e) {
      writer.discard();
      return;
    } catch (RuntimeException | Error e) {
      writer.discard();
      throw e;
    }
    log.debug(
        "merged {} blocks of {} bytes into {} of {} bytes",
        replaced.size(),
        merge.blocks().stream().mapToLong(StoredBlock::length).sum(),
        written.size(),
        written.stream().mapToLong(StoredBlock::length).sum());
  }

  /** Ends a merge at the next series when the database is being closed. */
  private final class StoppableSink implements RunSink {

    private final RunSink sink;

    StoppableSink(RunSink sink) {
      this.sink = sink;
    }

    @Override
    public void series(long order) {
      if (stopped.getAsBoolean()) {
        throw new StoppedException();
      }
      sink.series(order);
    }

    @Override
    public void samples(
        long[] timestamps,
        double[] values,
        @Nullable HistogramColumn histograms,
        int start,
        int end) {
      sink.samples(timestamps, values, histograms, start, end);
    }
  }

  /** Not an error: the merge was ended, and what it wrote is given up. */
  private static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super(null, null, false, false);
    }
  }

  private Block open(StoredBlock stored) {
    StorageBackend backend = partitions.backend();
    return Block.open(
        (offset, length) -> backend.read(stored, offset, length),
        backend.name() + ", block " + stored.id());
  }

  private void commit(List<StoredBlock> added, Set<Long> removed, Set<Long> applied) {
    partitions.commit(
        new Partitions.Change(0, added, removed, List.of(), applied, false), head::rearranged);
  }

  /** Applies deletions, and gives the space back that they freed. */
  public void applyDeletions() {
    working.lock();
    try {
      apply();
      reclaim(DEMANDED_BYTES_MIN, DROPPED_SHARE);
    } finally {
      working.unlock();
    }
  }

  /**
   * Drops blocks that deletions hide as a whole, rewrites those that hold points of deleted series, and forgets the deletions that nothing
   * is left of.
   */
  private void apply() {
    if (!partitions.catalog().tombstones().isEmpty()) {
      dropHidden();
      for (Tombstone tombstone : partitions.catalog().tombstones()) {
        for (StoredBlock block : partitions.catalog().blocks()) {
          if (!stopped.getAsBoolean() && mustRewrite(tombstone, block)) {
            run(new Merge(List.of(block), block.window(), effort(block)));
            deadSeries = true;
          }
        }
      }
      forgetApplied();
    }
    collectSeries();
  }

  private Effort effort(StoredBlock block) {
    return block.window().equals(policy.span(block.window())) ? Effort.COLD : Effort.FRESH;
  }

  private void dropHidden() {
    PartitionCatalog catalog = partitions.catalog();
    var hidden = new HashSet<Long>();
    for (StoredBlock block : catalog.blocks()) {
      for (Tombstone tombstone : catalog.tombstones()) {
        if (tombstone.hidesAll(block.lastSequence(), block.minTime(), block.maxTime())) {
          hidden.add(block.id());
        }
      }
    }
    if (!hidden.isEmpty()) {
      commit(List.of(), hidden, Set.of());
      deadSeries = true;
      log.debug("dropped {} blocks that a deletion hides", hidden.size());
    }
  }

  private boolean mustRewrite(Tombstone tombstone, StoredBlock block) {
    if (!concerns(tombstone, block)) {
      return false;
    }
    RoaringBitmap series = tombstone.series();
    if (series == null) {
      return true;
    }
    RunCursor cursor = open(block).scan(new ChunkDecoder());
    while (cursor.next()) {
      if (series.contains(SeriesOrder.seriesId(cursor.order()))
          && tombstone.range().overlapsClosed(cursor.minTime(), cursor.maxTime())) {
        return true;
      }
    }
    untouched.computeIfAbsent(tombstone.sequence(), sequence -> new HashSet<>()).add(block.id());
    return false;
  }

  /** Whether the deletion may still hide something in the block, as far as is known. */
  private boolean concerns(Tombstone tombstone, StoredBlock block) {
    return tombstone.concerns(block.lastSequence(), block.minTime(), block.maxTime())
        && !untouched.getOrDefault(tombstone.sequence(), Set.of()).contains(block.id());
  }

  /**
   * Forgets series that neither storage nor head mentions any more. Where a reader may still see points of theirs, a later call does it: one
   * that is open since before the look, or that came meanwhile and saw a point which a deletion then took out of the head.
   */
  private void collectSeries() {
    if (!deadSeries) {
      return;
    }
    // Of the storage, since a pin may be ahead of the catalogue.
    long generation = partitions.backend().root().generation();
    long newestDeletion = head.newestDeletion();
    int known = registry.size();
    var mentioned = new RoaringBitmap();
    var looked = new HashSet<Long>();
    addSeries(partitions.catalog(), looked, mentioned);
    var collected = new int[1];
    exclusively.accept(() -> {
      // The head before storage: a flush, which goes on meanwhile, moves points the same way, so
      // that it cannot carry any past
      // both looks.
      head.addSeriesTo(mentioned);
      addSeries(partitions.catalog(), looked, mentioned);
      if (partitions.backend().oldestPin() > generation
          && head.newestDeletion() == newestDeletion) {
        var dead = new RoaringBitmap();
        registry.addLiveTo(dead);
        dead.remove((long) known, 1L << 32);
        dead.andNot(mentioned);
        collected[0] = registry.collect(dead);
        deadSeries = false;
      }
    });
    if (collected[0] > 0) {
      partitions.commit(Partitions.Change.nothing(), head::rearranged);
      log.debug("forgot {} series without points", collected[0]);
    }
  }

  private void addSeries(PartitionCatalog catalog, Set<Long> looked, RoaringBitmap into) {
    var decoder = new ChunkDecoder();
    for (StoredBlock block : catalog.blocks()) {
      if (looked.add(block.id())) {
        RunCursor cursor = open(block).scan(decoder);
        while (cursor.next()) {
          into.add(SeriesOrder.seriesId(cursor.order()));
        }
      }
    }
    // A series without samples stays as long as it has exemplars.
    for (StoredBlock block : ExemplarBlocks.of(catalog.root())) {
      if (looked.add(block.id())) {
        try {
          ExemplarRows rows = ExemplarBlocks.read(partitions.backend(), block);
          for (int row = 0; row < rows.size(); row++) {
            into.add(rows.series(row));
          }
        } catch (CorruptionException e) {
          log.warn("what is lost keeps no series: {}", e.getMessage());
        }
      }
    }
  }

  private void forgetApplied() {
    PartitionCatalog catalog = partitions.catalog();
    var applied = new HashSet<Long>();
    for (Tombstone tombstone : catalog.tombstones()) {
      if (catalog.blocks().stream().noneMatch(block -> concerns(tombstone, block))) {
        applied.add(tombstone.sequence());
      }
    }
    if (!applied.isEmpty()) {
      commit(List.of(), Set.of(), applied);
      untouched.keySet().removeAll(applied);
    }
  }
}
