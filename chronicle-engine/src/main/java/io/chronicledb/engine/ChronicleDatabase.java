package io.chronicledb.engine;

import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.backend.datafile.DataFileCopy;
import io.chronicledb.engine.backend.memory.MemoryBackend;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.integrity.IntegrityCheck;
import io.chronicledb.engine.integrity.IntegrityReport;
import io.chronicledb.engine.maintenance.compaction.Compactor;
import io.chronicledb.engine.memory.MemoryBudget;
import io.chronicledb.engine.metadata.MetadataStore;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.SeriesStatistics;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.model.Timestamp;
import io.chronicledb.engine.partition.BlockCache;
import io.chronicledb.engine.partition.PartitionCatalog;
import io.chronicledb.engine.partition.Partitions;
import io.chronicledb.engine.query.PreparedSql;
import io.chronicledb.engine.query.PromQlResult;
import io.chronicledb.engine.query.QueryEngine;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.query.QueryPlanner;
import io.chronicledb.engine.query.SqlRows;
import io.chronicledb.engine.query.promql.PromQlPlanner;
import io.chronicledb.engine.query.sql.SqlParameters;
import io.chronicledb.engine.read.ReadView;
import io.chronicledb.engine.recovery.Recovery;
import io.chronicledb.engine.recovery.RecoveryReport;
import io.chronicledb.engine.recovery.Repair;
import io.chronicledb.engine.recovery.RepairReport;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.file.FileDisk;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.WalOptions;
import io.chronicledb.engine.wal.WalReplay.LostRange;
import io.chronicledb.engine.wal.WriteAheadLog;
import io.chronicledb.engine.write.Deletion;
import io.chronicledb.engine.write.PointBatch;
import io.chronicledb.engine.write.SeriesWriter;
import io.chronicledb.engine.write.WritePosition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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

  private static final int READ_ONLY_ATTEMPTS = 5;

  private final ChronicleOptions options;
  private final StorageBackend backend;
  private final SeriesRegistry registry = new SeriesRegistry();
  private final BlockCache blocks;
  private final Head head;
  /** Null until storage was read. */
  private volatile @Nullable MetadataStore metadata;

  private final QueryEngine queryEngine;
  private final RecoveryReport recovery;
  /** Null where the database is open for reading only. */
  private final @Nullable WriteSide writes;

  private volatile boolean closed;

  /**
   * @param wal just opened; null for reading only
   * @param log what is read of the log where there is no {@code wal}
   */
  private ChronicleDatabase(
      StorageBackend backend,
      @Nullable WriteAheadLog wal,
      Recovery.@Nullable Log log,
      QueryPlanner planner,
      ChronicleOptions options) {
    this.options = options;
    this.backend = backend;
    var budget = new MemoryBudget(options.memoryBytes(), this::indexBytes);
    this.blocks = new BlockCache(backend, budget::cacheBytesMax);
    Recovery.loadSeries(backend, registry);
    var partitions =
        Partitions.open(backend, registry, budget.blockBytes(), options.exemplarsMax());
    registry.limitBytes(budget::indexBytesMax);
    this.head = new Head(registry::order, bufferPoints(options, budget), partitions.catalog());
    Recovery.loadMetadata(backend, head.metadata());
    this.metadata = head.metadata();
    head.metadata().limitBytes(budget::metadataBytesMax);
    if (wal != null) {
      this.writes = new WriteSide(partitions, wal, registry, head, budget, options);
      this.recovery = writes.recovery();
    } else {
      this.writes = null;
      this.recovery =
          Recovery.replay(backend, Objects.requireNonNull(log), registry, head, () -> {});
    }
    report(recovery);
    this.queryEngine = new QueryEngine(
        planner,
        this::view,
        (matchers, range) -> writes().path().delete(matchers, range, () -> {}),
        options.query(),
        options.memoryBytes(),
        options.clock(),
        options.monotonicNanos());
  }

  /** What cannot be given up: the series, and what is known of metrics. */
  private long indexBytes() {
    MetadataStore known = metadata;
    return registry.memoryBytes() + (known == null ? 0 : known.memoryBytes());
  }

  /** A buffer that took the head's whole share of the memory would hold back every writer for ever. */
  private static int bufferPoints(ChronicleOptions options, MemoryBudget budget) {
    return (int)
        Math.min(options.bufferPoints(), budget.headFlushBytes() / 2 / Head.BUFFER_ROW_BYTES);
  }

  /** What only a database has that is open for writing. */
  private WriteSide writes() {
    checkOpen();
    if (writes == null) {
      throw new ChronicleException(
          ErrorCode.READ_ONLY, backend.name() + " was opened for reading only");
    }
    return writes;
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
    for (LostRange range : found.lost()) {
      log.error(
          "{}: the write-ahead log is damaged; batches {} to {} are lost: {}",
          backend.name(),
          range.first(),
          range.last(),
          range.place());
    }
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
      return new ChronicleDatabase(backend, wal, null, planner, options);
    } catch (RuntimeException e) {
      try {
        wal.close();
      } finally {
        backend.close();
      }
      throw e;
    }
  }

  /**
   * Opens an existing database for reading, as it is now, while another process may go on writing it. What that one writes afterwards does
   * not show; the blocks that this one reads stay until it is closed. Writing throws {@code read_only}.
   *
   * @throws ChronicleException with {@code not_found} where there is none
   */
  public static ChronicleDatabase openReadOnly(Path path, ChronicleOptions options) {
    return openReadOnly(new FileDisk(), path, options);
  }

  /** Opens an existing database on a disk of the caller's for reading. */
  public static ChronicleDatabase openReadOnly(Disk disk, Path path, ChronicleOptions options) {
    DatabaseFiles files = DatabaseFiles.of(path);
    for (int attempt = 1; ; attempt++) {
      StorageBackend backend = DataFileBackend.openReadOnly(disk, files.data(), files.dataLock());
      try {
        var database = new ChronicleDatabase(
            backend,
            null,
            (id, checkpoint, visitor) ->
                WriteAheadLog.read(disk, files.wal(), id, checkpoint, visitor),
            QueryPlanner.standard(),
            options);
        // Where the writer commits twice in between, it may remove log that this root needs.
        boolean outrun = database.recovery.lost().stream()
            .anyMatch(range -> range.first() == database.recovery.checkpoint() + 1);
        if (!outrun || attempt == READ_ONLY_ATTEMPTS) {
          return database;
        }
        database.close();
      } catch (RuntimeException e) {
        backend.close();
        throw e;
      }
    }
  }

  /**
   * Reads all that a closed database's data file holds, or one that another process has open, and checks every invariant; changes nothing.
   *
   * @return also where the file cannot be opened any more: that is a damage then
   */
  public static IntegrityReport verify(Path path) {
    DatabaseFiles files = DatabaseFiles.of(path);
    return IntegrityCheck.run(new FileDisk(), files.data(), files.dataLock());
  }

  /**
   * Writes a new data file with everything of a damaged one that is still whole. The damaged file stays as it is; to go on with the repaired
   * one, and the log beside the damaged one, put it in its place. The database must be closed, and cannot be opened for writing meanwhile.
   *
   * @param target must not exist
   * @param progress told how far it is
   * @throws ChronicleException with {@code not_found}, with {@code locked} where a process has it open for writing, or where the target
   *     cannot be written
   */
  public static RepairReport repair(Path damaged, Path target, Repair.Progress progress) {
    DatabaseFiles files = DatabaseFiles.of(damaged);
    return Repair.run(
        new FileDisk(), files.data(), files.dataLock(), files.wal(), target, progress);
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
   * Writes a batch. On return it is in the log and visible as a whole; where this throws, nothing of it is visible. After {@code wal_sync} it may
   * be there, whole, once the database is opened again: nobody knows which bytes a failed fsync left.
   */
  public WritePosition write(PointBatch batch) {
    return writes().path().write(batch);
  }

  /** A handle to one series, which writes without looking it up each time. */
  public SeriesWriter series(String metric, Tags tags) {
    WriteSide side = writes();
    var key = new ByteWriter(128);
    SeriesKey.encode(metric, tags, key);
    return new SeriesWriter(side.path(), registry, key.toByteArray());
  }

  /**
   * Runs an SQL statement.
   *
   * <pre>{@code
   * record Mean(Instant time, double mean) {}
   *
   * List<Mean> means = database
   *     .query("SELECT mean(value) AS mean FROM temperature WHERE room = ? GROUP BY time(5m)", "living")
   *     .toRecords(Mean.class);
   * }</pre>
   *
   * @param parameters values of its {@code ?}: numbers, texts, instants, null
   */
  public Table query(String sql, @Nullable Object... parameters) {
    return prepare(sql).run(parameters);
  }

  /**
   * Runs an SQL statement with values for its {@code :name}:
   *
   * <pre>{@code
   * Table living = database.query(
   *     "SELECT max(value) FROM temperature WHERE room = :room AND time >= :start",
   *     SqlParameters.named(Map.of("room", "living", "start", start)));
   * }</pre>
   */
  public Table query(String sql, SqlParameters parameters) {
    return prepare(sql).run(parameters);
  }

  /** Reads an SQL statement, to be run often. */
  public PreparedSql prepare(String sql) {
    return queryEngine().prepare(sql);
  }

  /**
   * Starts an SQL statement whose rows are read as they are computed, so that a result of any length needs little memory. The caller closes
   * what it gets.
   *
   * @param parameters values of its {@code ?}: numbers, texts, instants, null
   */
  public SqlRows rows(String sql, @Nullable Object... parameters) {
    return prepare(sql).rows(parameters);
  }

  /** Starts an SQL statement with values for its {@code :name}. The caller closes what it gets. */
  public SqlRows rows(String sql, SqlParameters parameters) {
    return prepare(sql).rows(parameters);
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

  /** Queries with options, what can be asked about series, and the queries that run, to watch and cancel them. */
  public QueryEngine queryEngine() {
    checkOpen();
    return queryEngine;
  }

  /** For tests, which do its work when they like. */
  Compactor compactor() {
    return writes().compactor();
  }

  /** All points as they are now. The caller closes the view. */
  ReadView view() {
    checkOpen(); // A prepared statement outlives the database.
    StorageBackend.Pin pin = backend.pin();
    return new ReadView(registry, head.snapshot(), blocks, pin);
  }

  /** Writes everything that is in memory to storage. */
  public void flush() {
    writes().flusher().flush();
  }

  /**
   * Deletes all points written so far of some series within a range. Later writes into the range stay.
   *
   * @param selector as in PromQL, for example {@code cpu{host="a"}}
   * @return its place in the log, and how many series the selector matches
   * @throws ChronicleException where nothing was deleted
   */
  public Deletion delete(String selector, TimeRange range) {
    return writes().path().delete(PromQlPlanner.matchers(selector), range, () -> {});
  }

  /**
   * Deletes all points written so far of the series of several selectors within a range. Where one of them does not parse, nothing is deleted.
   */
  public void delete(List<String> selectors, TimeRange range) {
    WriteSide side = writes();
    List<List<TagMatcher>> parsed =
        selectors.stream().map(PromQlPlanner::matchers).toList();
    parsed.forEach(matchers -> side.path().delete(matchers, range, () -> {}));
  }

  /** Takes deleted points out of the storage now, where they are only hidden so far. */
  public void applyDeletions() {
    WriteSide side = writes();
    side.flusher().flush();
    side.compactor().applyDeletions();
  }

  /**
   * Writes all points that are stored into a new data file, which is a database of its own.
   *
   * @param target must not exist; directories above it are created
   * @param withMemory whether points that are in memory so far are stored before
   * @return bytes that it takes
   * @throws ChronicleException with {@code bad_data} where the target exists
   */
  public long snapshot(Path target, boolean withMemory) {
    checkOpen();
    if (withMemory) {
      flush();
    }
    return DataFileCopy.write(backend, new FileDisk(), target, options.clock());
  }

  /**
   * Deletes all points written so far that are older than {@code time}, nanoseconds, and gives their space back.
   */
  public Deletion dropBefore(long time) {
    WriteSide side = writes();
    Deletion deletion =
        side.path().delete(List.of(), new TimeRange(Long.MIN_VALUE, time), () -> {});
    side.flusher().flush();
    side.compactor().applyDeletions();
    return deletion;
  }

  /** Writes what is in memory to storage, applies deletions, and merges the blocks of each day into as few as may be. */
  public void compact() {
    WriteSide side = writes();
    side.flusher().flush();
    side.compactor().compact();
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
        writes == null ? 0 : writes.wal().bytes(),
        head.memoryBytes() + indexBytes() + blocks.memoryBytes(),
        writes != null && !writes.wal().isPoisoned(),
        recovery);
  }

  /**
   * Which metrics, tags and values have the most series.
   *
   * @param limit entries of each list; at least one
   */
  public SeriesStatistics seriesStatistics(int limit) {
    checkOpen();
    return registry.statistics(limit);
  }

  /** A range around all points, nanoseconds; empty where there are none. It may be wider where points were deleted. */
  public TimeRange timeRange() {
    try (ReadView view = view()) {
      return view.bounds(TimeRange.ALL).range();
    }
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

  /**
   * Waits for writes that are under way, writes what is in memory to storage and gives up the files. Further calls do nothing.
   *
   * <p>Where that writing fails, as on a full disk, the log keeps the points and they are back when the database is opened again. Where it is
   * the log that takes no more writes, storage has all that was acknowledged.
   *
   * @throws ChronicleException with {@code wal_sync} where neither could be made durable: points that were acknowledged may be lost. The
   *     files are given up all the same.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    queryEngine.close();
    try (StorageBackend storage = backend;
        WriteSide side = writes) {
      log.debug("closing {}, {}", storage.name(), side == null ? "read only" : "with its log");
    }
  }
}
