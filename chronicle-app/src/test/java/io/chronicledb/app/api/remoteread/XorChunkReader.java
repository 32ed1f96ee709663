package io.chronicledb.app.api.remoteread;

/** Reads Prometheus' chunks bit by bit, as its documentation describes them. */
final class XorChunkReader {

  private final byte[] bytes;
  private int bit = 16;
  private int read;
  private long millis;
  private long delta;
  private long value;
  private int leading;
  private int trailing;

  XorChunkReader(byte[] bytes) {
    this.bytes = bytes;
  }

  int count() {
    return (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
  }

  void next() {
    if (read == 0) {
      long zigzag = uvarint();
      millis = zigzag >>> 1 ^ -(zigzag & 1);
      value = bits(64);
    } else {
      delta = read == 1 ? uvarint() : delta + deltaOfDelta();
      millis += delta;
      if (bits(1) == 1) {
        if (bits(1) == 1) {
          leading = (int) bits(5);
          int length = (int) bits(6);
          trailing = 64 - leading - (length == 0 ? 64 : length);
        }
        value ^= bits(64 - leading - trailing) << trailing;
      }
    }
    read++;
  }

  long millis() {
    return millis;
  }

  double value() {
    return Double.longBitsToDouble(value);
  }

  private long deltaOfDelta() {
    if (bits(1) == 0) {
      return 0;
    } else if (bits(1) == 0) {
      return signed(14);
    } else if (bits(1) == 0) {
      return signed(17);
    } else if (bits(1) == 0) {
      return signed(20);
    }
    return bits(64);
  }

  private long signed(int width) {
    long number = bits(width);
    return number > 1L << (width - 1) ? number - (1L << width) : number;
  }

  private long uvarint() {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      long next = bits(8);
      number |= (next & 0x7f) << shift;
      if (next < 0x80) {
        return number;
      }
    }
  }

  private long bits(int count) {
    long number = 0;
    for (int i = 0; i < count; i++, bit++) {
      number = number << 1 | bytes[bit / 8] >> 7 - bit % 8 & 1;
    }
    return number;
  }
}
