package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.metadata.MetadataChange;
import io.chronicledb.engine.metadata.MetadataFormat;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.DiskLock;
import io.chronicledb.engine.storage.WriteFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log that makes a write survive before the data file has it. Opened in two steps: {@link #open} takes the directory, {@link
 * #replay} reads what is there and starts a new segment.
 *
 * <p>{@link #append}, {@link #write} and {@link #rollback} belong to one thread at a time, the leader of a group of writers; {@link
 * #sync} and {@link #release} may run beside it. A failed sync poisons the log: nobody knows which bytes are safe, so nothing more is
 * taken until it is opened again.
 */
public final class WriteAheadLog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WriteAheadLog.class);

  /** A uvarint's bytes at most. */
  private static final int COUNT_BYTES_MAX = 10;

  private final Disk disk;
  private final Path directory;
  private final WalOptions options;
  private final DiskLock lock;

  /** Keeps a sync and the change to another segment apart. Taken last. */
  private final ReentrantLock fileLock = new ReentrantLock();

  private final Crc32c crc = new Crc32c();
  /** Records appended and not yet handed to the operating system. */
  private final ByteWriter pending = new ByteWriter(1 << 16);

  /** The series part of the record being appended. */
  private final ByteWriter newSeries = new ByteWriter(256);

  private final Deque<WalReader.Segment> finished = new ArrayDeque<>();

  private UUID databaseId = new UUID(0, 0);
  private @Nullable DiskFile file;
  private byte[] fileId = {};
  private long segment;
  private long segmentFirstSequence;
  private long segmentBytes;
  /** Series whose key this segment has already. */
  private final BitSet introduced = new BitSet();

  private long appendedSequence;
  private volatile long writtenSequence;
  private volatile long durableSequence;
  private volatile @Nullable ChronicleException poison;
  private boolean closed;

  private WriteAheadLog(Disk disk, Path directory, WalOptions options, DiskLock lock) {
    this.disk = disk;
    this.directory = directory;
    this.options = options;
    this.lock = lock;
  }

  /** Takes the directory of a log, creating it where needed. */
  public static WriteAheadLog open(Disk disk, Path directory, WalOptions options) {
    try {
      disk.createDirectories(directory);
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null) {
        disk.syncDirectory(parent);
      }
      Path lockPath = directory.resolve("wal.lock");
      DiskLock lock = disk.tryLock(lockPath);
      if (lock == null) {
        throw new ChronicleException(
            ErrorCode.LOCKED,
            "the write-ahead log " + directory
                + " is in use: another process, or another database in this one, holds " + lockPath
                + ". Stop it, or choose another chronicle.path");
      }
      return new WriteAheadLog(disk, directory, options, lock);
    } catch (IOException e) {
      throw new ChronicleException(
          ErrorCode.STORAGE_WRITE, "cannot open the write-ahead log " + directory + ": " + e, e);
    }
  }

  public WalOptions options() {
    return options;
  }

  /**
   * Reads every record, cuts off a torn tail and starts a new segment. Called once, before anything else.
   *
   * @param checkpoint the sequence up to which the data file has everything
   */
  public WalReplay replay(UUID database, long checkpoint, WalBatch.Visitor visitor) {
    databaseId = database;
    try {
      WalReader.Result result =
          new WalReader(disk, directory, database, checkpoint, true).read(visitor);
      finished.addAll(result.segments());
      appendedSequence = Math.max(result.replay().lastSequence(), checkpoint);
      writtenSequence = appendedSequence;
      segment = result.segments().isEmpty() ? 0 : finished.getLast().number();
      if (segment > 0) {
        // A killed process may have left bytes that only the operating system has: they must be
        // safe before a later segment is.
        try (DiskFile last = disk.open(directory.resolve(WalFormat.fileName(segment)), true)) {
          last.sync();
        }
      }
      startSegment();
      durableSequence = appendedSequence;
      return result.replay();
    } catch (IOException e) {
      throw new ChronicleException(
          ErrorCode.STORAGE_READ, "cannot read the write-ahead log " + directory + ": " + e, e);
    }
  }

  /**
   * Reads every record of a log that another process may be writing, and changes nothing.
   *
   * @param checkpoint the sequence up to which the data file has everything
   */
  public static WalReplay read(
      Disk disk, Path directory, UUID database, long checkpoint, WalBatch.Visitor visitor) {
    if (!disk.exists(directory)) {
      return new WalReplay(0, 0, List.of(), 0);
    }
    try {
      return new WalReader(disk, directory, database, checkpoint, false)
          .read(visitor)
          .replay();
    } catch (IOException e) {
      throw new ChronicleException(
          ErrorCode.STORAGE_READ, "cannot read the write-ahead log " + directory + ": " + e, e);
    }
  }

  /**
   * Appends a batch to the memory of the log and gives it the next sequence.
   *
   * @param seriesIds the series of each row; those of histograms {@linkplain HistogramRows marked}
   * @param mixed whether {@code points} were encoded with histograms
   * @param points the points' part of the payload, from {@link WalBatch#encodePoints}
   * @return the batch's sequence
   * @throws BadDataException for a batch that is too large for one record; nothing is appended then
   */
  public long append(
      int[] seriesIds, int count, boolean mixed, ByteWriter points, WalBatch.Keys keys) {
    int type = mixed ? WalFormat.TYPE_MIXED_BATCH : WalFormat.TYPE_BATCH;
    return append(type, seriesIds, count, points, keys);
  }

  /**
   * Appends exemplars as a record of their own.
   *
   * @param seriesIds the series of each exemplar
   * @param exemplars from {@link WalExemplars#encode}
   * @return the record's sequence
   * @throws BadDataException for more than fits one record; nothing is appended then
   */
  public long appendExemplars(
      int[] seriesIds, int count, ByteWriter exemplars, WalBatch.Keys keys) {
    return append(WalFormat.TYPE_EXEMPLARS, seriesIds, count, exemplars, keys);
  }

  private long append(int type, int[] seriesIds, int count, ByteWriter points, WalBatch.Keys keys) {
    checkWritable();
    int unseen;
    try {
      unseen = introduce(seriesIds, count, keys);
      long payloadBytes = COUNT_BYTES_MAX + (long) newSeries.size() + points.size();
      if (payloadBytes > WalFormat.PAYLOAD_BYTES_MAX) {
        throw new BadDataException("a batch of " + payloadBytes + " bytes is larger than "
            + WalFormat.PAYLOAD_BYTES_MAX + "; write it in parts");
      }
      pending.ensure(WalFormat.RECORD_HEADER_BYTES + (int) payloadBytes);
    } catch (RuntimeException | Error e) {
      introduced.clear(); // Some of the keys were only in the record that is not made now.
      throw e;
    }
    int start = startRecord(type);
    pending.writeUnsignedVarint(unseen);
    pending.writeBytes(newSeries.array(), 0, newSeries.size());
    newSeries.clear();
    pending.writeBytes(points.array(), 0, points.size());
    finishRecord(start);
    return appendedSequence;
  }

  /**
   * Appends a deletion and gives it the next sequence, which it returns.
   *
   * @param matchers none means every series
   */
  public long appendDeletion(List<TagMatcher> matchers, TimeRange range) {
    checkWritable();
    int start = startRecord(WalFormat.TYPE_DELETION);
    WalDeletion.encode(matchers, range, pending);
    finishRecord(start);
    return appendedSequence;
  }

  /** Appends metadata as a record of its own and returns its sequence. */
  public long appendMetadata(List<MetadataChange> changes) {
    checkWritable();
    int start = startRecord(WalFormat.TYPE_METADATA);
    MetadataFormat.encode(changes, pending);
    finishRecord(start);
    return appendedSequence;
  }

  private int startRecord(int type) {
    int start = pending.size();
    pending.writeInt(0);
    pending.writeInt(0);
    pending.writeByte(type);
    pending.writeLong(++appendedSequence);
    pending.writeLong(durableSequence);
    return start;
  }

  private void finishRecord(int start) {
    int length = pending.size() - start - WalFormat.RECORD_HEADER_BYTES;
    pending.setInt(start + WalFormat.LENGTH_OFFSET, length);
    pending.setInt(
        start + WalFormat.CRC_OFFSET, WalFormat.crc(crc, fileId, pending.array(), start, length));
  }

  /** Collects the keys that the segment does not have yet in {@link #newSeries} and returns how many. */
  private int introduce(int[] seriesIds, int count, WalBatch.Keys keys) {
    newSeries.clear();
    int unseen = 0;
    int previous = -1;
    for (int i = 0; i < count; i++) {
      int id = HistogramRows.id(seriesIds[i]);
      if (id != previous && !introduced.get(id)) {
        introduced.set(id);
        unseen++;
        newSeries.writeUnsignedVarint(id);
        keys.write(id, newSeries);
      }
      previous = id;
    }
    return unseen;
  }

  /** Bytes appended that the operating system does not have yet. */
  public long pendingBytes() {
    return pending.size();
  }

  /**
   * Hands what was appended to the operating system, and starts a new segment once the current one is full. Where this fails, nothing of
   * it will ever be read: the caller rolls its group back.
   */
  public void write() {
    checkWritable();
    fileLock.lock();
    try {
      if (pending.size() > 0) {
        open().write(segmentBytes, pending.toByteBuffer());
        segmentBytes += pending.size();
        pending.clear();
        writtenSequence = appendedSequence;
      }
      if (segmentBytes >= options.segmentBytes()) {
        rotate();
      }
    } catch (IOException e) {
      throw WriteFailure.of(
          "cannot write " + pending.size() + " bytes to the write-ahead log " + directory
              + ", segment " + segment,
          e);
    } finally {
      fileLock.unlock();
    }
  }

  /** Forgets what was appended since the last successful {@link #write}, and cuts what a failed one left in the file. */
  public void rollback() {
    pending.clear();
    appendedSequence = writtenSequence;
    introduced.clear(); // The keys were in the forgotten bytes; carrying them again does no harm.
    fileLock.lock();
    try {
      open().truncate(segmentBytes);
    } catch (IOException e) {
      throw poisoned("cannot cut a failed write off segment " + segment, e);
    } finally {
      fileLock.unlock();
    }
  }

  /** Makes everything that was written durable; one call serves all who wait for a sequence up to {@link #writtenSequence()}. */
  public void sync() {
    checkWritable();
    fileLock.lock();
    try {
      long written = writtenSequence;
      if (written > durableSequence) {
        open().sync();
        durableSequence = written;
      }
    } catch (IOException e) {
      throw poisoned("cannot sync segment " + segment, e);
    } finally {
      fileLock.unlock();
    }
  }

  /** The highest sequence that the operating system has. */
  public long writtenSequence() {
    return writtenSequence;
  }

  /** The highest sequence that is safe from a power cut. */
  public long durableSequence() {
    return durableSequence;
  }

  /** Bytes of all segments. */
  public long bytes() {
    fileLock.lock();
    try {
      return segmentBytes
          + finished.stream().mapToLong(WalReader.Segment::bytes).sum();
    } finally {
      fileLock.unlock();
    }
  }

  /** Bytes of the segments that hold sequences after a checkpoint: what a restart would replay. */
  public long bytesAfter(long checkpoint) {
    fileLock.lock();
    try {
      return segmentBytes
          + finished.stream()
              .filter(done -> done.lastSequence() > checkpoint)
              .mapToLong(WalReader.Segment::bytes)
              .sum();
    } finally {
      fileLock.unlock();
    }
  }

  /** Removes finished segments whose points the data file has, but keeps the configured number. */
  public void release(long safeCheckpoint) {
    fileLock.lock();
    try {
      while (finished.size() > options.segmentsMin()
          && finished.getFirst().lastSequence() <= safeCheckpoint) {
        WalReader.Segment oldest = finished.getFirst();
        disk.delete(directory.resolve(WalFormat.fileName(oldest.number())));
        finished.removeFirst();
        log.debug(
            "removed WAL segment {} up to sequence {}", oldest.number(), oldest.lastSequence());
      }
    } catch (IOException e) {
      // Keeping a segment costs space and nothing else; the next flush tries again.
      log.warn("cannot remove a WAL segment from {}: {}", directory, e.toString());
    } finally {
      fileLock.unlock();
    }
  }

  /** Starts a new segment where the present one has records, so that they need not be read when the log is opened again. */
  public void finishSegment() {
    checkWritable();
    fileLock.lock();
    try {
      if (pending.size() == 0 && segmentBytes > WalFormat.SEGMENT_HEADER_BYTES) {
        rotate();
      }
    } finally {
      fileLock.unlock();
    }
  }

  /** Finishes the segment and goes on in a new one. Where that one cannot be made, the full one is used further. */
  private void rotate() {
    DiskFile full = open();
    long started = segment;
    try {
      full.sync();
      durableSequence = writtenSequence;
    } catch (IOException e) {
      throw poisoned("cannot sync segment " + segment, e);
    }
    var done = new WalReader.Segment(segment, segmentFirstSequence, writtenSequence, segmentBytes);
    try {
      startSegment();
      finished.add(done);
      full.close();
    } catch (IOException e) {
      withdrawSegment(started + 1);
      log.warn(
          "cannot start a WAL segment in {}, the full one is used further: {}",
          directory,
          e.toString());
    }
  }

  /**
   * Takes back a segment that could not be started. Its header says that the one before is complete, which would be a lie once that one is
   * used further.
   */
  private void withdrawSegment(long number) {
    if (number <= segment) {
      return; // It was started; only closing the full one failed.
    }
    Path path = directory.resolve(WalFormat.fileName(number));
    try {
      if (disk.exists(path)) {
        disk.delete(path);
      }
      disk.syncDirectory(directory);
    } catch (IOException e) {
      throw poisoned("cannot take back segment " + number, e);
    }
  }

  private void startSegment() throws IOException {
    long number = segment + 1;
    Path path = directory.resolve(WalFormat.fileName(number));
    DiskFile created = disk.create(path);
    try {
      created.write(
          0, WalFormat.segmentHeader(databaseId, number, appendedSequence + 1).toByteBuffer());
      created.sync();
      disk.syncDirectory(directory);
    } catch (IOException e) {
      created.close();
      throw e;
    }
    file = created;
    segment = number;
    fileId = WalFormat.fileId(databaseId, number);
    segmentFirstSequence = appendedSequence + 1;
    segmentBytes = WalFormat.SEGMENT_HEADER_BYTES;
    introduced.clear();
  }

  private DiskFile open() {
    DiskFile current = file;
    if (current == null) {
      throw new IllegalStateException("the log has not been replayed yet");
    }
    return current;
  }

  /** Whether a failed sync keeps the log from taking writes until it is opened again. */
  public boolean isPoisoned() {
    return poison != null;
  }

  private void checkWritable() {
    ChronicleException cause = poison;
    if (cause != null) {
      throw new ChronicleException(
          ErrorCode.WAL_SYNC,
          "the write-ahead log takes no writes until the database is reopened: "
              + cause.getMessage(),
          cause);
    }
  }

  private ChronicleException poisoned(String what, IOException cause) {
    var exception = new ChronicleException(
        ErrorCode.WAL_SYNC, what + " of the write-ahead log " + directory + ": " + cause, cause);
    poison = exception;
    log.error("{}; writes are refused until the database is reopened", exception.getMessage());
    return exception;
  }

  /** Hands over and syncs what is pending, then closes. Further calls do nothing. */
  @Override
  public void close() {
    fileLock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      try (DiskLock held = lock) {
        DiskFile current = file;
        if (current == null) {
          return;
        }
        try (current) {
          if (poison == null) {
            write();
            sync();
          }
        }
      }
    } catch (IOException e) {
      throw new ChronicleException(
          ErrorCode.STORAGE_WRITE, "cannot close the write-ahead log " + directory + ": " + e, e);
    } finally {
      fileLock.unlock();
    }
  }
}
