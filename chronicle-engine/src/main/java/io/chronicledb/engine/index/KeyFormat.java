package io.chronicledb.engine.index;

import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the canonical bytes of {@link SeriesKey} where they lie. Only {@link #problem} takes bytes from outside; everything else expects
 * what has passed it.
 */
final class KeyFormat {

  /** The reserved name under which a metric's name is found like the value of a tag. */
  static final byte[] METRIC = Tags.METRIC.getBytes(StandardCharsets.UTF_8);

  /** No tag of that name. */
  static final long ABSENT = -1;

  /** What one byte of a uvarint can say. */
  private static final int ONE_BYTE_MAX = 0x7F;

  private KeyFormat() {}

  /** The length of the part that starts here, which is metric, name or value. */
  static int length(byte[] key, int at) {
    int head = key[at];
    return head >= 0 ? head : head & 0x7F | key[at + 1] << 7;
  }

  /** The bytes that the length itself takes. */
  static int lengthBytes(int length) {
    return length <= ONE_BYTE_MAX ? 1 : 2;
  }

  /** Offset and length of a tag's value, packed for {@link #offset} and {@link #length(long)}; {@link #ABSENT} where there is no such tag. */
  static long value(byte[] key, int start, int end, byte[] name) {
    int metricLength = length(key, start);
    int at = start + lengthBytes(metricLength);
    if (Arrays.equals(name, METRIC)) {
      return range(at, metricLength);
    }
    at += metricLength;
    while (at < end) {
      int nameLength = length(key, at);
      int nameStart = at + lengthBytes(nameLength);
      at = nameStart + nameLength;
      int valueLength = length(key, at);
      at += lengthBytes(valueLength);
      if (nameLength == name.length
          && Arrays.equals(key, nameStart, nameStart + nameLength, name, 0, nameLength)) {
        return range(at, valueLength);
      }
      at += valueLength;
    }
    return ABSENT;
  }

  private static long range(int offset, int length) {
    return (long) offset << 32 | length;
  }

  static int offset(long range) {
    return (int) (range >>> 32);
  }

  static int length(long range) {
    return (int) range;
  }

  /** Whether two ranges hold the same bytes. */
  static boolean equal(byte[] a, long rangeA, byte[] b, long rangeB) {
    int startA = offset(rangeA);
    int startB = offset(rangeB);
    return Arrays.equals(a, startA, startA + length(rangeA), b, startB, startB + length(rangeB));
  }

  /**
   * What is wrong with bytes that should be a key; null where nothing is.
   *
   * @param ascii whether all bytes are ASCII, which no UTF-8 has to be looked for in
   */
  static @Nullable String problem(byte[] key, int offset, int length, boolean ascii) {
    int end = offset + length;
    int previousName = 0;
    int previousNameLength = -1;
    int at = offset;
    // Part 0 is the metric, then names and values take turns.
    int part = 0;
    while (at < end || part == 0) {
      boolean isValue = part > 0 && (part & 1) == 0;
      int partLength = checkedLength(key, at, end);
      int max = isValue ? SeriesKey.VALUE_BYTES_MAX : SeriesKey.NAME_BYTES_MAX;
      if (partLength <= 0 || partLength > max) {
        return "part " + part + " at byte " + (at - offset)
            + " is empty, too long or has no length";
      }
      at += lengthBytes(partLength);
      if (partLength > end - at) {
        return "part " + part + " of " + partLength + " bytes does not fit the " + (end - at)
            + " left";
      }
      if (!ascii && !isUtf8(key, at, at + partLength)) {
        return "part " + part + " is not UTF-8";
      }
      if (!isValue && part > 0) {
        int previousEnd = previousName + previousNameLength;
        if (previousNameLength >= 0
            && Arrays.compareUnsigned(key, previousName, previousEnd, key, at, at + partLength)
                >= 0) {
          return "tag " + part / 2 + " is not behind the one before it";
        }
        if (partLength == METRIC.length
            && Arrays.equals(key, at, at + partLength, METRIC, 0, partLength)) {
          return "the tag name " + Tags.METRIC + " is reserved for the metric";
        }
        previousName = at;
        previousNameLength = partLength;
      }
      at += partLength;
      part++;
    }
    if ((part & 1) == 0) {
      return "the last tag has no value";
    }
    return part / 2 > SeriesKey.TAGS_MAX ? part / 2 + " tags are too many" : null;
  }

  /** A length in the one form that is canonical; negative where there is none. */
  private static int checkedLength(byte[] key, int at, int end) {
    if (at >= end) {
      return -1;
    }
    int head = key[at];
    if (head >= 0) {
      return head;
    }
    // No part has a length of three bytes, and a second byte of 0 says what one byte can say.
    return at + 1 < end && key[at + 1] > 0 ? head & 0x7F | key[at + 1] << 7 : -1;
  }

  private static boolean isUtf8(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end) {
      int lead = bytes[at++] & 0xFF;
      if (lead < 0x80) {
        continue;
      }
      int more = lead < 0xC2 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 0;
      if (more == 0 || more > end - at) {
        return false;
      }
      // Forms longer than needed, surrogates, and what lies beyond the last code point.
      int second = bytes[at] & 0xFF;
      if ((lead == 0xE0 && second < 0xA0)
          || (lead == 0xED && second > 0x9F)
          || (lead == 0xF0 && second < 0x90)
          || (lead == 0xF4 && second > 0x8F)) {
        return false;
      }
      for (; more > 0; more--) {
        if ((bytes[at++] & 0xC0) != 0x80) {
          return false;
        }
      }
    }
    return true;
  }
}
