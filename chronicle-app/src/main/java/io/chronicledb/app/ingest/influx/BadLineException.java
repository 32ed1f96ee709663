package io.chronicledb.app.ingest.influx;

/** A line that is refused; caught where lines are counted. Without a stack trace, since a body can hold millions of bad lines. */
final class BadLineException extends Exception {

  private static final long serialVersionUID = 1L;

  BadLineException(String message) {
    super(message, null, false, false);
  }

  /** The message; unlike {@link #getMessage()} never null. */
  String reason() {
    return String.valueOf(getMessage());
  }
}
