package io.chronicledb.engine.query.function;

import io.chronicledb.engine.bytes.XxHash64;
import io.chronicledb.engine.model.Tags;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Which series {@code limit_ratio} keeps: their labels' hash as a position between 0 and 1, so that every query keeps the same ones. */
public final class LabelSampling {

  private static final double HASHES = 0x1p64;
  private static final int LONG_TEXT = 255;

  private LabelSampling() {}

  /** Whether a series at that position is in the part: of the positions below the ratio, or of the last ones where it is negative. */
  public static boolean keeps(double position, double ratio) {
    return ratio >= 0 ? position < ratio : position >= 1 + ratio;
  }

  /** Where a series stands. The hash is over names and values, each behind its length: one byte, or 255 and three bytes. */
  public static double position(Tags labels) {
    var bytes = new ByteArrayOutputStream(128);
    labels.forEach((name, value) -> {
      append(bytes, name);
      append(bytes, value);
    });
    long hash = XxHash64.of(bytes.toByteArray());
    double unsigned = (hash >>> 1) * 2.0 + (hash & 1);
    return unsigned / HASHES;
  }

  private static void append(ByteArrayOutputStream bytes, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length < LONG_TEXT) {
      bytes.write(utf8.length);
    } else {
      bytes.write(LONG_TEXT);
      bytes.write(utf8.length);
      bytes.write(utf8.length >> 8);
      bytes.write(utf8.length >> 16);
    }
    bytes.write(utf8, 0, utf8.length);
  }
}
