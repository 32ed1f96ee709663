package io.chronicledb.engine.storage;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import java.io.IOException;

/** A failed write as the error that callers see: a full disk is told apart, since it passes. */
public final class WriteFailure {

  private WriteFailure() {}

  /** @param what the operation and its coordinates, such as "cannot write block 7 to chronicle.db" */
  public static ChronicleException of(String what, IOException cause) {
    // The JDK has no type for ENOSPC; its message is the operating system's.
    boolean full = String.valueOf(cause.getMessage()).contains("No space left");
    return new ChronicleException(
        full ? ErrorCode.STORAGE_FULL : ErrorCode.STORAGE_WRITE, what + ": " + cause, cause);
  }
}
