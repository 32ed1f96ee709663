package io.chronicledb.engine.write;

import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.index.ValueMatcher;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.wal.WalBatch;
import io.chronicledb.engine.wal.WriteAheadLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Takes batches from any thread to the log and the head.
 *
 * <p><b>Group commit.</b> A writer resolves its series and encodes its points on its own thread, then queues. One of the queued, the leader,
 * takes the whole queue: it gives out sequences, appends all records to the log, hands them to the operating system (and syncs, where the
 * mode asks) once, and enters the batches into the head in that same order. Everyone else sleeps meanwhile, and finds its batch done or
 * becomes the next leader. So the order of the log is the order of visibility without any further bookkeeping, and one fsync serves all.
 */
public final class WritePath implements AutoCloseable {

  /** In the relaxed mode, so much waits in memory at most before it is handed to the operating system. */
  private static final int RELAXED_BYTES_MAX = 1 << 20;

  private final SeriesRegistry registry;
  private final WriteAheadLog wal;
  private final Head head;
  private final HeadFlusher flusher;
  private final SyncMode sync;
  private final boolean exemplarsWanted;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<QueuedWrite> queue = new ArrayList<>();
  private boolean leading;
  /** Threads that wait for {@link #changed}. */
  private int waiting;

  private boolean closed;
  /** The write of a thread that leads alone; belongs to whoever leads. */
  private final QueuedWrite lone = QueuedWrite.one();

  private final List<QueuedWrite> loneGroup = List.of(lone);
  /** Set when something failed after the log had a batch and before the head did: memory and log may differ. */
  private @Nullable ChronicleException poison;

  /** @param exemplarsWanted whether exemplars are kept; else they are passed over */
  public WritePath(
      SeriesRegistry registry,
      WriteAheadLog wal,
      Head head,
      HeadFlusher flusher,
      boolean exemplarsWanted) {
    this.registry = registry;
    this.exemplarsWanted = exemplarsWanted;
    this.wal = wal;
    this.head = head;
    this.flusher = flusher;
    this.sync = wal.options().sync();
  }

  /** A batch between its writer and the leader; the writer sleeps while the leader reads the arrays. */
  private static final class QueuedWrite {
    final int[] ids;
    final long[] timestamps;
    final double[] values;
    final @Nullable HistogramColumn histograms;
    final int count;
    final ByteWriter points;
    Attachments attachments = Attachments.NONE;
    /** Of the registry, when the ids were looked up. */
    int epoch;

    /** Of the record with the points; 0 where there are none. */
    long pointSequence;
    /** Of the last record. */
    long sequence;

    boolean done;
    /** Whether series were collected since the ids were looked up; nothing was written then. */
    boolean outdated;

    @Nullable
    Throwable failure;

    QueuedWrite(
        int[] ids,
        long[] timestamps,
        double[] values,
        @Nullable HistogramColumn histograms,
        int count,
        int epoch,
        ByteWriter points) {
      this.ids = ids;
      this.timestamps = timestamps;
      this.values = values;
      this.histograms = histograms;
      this.count = count;
      this.epoch = epoch;
      this.points = points;
    }

    static QueuedWrite one() {
      return new QueuedWrite(
          new int[1], new long[1], new double[1], null, 1, 0, new ByteWriter(32));
    }

    void encode() {
      points.clear();
      WalBatch.encodePoints(ids, timestamps, values, histograms, count, points);
    }
  }

  /**
   * Writes a batch. On return it is in the log and visible as a whole.
   *
   * @throws ChronicleException where nothing of the batch was stored; {@code overloaded} may succeed later
   */
  public WritePosition write(PointBatch batch) {
    if (batch.isEmpty()) {
      return new WritePosition(this, 0);
    }
    while (true) {
      int epoch = registry.epoch();
      int[] ids = batch.resolve(registry);
      var write = new QueuedWrite(
          ids,
          batch.timestamps(),
          batch.values(),
          batch.histograms(),
          batch.size(),
          epoch,
          batch.encoded());
      write.attachments = batch.attachments(registry, head.metadata(), exemplarsWanted);
      if (commit(write)) {
        return position(write.sequence, write.failure);
      }
    }
  }

