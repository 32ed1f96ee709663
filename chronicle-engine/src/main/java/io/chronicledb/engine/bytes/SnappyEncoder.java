package io.chronicledb.engine.bytes;

/**
 * Encodes Snappy's raw block format (drawn in {@link SnappyDecoder}) in plain Java. Greedy: a table of the places where four-byte
 * words were seen finds repetitions within 64 KiB. Only used where the native library cannot be loaded, so it is short
 * rather than fast.
 */
final class SnappyEncoder {

  private static final int HASH_BITS = 14;
  /** Copies with a two-byte offset reach this far. */
  private static final int DISTANCE_MAX = 0xFFFF;

  private static final int COPY_LENGTH_MAX = 64;
  private static final int WORD = 4;

  private SnappyEncoder() {}

  static byte[] encode(byte[] source, int offset, int length) {
    var out = new ByteWriter(32 + length + length / 6);
    out.writeUnsignedVarint(length);
    int end = offset + length;
    // Places are kept relative to the offset, plus one, so that zero means none.
    var table = new int[1 << HASH_BITS];
    int literalStart = offset;
    int at = offset;
    while (at + WORD <= end) {
      int slot = hash(source, at);
      int candidate = table[slot] - 1 + offset;
      boolean seen =
          table[slot] != 0 && at - candidate <= DISTANCE_MAX && equalWords(source, candidate, at);
      table[slot] = at - offset + 1;
      if (!seen) {
        at++;
        continue;
      }
      literal(out, source, literalStart, at);
      int matched = WORD;
      while (at + matched < end && source[candidate + matched] == source[at + matched]) {
        matched++;
      }
      copy(out, at - candidate, matched);
      at += matched;
      literalStart = at;
    }
    literal(out, source, literalStart, end);
    return out.toByteArray();
  }

  private static void literal(ByteWriter out, byte[] source, int from, int to) {
    int count = to - from;
    if (count == 0) {
      return;
    }
    int last = count - 1;
    if (last < 60) {
      out.writeByte(last << 2);
    } else {
      int bytes = (39 - Integer.numberOfLeadingZeros(last)) / 8;
      out.writeByte((59 + bytes) << 2);
      for (int i = 0; i < bytes; i++) {
        out.writeByte(last >>> (8 * i));
      }
    }
    out.writeBytes(source, from, count);
  }

  private static void copy(ByteWriter out, int distance, int count) {
    for (int rest = count; rest > 0; ) {
      int length = Math.min(rest, COPY_LENGTH_MAX);
      out.writeByte(((length - 1) << 2) | 2);
      out.writeByte(distance);
      out.writeByte(distance >>> 8);
      rest -= length;
    }
  }

  private static int word(byte[] source, int at) {
    return (source[at] & 0xFF)
        | (source[at + 1] & 0xFF) << 8
        | (source[at + 2] & 0xFF) << 16
        | source[at + 3] << 24;
  }

  private static int hash(byte[] source, int at) {
    return (word(source, at) * 0x1E35A7BD) >>> (32 - HASH_BITS);
  }

  private static boolean equalWords(byte[] source, int a, int b) {
    return word(source, a) == word(source, b);
  }
}
