package io.chronicledb.engine.query.promql;

import org.jspecify.annotations.Nullable;

/**
 * Where in a query's text an expression stands. It is no part of what the expression means: any two spans are equal, so that two
 * expressions are equal when they ask for the same.
 *
 * @param line 1-based line of the first character
 * @param column 1-based column of the first character, in characters (code points)
 * @param start offset of the first character, as in {@link String#substring(int, int)}
 * @param end offset behind the last character
 */
public record SourceSpan(int line, int column, int start, int end) {

  public SourceSpan {
    if (line < 1 || column < 1 || start < 0 || end < start) {
      throw new IllegalArgumentException(
          "line=" + line + " column=" + column + " start=" + start + " end=" + end);
    }
  }

  /** From the start of this span to the end of another. */
  SourceSpan to(SourceSpan last) {
    return new SourceSpan(line, column, start, Math.max(end, last.end));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SourceSpan;
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return line + ":" + column;
  }
}
