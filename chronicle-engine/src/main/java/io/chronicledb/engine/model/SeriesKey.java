package io.chronicledb.engine.model;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.BadDataException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The canonical bytes of a series: equal series have equal bytes, so they serve as the key of the registry, in the WAL and in the
 * series dictionary.
 *
 * <pre>
 * │ metric length uvarint │ metric │ ( name length uvarint │ name │ value length uvarint │ value )* │
 * </pre>
 *
 * UTF-8 throughout, tags by the unsigned bytes of their name, no empty value, no name twice. The number of bytes is kept by whoever
 * stores the key.
 *
 * <p>An instance is a reusable builder: {@link #metric}, then {@link #tag} in any order, then {@link #encode}. Not
 * thread-safe. No strings are made on the byte-wise path, which decoders use.
 */
public final class SeriesKey {

  /** Tags of one series at most. */
  public static final int TAGS_MAX = 64;
  /** UTF-8 bytes of a metric or tag name at most. */
  public static final int NAME_BYTES_MAX = 256;
  /** UTF-8 bytes of a tag value at most. */
  public static final int VALUE_BYTES_MAX = 4096;

  private final ByteWriter text = new ByteWriter(256);
  private int metricLength;
  private int tags;
  private int[] offsets = new int[2 * 16];
  private int[] lengths = new int[2 * 16];

  /** Starts a new series. */
  public SeriesKey metric(byte[] source, int offset, int length) {
    text.clear();
    tags = 0;
    metricLength = length;
    checkMetric(source, offset, length);
    text.writeBytes(source, offset, length);
    return this;
  }

  private static void checkMetric(byte[] source, int offset, int length) {
    if (length == 0) {
      throw new BadDataException("a metric name must not be empty");
    }
    checkLength("metric name", source, offset, length, NAME_BYTES_MAX);
  }

  public SeriesKey metric(String metric) {
    byte[] utf8 = metric.getBytes(StandardCharsets.UTF_8);
    return metric(utf8, 0, utf8.length);
  }

  /**
   * Adds a tag; an empty value is dropped. The bytes must be valid UTF-8, which the caller has checked.
   *
   * @throws BadDataException past a limit, for an empty name, or for the reserved name of the metric
   */
  public SeriesKey tag(
      byte[] name, int nameOffset, int nameLength, byte[] value, int valueOffset, int valueLength) {
    if (nameLength == 0) {
      throw new BadDataException("a tag name must not be empty");
    }
    checkLength("tag name", name, nameOffset, nameLength, NAME_BYTES_MAX);
    checkLength("tag value", value, valueOffset, valueLength, VALUE_BYTES_MAX);
    if (valueLength == 0) {
      return this;
    }
    if (tags == TAGS_MAX) {
      throw new BadDataException("a series has at most " + TAGS_MAX + " tags");
    }
    if (2 * tags == offsets.length) {
      offsets = Arrays.copyOf(offsets, offsets.length * 2);
      lengths = Arrays.copyOf(lengths, lengths.length * 2);
    }
    // Names mostly arrive in order; insertion keeps them sorted without a second pass.
    int at = tags;
    while (at > 0) {
      int previous = 2 * (at - 1);
      int order = Arrays.compareUnsigned(
          text.array(),
          offsets[previous],
          offsets[previous] + lengths[previous],
          name,
          nameOffset,
          nameOffset + nameLength);
      if (order == 0) {
        throw new BadDataException(
            "tag \"" + new String(name, nameOffset, nameLength, StandardCharsets.UTF_8)
                + "\" is given twice");
      }
      if (order < 0) {
        break;
      }
      System.arraycopy(offsets, previous, offsets, previous + 2, 2);
      System.arraycopy(lengths, previous, lengths, previous + 2, 2);
      at--;
    }
    offsets[2 * at] = text.size();
    lengths[2 * at] = nameLength;
    text.writeBytes(name, nameOffset, nameLength);
    offsets[2 * at + 1] = text.size();
    lengths[2 * at + 1] = valueLength;
    text.writeBytes(value, valueOffset, valueLength);
    tags++;
    return this;
  }

  public SeriesKey tag(String name, String value) {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] valueBytes = value.getBytes(StandardCharsets.UTF_8);
    return tag(nameBytes, 0, nameBytes.length, valueBytes, 0, valueBytes.length);
  }

  public SeriesKey series(String metric, Tags tags) {
    metric(metric);
    tags.forEach(this::tag);
    return this;
  }

  /**
   * Appends the canonical bytes of a series to {@code out}.
   *
   * @throws BadDataException past a limit, for an empty name, or for the reserved name of the metric
   */
  public static void encode(String metric, Tags tags, ByteWriter out) {
    byte[] tail = tags.canonical();
    byte[] name = metric.getBytes(StandardCharsets.UTF_8);
    checkMetric(name, 0, name.length);
    out.writeUnsignedVarint(name.length);
    out.writeBytes(name);
    out.writeBytes(tail);
  }

  static byte[] encodeTags(Tags tags) {
    var key = new SeriesKey();
    tags.forEach(key::tag);
    var out = new ByteWriter(64);
    key.encodePairs(out);
    return out.toByteArray();
  }

  /** Appends the canonical bytes to {@code out}. */
  public void encode(ByteWriter out) {
    out.writeUnsignedVarint(metricLength);
    out.writeBytes(text.array(), 0, metricLength);
    encodePairs(out);
  }

  private void encodePairs(ByteWriter out) {
    for (int i = 0; i < 2 * tags; i++) {
      out.writeUnsignedVarint(lengths[i]);
      out.writeBytes(text.array(), offsets[i], lengths[i]);
    }
  }

  /** The metric and tags of canonical bytes. */
  public static Series decode(byte[] bytes, int offset, int length) {
    var in = new ByteReader(bytes, offset, length);
    String metric = in.readString();
    return new Series(metric, readTags(in, Tags.builder()).build());
  }

  /** All tags of canonical bytes with the metric among them under {@link Tags#METRIC}. */
  public static Tags decodeTags(byte[] bytes, int offset, int length) {
    var in = new ByteReader(bytes, offset, length);
    return readTags(in, Tags.builder().add(Tags.METRIC, in.readString())).build();
  }

  private static Tags.Builder readTags(ByteReader in, Tags.Builder into) {
    while (in.remaining() > 0) {
      into.add(in.readString(), in.readString());
    }
    return into;
  }

  private static void checkLength(String what, byte[] source, int offset, int length, int max) {
    if (length > max) {
      throw new BadDataException(what + " of " + length + " bytes is longer than " + max + ": \""
          + new String(source, offset, 40, StandardCharsets.UTF_8) + "...\"");
    }
  }
}
