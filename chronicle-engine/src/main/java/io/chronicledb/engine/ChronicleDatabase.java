package io.chronicledb.engine;

import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.backend.memory.MemoryBackend;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.integrity.IntegrityCheck;
import io.chronicledb.engine.integrity.IntegrityReport;
import io.chronicledb.engine.maintenance.BackgroundLoop;
import io.chronicledb.engine.maintenance.compaction.Compactor;
import io.chronicledb.engine.memory.MemoryBudget;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.model.Timestamp;
import io.chronicledb.engine.partition.BlockCache;
import io.chronicledb.engine.partition.PartitionCatalog;
import io.chronicledb.engine.partition.Partitions;
import io.chronicledb.engine.query.PromQlResult;
import io.chronicledb.engine.query.QueryEngine;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.query.QueryPlanner;
import io.chronicledb.engine.query.promql.PromQlPlanner;
import io.chronicledb.engine.read.ReadView;
import io.chronicledb.engine.recovery.Recovery;
import io.chronicledb.engine.recovery.RecoveryReport;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.file.FileDisk;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.wal.WalOptions;
import io.chronicledb.engine.wal.WriteAheadLog;
import io.chronicledb.engine.write.Deletion;
import io.chronicledb.engine.write.HeadFlusher;
import io.chronicledb.engine.write.PointBatch;
import io.chronicledb.engine.write.SeriesWriter;
import io.chronicledb.engine.write.WritePath;
import io.chronicledb.engine.write.WritePosition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open time-series database.
 *
 * <pre>{@code
 * try (var db = ChronicleDatabase.open(Path.of("chronicle.db"))) {
 *   db.write("temperature", Tags.of("room", "living"), 22.5);
 *   Table table = db.query("SELECT mean(value) FROM temperature WHERE room = ? GROUP BY time(5m)", "living");
 * }
 * }</pre>
 *
 * <p>Thread-safe, and safe from a caller's {@link Thread#interrupt()}. Every method throws {@link ChronicleException}s, with {@code closed}
 * once the database is.
 */
