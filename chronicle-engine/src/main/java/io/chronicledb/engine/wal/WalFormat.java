package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Constants of the log, version 1; the drawing stands in the package's description. */
final class WalFormat {

  static final byte[] MAGIC = "CHRWAL1".getBytes(StandardCharsets.US_ASCII);
  static final int VERSION = 1;
  static final int SEGMENT_HEADER_BYTES = 7 + 1 + 16 + 8 + 8 + 4;

  static final int LENGTH_OFFSET = 0;
  static final int CRC_OFFSET = 4;
  static final int TYPE_OFFSET = 8;
  static final int SEQUENCE_OFFSET = 9;
  static final int RECORD_HEADER_BYTES = 8 + 1 + 8 + 8;

  static final int TYPE_BATCH = 1;
  static final int TYPE_DELETION = 2;
  static final int TYPE_MIXED_BATCH = 3;
  static final int TYPE_EXEMPLARS = 4;
  static final int TYPE_METADATA = 5;

  /**
   * A bound for the payload: a batch of the most points, each opening a series of the longest key, would pass it, so
   * appending one is refused.
   */
  static final int PAYLOAD_BYTES_MAX = 256 << 20;

  private static final String SUFFIX = ".wal";
  private static final int DIGITS = 10;

  private WalFormat() {}

  static String fileName(long segment) {
    String digits = Long.toString(segment);
    // A formatter would first load all that it knows of locales, which opening would wait for.
    return "0".repeat(Math.max(0, DIGITS - digits.length())).concat(digits).concat(SUFFIX);
  }

  /** The number of a segment's file name; -1 for any other name. */
  static long segmentNumber(String fileName) {
    if (!fileName.endsWith(SUFFIX)) {
      return -1;
    }
    int digits = fileName.length() - SUFFIX.length();
    for (int i = 0; i < digits; i++) {
      if (fileName.charAt(i) < '0' || fileName.charAt(i) > '9') {
        return -1;
      }
    }
    return digits == DIGITS ? Long.parseLong(fileName, 0, digits, 10) : -1;
  }

  static ByteWriter segmentHeader(UUID databaseId, long segment, long firstSequence) {
    var out = new ByteWriter(SEGMENT_HEADER_BYTES);
    out.writeBytes(MAGIC);
    out.writeByte(VERSION);
    out.writeLong(databaseId.getMostSignificantBits());
    out.writeLong(databaseId.getLeastSignificantBits());
    out.writeLong(segment);
    out.writeLong(firstSequence);
    out.writeInt(Crc32c.of(out.array(), 0, out.size()));
    return out;
  }

  /** The bytes that tie a record to its database and segment in its checksum. */
  static byte[] fileId(UUID databaseId, long segment) {
    var out = new ByteWriter(24);
    out.writeLong(databaseId.getMostSignificantBits());
    out.writeLong(databaseId.getLeastSignificantBits());
    out.writeLong(segment);
    return out.toByteArray();
  }

  /** The checksum of a record whose bytes start at {@code offset} in {@code bytes}. */
  static int crc(Crc32c crc, byte[] fileId, byte[] bytes, int offset, int payloadLength) {
    return crc.reset()
        .update(bytes, offset + LENGTH_OFFSET, CRC_OFFSET)
        .update(bytes, offset + TYPE_OFFSET, RECORD_HEADER_BYTES - TYPE_OFFSET)
        .update(fileId, 0, fileId.length)
        .update(bytes, offset + RECORD_HEADER_BYTES, payloadLength)
        .value();
  }
}
