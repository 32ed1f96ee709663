package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.DiskLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data file as it is at one root, read beside a writer or without one.
 *
 * <p><b>Beside a writer.</b> The reader takes the newest root, lists itself with that root's generation, and looks at the slots again. Where
 * one of them still names the root, the writer has not yet committed twice since; when it does, it looks at the list before it gives
 * anything up, and finds the reader there. Otherwise the reader starts over.
 */
final class ReadOnlyDataFile implements StorageBackend {

  private static final Logger log = LoggerFactory.getLogger(ReadOnlyDataFile.class);

  /** Each one is lost only to a writer that commits twice within it. */
  private static final int ATTEMPTS = 50;

  private final Path path;
  private final DiskFile file;
  private final Guard guard;
  private final BlockReads reads;
  private final Generation generation;
  private boolean closed;

  private ReadOnlyDataFile(
      Path path, DiskFile file, UUID databaseId, Generation generation, Guard guard) {
    this.path = path;
    this.file = file;
    this.guard = guard;
    this.reads = new BlockReads(file, path, databaseId);
    this.generation = generation;
  }

  /** What keeps the writer from using the reader's blocks again. */
  private interface Guard {
    void close() throws IOException;
  }

  /** @param lockFirst whether to keep writers out, where there is none, rather than be listed */
  static ReadOnlyDataFile open(Disk disk, Path path, Path lockPath, boolean lockFirst) {
    if (!disk.exists(path)) {
      throw new ChronicleException(ErrorCode.NOT_FOUND, "there is no data file at " + path);
    }
    try {
      DiskFile file = disk.open(path, false);
      try {
        UUID databaseId = FileHeader.read(file, path).databaseId();
        DiskLock lock = lockFirst ? lockOut(disk, lockPath) : null;
        if (lock != null) {
          return locked(path, file, databaseId, lock);
        }
        try {
          return listed(path, file, databaseId, Readers.beside(disk, lockPath));
        } catch (IOException e) {
          return unlisted(disk, path, file, databaseId, lockPath, e);
        }
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ChronicleException(ErrorCode.STORAGE_READ, "cannot open " + path + ": " + e, e);
    }
  }

  private static ReadOnlyDataFile listed(Path path, DiskFile file, UUID databaseId, Readers readers)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      Generation newest = RootSlots.read(file, path, databaseId).newest();
      Readers.Registration registration = readers.register(newest.number());
      try {
        if (isStillNamed(newest, file, databaseId)) {
          return new ReadOnlyDataFile(path, file, databaseId, newest, registration::close);
        }
      } catch (IOException | RuntimeException e) {
        registration.close();
        throw e;
      }
      registration.close();
      if (attempt == ATTEMPTS) {
        throw new ChronicleException(
            ErrorCode.OVERLOADED,
            path + " is being rewritten faster than it can be opened for reading; try again");
      }
    }
  }

  private static boolean isStillNamed(Generation newest, DiskFile file, UUID databaseId)
      throws IOException {
    var damages = new ArrayList<String>();
    List<Generation> named = RootSlots.readSlots(file, databaseId, damages);
    // Without any sound slot the root was searched for, and stays until the next commit.
    return named.isEmpty()
        || named.stream()
            .anyMatch(generation -> generation.number() == newest.number()
                && generation.index().equals(newest.index()));
  }

  private static ReadOnlyDataFile unlisted(
      Disk disk, Path path, DiskFile file, UUID databaseId, Path lockPath, IOException cause)
      throws IOException {
    if (!disk.exists(lockPath)) {
      log.warn(
          "{} is read without a guard against writers, since there is no {}: {}",
          path,
          lockPath,
          cause.toString());
      Generation newest = RootSlots.read(file, path, databaseId).newest();
      return new ReadOnlyDataFile(path, file, databaseId, newest, () -> {});
    }
    DiskLock lock = lockOut(disk, lockPath);
    if (lock == null) {
      throw new ChronicleException(
          ErrorCode.LOCKED,
          path
              + " is being written by another process, and this one cannot be listed as a reader in "
              + Readers.beside(disk, lockPath).directory() + ": " + cause
              + ". Let it create files there, or stop the writer",
          cause);
    }
    return locked(path, file, databaseId, lock);
  }

  private static ReadOnlyDataFile locked(Path path, DiskFile file, UUID databaseId, DiskLock lock)
      throws IOException {
    try {
      Generation newest = RootSlots.read(file, path, databaseId).newest();
      return new ReadOnlyDataFile(path, file, databaseId, newest, lock::close);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Keeps writers out; null where a process writes, or there is no lock to take. */
  static @Nullable DiskLock lockOut(Disk disk, Path lockPath) throws IOException {
    return disk.exists(lockPath) ? disk.tryLockShared(lockPath) : null;
  }

  @Override
  public UUID databaseId() {
    return reads.databaseId();
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public Root root() {
    return generation.root();
  }

  @Override
  public long safeCheckpoint() {
    return generation.root().checkpoint();
  }

  @Override
  public StoredBlock put(NewBlock block) {
    throw readOnly();
  }

  @Override
  public void discard(StoredBlock block) {
    throw readOnly();
  }

  @Override
  public void commit(Root expected, Root next) {
    throw readOnly();
  }

  private ChronicleException readOnly() {
    return new ChronicleException(ErrorCode.READ_ONLY, path + " is open for reading only");
  }

  /** The root stays for as long as the file is open, and so do its blocks. */
  @Override
  public Pin pin() {
    return () -> {};
  }

  @Override
  public long oldestPin() {
    return Long.MAX_VALUE;
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
    try {
      return file.size();
    } catch (IOException e) {
      throw new ChronicleException(
          ErrorCode.STORAGE_READ, "cannot read the size of " + path + ": " + e, e);
    }
  }

  @Override
  public long liveBytes() {
    return generation.bytes();
  }

  @Override
  public long freeBytes() {
    return Math.max(0, storageBytes() - liveBytes() - Layout.FIRST_BLOCK_OFFSET);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (DiskFile open = file) {
      guard.close();
      log.debug("closing {} at generation {}", path, generation.number());
    } catch (IOException e) {
      throw new ChronicleException(ErrorCode.STORAGE_READ, "cannot close " + path + ": " + e, e);
    }
  }
}
