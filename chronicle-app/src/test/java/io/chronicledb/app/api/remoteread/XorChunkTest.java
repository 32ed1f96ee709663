package io.chronicledb.app.api.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.column.StaleMarker;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class XorChunkTest {

  private static final double[] VALUES = {
    0,
    -0.0,
    1,
    1,
    1,
    2,
    -1,
    0.1,
    Math.PI,
    1e300,
    Double.MIN_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    StaleMarker.value(),
    7,
    7,
    Long.MAX_VALUE
  };

  /** Deltas around every bound between two widths. */
  private static final long[] DELTAS = {
    1, 2, 3, 15_000, 15_000, 15_001, 8_191, 16_383, 16_384, 1, 65_536, 131_072, 1, 524_288, 1,
    1_048_577, 1L << 40, 5
  };

  @Test
  void keepsEveryBitOfEveryValueAndTimestamp() {
    var times = new long[DELTAS.length];
    long time = -1_000_000;
    for (int i = 0; i < times.length; i++) {
      time += DELTAS[i];
      times[i] = time;
    }
    assertKept(times, VALUES, new XorChunk());
  }

  /** The bytes that Prometheus writes for samples one second apart. */
  @Test
  void isTheEncodingOfPrometheus() {
    var chunk = new XorChunk();
    chunk.add(1000, 1);
    chunk.add(2000, 1);
    chunk.add(3000, 1);
    // Count, 1000 as zigzag, the bits of 1.0, 1000, and three zero bits: same value, same delta,
    // same value.
    assertThat(HexFormat.of().formatHex(chunk.encode()))
        .isEqualTo("0003" + "d00f" + "3ff0000000000000" + "e807" + "00");
    assertThat(chunk.firstMillis()).isEqualTo(1000);
    assertThat(chunk.lastMillis()).isEqualTo(3000);
  }

  @Test
  void canBeUsedAgain() {
    var chunk = new XorChunk();
    chunk.add(5, 0.3);
    chunk.add(9, 0.7);
    chunk.encode();
    chunk.clear();
    assertKept(new long[] {10, 20, 40}, new double[] {1, 2, 4}, chunk);
  }

  @RepeatedTest(50)
  void keepsRandomSamples(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    int count = 1 + random.nextInt(XorChunk.SAMPLES_MAX);
    var times = new long[count];
    var values = new double[count];
    long time = random.nextLong() >> 20;
    for (int i = 0; i < count; i++) {
      time += 1 + (random.nextLong() >>> 1 + 30 + random.nextInt(32));
      times[i] = time;
      values[i] = random.nextBoolean()
          ? Double.longBitsToDouble(random.nextLong())
          : random.nextInt(1000) / 10.0;
    }
    assertKept(times, values, new XorChunk());
  }

  private static void assertKept(long[] times, double[] values, XorChunk chunk) {
    for (int i = 0; i < times.length; i++) {
      chunk.add(times[i], values[i]);
    }
    assertThat(chunk.count()).isEqualTo(times.length);
    var reader = new XorChunkReader(chunk.encode());
    assertThat(reader.count()).isEqualTo(times.length);
    for (int i = 0; i < times.length; i++) {
      reader.next();
      assertThat(reader.millis()).isEqualTo(times[i]);
      assertThat(Double.doubleToRawLongBits(reader.value()))
          .isEqualTo(Double.doubleToRawLongBits(values[i]));
    }
  }
}
