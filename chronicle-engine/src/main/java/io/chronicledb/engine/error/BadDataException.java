package io.chronicledb.engine.error;

/** Input from outside that is malformed or passes a limit; nothing of it was stored. */
public final class BadDataException extends ChronicleException {

  private static final long serialVersionUID = 1L;

  public BadDataException(String message) {
    super(ErrorCode.BAD_DATA, message);
  }
}
