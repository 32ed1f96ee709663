package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Pins;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.DiskLock;
import io.chronicledb.engine.storage.WriteFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks and root in the single data file. The package's description draws the format and states why a commit is durable.
 *
 * <p>A failed sync leaves unknown which pages reached the disk, so after it, and after a failed write of a root slot, the file takes no
 * more commits until it is reopened.
 */
public final class DataFileBackend implements StorageBackend {

  private static final Logger log = LoggerFactory.getLogger(DataFileBackend.class);

  private final Path path;
  private final DiskFile file;
  private final DiskLock lock;
  private final UUID databaseId;
  private final BlockReads reads;
  private final FileSpace space;
  private final Pins pins;
  private final AtomicLong nextBlockId;

  private volatile Generation current;
  /** What the other slot names: the generation to fall back to. Null after creation. */
  private volatile @Nullable Generation previous;

  private volatile @Nullable ChronicleException poison;
  private boolean closed;

  private DataFileBackend(
      Path path,
      DiskFile file,
      DiskLock lock,
      UUID databaseId,
      RootSlots slots,
      Pins pins,
      FileSpace space) {
    this.path = path;
    this.file = file;
    this.lock = lock;
    this.databaseId = databaseId;
    this.reads = new BlockReads(file, path, databaseId);
    this.current = slots.newest();
    this.previous = slots.older();
    this.nextBlockId = new AtomicLong(slots.nextBlockId());
    this.pins = pins;
    this.space = space;
  }

