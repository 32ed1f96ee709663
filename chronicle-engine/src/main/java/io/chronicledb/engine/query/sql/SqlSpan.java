package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.error.InvalidQueryException;

/**
 * Where in a query something was written.
 *
 * @param line 1-based
 * @param column 1-based, in characters (code points)
 * @param text as written, with its spaces and comments; names a result column that has no alias
 */
public record SqlSpan(int line, int column, String text) {

  public SqlSpan {
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException(
          "positions start at 1; got line=" + line + ", column=" + column);
    }
  }

  /** An error about this place: {@code problem} reads on as "… at line 1, column 8". */
  public InvalidQueryException invalid(String problem) {
    return InvalidQueryException.at(line, column, problem + position());
  }

  /** An error about this place, with what to do instead. */
  public InvalidQueryException invalid(String problem, String cure) {
    return InvalidQueryException.at(line, column, problem + position() + "; " + cure);
  }

  /** Something that parses but is not evaluated: {@code what} reads on as "… is not supported at line 1, column 8". */
  public InvalidQueryException unsupported(String what) {
    return InvalidQueryException.unsupported(line, column, what + " is not supported" + position());
  }

  private String position() {
    return " at line " + line + ", column " + column;
  }
}
