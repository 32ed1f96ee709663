package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import java.nio.file.Path;

/** Another process, or another database in this one, has the data file open for writing. */
public final class LockedException extends ChronicleException {

  private static final long serialVersionUID = 1L;

  private final transient Path path;

  LockedException(Path path, Path lockPath) {
    super(
        ErrorCode.LOCKED,
        path + " is in use: another process, or another database in this one, holds the lock "
            + lockPath + ". Stop it, or choose another chronicle.path");
    this.path = path;
  }

  /** The data file. */
  public Path path() {
    return path;
  }
}
