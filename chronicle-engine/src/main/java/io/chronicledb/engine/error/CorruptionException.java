package io.chronicledb.engine.error;

/** Stored bytes that fail a checksum or break an invariant of their format. The message names file and offset. */
public final class CorruptionException extends ChronicleException {

  private static final long serialVersionUID = 1L;

  public CorruptionException(String message) {
    super(ErrorCode.CORRUPTION, message);
  }
}
