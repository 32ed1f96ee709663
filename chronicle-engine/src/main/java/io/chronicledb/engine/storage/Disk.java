package io.chronicledb.engine.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files and directories with the durability rules of POSIX: bytes are safe from a power cut once their file was {@linkplain
 * DiskFile#sync() synced}, a created, renamed or deleted name once its directory was {@linkplain #syncDirectory synced}.
 *
 * <p>Thread-safe. A caller's {@link Thread#interrupt()} neither fails an operation nor closes a file for others; it is kept for the
 * caller.
 */
public interface Disk {

  /** Creates a file that must not exist yet and opens it for reading and writing. */
  DiskFile create(Path path) throws IOException;

  /** Opens an existing file for reading and, where {@code writable}, for writing. */
  DiskFile open(Path path, boolean writable) throws IOException;

  boolean exists(Path path);

  /** Names in a directory, in no particular order; empty where there is no such directory. */
  List<String> list(Path directory) throws IOException;

  void delete(Path path) throws IOException;

  /** Renames a file, replacing what stands at {@code to}. */
  void rename(Path from, Path to) throws IOException;

  /** Creates a directory with those above it that are missing, and makes their names durable. */
  void createDirectories(Path directory) throws IOException;

  /** Makes the names in a directory durable. */
  void syncDirectory(Path directory) throws IOException;

  /**
   * Takes a lock that other processes respect and that ends with this one, on a file of its own, which is created where it is missing; null
   * where any holder has it, in this process too.
   */
  @Nullable
  DiskLock tryLock(Path path) throws IOException;

  /**
   * Takes a lock that others may {@linkplain #tryLockShared share} but not {@linkplain #tryLock have for themselves}. The file must exist and
   * need not be writable.
   */
  @Nullable
  DiskLock tryLockShared(Path path) throws IOException;
}
