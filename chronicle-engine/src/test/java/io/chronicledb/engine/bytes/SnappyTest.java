package io.chronicledb.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.snappy.SnappyCompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.chronicledb.engine.error.BadDataException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SnappyTest {

  private static final long SEED = Long.getLong("chronicle.test.seed", System.nanoTime());
  private static final int LIMIT = 1 << 20;

  @Test
  void readsWhatThreeEncodersWrite() {
    for (byte[] content : contents()) {
      for (byte[] block : blocks(content)) {
        assertThat(Snappy.uncompressedLength(block, 0, block.length)).isEqualTo(content.length);
        assertThat(Snappy.uncompress(block, 0, block.length, LIMIT)).as(seed()).isEqualTo(content);
        assertThat(SnappyDecoder.decode(block, 0, block.length, content.length))
            .as(seed())
            .isEqualTo(content);
      }
    }
  }

  @Test
  void writesWhatTwoOtherDecodersRead() throws Exception {
    for (byte[] content : contents()) {
      byte[] block = SnappyEncoder.encode(content, 0, content.length);
      assertThat(org.xerial.snappy.Snappy.uncompress(block)).as(seed()).isEqualTo(content);
      assertThat(airliftUncompress(block, content.length)).as(seed()).isEqualTo(content);
    }
  }

  @Test
  void encodesRepetitionShortly() {
    var content = new byte[100_000];
    assertThat(SnappyEncoder.encode(content, 0, content.length)).hasSizeLessThan(5_000);
  }

  @Test
  void readsIntoAnArrayThatHoldsTheContent() {
    byte[] content = "to be or not to be, to be or not to be".getBytes(StandardCharsets.US_ASCII);
    byte[] block = Snappy.compress(content, 0, content.length);
    var into = new byte[content.length + 5];
    assertThat(Snappy.uncompressInto(block, 0, block.length, into)).isEqualTo(content.length);
    assertThat(Arrays.copyOf(into, content.length)).isEqualTo(content);
    assertThatThrownBy(
            () -> Snappy.uncompressInto(block, 0, block.length, new byte[content.length - 1]))
        .isInstanceOf(BadDataException.class);
  }

  @Test
  void readsARangeOfAnArray() {
    byte[] content = "to be or not to be, to be or not to be".getBytes(StandardCharsets.US_ASCII);
    byte[] block = SnappyEncoder.encode(content, 3, content.length - 3);
    var inside = new byte[block.length + 20];
    System.arraycopy(block, 0, inside, 7, block.length);
    byte[] expected = Arrays.copyOfRange(content, 3, content.length);
    assertThat(Snappy.uncompress(inside, 7, block.length, LIMIT)).isEqualTo(expected);
    assertThat(SnappyDecoder.decode(inside, 7, block.length, expected.length)).isEqualTo(expected);
  }

  @Test
  void refusesADeclaredLengthBeyondTheLimitBeforeAllocating() {
    // 50 bytes that claim 2.5 GB: what brought down receivers that believed it.
    var bomb = new ByteWriter(64);
    bomb.writeUnsignedVarint(2_684_354_560L);
    bomb.writeZeros(50 - bomb.size());
    assertThatThrownBy(() -> Snappy.uncompress(bomb.toByteArray(), 0, 50, 32 << 20))
        .isInstanceOf(BadDataException.class)
        .hasMessageContaining("2684354560")
        .hasMessageContaining("33554432");
    assertThatThrownBy(() -> Snappy.uncompressedLength(bomb.toByteArray(), 0, 50))
        .isInstanceOf(BadDataException.class);
  }

  @Test
  void refusesADeclaredLengthThatTheBlockCannotHold() {
    var bomb = new ByteWriter(64);
    bomb.writeUnsignedVarint(30 << 20);
    bomb.writeZeros(50 - bomb.size());
    assertThatThrownBy(() -> Snappy.uncompress(bomb.toByteArray(), 0, 50, 32 << 20))
        .isInstanceOf(BadDataException.class)
        .hasMessageContaining("cannot hold");
  }

  @Test
  void acceptsTheLimitAndRefusesOneBeyond() {
    byte[] block = SnappyEncoder.encode(new byte[1000], 0, 1000);
    assertThat(Snappy.uncompress(block, 0, block.length, 1000)).hasSize(1000);
    assertThatThrownBy(() -> Snappy.uncompress(block, 0, block.length, 999))
        .isInstanceOf(BadDataException.class);
  }

  @Test
  void expandsTheDensestBlockThereIs() {
    // One literal byte, then nothing but copies of 64: the ratio that the plausibility check must
    // let pass.
    var block = new ByteWriter(64);
    block.writeUnsignedVarint(1 + 64 * 1000);
    block.writeByte(0);
    block.writeByte('x');
    for (int i = 0; i < 1000; i++) {
      block.writeByte(63 << 2 | 2);
      block.writeByte(1);
      block.writeByte(0);
    }
    assertThat(Snappy.uncompress(block.toByteArray(), 0, block.size(), LIMIT))
        .hasSize(64_001)
        .containsOnly('x');
  }

  @Test
  void refusesAnEmptyBlock() {
    assertThatThrownBy(() -> Snappy.uncompress(new byte[0], 0, 0, LIMIT))
        .isInstanceOf(BadDataException.class);
  }

  @Test
  void refusesEveryTruncation() {
    byte[] content = mixed(new Random(SEED), 3000);
    for (byte[] block : blocks(content)) {
      for (int length = 0; length < block.length; length++) {
        int cut = length;
        assertThatThrownBy(() -> Snappy.uncompress(block, 0, cut, LIMIT))
            .as("cut at %s, %s", cut, seed())
            .isInstanceOf(BadDataException.class);
        assertThatThrownBy(() -> SnappyDecoder.decode(
                block, 0, cut, SnappyDecoder.declaredLength(block, 0, cut, LIMIT)))
            .as("cut at %s, %s", cut, seed())
            .isInstanceOf(BadDataException.class);
      }
    }
  }

  @Test
  void flippedBitsGiveTheDeclaredLengthOrATypedErrorAndBothDecodersAgree() {
    var random = new Random(SEED);
    byte[] content = mixed(random, 500);
    for (byte[] block : blocks(content)) {
      for (int bit = 0; bit < block.length * 8; bit++) {
        byte[] damaged = block.clone();
        damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
        if (random.nextBoolean()) {
          damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
        assertAgreement(damaged);
      }
    }
  }

  @Test
  void randomBytesGiveTheDeclaredLengthOrATypedErrorAndBothDecodersAgree() {
    var random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      var block = new byte[random.nextInt(200)];
      random.nextBytes(block);
      assertAgreement(block);
    }
  }

  private static void assertAgreement(byte[] block) {
    byte[] ours;
    try {
      int declared = SnappyDecoder.declaredLength(block, 0, block.length, LIMIT);
      ours = SnappyDecoder.decode(block, 0, block.length, declared);
      assertThat(ours).as(seed()).hasSize(declared);
    } catch (BadDataException e) {
      assertThatThrownBy(() -> Snappy.uncompress(block, 0, block.length, LIMIT))
          .as(seed())
          .isInstanceOf(BadDataException.class);
      return;
    }
    assertThat(Snappy.uncompress(block, 0, block.length, LIMIT)).as(seed()).isEqualTo(ours);
  }

  private static String seed() {
    return "-Dchronicle.test.seed=" + SEED;
  }

  private static List<byte[]> contents() {
    var random = new Random(SEED);
    var contents = new ArrayList<byte[]>();
    for (int length : new int[] {
      0, 1, 3, 4, 5, 59, 60, 61, 62, 255, 256, 257, 300, 65_535, 65_536, 65_537, 70_000, 300_000
    }) {
      var noise = new byte[length];
      random.nextBytes(noise);
      contents.add(noise);
      contents.add(new byte[length]);
      contents.add(mixed(random, length));
    }
    for (int i = 0; i < 200; i++) {
      contents.add(mixed(random, random.nextInt(5000)));
    }
    return contents;
  }

  /** Noise, runs and repetitions of what came before. */
  private static byte[] mixed(Random random, int length) {
    var content = new byte[length];
    int at = 0;
    while (at < length) {
      int count = Math.min(length - at, 1 + random.nextInt(100));
      switch (random.nextInt(3)) {
        case 0 -> {
          for (int i = 0; i < count; i++) {
            content[at + i] = (byte) random.nextInt();
          }
        }
        case 1 -> Arrays.fill(content, at, at + count, (byte) random.nextInt());
        default -> {
          int from = random.nextInt(at + 1);
          for (int i = 0; i < count; i++) {
            content[at + i] = content[from + i];
          }
        }
      }
      at += count;
    }
    return content;
  }

  private static List<byte[]> blocks(byte[] content) {
    return List.of(
        Snappy.compress(content, 0, content.length),
        SnappyEncoder.encode(content, 0, content.length),
        airliftCompress(content));
  }

  private static byte[] airliftCompress(byte[] content) {
    var compressor = new SnappyCompressor();
    var block = new byte[compressor.maxCompressedLength(content.length)];
    return Arrays.copyOf(
        block, compressor.compress(content, 0, content.length, block, 0, block.length));
  }

  private static byte[] airliftUncompress(byte[] block, int length) {
    var content = new byte[length];
    int written = new SnappyDecompressor().decompress(block, 0, block.length, content, 0, length);
    return Arrays.copyOf(content, written);
  }
}