  /** Encodes and commits; false where series were collected meanwhile, so that ids must be looked up again. */
  private boolean commit(QueuedWrite write) {
    flusher.awaitRoom();
    write.encode();
    lock.lock();
    try {
      checkOpen();
      queue(write);
    } finally {
      lock.unlock();
    }
    return !write.outdated;
  }

  /**
   * Writes one point. Where no other writer is about, it does so without making objects.
   *
   * @param epoch of the registry when the id was looked up
   * @return null where series were collected since then
   */
  @Nullable
  WritePosition write(int id, int epoch, long timestamp, double value) {
    flusher.awaitRoom();
    QueuedWrite write;
    long sequence;
    boolean outdated;
    Throwable failure;
    lock.lock();
    try {
      checkOpen();
      boolean alone = !leading && queue.isEmpty();
      write = alone ? lone : QueuedWrite.one();
      write.ids[0] = id;
      write.timestamps[0] = timestamp;
      write.values[0] = value;
      write.epoch = epoch;
      write.encode();
      if (alone) {
        leadAlone();
      } else {
        queue(write);
      }
      sequence = write.sequence;
      outdated = write.outdated;
      failure = write.failure;
    } finally {
      lock.unlock();
    }
    return outdated ? null : position(sequence, failure);
  }

  /** Commits the lone write. Called with the lock held, which is given up meanwhile. */
  private void leadAlone() {
    lone.failure = null;
    lone.outdated = false;
    leading = true;
    lock.unlock();
    try {
      commit(loneGroup);
    } finally {
      lock.lock();
      endLeading();
    }
  }

