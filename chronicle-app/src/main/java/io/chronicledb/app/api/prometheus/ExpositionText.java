package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.NumberText;
import io.chronicledb.engine.model.Tags;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes samples in the text format 0.0.4 for metrics, all of them untyped. Names that the format has no place for keep their characters
 * where the scraper understands that, and get underscores for them elsewhere. Belongs to one response.
 */
final class ExpositionText {

  private static final int BUFFER_CHARS = 8 * 1024;
  private static final String UTF8_NAMES = "escaping=allow-utf-8";

  private final OutputStream out;
  private final boolean utf8Names;
  private final StringBuilder text = new StringBuilder(BUFFER_CHARS + 1024);
  private @Nullable String family;

  private ExpositionText(OutputStream out, boolean utf8Names) {
    this.out = out;
    this.utf8Names = utf8Names;
  }

  /** @param accept what the scraper takes; null where it does not say */
  static ExpositionText to(HttpServletResponse response, @Nullable String accept)
      throws IOException {
    boolean utf8Names = accept != null && accept.replace(" ", "").contains(UTF8_NAMES);
    response.setContentType("text/plain; version=0.0.4; charset=utf-8; "
        + (utf8Names ? UTF8_NAMES : "escaping=underscores"));
    return new ExpositionText(response.getOutputStream(), utf8Names);
  }

  /** Samples of one metric come one after the other. */
  void sample(String metric, Tags labels, long millis, double value) throws IOException {
    boolean plain = isPlain(metric, true);
    String name = utf8Names || plain ? metric : underscores(metric, true);
    if (!metric.equals(family)) {
      family = metric;
      text.append("# TYPE ");
      name(name, plain);
      text.append(" untyped\n");
    }
    String separator = "{";
    if (plain || !utf8Names) {
      text.append(name);
    } else {
      text.append('{');
      quoted(name);
      separator = ",";
    }
    for (int i = 0; i < labels.size(); i++) {
      if (!labels.name(i).equals(Tags.METRIC)) {
        text.append(separator);
        label(labels.name(i), labels.value(i));
        separator = ",";
      }
    }
    if (labels.get("instance") == null) {
      // Says that there is none, so that the scraper does not put its own address there.
      text.append(separator);
      label("instance", "");
    }
    text.append("} ");
    NumberText.appendGeneral(text, value);
    text.append(' ').append(millis).append('\n');
    if (text.length() >= BUFFER_CHARS) {
      drain();
    }
  }

  private void name(String name, boolean plain) {
    if (plain || !utf8Names) {
      text.append(name);
    } else {
      quoted(name);
    }
  }

  private void label(String name, String value) {
    boolean plain = isPlain(name, false);
    if (plain) {
      text.append(name);
    } else if (utf8Names) {
      quoted(name);
    } else {
      text.append(underscores(name, false));
    }
    text.append('=');
    quoted(value);
  }

  private void quoted(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        case '\n' -> text.append("\\n");
        default -> text.append(c);
      }
    }
    text.append('"');
  }

  private static boolean isPlain(String name, boolean colons) {
    for (int i = 0; i < name.length(); i++) {
      if (!isPlain(name.charAt(i), i, colons)) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean isPlain(int point, int at, boolean colons) {
    return point >= 'a' && point <= 'z'
        || point >= 'A' && point <= 'Z'
        || point == '_'
        || colons && point == ':'
        || at > 0 && point >= '0' && point <= '9';
  }

  private static String underscores(String name, boolean colons) {
    var escaped = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); ) {
      int point = name.codePointAt(i);
      escaped.append(isPlain(point, i, colons) ? (char) point : '_');
      i += Character.charCount(point);
    }
    return escaped.toString();
  }

  void end() throws IOException {
    drain();
    out.flush();
  }

  private void drain() throws IOException {
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    text.setLength(0);
  }
}