public final class ChronicleDatabase implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChronicleDatabase.class);

  /** How long a writer waits for a flush that makes room before it is told to come back later. */
  private static final Duration ROOM_TIMEOUT = Duration.ofSeconds(10);

  private final ChronicleOptions options;
  private final StorageBackend backend;
  private final WriteAheadLog wal;
  private final SeriesRegistry registry = new SeriesRegistry();
  private final MemoryBudget budget;
  private final Partitions partitions;
  private final BlockCache blocks;
  private final Head head;
  private final HeadFlusher flusher;
  private final WritePath writePath;
  private final QueryEngine queryEngine;
  private final RecoveryReport recovery;
  private final Compactor compactor;
  private final @Nullable BackgroundLoop syncLoop;
  private volatile @Nullable BackgroundLoop mergeLoop;
  private volatile @Nullable BackgroundLoop settleLoop;
  private volatile boolean closed;

  private ChronicleDatabase(
      StorageBackend backend, WriteAheadLog wal, QueryPlanner planner, ChronicleOptions options) {
    this.options = options;
    this.backend = backend;
    this.wal = wal;
    this.budget = new MemoryBudget(options.memoryBytes(), registry::memoryBytes);
    this.blocks = new BlockCache(backend, budget::cacheBytesMax);
    Recovery.loadSeries(backend, registry);
    this.partitions = Partitions.open(backend, registry, budget.blockBytes());
    registry.limitBytes(budget::indexBytesMax);
    this.head = new Head(registry::order, bufferPoints(options, budget), partitions.catalog());
    var limits = new HeadFlusher.Limits(
        options.partition().toNanos(),
        options.wal().segmentBytes() * Math.max(1, options.wal().segmentsMin()),
        options.flushInterval(),
        ROOM_TIMEOUT);
    this.flusher = new HeadFlusher(
        head, partitions, wal, budget, limits, options.monotonicNanos(), this::wakeMerges);
    this.compactor = new Compactor(
        partitions,
        head,
        registry,
        work -> writes().exclusively(work),
        options.partition().toNanos(),
        budget.blockBytes(),
        () -> closed);
    this.recovery = Recovery.replay(backend, wal, registry, head, flusher);
    report(recovery);
    this.writePath = new WritePath(registry, wal, head, flusher);
    this.queryEngine = new QueryEngine(
        planner, this::view, options.query(), options.clock(), options.monotonicNanos());
    flusher.start();
    if (!options.compactionInterval().isZero()) {
      this.mergeLoop = new BackgroundLoop(
          "chronicle-merge", options.compactionInterval(), compactor::mergePiledUp);
      this.settleLoop = new BackgroundLoop(
          "chronicle-compaction", options.compactionInterval(), compactor::settle);
    }
    this.syncLoop = options.wal().sync() == SyncMode.SYNC
        ? null
        : new BackgroundLoop("chronicle-wal-sync", options.wal().syncInterval(), this::syncLog);
  }

  /** A buffer that took the head's whole share of the memory would hold back every writer for ever. */
  private static int bufferPoints(ChronicleOptions options, MemoryBudget budget) {
    return (int)
        Math.min(options.bufferPoints(), budget.headFlushBytes() / 2 / Head.BUFFER_ROW_BYTES);
  }

  private WritePath writes() {
    return writePath;
  }

  private void wakeMerges() {
    BackgroundLoop loop = mergeLoop;
    if (loop != null) {
      loop.wake();
    }
  }

  private void report(RecoveryReport found) {
    if (found.replayedBatches() > 0) {
      log.info(
          "{}: replayed {} points in {} batches after checkpoint {}",
          backend.name(),
          found.replayedPoints(),
          found.replayedBatches(),
          found.checkpoint());
    }
    if (found.tornBytes() > 0) {
      log.info(
          "{}: cut an unfinished record of {} bytes off the end of the log",
          backend.name(),
          found.tornBytes());
    }
    found
        .lost()
        .forEach(range -> log.error(
            "{}: the write-ahead log is damaged; batches {} to {} are lost: {}",
            backend.name(),
            range.first(),
            range.last(),
            range.place()));
    if (found.unattributedPoints() > 0) {
      log.error(
          "{}: {} points were dropped, since the record that named their series is damaged",
          backend.name(),
          found.unattributedPoints());
    }
  }

  /** Opens the database at {@code path}, and creates it where there is none. */
  public static ChronicleDatabase open(Path path) {
    return open(path, ChronicleOptions.defaults());
  }

  /** Opens the database at {@code path}, and creates it where there is none. */
  public static ChronicleDatabase open(Path path, ChronicleOptions options) {
    return open(new FileDisk(), path, options);
  }

  /** Opens a database on a disk of the caller's. */
  public static ChronicleDatabase open(Disk disk, Path path, ChronicleOptions options) {
    DatabaseFiles files = DatabaseFiles.of(path);
    StorageBackend backend =
        DataFileBackend.open(disk, files.data(), files.dataLock(), options.clock());
    WriteAheadLog wal;
    try {
      wal = WriteAheadLog.open(disk, files.wal(), options.wal());
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
    return open(backend, wal, QueryPlanner.standard(), options);
  }

  /**
   * Opens a database over parts of the caller's. It owns them from here on and closes them, also where opening fails.
   *
   * @param wal just opened, not replayed
   */
  public static ChronicleDatabase open(
      StorageBackend backend, WriteAheadLog wal, QueryPlanner planner, ChronicleOptions options) {
    try {
      return new ChronicleDatabase(backend, wal, planner, options);
    } catch (RuntimeException e) {
      try {
        wal.close();
      } finally {
        backend.close();
      }
      throw e;
    }
  }

  /** A database that lives in memory and ends with the process. */
  public static ChronicleDatabase inMemory() {
    return inMemory(ChronicleOptions.defaults());
  }

  /** A database that lives in memory and ends with the process. */
  public static ChronicleDatabase inMemory(ChronicleOptions options) {
    WalOptions walOptions = WalOptions.inMemory(options.memoryBytes());
    var wal = WriteAheadLog.open(new MemoryDisk(), Path.of("chronicle.wal"), walOptions);
    return open(new MemoryBackend(), wal, QueryPlanner.standard(), options.withWal(walOptions));
  }

  /** Writes a point at the present time. */
  public WritePosition write(String metric, Tags tags, double value) {
    return write(metric, tags, now(), value);
  }

  /** Writes a point. */
  public WritePosition write(String metric, Tags tags, Instant time, double value) {
    return write(metric, tags, Timestamp.of(time), value);
  }

  /** Writes a point at a time in nanoseconds since the epoch. */
  public WritePosition write(String metric, Tags tags, long timestamp, double value) {
    return write(new PointBatch(1).add(metric, tags, timestamp, value));
  }

  /**
   * Writes a batch. On return it is in the log and visible as a whole; where this throws, nothing of it is stored.
   */
  public WritePosition write(PointBatch batch) {
    checkOpen();
    return writePath.write(batch);
  }

  /** A handle to one series, which writes without looking it up each time. */
  public SeriesWriter series(String metric, Tags tags) {
    checkOpen();
    var key = new ByteWriter(128);
    new SeriesKey().series(metric, tags).encode(key);
    return new SeriesWriter(writePath, registry, key.toByteArray());
  }

  /**
   * Runs an SQL statement.
   *
   * @param parameters values of its bind parameters: numbers, strings, instants
   */
  public Table query(String sql, @Nullable Object... parameters) {
    return queryEngine().sql(sql, QueryOptions.defaults(), parameters);
  }

  /** Evaluates a PromQL expression at one instant. */
  public PromQlResult promql(String expression, Instant time) {
    return queryEngine().promql(expression, Timestamp.of(time), QueryOptions.defaults());
  }

  /** Evaluates a PromQL expression from {@code start} to {@code end}, both included, at a constant step. */
  public PromQlResult promql(String expression, Instant start, Instant end, Duration step) {
    return queryEngine()
        .promql(
            expression,
            Timestamp.of(start),
            Timestamp.of(end),
            step.toNanos(),
            QueryOptions.defaults());
  }

  /** Queries with options, and what can be asked about series. */
  public QueryEngine queryEngine() {
    checkOpen();
    return queryEngine;
  }

  /** The job of the sync interval. A poisoned log has said so once, and refuses every writer. */
  private void syncLog() {
    if (!wal.isPoisoned()) {
      writePath.sync();
    }
  }

  /** For tests, which do its work when they like. */
  Compactor compactor() {
    return compactor;
  }

  /** All points as they are now. The caller closes the view. */
  ReadView view() {
    StorageBackend.Pin pin = backend.pin();
    return new ReadView(registry, head.snapshot(), blocks, pin);
  }

  /** Writes everything that is in memory to storage. */
  public void flush() {
    checkOpen();
    flusher.flush();
  }

  /**
   * Deletes all points written so far of some series within a range. Later writes into the range stay.
   *
   * @param selector as in PromQL, for example {@code cpu{host="a"}}
   * @return its place in the log, and how many series the selector matches
   * @throws ChronicleException where nothing was deleted
   */
  public Deletion delete(String selector, TimeRange range) {
    checkOpen();
    return writePath.delete(PromQlPlanner.matchers(selector), range, () -> {});
  }

  /**
   * Deletes all points written so far that are older than {@code time}, nanoseconds, and gives their space back.
   */
  public Deletion dropBefore(long time) {
    checkOpen();
    Deletion deletion = writePath.delete(List.of(), new TimeRange(Long.MIN_VALUE, time), () -> {});
    flusher.flush();
    compactor.applyDeletions();
    return deletion;
  }

  /** Writes what is in memory to storage, applies deletions, and merges the blocks of each day into as few as may be. */
  public void compact() {
    checkOpen();
    flusher.flush();
    compactor.compact();
  }

  /** Reads all that is stored and checks every invariant. */
  public IntegrityReport verify() {
    checkOpen();
    return IntegrityCheck.run(backend);
  }

  public DatabaseStatistics statistics() {
    checkOpen();
    PartitionCatalog catalog = head.catalog();
    return new DatabaseStatistics(
        registry.size(),
        head.sampleCount(),
        catalog.sampleCount(),
        catalog.partitionCount(),
        catalog.blocks().size(),
        backend.storageBytes(),
        wal.bytes(),
        head.memoryBytes() + registry.memoryBytes() + blocks.memoryBytes(),
        !wal.isPoisoned(),
        recovery);
  }

  /** What opening found. */
  public RecoveryReport recovery() {
    return recovery;
  }

  private long now() {
    return Timestamp.of(options.clock().instant());
  }

  private void checkOpen() {
    if (closed) {
      throw new ChronicleException(ErrorCode.CLOSED, backend.name() + " is closed");
    }
  }

  private static void closeLoop(@Nullable BackgroundLoop loop) {
    if (loop != null) {
      loop.close();
    }
  }

  /**
   * Waits for writes that are under way, writes what is in memory to storage and gives up the files. Further calls do nothing.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (StorageBackend storage = backend;
        WriteAheadLog closing = wal) {
      writePath.close();
      if (syncLoop != null) {
        syncLoop.close();
      }
      flusher.close();
      closeLoop(mergeLoop);
      closeLoop(settleLoop);
      try {
        flusher.flush();
      } catch (ChronicleException e) {
        // The log has the points; they are replayed when the database is opened again.
        log.warn(
            "{}: the last flush failed, the log keeps the points: {}",
            storage.name(),
            e.getMessage());
      }
      log.debug("closing {} with {} bytes of log", storage.name(), closing.bytes());
    }
  }
}
