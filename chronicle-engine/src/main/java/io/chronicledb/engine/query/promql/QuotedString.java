package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.error.InvalidQueryException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.antlr.v4.runtime.Token;

/**
 * String literals with the escapes of Go. Hexadecimal (x) and octal escapes write bytes, which together have to be UTF-8; the
 * escapes with u and U write code points. Between backticks nothing is escaped.
 */
final class QuotedString {

  private static final String ESCAPES = "abfnrtv\\";
  private static final String ESCAPED = "\007\b\f\n\r\t\013\\";

  private final Token token;
  private final String literal;
  private final ByteArrayOutputStream value = new ByteArrayOutputStream();
  private int at = 1;

  private QuotedString(Token token) {
    this.token = token;
    this.literal = token.getText();
  }

  /** The text that a literal stands for. */
  static String unquote(Token token) {
    String literal = token.getText();
    if (literal.charAt(0) == '`' || literal.indexOf('\\') < 0) {
      return literal.substring(1, literal.length() - 1);
    }
    return new QuotedString(token).unquote();
  }

  /** A literal in double quotes; what cannot be seen is escaped. */
  static String quote(String value) {
    var literal = new StringBuilder(value.length() + 2).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      int escape = ESCAPED.indexOf(c);
      if (escape >= 0) {
        literal.append('\\').append(ESCAPES.charAt(escape));
      } else if (c == '"') {
        literal.append("\\\"");
      } else if (c < ' ' || c == 0x7f) {
        literal.append(String.format("\\x%02x", (int) c));
      } else {
        literal.append(c);
      }
    }
    return literal.append('"').toString();
  }

  private String unquote() {
    int end = literal.length() - 1;
    while (at < end) {
      int point = literal.codePointAt(at);
      if (point == '\\') {
        unescape(end);
      } else {
        append(point);
        at += Character.charCount(point);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(value.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw QueryText.error(token, "the escapes of this string do not make valid UTF-8");
    }
  }

  private void unescape(int end) {
    int start = at;
    char escape = literal.charAt(start + 1);
    at += 2;
    int known = ESCAPES.indexOf(escape);
    if (known >= 0) {
      value.write(ESCAPED.charAt(known));
    } else if (escape == literal.charAt(0)) {
      value.write(escape);
    } else if (escape >= '0' && escape <= '7') {
      at--;
      value.write(digits(start, end, 3, 8, 0xff));
    } else if (escape == 'x') {
      value.write(digits(start, end, 2, 16, 0xff));
    } else if (escape == 'u') {
      append(digits(start, end, 4, 16, Character.MAX_CODE_POINT));
    } else if (escape == 'U') {
      append(digits(start, end, 8, 16, Character.MAX_CODE_POINT));
    } else {
      throw error(start, "unknown escape sequence " + describe(literal.codePointAt(start + 1)));
    }
  }

  private int digits(int start, int end, int count, int base, int max) {
    long number = 0;
    for (int i = 0; i < count; i++) {
      if (at == end) {
        throw error(start, "escape sequence not terminated");
      }
      int digit = literal.charAt(at) < 0x80 ? Character.digit(literal.charAt(at), base) : -1;
      if (digit < 0) {
        throw error(
            start,
            "illegal character " + describe(literal.codePointAt(at)) + " in escape sequence");
      }
      number = number * base + digit;
      at++;
    }
    if (number > max || (number >= Character.MIN_SURROGATE && number <= Character.MAX_SURROGATE)) {
      throw error(start, "escape sequence is an invalid Unicode code point");
    }
    return (int) number;
  }

  private void append(int point) {
    byte[] bytes = Character.toString(point).getBytes(StandardCharsets.UTF_8);
    value.write(bytes, 0, bytes.length);
  }

  private static String describe(int point) {
    return String.format("U+%04X", point)
        + (Character.isISOControl(point) ? "" : " '" + Character.toString(point) + "'");
  }

  /** Strings in quotes do not span lines, so that an escape is on the line of its string. */
  private InvalidQueryException error(int index, String message) {
    int column = token.getCharPositionInLine() + 1 + literal.codePointCount(0, index);
    return QueryText.error(token.getLine(), column, message);
  }
}
