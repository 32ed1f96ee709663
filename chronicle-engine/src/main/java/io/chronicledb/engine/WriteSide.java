package io.chronicledb.engine;

import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.maintenance.BackgroundLoop;
import io.chronicledb.engine.maintenance.compaction.Compactor;
import io.chronicledb.engine.memory.MemoryBudget;
import io.chronicledb.engine.partition.Partitions;
import io.chronicledb.engine.recovery.Recovery;
import io.chronicledb.engine.recovery.RecoveryReport;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.wal.WriteAheadLog;
import io.chronicledb.engine.write.HeadFlusher;
import io.chronicledb.engine.write.WritePath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a database has that is open for writing: the log, the write path, and the work in the background. */
final class WriteSide implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WriteSide.class);

  /** How long a writer waits for a flush that makes room before it is told to come back later. */
  private static final Duration ROOM_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration INDEX_INTERVAL = Duration.ofSeconds(1);
  /** New series that the tag index takes in at a time: readers wait for some ten milliseconds at most. */
  private static final int INDEX_SERIES = 10_000;

  private final StorageBackend backend;
  private final SeriesRegistry registry;
  private final WriteAheadLog wal;
  private final HeadFlusher flusher;
  private final WritePath path;
  private final Compactor compactor;
  private final RecoveryReport recovery;
  private final List<BackgroundLoop> loops = new ArrayList<>();
  /** Among the loops; null where stored blocks are merged on demand only, and during replay. */
  private volatile @Nullable BackgroundLoop mergeLoop;

  private volatile boolean closing;

  /** Replays the log and starts the work in the background. */
  WriteSide(
      Partitions partitions,
      WriteAheadLog wal,
      SeriesRegistry registry,
      Head head,
      MemoryBudget budget,
      ChronicleOptions options) {
    this.backend = partitions.backend();
    this.registry = registry;
    this.wal = wal;
    var limits = new HeadFlusher.Limits(
        options.partition().toNanos(),
        options.wal().segmentBytes() * Math.max(1, options.wal().segmentsMin()),
        options.flushInterval(),
        ROOM_TIMEOUT);
    this.flusher = new HeadFlusher(
        head, partitions, wal, budget, limits, options.monotonicNanos(), this::wakeMerges);
    this.recovery = Recovery.replay(backend, wal::replay, registry, head, flusher::flushIfFull);
    this.path = new WritePath(registry, wal, head, flusher, options.exemplarsMax() > 0);
    this.compactor = new Compactor(
        partitions,
        head,
        registry,
        path::exclusively,
        options.partition().toNanos(),
        budget.blockBytes(),
        options.zstandard(),
        () -> closing);
    flusher.start();
    loops.add(new BackgroundLoop("chronicle-index", INDEX_INTERVAL, this::catchUpIndex));
    if (!options.compactionInterval().isZero()) {
      Duration interval = options.compactionInterval();
      BackgroundLoop merges =
          new BackgroundLoop("chronicle-merge", interval, compactor::mergePiledUp);
      mergeLoop = merges;
      loops.add(merges);
      loops.add(new BackgroundLoop("chronicle-compaction", interval, compactor::settle));
    }
    if (options.wal().sync() != SyncMode.SYNC) {
      loops.add(
          new BackgroundLoop("chronicle-wal-sync", options.wal().syncInterval(), this::syncLog));
    }
  }

  private void wakeMerges() {
    BackgroundLoop loop = mergeLoop;
    if (loop != null) {
      loop.wake();
    }
  }

  /** Spares the first query after many new series, or after opening, the wait for their tags to be indexed. */
  private void catchUpIndex() {
    int left = 1;
    while (left > 0 && !closing) {
      left = registry.catchUp(INDEX_SERIES);
    }
  }

  /** The job of the sync interval. A poisoned log has said so once, and refuses every writer. */
  private void syncLog() {
    if (!wal.isPoisoned()) {
      path.sync();
    }
  }

  WritePath path() {
    return path;
  }

  HeadFlusher flusher() {
    return flusher;
  }

  Compactor compactor() {
    return compactor;
  }

  WriteAheadLog wal() {
    return wal;
  }

  RecoveryReport recovery() {
    return recovery;
  }

  private void flushLast() {
    try {
      flusher.flush();
    } catch (ChronicleException e) {
      if (wal.isPoisoned()) {
        throw new ChronicleException(
            ErrorCode.WAL_SYNC,
            backend.name() + ": the last points may be lost, since the log could not be synced"
                + " before, and now the last flush failed too: " + e.getMessage(),
            e);
      }
      // Closing the log syncs it; its points are replayed when the database is opened again.
      log.warn(
          "{}: the last flush failed, the log keeps the points: {}",
          backend.name(),
          e.getMessage());
      return;
    }
    if (wal.isPoisoned()) {
      return; // Storage has all that was acknowledged.
    }
    try {
      wal.finishSegment();
    } catch (ChronicleException e) {
      // Storage has its points, so it is read in vain when the database is opened again.
      log.warn("{}: the log's last segment stays unfinished: {}", backend.name(), e.getMessage());
    }
  }

  /**
   * Waits for writes that are under way, writes what is in memory to storage and gives up the log.
   *
   * @throws ChronicleException where acknowledged points are neither in storage nor safe in the log; the log is given up all the same
   */
  @Override
  public void close() {
    closing = true;
    try (WriteAheadLog ending = wal) {
      path.close();
      flusher.close();
      loops.forEach(BackgroundLoop::close);
      flushLast();
      log.debug("closing {} with {} bytes of log", backend.name(), ending.bytes());
    }
  }
}
