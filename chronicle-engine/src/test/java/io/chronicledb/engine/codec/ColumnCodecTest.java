package io.chronicledb.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.CorruptionException;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ColumnCodecTest {

  private static final double[] ODD_VALUES = {
    0.0,
    -0.0,
    1,
    -1,
    Double.NaN,
    Double.longBitsToDouble(0x7FF0_0000_0000_0001L),
    Double.longBitsToDouble(0xFFF8_DEAD_BEEF_0001L),
    Double.longBitsToDouble(StaleMarker.BITS),
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MIN_NORMAL,
    Double.MAX_VALUE,
    Math.PI
  };

  private static final long[] STEPS = {1, 7, 1_000, 1_000_000, 1_000_000_000, 10_000_000_000L};

  @Test
  void timestampsComeBack() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      long[] times = timestamps(random, 1 + random.nextInt(100));
      assertThat(decodeTimestamps(encode(times), times.length))
          .as("-Dseed=%d, round %d", seed, round)
          .isEqualTo(times);
    }
  }

  @Test
  void theWholeRangeOfTimestampsComesBack() {
    for (long[] times : new long[][] {
      {Long.MIN_VALUE},
      {Long.MAX_VALUE - 1},
      {Long.MIN_VALUE, Long.MAX_VALUE - 1},
      {Long.MIN_VALUE, 0, Long.MAX_VALUE - 1},
      {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1, Long.MAX_VALUE - 2, Long.MAX_VALUE - 1},
      {Long.MIN_VALUE, Long.MAX_VALUE - 2, Long.MAX_VALUE - 1},
      {-3_000_000_000L, 0, 3_000_000_000L},
      {-1, 999_999_999_999_999_999L}
    }) {
      assertThat(decodeTimestamps(encode(times), times.length)).isEqualTo(times);
    }
  }

  @Test
  void valuesComeBackBitByBit() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      double[] values = values(random, 1 + random.nextInt(100));
      assertThat(bits(decodeValues(encode(values), values.length)))
          .as("-Dseed=%d, round %d", seed, round)
          .isEqualTo(bits(values));
    }
  }

  @Test
  void damagedTimestampsGiveValuesOrCorruptionAndNothingElse() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      int count = 1 + random.nextInt(60);
      byte[] bytes = encode(timestamps(random, count));
      for (int length = 0; length < bytes.length; length++) {
        tolerated(seed, decodeTimestamps(Arrays.copyOf(bytes, length), count));
      }
      for (int bit = 0; bit < 8 * bytes.length; bit++) {
        bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        long[] times = decodeTimestamps(bytes, count);
        tolerated(seed, times);
        bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
      }
    }
  }

  @Test
  void damagedValuesGiveValuesOrCorruptionAndNothingElse() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      int count = 1 + random.nextInt(60);
      byte[] bytes = encode(values(random, count));
      for (int length = 0; length < bytes.length; length++) {
        decodeValues(Arrays.copyOf(bytes, length), count);
      }
      for (int bit = 0; bit < 8 * bytes.length; bit++) {
        bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        decodeValues(bytes, count);
        bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
      }
    }
  }

  @Test
  void aCutColumnIsCorruption() {
    byte[] times = encode(new long[] {1, 1 << 20, 1L << 50, 1L << 60});
    assertThat(decodeTimestamps(Arrays.copyOf(times, times.length - 1), 4)).isNull();
    byte[] values = encode(new double[] {1.1, 2.7, Math.PI, Math.E});
    assertThat(decodeValues(Arrays.copyOf(values, values.length - 1), 4)).isNull();
  }

  /** Whatever is decoded keeps the invariant that readers rely on. */
  private static void tolerated(long seed, long[] times) {
    for (int i = 1; times != null && i < times.length; i++) {
      assertThat(times[i]).as("-Dseed=%d", seed).isGreaterThan(times[i - 1]);
    }
  }

  private static byte[] encode(long[] times) {
    var out = new ByteWriter(0);
    DeltaOfDeltaCodec.encode(times, 0, times.length, out);
    return out.toByteArray();
  }

  private static byte[] encode(double[] values) {
    var out = new ByteWriter(0);
    XorCodec.encode(values, 0, values.length, out);
    return out.toByteArray();
  }

  /** Null where decoding reports corruption. */
  private static long[] decodeTimestamps(byte[] bytes, int count) {
    var times = new long[count];
    try {
      DeltaOfDeltaCodec.decode(bytes, 0, bytes.length, count, times);
      return times;
    } catch (CorruptionException e) {
      return null;
    } catch (RuntimeException e) {
      return fail("only corruption is a fair answer", e);
    }
  }

  private static double[] decodeValues(byte[] bytes, int count) {
    var values = new double[count];
    try {
      XorCodec.decode(bytes, 0, bytes.length, count, values);
      return values;
    } catch (CorruptionException e) {
      return null;
    } catch (RuntimeException e) {
      return fail("only corruption is a fair answer", e);
    }
  }

  private static long[] timestamps(Random random, int count) {
    if (random.nextInt(5) == 0) {
      var any = new TreeSet<Long>();
      while (any.size() < count) {
        any.add(Math.min(random.nextLong() >> random.nextInt(64), Long.MAX_VALUE - 1));
      }
      return any.stream().mapToLong(Long::longValue).toArray();
    }
    long step = STEPS[random.nextInt(STEPS.length)];
    long jitter = 1L << random.nextInt(40);
    var times = new long[count];
    long time = random.nextLong() >> (1 + random.nextInt(30));
    for (int i = 0; i < count; i++) {
      times[i] = time;
      time += step + (random.nextInt(4) == 0 ? step * (random.nextLong() >>> 1) % jitter : 0);
      time = Math.max(time, times[i] + 1);
    }
    return times;
  }

  private static double[] values(Random random, int count) {
    int kind = random.nextInt(4);
    var values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = switch (kind) {
        case 0 -> ODD_VALUES[random.nextInt(ODD_VALUES.length)];
        case 1 -> Double.longBitsToDouble(random.nextLong());
        case 2 -> i == 0 || random.nextInt(3) == 0 ? random.nextInt(1000) : values[i - 1];
        default -> 20 + random.nextGaussian();
      };
    }
    return values;
  }

  private static long[] bits(double[] values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