  /** Runs something while no write is under way; writers wait for it. */
  public void exclusively(Runnable work) {
    lock.lock();
    try {
      while (leading) {
        awaitChange();
      }
      runLeading(work);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a leader, or this thread as the leader, has done a write. Called with the lock held. */
  private void queue(QueuedWrite write) {
    queue.add(write);
    while (!write.done) {
      if (leading) {
        awaitChange();
      } else {
        lead();
      }
    }
  }

  private void awaitChange() {
    waiting++;
    try {
      changed.awaitUninterruptibly();
    } finally {
      waiting--;
    }
  }

  private WritePosition position(long sequence, @Nullable Throwable failure) {
    if (failure != null) {
      throw refusal(failure);
    }
    return new WritePosition(this, sequence);
  }

  /**
   * Deletes all points written so far, of the series that all matchers match, within a range. On return they are out of sight and the
   * deletion is in the log.
   *
   * @param matchers none means every series
   * @param progress called again and again while values are matched; may throw to end it
   * @throws ChronicleException where nothing was deleted
   */
  public Deletion delete(List<TagMatcher> matchers, TimeRange range, Runnable progress) {
    // A pattern may take its time; writers must not wait for it.
    int known = registry.size();
    var series = new RoaringBitmap();
    for (long order : registry.select(matchers, progress)) {
      series.add(SeriesOrder.seriesId(order));
    }
    var sequence = new long[1];
    exclusively(() -> {
      checkOpen();
      sequence[0] = logAndHide(matchers, range, series, known);
    });
    return new Deletion(new WritePosition(this, sequence[0]), series.getCardinality());
  }

  /**
   * Logs a deletion and tells the head.
   *
   * @param series what the matchers match among the first {@code known} series; those that came since are added
   */
  private long logAndHide(
      List<TagMatcher> matchers, TimeRange range, RoaringBitmap series, int known) {
    if (poison != null) {
      throw poison;
    }
    addMatching(matchers, known, series);
    long sequence;
    try {
      sequence = wal.appendDeletion(matchers, range);
      handOver();
    } catch (ChronicleException e) {
      if (sync != SyncMode.RELAXED) {
        rollback();
      }
      throw refusal(e);
    }
    head.delete(new Tombstone(sequence, matchers.isEmpty() ? null : series, range));
    return sequence;
  }

  private void addMatching(List<TagMatcher> matchers, int from, RoaringBitmap into) {
    List<ValueMatcher> conditions = matchers.stream().map(ValueMatcher::of).toList();
    for (int id = from; id < registry.size(); id++) {
      if (!registry.isLive(id)) {
        continue; // It came and was collected again.
      }
      Tags tags = registry.tags(id);
      boolean all = true;
      for (int i = 0; all && i < matchers.size(); i++) {
        String value = tags.get(matchers.get(i).name());
        all = conditions.get(i).matches(value == null ? "" : value);
      }
      if (all) {
        into.add(id);
      }
    }
  }

  /** Each waiting writer gets an exception of its own, with its own stack, around the group's cause. */
  private static ChronicleException refusal(Throwable cause) {
    return cause instanceof ChronicleException known
        ? new ChronicleException(known.code(), String.valueOf(known.getMessage()), known)
        : new ChronicleException(
            ErrorCode.READ_ONLY, "the write failed inside of the database: " + cause, cause);
  }

  private void checkOpen() {
    if (closed) {
      throw new ChronicleException(ErrorCode.CLOSED, "the database is closed");
    }
  }

  /** Commits the queue as one group. Called with the lock held, which is given up meanwhile. */
  private void lead() {
    List<QueuedWrite> group = queue;
    queue = new ArrayList<>();
    runLeading(() -> commit(group));
  }

  /** Runs something that needs the log for itself. Called with the lock held, while nobody leads. */
  private void runLeading(Runnable work) {
    leading = true;
    lock.unlock();
    try {
      work.run();
    } finally {
      lock.lock();
      endLeading();
    }
  }

  private void endLeading() {
    leading = false;
    if (waiting > 0) {
      changed.signalAll();
    }
  }

  private void commit(List<QueuedWrite> group) {
    boolean logged = false;
    try {
      if (poison != null) {
        throw poison;
      }
      // Before the group is appended: where this fails, only the group is refused, nothing that was
      // acknowledged.
      if (sync == SyncMode.RELAXED && wal.pendingBytes() > RELAXED_BYTES_MAX) {
        wal.write();
      }
      for (QueuedWrite write : group) {
        if (write.epoch != registry.epoch()) {
          write.outdated = true;
          continue;
        }
        try {
          write.pointSequence = write.count == 0 ? 0 : log(write);
          write.sequence =
              write.attachments.log(write.pointSequence, wal, registry, head.metadata());
        } catch (BadDataException e) {
          write.failure = e; // Of this batch alone; the others of the group go on.
        }
      }
      handOver();
      logged = true;
      for (QueuedWrite write : group) {
        if (write.failure == null && !write.outdated) {
          if (write.count > 0) {
            head.append(
                write.pointSequence,
                write.ids,
                write.timestamps,
                write.values,
                write.histograms,
                write.count);
          }
          write.attachments.enter(head);
        }
      }
      flusher.wakeIfNeeded();
    } catch (ChronicleException e) {
      fail(group, e);
      if (sync != SyncMode.RELAXED) {
        rollback();
      }
    } catch (RuntimeException | Error e) {
      // In the relaxed mode the log's memory also holds what is acknowledged, which must stay.
      if (logged || sync == SyncMode.RELAXED) {
        poison = new ChronicleException(
            ErrorCode.READ_ONLY,
            "writes are refused until the database is reopened, since one failed half-way: " + e,
            e);
      } else {
        rollback();
      }
      fail(group, e);
    } finally {
      group.forEach(write -> write.done = true);
    }
  }

  private long log(QueuedWrite write) {
    boolean mixed = write.histograms != null;
    return wal.append(write.ids, write.count, mixed, write.points, registry);
  }

  /** Gives what was appended to the operating system and to the disk, as far as the mode asks. */
  private void handOver() {
    if (sync != SyncMode.RELAXED) {
      wal.write();
    }
    if (sync == SyncMode.SYNC) {
      wal.sync();
    }
  }

  private static void fail(List<QueuedWrite> group, Throwable cause) {
    group.forEach(write -> write.failure = cause);
  }

  private void rollback() {
    try {
      wal.rollback();
    } catch (ChronicleException e) {
      // The log is poisoned now and says so to the next writer; this group has its own error
      // already.
      poison = poison == null ? e : poison;
    }
  }

  /** Hands over and syncs what the log has; the job of the sync interval. */
  public void sync() {
    if (sync == SyncMode.RELAXED) {
      exclusively(wal::write);
    }
    wal.sync();
  }

  void awaitDurable(long sequence) {
    if (wal.durableSequence() < sequence) {
      sync();
    }
  }

  /** Refuses further writes and waits for those that are under way. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      while (leading || !queue.isEmpty()) {
        if (!leading) {
          lead();
        } else {
          awaitChange();
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
