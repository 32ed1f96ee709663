package io.chronicledb.engine.model;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.CorruptionException;

/**
 * The canonical bytes of an exemplar's labels, as they lie in memory, log and storage.
 *
 * <pre>
 * │ ( name length uvarint │ name │ value length uvarint │ value )* │
 * </pre>
 *
 * UTF-8, by name, no empty name or value, no name twice; so equal labels have equal bytes.
 */
public final class ExemplarLabels {

  /** Code points of all names and values together at most, as OpenMetrics has it. */
  public static final int CODE_POINTS_MAX = 128;

  /** Bytes at most: four for a code point, and the lengths of 64 names and values of one code point each. */
  public static final int BYTES_MAX = CODE_POINTS_MAX * 4 + CODE_POINTS_MAX;

  private ExemplarLabels() {}

  /**
   * Appends the labels' bytes.
   *
   * @throws BadDataException past the limit; nothing is appended then
   */
  public static void encode(Tags labels, ByteWriter out) {
    int codePoints = 0;
    for (int i = 0; i < labels.size(); i++) {
      codePoints += codePoints(labels.name(i)) + codePoints(labels.value(i));
    }
    if (codePoints > CODE_POINTS_MAX) {
      throw new BadDataException("the labels of an exemplar have " + codePoints
          + " characters together, more than " + CODE_POINTS_MAX);
    }
    labels.forEach((name, value) -> {
      out.writeString(name);
      out.writeString(value);
    });
  }

  private static int codePoints(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * The labels of canonical bytes.
   *
   * @throws CorruptionException where they are something else
   */
  public static Tags decode(byte[] bytes, int offset, int length) {
    var in = new ByteReader(bytes, offset, length);
    var labels = Tags.builder();
    try {
      while (in.remaining() > 0) {
        labels.add(in.readString(), in.readString());
      }
    } catch (BadDataException e) {
      throw new CorruptionException("labels of an exemplar: " + e.getMessage());
    }
    return labels.build();
  }
}
