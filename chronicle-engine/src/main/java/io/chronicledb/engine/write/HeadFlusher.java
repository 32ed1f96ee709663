package io.chronicledb.engine.write;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.RunMerge;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.head.MemoryBlock;
import io.chronicledb.engine.index.SeriesDictionary;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.maintenance.BackgroundLoop;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.partition.PartitionCatalog;
import io.chronicledb.engine.partition.PartitionWindows;
import io.chronicledb.engine.partition.PartitionWriter;
import io.chronicledb.engine.wal.WriteAheadLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves points from the head to storage: merges memory blocks as they pile up, and flushes when they are too many, too old, or the log
 * behind them is too long. One flush at a time; writers and readers go on meanwhile.
 *
 * <p><b>A flush</b> seals the write buffer, merges all memory blocks into one block per window of time, adds the series that are new, and
 * lets a root with a higher checkpoint count. Only then does the head let go of the points, and the log of their segments.
 */
public final class HeadFlusher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HeadFlusher.class);

  private static final Duration TICK = Duration.ofMillis(500);
  /** After a failed flush, such as on a full disk, the next attempt waits this long. */
  private static final Duration RETRY = Duration.ofSeconds(5);

  /**
   * When to flush.
   *
   * @param partitionNanos the width of a partition
   * @param headBytes bytes in memory at which a flush starts; writers are held back at twice as many
   * @param walBytes bytes of the log that a restart would have to replay at which a flush starts
   * @param age the longest time for which a point is in the log only
   * @param roomTimeout how long a writer waits for room before it is refused
   */
  public record Limits(
      long partitionNanos, long headBytes, long walBytes, Duration age, Duration roomTimeout) {}

  private final Head head;
  private final SeriesRegistry registry;
  private final StorageBackend backend;
  private final WriteAheadLog wal;
  private final Limits limits;
  private final LongSupplier monotonicNanos;

  private final ReentrantLock flushing = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition flushed = lock.newCondition();
  private volatile @Nullable BackgroundLoop loop;
  private volatile long lastFlushNanos;
  /** Why the last flush failed; null once one succeeds. */
  private volatile @Nullable ChronicleException failure;

  /** @param monotonicNanos a clock like {@link System#nanoTime()} */
  public HeadFlusher(
      Head head,
      SeriesRegistry registry,
      StorageBackend backend,
      WriteAheadLog wal,
      Limits limits,
      LongSupplier monotonicNanos) {
    this.head = head;
    this.registry = registry;
    this.backend = backend;
    this.wal = wal;
    this.limits = limits;
    this.monotonicNanos = monotonicNanos;
    this.lastFlushNanos = monotonicNanos.getAsLong();
  }

  /** Starts working in the background. */
  public void start() {
    loop = new BackgroundLoop("chronicle-flush", TICK, this::work);
  }

  private void work() {
    flushing.lock();
    try {
      if (isFlushDue()) {
        flush();
      } else {
        while (head.mergeBlocks()) {
          log.trace("merged memory blocks");
        }
      }
    } finally {
      flushing.unlock();
    }
  }

  private boolean isFlushDue() {
    if (failure != null && monotonicNanos.getAsLong() - lastFlushNanos < RETRY.toNanos()) {
      return false;
    }
    return head.memoryBytes() >= limits.headBytes
        || (!head.isEmpty()
            && (monotonicNanos.getAsLong() - lastFlushNanos >= limits.age.toNanos()
                || wal.bytesAfter(backend.root().checkpoint()) >= limits.walBytes));
  }

  /** Lets the background work start at once where there is some; cheap. */
  void wakeIfNeeded() {
    BackgroundLoop running = loop;
    if (running != null
        && (head.memoryBytes() >= limits.headBytes || head.blocks().size() >= Head.MERGE_FANOUT)) {
      running.wake();
    }
  }

  /** During replay: flushes in place when the head is full. */
  public void flushIfFull() {
    if (head.memoryBytes() >= limits.headBytes) {
      flush();
    }
  }

  /**
   * Holds a writer back while the head is over its budget.
   *
   * @throws ChronicleException with {@code overloaded}, or the code of a failing flush, where it stays so
   */
  void awaitRoom() {
    if (head.memoryBytes() < 2 * limits.headBytes) {
      return;
    }
    long deadline = monotonicNanos.getAsLong() + limits.roomTimeout.toNanos();
    boolean interrupted = false;
    lock.lock();
    try {
      while (head.memoryBytes() >= 2 * limits.headBytes) {
        BackgroundLoop running = loop;
        if (running != null) {
          running.wake();
        }
        if (interrupted || monotonicNanos.getAsLong() - deadline >= 0) {
          ChronicleException cause = failure;
          throw new ChronicleException(
              cause == null ? ErrorCode.OVERLOADED : cause.code(),
              "points in memory take " + head.memoryBytes() + " bytes of " + 2 * limits.headBytes
                  + (cause == null
                      ? "; they are written to storage more slowly than new ones arrive"
                      : " and cannot be written to storage: " + cause.getMessage()),
              cause);
        }
        try {
          // A short wait, since the background work may make room without a flush.
          boolean signalled = flushed.await(100, TimeUnit.MILLISECONDS);
          log.trace("waited for room, signalled: {}", signalled);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Writes all points that are visible now to storage. */
  public void flush() {
    flushing.lock();
    try {
      head.seal();
      lastFlushNanos = monotonicNanos.getAsLong();
      List<MemoryBlock> blocks = head.blocks();
      if (!blocks.isEmpty()) {
        flush(blocks);
      }
      failure = null;
      wal.release(backend.safeCheckpoint());
    } catch (ChronicleException e) {
      failure = e;
      throw e;
    } finally {
      flushing.unlock();
      lock.lock();
      try {
        flushed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void flush(List<MemoryBlock> blocks) {
    long start = monotonicNanos.getAsLong();
    Root root = backend.root();
    long firstSequence = blocks.get(0).firstSequence();
    long lastSequence = blocks.get(blocks.size() - 1).lastSequence();
    var added = new ArrayList<StoredBlock>();
    Root next;
    try {
      int known = (int)
          root.blocks(BlockKind.SERIES).stream().mapToLong(StoredBlock::count).sum();
      int size = registry.size();
      if (size > known) {
        added.add(backend.put(new NewBlock(
            BlockKind.SERIES,
            firstSequence,
            lastSequence,
            new TimeRange(0, 0),
            0,
            0,
            0,
            0,
            size - known,
            List.of(),
            SeriesDictionary.encode(registry, known, size))));
      }
      var windows = new PartitionWindows(limits.partitionNanos);
      for (MemoryBlock block : blocks) {
        windows.add(block.timestamps(), block.timestamps().length);
      }
      var writer = new PartitionWriter(windows, firstSequence, lastSequence);
      RunMerge.merge(blocks, writer);
      added.addAll(writer.finish(backend));
      next = root.next(lastSequence, added);
      backend.commit(root, next);
    } catch (RuntimeException e) {
      added.forEach(backend::discard);
      throw e;
    }
    head.flushed(blocks, new PartitionCatalog(next));
    log.debug(
        "flushed {} blocks up to sequence {} in {} ms",
        added.size(),
        lastSequence,
        TimeUnit.NANOSECONDS.toMillis(monotonicNanos.getAsLong() - start));
  }

  /** Ends the background work; does not flush. */
  @Override
  public void close() {
    BackgroundLoop running = loop;
    if (running != null) {
      running.close();
    }
  }
}
