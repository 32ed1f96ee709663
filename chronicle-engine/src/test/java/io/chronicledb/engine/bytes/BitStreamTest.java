package io.chronicledb.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.error.CorruptionException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BitStreamTest {

  @Test
  void readsBackEveryWidthAtEveryBitOffset() {
    var random = new Random(1);
    for (int offset = 0; offset < 8; offset++) {
      for (int width = 0; width <= 64; width++) {
        long value = width == 0 ? 0 : random.nextLong() >>> (64 - width);
        var out = new ByteWriter(0);
        var bits = new BitWriter(out);
        bits.writeBits(-1, offset);
        bits.writeBits(value | (width == 64 ? 0 : -1L << width), width); // High bits must not leak.
        bits.writeBit(true);
        bits.flush();
        var in = new BitReader(out.array(), 0, out.size());
        assertThat(in.readBits(offset)).isEqualTo((1L << offset) - 1);
        assertThat(in.readBits(width)).as("%d bits at %d", width, offset).isEqualTo(value);
        assertThat(in.readBit()).isTrue();
        assertThat(in.position()).isEqualTo(offset + width + 1);
      }
    }
  }

  @Test
  void readsBackARandomSequence() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    int count = 10_000;
    var widths = new int[count];
    var values = new long[count];
    var out = new ByteWriter(16);
    var bits = new BitWriter(out);
    for (int i = 0; i < count; i++) {
      widths[i] = random.nextInt(65);
      values[i] = widths[i] == 0 ? 0 : random.nextLong() >>> (64 - widths[i]);
      bits.writeBits(values[i], widths[i]);
    }
    bits.flush();
    var shifted = new byte[out.size() + 3];
    System.arraycopy(out.array(), 0, shifted, 3, out.size());
    var in = new BitReader(shifted, 3, out.size());
    for (int i = 0; i < count; i++) {
      assertThat(in.readBits(widths[i])).as("value %d, -Dseed=%d", i, seed).isEqualTo(values[i]);
    }
  }

  @Test
  void neverReadsBeyondItsRangeThoughTheArrayGoesOn() {
    var in = new BitReader(new byte[] {-1, -1, -1, -1}, 1, 2);
    in.readBits(15);
    assertThatThrownBy(() -> in.readBits(2)).isInstanceOf(CorruptionException.class);
    assertThat(in.readBit()).isTrue();
    assertThatThrownBy(in::readBit).isInstanceOf(CorruptionException.class);
    assertThat(in.readBits(0)).isZero();
  }
}
