package io.chronicledb.app.wire;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.BadDataException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a URL or of a form. Read from the text itself and not through the servlet container, which would take the body
 * of a write for a form when the client says so, as curl does by default.
 */
public final class UrlParameters {

  /** Parameters of one request at most; no client needs more, and each one takes far more memory than its text. */
  static final int COUNT_MAX = 1_000;

  /** Memory that {@link #parseForm} takes at most, for each byte of the form: its characters, twice, and the decoded values. */
  public static final long FORM_BYTES_PER_BYTE = 4;

  private final Map<String, List<String>> values;

  private UrlParameters(Map<String, List<String>> values) {
    this.values = values;
  }

  /** Parses {@code a=1&b=%20}; null is the same as empty. */
  public static UrlParameters parse(@Nullable String text) {
    var values = new LinkedHashMap<String, List<String>>();
    int count = 0;
    for (int start = 0; text != null && start < text.length(); ) {
      int ampersand = text.indexOf('&', start);
      int end = ampersand < 0 ? text.length() : ampersand;
      if (end > start) {
        if (++count > COUNT_MAX) {
          throw new BadDataException("a request has at most " + COUNT_MAX + " parameters");
        }
        int equals = text.indexOf('=', start);
        int nameEnd = equals < 0 || equals > end ? end : equals;
        String name = decode(text.substring(start, nameEnd));
        String value = nameEnd == end ? "" : decode(text.substring(nameEnd + 1, end));
        values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
      }
      start = end + 1;
    }
    return new UrlParameters(values);
  }

  /** Parses the body of a form; takes up to {@link #FORM_BYTES_PER_BYTE} times its length of memory. */
  public static UrlParameters parseForm(byte[] bytes, int length) {
    try {
      return parse(StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString());
    } catch (CharacterCodingException e) {
      throw new BadDataException("the form is not UTF-8");
    }
  }

  /** The first value, or null where the parameter is absent or empty. */
  public @Nullable String get(String name) {
    List<String> all = getAll(name);
    return all.isEmpty() || all.get(0).isEmpty() ? null : all.get(0);
  }

  /** All values in order. */
  public List<String> getAll(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** These parameters, followed by {@code others}. */
  public UrlParameters and(UrlParameters others) {
    var all = new LinkedHashMap<String, List<String>>();
    for (UrlParameters parameters : List.of(this, others)) {
      parameters.values.forEach(
          (name, more) -> all.computeIfAbsent(name, n -> new ArrayList<>()).addAll(more));
    }
    return new UrlParameters(all);
  }

  /** @throws BadDataException for a parameter that is not among {@code known}, naming the nearest that is */
  public UrlParameters allowOnly(Set<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        String nearest = nearest(name, known);
        throw new BadDataException("unknown parameter \"" + shorten(name) + "\""
            + (nearest == null
                ? "; known are " + String.join(", ", known.stream().sorted().toList())
                : "; did you mean \"" + nearest + "\"?"));
      }
    }
    return this;
  }

  private static String shorten(String name) {
    return name.length() > 60 ? name.substring(0, 60) + "..." : name;
  }

  /** The candidate with the fewest edits from {@code name}; null when none is near. */
  static @Nullable String nearest(String name, Collection<String> candidates) {
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : candidates.stream().sorted().toList()) {
      // A longer difference cannot be near; this also keeps a long name from costing anything.
      if (Math.abs(candidate.length() - name.length()) <= 3) {
        int distance = edits(name.toLowerCase(Locale.ROOT), candidate);
        if (distance < bestDistance) {
          bestDistance = distance;
          best = candidate;
        }
      }
    }
    return bestDistance <= Math.max(1, Math.min(3, name.length() / 2)) ? best : null;
  }

  private static int edits(String a, String b) {
    var row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(diagonal + change, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    var bytes = new ByteWriter(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '+') {
        bytes.writeByte(' ');
      } else if (c == '%') {
        int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw new BadDataException(
              "malformed percent-encoding in parameter \"" + shorten(text) + "\"");
        }
        bytes.writeByte(high << 4 | low);
        i += 2;
      } else {
        // Whole code points: a surrogate alone has no bytes.
        int chars = Character.charCount(text.codePointAt(i));
        bytes.writeBytes(text.substring(i, i + chars).getBytes(StandardCharsets.UTF_8));
        i += chars - 1;
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.array(), 0, bytes.size()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new BadDataException("parameter \"" + shorten(text) + "\" is not UTF-8");
    }
  }
}
