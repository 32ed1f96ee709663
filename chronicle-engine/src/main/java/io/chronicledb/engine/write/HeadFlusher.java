package io.chronicledb.engine.write;

import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.MaskedRun;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.RunMerge;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.head.MemoryBlock;
import io.chronicledb.engine.maintenance.BackgroundLoop;
import io.chronicledb.engine.memory.MemoryBudget;
import io.chronicledb.engine.partition.PartitionWindows;
import io.chronicledb.engine.partition.PartitionWriter;
import io.chronicledb.engine.partition.Partitions;
import io.chronicledb.engine.wal.WriteAheadLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
   * @param walBytes bytes of the log that a restart would have to replay at which a flush starts
   * @param age the longest time for which a point is in the log only
   * @param roomTimeout how long a writer waits for room before it is refused
   */
  public record Limits(long partitionNanos, long walBytes, Duration age, Duration roomTimeout) {}

  private final Head head;
  private final Partitions partitions;
  private final WriteAheadLog wal;
  private final MemoryBudget budget;
  private final Limits limits;
  private final LongSupplier monotonicNanos;
  private final Runnable afterFlush;

  private final ReentrantLock flushing = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition flushed = lock.newCondition();
  private volatile @Nullable BackgroundLoop loop;
  private volatile long lastFlushNanos;
  /** Why the last flush failed; null once one succeeds. */
  private volatile @Nullable ChronicleException failure;

  /**
   * @param monotonicNanos a clock like {@link System#nanoTime()}
   * @param afterFlush told when storage has new blocks; returns at once
   */
  public HeadFlusher(
      Head head,
      Partitions partitions,
      WriteAheadLog wal,
      MemoryBudget budget,
      Limits limits,
      LongSupplier monotonicNanos,
      Runnable afterFlush) {
    this.head = head;
    this.partitions = partitions;
    this.wal = wal;
    this.budget = budget;
    this.limits = limits;
    this.monotonicNanos = monotonicNanos;
    this.afterFlush = afterFlush;
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
    return head.memoryBytes() >= budget.headFlushBytes()
        || (!head.isEmpty()
            && (monotonicNanos.getAsLong() - lastFlushNanos >= limits.age.toNanos()
                || wal.bytesAfter(partitions.catalog().root().checkpoint()) >= limits.walBytes));
  }

  /** Lets the background work start at once where there is some; cheap. */
  void wakeIfNeeded() {
    BackgroundLoop running = loop;
    if (running != null
        && (head.memoryBytes() >= budget.headFlushBytes()
            || head.blocks().size() >= Head.MERGE_FANOUT)) {
      running.wake();
    }
  }

  /** During replay: flushes in place when the head is full. */
  public void flushIfFull() {
    if (head.memoryBytes() >= budget.headFlushBytes()) {
      flush();
    }
  }

  /**
   * Holds a writer back while the head is over its budget.
   *
   * @throws ChronicleException with {@code overloaded}, or the code of a failing flush, where it stays so
   */
  void awaitRoom() {
    if (head.memoryBytes() < budget.headBytesMax()) {
      return;
    }
    long deadline = monotonicNanos.getAsLong() + limits.roomTimeout.toNanos();
    boolean interrupted = false;
    lock.lock();
    try {
      while (head.memoryBytes() >= budget.headBytesMax()) {
        BackgroundLoop running = loop;
        if (running != null) {
          running.wake();
        }
        if (interrupted || monotonicNanos.getAsLong() - deadline >= 0) {
          ChronicleException cause = failure;
          throw new ChronicleException(
              cause == null ? ErrorCode.OVERLOADED : cause.code(),
              "points in memory take " + head.memoryBytes() + " bytes of " + budget.headBytesMax()
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

  /** Writes everything that is visible now to storage. */
  public void flush() {
    flushing.lock();
    try {
      Head.Sealed sealed = head.seal();
      lastFlushNanos = monotonicNanos.getAsLong();
      if (!sealed.isEmpty()) {
        flush(sealed);
      }
      failure = null;
      wal.release(partitions.backend().safeCheckpoint());
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

  private void flush(Head.Sealed sealed) {
    long start = monotonicNanos.getAsLong();
    StorageBackend backend = partitions.backend();
    List<MemoryBlock> blocks = sealed.blocks();
    long checkpoint = sealed.lastSequence();
    var added = new ArrayList<StoredBlock>();
    PartitionWriter writer = null;
    try {
      if (!blocks.isEmpty()) {
        var windows = new PartitionWindows(limits.partitionNanos);
        var runs = new ArrayList<RunCursor>(blocks.size());
        for (MemoryBlock block : blocks) {
          windows.add(block.timestamps(), block.timestamps().length);
          runs.add(
              MaskedRun.mask(block.cursor(), MaskedRun.concerning(block, sealed.tombstones())));
        }
        writer = new PartitionWriter(
            backend,
            windows::window,
            new PartitionWriter.Output(
                blocks.get(0).firstSequence(),
                // All blocks of a flush end alike: a repair finds those of the last one by that.
                // Whatever
                // deletions lie between are applied.
                checkpoint,
                List.of(),
                new ChunkEncoder(Effort.FRESH),
                budget.blockBytes()));
        RunMerge.merge(runs, writer);
        added.addAll(writer.finish());
      }
      partitions.commit(
          new Partitions.Change(
              checkpoint,
              added,
              Set.of(),
              sealed.tombstones(),
              Set.of(),
              false,
              sealed.exemplars(),
              sealed.metadata()),
          catalog -> head.flushed(sealed, catalog));
    } catch (RuntimeException | Error e) {
      if (writer != null) {
        writer.discard();
      }
      throw e;
    }
    afterFlush.run();
    log.debug(
        "flushed {} blocks up to sequence {} in {} ms",
        added.size(),
        checkpoint,
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
