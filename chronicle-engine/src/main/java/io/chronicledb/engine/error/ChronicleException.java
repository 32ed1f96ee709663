package io.chronicledb.engine.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of all errors that Chronicle throws on purpose. Its {@linkplain #code() code} is stable and part of the
 * public surface; the message is for people and names the operation and its coordinates.
 */
public class ChronicleException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public ChronicleException(ErrorCode code, String message) {
    this(code, message, null);
  }

  public ChronicleException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public final ErrorCode code() {
    return code;
  }
}
