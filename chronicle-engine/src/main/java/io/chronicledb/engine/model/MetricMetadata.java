package io.chronicledb.engine.model;

import io.chronicledb.engine.error.BadDataException;
import java.nio.charset.StandardCharsets;

/**
 * What senders tell about a metric.
 *
 * @param type its type; {@link MetricType#UNKNOWN} where nothing is known
 * @param help a text for people; empty for none
 * @param unit for example {@code seconds}; empty for none
 */
public record MetricMetadata(MetricType type, String help, String unit) {

  /** UTF-8 bytes of a help text at most. */
  public static final int HELP_BYTES_MAX = 64 << 10;
  /** UTF-8 bytes of a unit at most. */
  public static final int UNIT_BYTES_MAX = 256;

  /** @throws BadDataException past a limit */
  public MetricMetadata {
    check("help text", help, HELP_BYTES_MAX);
    check("unit", unit, UNIT_BYTES_MAX);
  }

  private static void check(String what, String text, int bytesMax) {
    // A char is at most three bytes, so most texts need not be counted.
    if (text.length() > bytesMax / 3) {
      int bytes = text.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > bytesMax) {
        throw new BadDataException(
            "a " + what + " of " + bytes + " bytes is longer than " + bytesMax);
      }
    }
  }
}