  /**
   * Opens the data file, and creates it where there is none.
   *
   * @param lockPath a file in the directory of the log whose lock says that this process alone writes; readers of other processes are
   *     listed beside it
   * @throws LockedException where another process, or another database in this one, has it open
   */
  public static DataFileBackend open(Disk disk, Path path, Path lockPath, InstantSource clock) {
    try {
      Path directory = directoryOf(path);
      disk.createDirectories(directory);
      disk.createDirectories(directoryOf(lockPath));
      DiskLock lock = disk.tryLock(lockPath);
      if (lock == null) {
        throw new LockedException(path, lockPath);
      }
      try {
        if (!disk.exists(path)) {
          var header = new FileHeader(UUID.randomUUID(), clock.millis() * 1_000_000L);
          DataFileCreation.create(disk, path, header);
        }
        return open(disk, path, lock, Readers.beside(disk, lockPath));
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ChronicleException(ErrorCode.STORAGE_READ, "cannot open " + path + ": " + e, e);
    }
  }

  static DataFileBackend open(Disk disk, Path path, DiskLock lock, Readers readers)
      throws IOException {
    DiskFile file = disk.open(path, true);
    try {
      UUID databaseId = FileHeader.read(file, path).databaseId();
      RootSlots slots = RootSlots.read(file, path, databaseId);
      boolean clean = FileHeader.isClean(file);
      FileHeader.markClean(file, false);
      // A killed process may have left a root that only the operating system has: it must be
      // safe before anything is built on it.
      file.sync();
      disk.syncDirectory(directoryOf(path));
      var pins = new Pins(slots.newest().number());
      FileSpace space = FileSpace.of(file, path, readers, slots, clean);
      return new DataFileBackend(path, file, lock, databaseId, slots, pins, space);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Opens an existing data file for reading, at the root that counts now and for as long as it is open, while another process may be
   * writing it.
   *
   * <p>The reader is listed in the directory {@code readers} beside the writer's lock, and the writer uses none of its blocks again. Where it
   * cannot be listed, since the directory is not writable, it keeps writers out by a shared lock for as long as it is open; and where
   * there is not even a lock file, nothing ever wrote here and the file is read as it is.
   *
   * @param lockPath as for {@link #open(Disk, Path, Path, InstantSource)}
   * @return a backend whose {@code put}, {@code discard} and {@code commit} throw {@code read_only}
   * @throws ChronicleException with {@code locked} where a process is writing the file and the reader cannot be listed, {@code not_found}
   *     where there is no file
   */
  public static StorageBackend openReadOnly(Disk disk, Path path, Path lockPath) {
    return ReadOnlyDataFile.open(disk, path, lockPath, false);
  }

  /**
   * Like {@link #openReadOnly}, for a check of a file that is most likely closed: as long as nobody writes it, writers are kept out and
   * nothing is changed on the disk; else the reader is listed.
   */
  public static StorageBackend openForCheck(Disk disk, Path path, Path lockPath) {
    return ReadOnlyDataFile.open(disk, path, lockPath, true);
  }

  static Path directoryOf(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new ChronicleException(
          ErrorCode.BAD_DATA, file + " is a directory, not a place for a file");
    }
    return directory;
  }

  @Override
  public UUID databaseId() {
    return databaseId;
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public Root root() {
    return current.root();
  }

  @Override
  public long safeCheckpoint() {
    Generation fallback = previous;
    return fallback == null
        ? 0
        : Math.min(fallback.root().checkpoint(), current.root().checkpoint());
  }

  @Override
  public StoredBlock put(NewBlock block) {
    checkWritable();
    int bytes =
        Layout.blockHeaderBytes(block.replaces().size()) + block.payload().remaining();
    return write(block, space.allocate(bytes));
  }

  @Override
  public @Nullable StoredBlock moveForward(StoredBlock block) {
    checkWritable();
    long offset = BlockPlace.of(block).offset();
    Extent extent = space.allocateBefore(Layout.blockHeaderBytes(1) + block.length(), offset);
    if (extent == null) {
      return null;
    }
    NewBlock copy;
    try {
      check(block); // A copy has a checksum of its own, which must not vouch for damaged bytes.
      copy = new NewBlock(
          block.kind(),
          block.firstSequence(),
          block.lastSequence(),
          block.window(),
          block.minTime(),
          block.maxTime(),
          block.firstOrder(),
          block.lastOrder(),
          block.count(),
          List.of(block.id()),
          read(block, 0, block.length()));
    } catch (RuntimeException | Error e) {
      space.discard(extent);
      throw e;
    }
    return write(copy, extent);
  }

  private StoredBlock write(NewBlock block, Extent extent) {
    long id = nextBlockId.getAndIncrement();
    long generation = current.number() + 1;
    var frame = new BlockFrame(
        block.kind(),
        block.payload().remaining(),
        databaseId,
        id,
        generation,
        block.firstSequence(),
        block.lastSequence(),
        block.replaces());
    try {
      file.write(extent.offset(), frame.encode(block.payload()).toByteBuffer());
    } catch (IOException e) {
      space.abandon(extent);
      throw writeFailed("block " + id, extent.offset(), e);
    }
    return new StoredBlock(
        id,
        block.kind(),
        new BlockPlace(extent.offset(), block.replaces().size()).location(),
        frame.length(),
        generation,
        block.firstSequence(),
        block.lastSequence(),
        block.window(),
        block.minTime(),
        block.maxTime(),
        block.firstOrder(),
        block.lastOrder(),
        block.count());
  }

  @Override
  public void discard(StoredBlock block) {
    // After a failed commit the slot may name the block all the same.
    if (poison == null) {
      space.discard(BlockPlace.extent(block));
    }
  }

  @Override
  public void commit(Root expected, Root next) {
    checkWritable();
    Generation replaced = current;
    if (replaced.root() != expected) {
      throw new IllegalStateException("commit expects generation " + expected.generation()
          + ", the root is at " + replaced.number());
    }
    sync("blocks");
    long id = nextBlockId.getAndIncrement();
    int bytes = IndexBlock.encode(databaseId, next, id, 0).size();
    Extent index = writeIndex(next, id, bytes);
    sync("index");
    int slot = 1 - replaced.slot();
    try {
      RootSlots.write(file, slot, next.generation(), index.offset() + bytes - Layout.FOOTER_BYTES);
      file.sync();
    } catch (IOException e) {
      throw poisoned("root slot " + slot, e);
    }
    Generation forgotten = previous;
    previous = replaced;
    current = new Generation(next, slot, index, id + 1);
    pins.advance(next.generation());
    if (forgotten != null) {
      space.retire(forgotten.number(), onlyIn(forgotten));
    }
    space.settle(pins, index.length());
  }

  /** Writes index and footer, on a full disk into the reserve. */
  private Extent writeIndex(Root next, long id, int bytes) {
    Extent extent = space.allocate(bytes);
    try {
      writeIndex(next, id, extent);
      return extent;
    } catch (IOException e) {
      space.abandon(extent);
      ChronicleException failure =
          writeFailed("index of generation " + next.generation(), extent.offset(), e);
      Extent reserved =
          failure.code() == ErrorCode.STORAGE_FULL ? space.allocateFromReserve(bytes) : null;
      if (reserved == null) {
        throw failure;
      }
      try {
        writeIndex(next, id, reserved);
        return reserved;
      } catch (IOException again) {
        space.abandon(reserved);
        throw failure;
      }
    }
  }

  private void writeIndex(Root next, long id, Extent extent) throws IOException {
    ByteBuffer bytes = IndexBlock.encode(databaseId, next, id, extent.offset()).toByteBuffer();
    file.write(extent.offset(), bytes);
  }

  /** The pages that neither slot names any more. */
  private List<Extent> onlyIn(Generation forgotten) {
    var live = new HashSet<Long>();
    current.root().blocks().forEach(block -> live.add(block.id()));
    Generation fallback = previous;
    if (fallback != null) {
      fallback.root().blocks().forEach(block -> live.add(block.id()));
    }
    var extents = new ArrayList<Extent>();
    extents.add(forgotten.index());
    for (StoredBlock block : forgotten.root().blocks()) {
      if (!live.contains(block.id())) {
        extents.add(BlockPlace.extent(block));
      }
    }
    return extents;
  }

  @Override
  public Pin pin() {
    return pins.pin();
  }

  @Override
  public long oldestPin() {
    return pins.oldest();
  }

  @Override
  public ByteBuffer read(StoredBlock block, long offset, int length) {
    return reads.read(block, offset, length);
  }

  @Override
  public void check(StoredBlock block) {
    reads.check(block);
  }

  @Override
  public long storageBytes() {
    return space.end();
  }

  @Override
  public long liveBytes() {
    return current.bytes();
  }

  @Override
  public long freeBytes() {
    return space.freeBytes();
  }

  @Override
  public void trim() {
    checkWritable();
    space.trim();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (DiskLock held = lock;
        DiskFile open = file) {
      log.debug("closing {} at generation {}", path, current.number());
      if (poison == null && space.isAllNamed(current, previous)) {
        // The mark must not be durable before what it vouches for; losing it costs a look at the
        // free pages.
        file.sync();
        FileHeader.markClean(file, true);
      }
    } catch (IOException e) {
      throw new ChronicleException(ErrorCode.STORAGE_WRITE, "cannot close " + path + ": " + e, e);
    }
  }

  private void sync(String what) {
    try {
      file.sync();
    } catch (IOException e) {
      throw poisoned(what, e);
    }
  }

  private void checkWritable() {
    ChronicleException cause = poison;
    if (cause != null) {
      throw new ChronicleException(
          ErrorCode.READ_ONLY,
          path + " is read-only until it is reopened, since writing it failed: "
              + cause.getMessage(),
          cause);
    }
  }

  private ChronicleException poisoned(String what, IOException cause) {
    ChronicleException exception = writeFailed(what, -1, cause);
    poison = exception;
    return exception;
  }

  private ChronicleException writeFailed(String what, long offset, IOException cause) {
    return WriteFailure.of(
        "cannot write " + what + " to " + path + (offset < 0 ? "" : " at offset " + offset), cause);
  }
}
