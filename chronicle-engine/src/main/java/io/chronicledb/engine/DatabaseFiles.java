package io.chronicledb.engine;

import java.nio.file.Path;

/**
 * Where the files of a database lie: the data file, and beside it the directory of the log, which also holds the locks.
 *
 * @param data the data file, {@code chronicle.db}
 * @param wal the directory of the log, {@code chronicle.wal}
 */
public record DatabaseFiles(Path data, Path wal) {

  private static final String EXTENSION = ".db";

  /** The files of the database whose data file is at {@code path}. */
  public static DatabaseFiles of(Path path) {
    String name = String.valueOf(path.getFileName());
    String stem =
        name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
    return new DatabaseFiles(path, path.resolveSibling(stem + ".wal"));
  }

  /** Its lock says that one process alone writes the data file. */
  public Path dataLock() {
    return wal.resolve("data.lock");
  }
}
