package io.chronicledb.app.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON piece by piece, straight to a response: results can be large, and numbers must look as Prometheus prints them. Commas
 * are put by themselves; that objects and arrays are closed in order, and that members have names, is up to the caller. Not
 * thread-safe. {@link #flush()} at the end; the stream is not closed.
 */
public final class JsonWriter {

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private final OutputStream out;
  private final byte[] buffer = new byte[16 * 1024];
  private int size;
  /** Whether the next element needs a comma before it. */
  private boolean comma;

  private final ShortestDigits digits = new ShortestDigits();

  public JsonWriter(OutputStream out) {
    this.out = out;
  }

  public JsonWriter beginObject() throws IOException {
    return begin('{');
  }

  public JsonWriter endObject() throws IOException {
    return end('}');
  }

  public JsonWriter beginArray() throws IOException {
    return begin('[');
  }

  public JsonWriter endArray() throws IOException {
    return end(']');
  }

  /** The name of the member whose value follows. */
  public JsonWriter name(String name) throws IOException {
    separate();
    quoted(name);
    put(':');
    comma = false;
    return this;
  }

  public JsonWriter string(String value) throws IOException {
    separate();
    quoted(value);
    return this;
  }

  public JsonWriter number(long value) throws IOException {
    separate();
    ascii(Long.toString(value));
    return this;
  }

  /** A number where JSON can say it, otherwise the string {@code "NaN"}, {@code "+Inf"} or {@code "-Inf"}. */
  public JsonWriter number(double value) throws IOException {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return numberAsString(value);
    }
    separate();
    makeRoom();
    size = NumberText.write(value, buffer, size, digits);
    return this;
  }

  /** As Prometheus puts sample values: {@code "0.5"}. */
  public JsonWriter numberAsString(double value) throws IOException {
    separate();
    makeRoom();
    buffer[size++] = '"';
    size = NumberText.write(value, buffer, size, digits);
    buffer[size++] = '"';
    return this;
  }

  /** As Prometheus puts timestamps: seconds, with three decimals unless they are zero. */
  public JsonWriter seconds(long millis) throws IOException {
    separate();
    makeRoom();
    long magnitude = Math.abs(millis);
    if (millis < 0) {
      buffer[size++] = '-';
    }
    long whole = magnitude / 1000;
    size = NumberText.write(whole, buffer, size);
    int fraction = (int) (magnitude - whole * 1000);
    if (fraction != 0) {
      buffer[size++] = '.';
      buffer[size++] = (byte) ('0' + fraction / 100);
      buffer[size++] = (byte) ('0' + fraction / 10 % 10);
      buffer[size++] = (byte) ('0' + fraction % 10);
    }
    return this;
  }

  public JsonWriter bool(boolean value) throws IOException {
    separate();
    ascii(String.valueOf(value));
    return this;
  }

  /**
   * A value that is made of others.
   *
   * @param value null, a text, a boolean, a number, or a map or list of such; maps keep their order
   * @throws IllegalArgumentException for anything else
   */
  public JsonWriter value(@Nullable Object value) throws IOException {
    if (value == null) {
      return nullValue();
    } else if (value instanceof String text) {
      return string(text);
    } else if (value instanceof Boolean flag) {
      return bool(flag);
    } else if (value instanceof Integer || value instanceof Long) {
      return number(((Number) value).longValue());
    } else if (value instanceof Double number) {
      return number(number.doubleValue());
    } else if (value instanceof Map<?, ?> members) {
      beginObject();
      for (Map.Entry<?, ?> member : members.entrySet()) {
        name(String.valueOf(member.getKey())).value(member.getValue());
      }
      return endObject();
    } else if (value instanceof List<?> elements) {
      beginArray();
      for (Object element : elements) {
        value(element);
      }
      return endArray();
    }
    throw new IllegalArgumentException("no JSON for " + value.getClass());
  }

  public JsonWriter nullValue() throws IOException {
    separate();
    ascii("null");
    return this;
  }

  /** A line break between two documents. */
  public JsonWriter newLine() throws IOException {
    put('\n');
    comma = false;
    return this;
  }

  public void flush() throws IOException {
    drain();
    out.flush();
  }

  private JsonWriter begin(char bracket) throws IOException {
    separate();
    put(bracket);
    comma = false;
    return this;
  }

  private JsonWriter end(char bracket) throws IOException {
    put(bracket);
    comma = true;
    return this;
  }

  private void separate() throws IOException {
    if (comma) {
      put(',');
    }
    comma = true;
  }

  private void quoted(String text) throws IOException {
    put('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        put('\\');
        put(c);
      } else if (c < 0x20 || c == 0x7F || c == '\u2028' || c == '\u2029') {
        // The last two are line ends to JavaScript, should anybody paste the text into a script.
        escaped(c);
      } else if (c < 0x80) {
        put(c);
      } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | c & 0x3F);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        put(0xF0 | point >> 18);
        put(0x80 | point >> 12 & 0x3F);
        put(0x80 | point >> 6 & 0x3F);
        put(0x80 | point & 0x3F);
      } else {
        char whole = Character.isSurrogate(c) ? '\uFFFD' : c;
        put(0xE0 | whole >> 12);
        put(0x80 | whole >> 6 & 0x3F);
        put(0x80 | whole & 0x3F);
      }
    }
    put('"');
  }

  private void escaped(char c) throws IOException {
    put('\\');
    switch (c) {
      case '\n' -> put('n');
      case '\r' -> put('r');
      case '\t' -> put('t');
      default -> {
        put('u');
        put(HEX[c >> 12]);
        put(HEX[c >> 8 & 0xF]);
        put(HEX[c >> 4 & 0xF]);
        put(HEX[c & 0xF]);
      }
    }
  }

  private void ascii(CharSequence text) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  /** For a number in quotes. */
  private void makeRoom() throws IOException {
    if (buffer.length - size < NumberText.BYTES_MAX + 2) {
      drain();
    }
  }

  private void put(int b) throws IOException {
    if (size == buffer.length) {
      drain();
    }
    buffer[size++] = (byte) b;
  }

  private void drain() throws IOException {
    out.write(buffer, 0, size);
    size = 0;
  }
}
