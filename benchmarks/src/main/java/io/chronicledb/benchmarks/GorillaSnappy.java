package io.chronicledb.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.xerial.snappy.Snappy;

/**
 * What everybody starts from: the chunk of the Gorilla paper (delta-of-delta timestamps, XOR of values), then Snappy over its bytes. Counts
 * bytes only; there is no decoder. Timestamps are in milliseconds, which spares the chunk what nanoseconds would cost.
 */
final class GorillaSnappy {

  private final int samplesMax;
  private byte[] bits = new byte[1 << 10];
  private int bitCount;
  private int samples;
  private long time;
  private long delta;
  private long value;
  private int leading;
  private int trailing;
  private long bytes;

  /** @param samplesMax samples of a chunk */
  GorillaSnappy(int samplesMax) {
    this.samplesMax = samplesMax;
  }

  void add(long nextTime, double nextValue) {
    long nextBits = Double.doubleToRawLongBits(nextValue);
    if (samples == 0) {
      append(nextTime, 64);
      append(nextBits, 64);
      delta = 0;
      leading = -1;
    } else {
      appendTime(nextTime);
      appendValue(nextBits ^ value);
    }
    time = nextTime;
    value = nextBits;
    if (++samples == samplesMax) {
      endChunk();
    }
  }

  private void appendTime(long nextTime) {
    long nextDelta = nextTime - time;
    long change = nextDelta - delta;
    delta = nextDelta;
    if (change == 0) {
      append(0, 1);
    } else if (change >= -63 && change <= 64) {
      append(0b10, 2);
      append(change, 7);
    } else if (change >= -255 && change <= 256) {
      append(0b110, 3);
      append(change, 9);
    } else if (change >= -2047 && change <= 2048) {
      append(0b1110, 4);
      append(change, 12);
    } else {
      append(0b1111, 4);
      append(change, 32);
    }
  }

  private void appendValue(long xor) {
    if (xor == 0) {
      append(0, 1);
      return;
    }
    int zeros = Math.min(31, Long.numberOfLeadingZeros(xor));
    int zerosBehind = Long.numberOfTrailingZeros(xor);
    if (leading >= 0 && zeros >= leading && zerosBehind >= trailing) {
      append(0b10, 2);
    } else {
      leading = zeros;
      trailing = zerosBehind;
      append(0b11, 2);
      append(leading, 5);
      append(64 - leading - trailing, 6);
    }
    append(xor >>> trailing, 64 - leading - trailing);
  }

  private void append(long number, int width) {
    for (int i = width - 1; i >= 0; i--, bitCount++) {
      if (bitCount >> 3 == bits.length) {
        bits = Arrays.copyOf(bits, bits.length * 2);
      }
      bits[bitCount >> 3] |= (byte) ((number >>> i & 1) << (7 - (bitCount & 7)));
    }
  }

  private void endChunk() {
    if (samples > 0) {
      int length = bitCount + 7 >> 3;
      try {
        bytes += Math.min(length, Snappy.compress(Arrays.copyOf(bits, length)).length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Arrays.fill(bits, 0, length, (byte) 0);
      bitCount = 0;
      samples = 0;
    }
  }

  /** Bytes of all chunks; ends the last one. */
  long bytes() {
    endChunk();
    return bytes;
  }
}
