package io.chronicledb.engine.error;

/**
 * A query text that does not parse, does not type-check, or (with {@link ErrorCode#UNSUPPORTED}) asks for something that is
 * understood but not offered. The message is complete: it says what is wrong, where, and the cure where one is known.
 */
public final class InvalidQueryException extends ChronicleException {

  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  private InvalidQueryException(ErrorCode code, String message, int line, int column) {
    super(code, message);
    this.line = line;
    this.column = column;
  }

  /**
   * @param line 1-based line of the query text
   * @param column 1-based column, in characters
   */
  public static InvalidQueryException at(int line, int column, String message) {
    return new InvalidQueryException(ErrorCode.INVALID_QUERY, message, line, column);
  }

  /** Something that parses but is not evaluated by this version; {@code message} names it. */
  public static InvalidQueryException unsupported(int line, int column, String message) {
    return new InvalidQueryException(ErrorCode.UNSUPPORTED, message, line, column);
  }

  /** 1-based. */
  public int line() {
    return line;
  }

  /** 1-based, in characters. */
  public int column() {
    return column;
  }
}
