package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.error.InvalidQueryException;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** A query's text, and every position and error message in it. ANTLR counts code points, Java counts chars; this translates. */
final class QueryText {

  private final String text;

  /** The char offset of every code point and of the end; null where both count alike. */
  private final int @Nullable [] charOffsets;

  QueryText(String text) {
    this.text = text;
    int points = text.codePointCount(0, text.length());
    if (points == text.length()) {
      charOffsets = null;
    } else {
      var offsets = new int[points + 1];
      for (int point = 0, offset = 0; point < points; point++) {
        offsets[point] = offset;
        offset += Character.charCount(text.codePointAt(offset));
      }
      offsets[points] = text.length();
      charOffsets = offsets;
    }
  }

  String text() {
    return text;
  }

  /** From the first character of one token to the last of another. */
  SourceSpan span(Token first, Token last) {
    int start = charOffset(first.getStartIndex());
    int end = Math.max(start, charOffset(last.getStopIndex() + 1));
    return new SourceSpan(first.getLine(), first.getCharPositionInLine() + 1, start, end);
  }

  private int charOffset(int codePoint) {
    int[] offsets = charOffsets;
    return offsets == null
        ? Math.min(codePoint, text.length())
        : offsets[Math.min(codePoint, offsets.length - 1)];
  }

  static InvalidQueryException error(Token at, String message) {
    return error(at.getLine(), at.getCharPositionInLine() + 1, message);
  }

  static InvalidQueryException error(SourceSpan at, String message) {
    return error(at.line(), at.column(), message);
  }

  static InvalidQueryException error(int line, int column, String message) {
    return InvalidQueryException.at(
        line, column, line + ":" + column + ": parse error: " + message);
  }

  /** Known to Prometheus and to the grammar, but not evaluated. */
  static InvalidQueryException unsupported(Token at, String message) {
    int line = at.getLine();
    int column = at.getCharPositionInLine() + 1;
    return InvalidQueryException.unsupported(line, column, line + ":" + column + ": " + message);
  }
}
