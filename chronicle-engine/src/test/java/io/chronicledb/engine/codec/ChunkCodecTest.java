package io.chronicledb.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ChunkCodecTest {

  private static final long SECOND = 1_000_000_000L;

  private final ByteWriter out = new ByteWriter(0);
  private final ChunkDecoder decoder = new ChunkDecoder();
  private final List<ChunkEncoder> encoders = List.of(
      new ChunkEncoder(Effort.FRESH),
      new ChunkEncoder(Effort.COLD),
      new ChunkEncoder(Effort.COLD, true));

  @Test
  void everySampleComesBackBitByBit() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0;
        round < 3 * SampleGenerator.TIMESTAMP_KINDS * SampleGenerator.VALUE_KINDS;
        round++) {
      int count = count(random);
      long[] times =
          SampleGenerator.timestamps(random, round % SampleGenerator.TIMESTAMP_KINDS, count);
      double[] values = SampleGenerator.values(random, round % SampleGenerator.VALUE_KINDS, count);
      for (ChunkEncoder encoder : encoders) {
        comesBack(encoder, times, values, "-Dseed=" + seed + ", round " + round);
      }
    }
  }

  /** One to the whole chunk, and often just around the length of a block. */
  private static int count(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 1 + random.nextInt(10);
      case 1 -> 126 + random.nextInt(6);
      case 2 -> 1 + random.nextInt(ChunkEncoder.SAMPLES_MAX);
      default -> random.nextInt(8) == 0 ? ChunkEncoder.SAMPLES_MAX : 1 + random.nextInt(400);
    };
  }

  @Test
  void everyCountComesBack() {
    var random = new Random(1);
    for (int count = 1; count <= 300; count++) {
      long[] times = SampleGenerator.timestamps(random, 1, count);
      double[] values = SampleGenerator.values(random, 3, count);
      for (ChunkEncoder encoder : encoders) {
        comesBack(encoder, times, values, count + " samples");
      }
    }
  }

  @Test
  void everyPackedWidthComesBack() {
    var random = new Random(1);
    long[] values = new long[IntegerPacking.BLOCK];
    var unpacked = new long[IntegerPacking.BLOCK];
    for (int width = 0; width <= 64; width++) {
      for (int count : new int[] {1, 2, 7, 63, 127, 128}) {
        for (int i = 0; i < count; i++) {
          values[i] = 77 + (width == 0 ? 0 : random.nextLong() >>> (64 - width));
        }
        out.clear();
        IntegerPacking.pack(values, 0, count, 77, width, out);
        assertThat(out.size()).isEqualTo(IntegerPacking.bytes(count, width));
        byte[] bytes = Arrays.copyOf(out.toByteArray(), out.size() + IntegerPacking.OVERREAD);
        Arrays.fill(bytes, out.size(), bytes.length, (byte) -1);
        IntegerPacking.unpack(bytes, 0, count, width, 77, unpacked, 0);
        assertThat(Arrays.copyOf(unpacked, count))
            .as("width %d", width)
            .isEqualTo(Arrays.copyOf(values, count));
      }
    }
  }

  @Test
  void aDivisorIsTheGreatestThatAllShare() {
    var random = new Random(1);
    var divisor = new CommonDivisor();
    for (int round = 0; round < 2_000; round++) {
      long unit = 1 + (random.nextLong() >>> (5 + random.nextInt(59)));
      divisor.clear();
      divisor.add(0);
      divisor.add(unit * 6);
      divisor.add(unit * -9);
      assertThat(divisor.divisor()).isEqualTo(unit * 3);
      divisor.add(unit * 2);
      assertThat(divisor.divisor()).isEqualTo(unit);
      assertThat(divisor.quotient(unit * -5)).isEqualTo(-5);
    }
  }

  @Test
  void everyEncodingIsChosenForTheDataItIsFor() {
    var random = new Random(1);
    var encodings = new TreeSet<Integer>();
    var writer = new ValueEncoder(Effort.COLD, new IntegerEncoder(Effort.COLD));
    for (int kind = 0; kind < SampleGenerator.VALUE_KINDS; kind++) {
      double[] values = SampleGenerator.values(random, kind, 1_000);
      encodings.add(writer.encode(values, 0, values.length, out));
    }
    // Where there is no entropy stage, XOR is for repetitions between which nothing is alike.
    double[] values = SampleGenerator.values(random, 13, 1_000);
    var fresh = new ValueEncoder(Effort.FRESH, new IntegerEncoder(Effort.FRESH));
    encodings.add(fresh.encode(values, 0, values.length, out));
    assertThat(encodings)
        .containsExactly(
            EncodingId.CONSTANT,
            EncodingId.DECIMAL,
            EncodingId.BINARY,
            EncodingId.BITS,
            EncodingId.DICTIONARY,
            EncodingId.XOR,
            EncodingId.RAW);
  }

  @Test
  void regularConstantsTakeNoRoom() {
    double[] values = new double[ChunkEncoder.SAMPLES_MAX];
    Arrays.fill(values, 12.3);
    assertThat(size(Effort.FRESH, everyTenSeconds(values.length), values)).isLessThan(24);
  }

  @Test
  void aCounterOfOneStepTakesNoRoom() {
    double[] values = new double[ChunkEncoder.SAMPLES_MAX];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1e6 + 25.5 * i;
    }
    assertThat(size(Effort.FRESH, everyTenSeconds(values.length), values)).isLessThan(30);
  }

  @Test
  void aStaleMarkerCostsFewBytes() {
    double[] values = SampleGenerator.values(new Random(1), 1, 1_000);
    int size = size(Effort.FRESH, everyTenSeconds(1_000), values);
    values[999] = StaleMarker.value();
    assertThat(size(Effort.FRESH, everyTenSeconds(1_000), values)).isLessThan(size + 8);
  }

  @Test
  void coldIntegersComeNearTheirEntropy() {
    double[] values = SampleGenerator.values(new Random(1), 1, ChunkEncoder.SAMPLES_MAX);
    // Seven equally likely steps.
    double entropyBytes = ChunkEncoder.SAMPLES_MAX * Math.log(7) / Math.log(2) / 8;
    assertThat(size(Effort.COLD, everyTenSeconds(values.length), values))
        .isLessThan((int) (entropyBytes + 45));
  }

  @Test
  void randomFractionsTakeTheirBits() {
    double[] values = SampleGenerator.values(new Random(1), 4, ChunkEncoder.SAMPLES_MAX);
    assertThat(size(Effort.COLD, everyTenSeconds(values.length), values))
        .isLessThan(ChunkEncoder.SAMPLES_MAX * 53 / 8 + 100);
  }

  @Test
  void repeatedRubbishGoesThroughTheByteCompressor() {
    double[] values = SampleGenerator.values(new Random(1), 5, ChunkEncoder.SAMPLES_MAX);
    for (int i = 3_000; i < values.length; i++) {
      values[i] = values[i - 3_000];
    }
    long[] times = everyTenSeconds(values.length);
    comesBack(encoders.get(0), times, values, "snappy");
    assertThat(out.array()[0]).isEqualTo((byte) ByteCompression.SNAPPY);
    comesBack(encoders.get(2), times, values, "zstandard");
    assertThat(out.array()[0]).isEqualTo((byte) ByteCompression.ZSTANDARD);
  }

  @Test
  void withoutZstandardAChunkThatNeedsItSaysTheCure() throws Exception {
    var withoutZstandard = new WithoutZstandard();
    Object poor = withoutZstandard
        .loadClass(ChunkDecoder.class.getName())
        .getConstructor()
        .newInstance();
    var decode = poor.getClass()
        .getMethod(
            "decode", byte[].class, int.class, int.class, int.class, long[].class, double[].class);
    byte[] bytes = {ByteCompression.ZSTANDARD, 1, 2, 3};
    assertThatThrownBy(
            () -> decode.invoke(poor, bytes, 0, bytes.length, 1, new long[1], new double[1]))
        .cause()
        .hasToString(ChronicleException.class.getName()
            + ": a chunk is compressed with Zstandard: add com.github.luben:zstd-jni to the class"
            + " path");
  }

  /** Sees Chronicle's own classes anew, and no zstd-jni. */
  private static final class WithoutZstandard extends ClassLoader {

    WithoutZstandard() {
      super(ChunkCodecTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("com.github.luben.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("io.chronicledb.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      try (var in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void damageGivesSamplesOrCorruptionAndNothingElse() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 2 * SampleGenerator.VALUE_KINDS; round++) {
      int count = round % 5 == 0 ? 1 + random.nextInt(5) : 150 + random.nextInt(150);
      long[] times =
          SampleGenerator.timestamps(random, round % SampleGenerator.TIMESTAMP_KINDS, count);
      double[] values = SampleGenerator.values(random, round % SampleGenerator.VALUE_KINDS, count);
      for (ChunkEncoder encoder : encoders) {
        out.clear();
        encoder.encode(times, values, 0, count, out);
        byte[] bytes = out.toByteArray();
        String what = "-Dseed=" + seed + ", round " + round;
        int headBits = Math.min(8 * bytes.length, 256);
        for (int bit = 0; bit < headBits; bit++) {
          flip(bytes, bit);
          tolerates(bytes, bytes.length, count, what);
          flip(bytes, bit);
        }
        for (int i = 0; i < 150; i++) {
          int first = random.nextInt(8 * bytes.length);
          int second = random.nextInt(headBits);
          flip(bytes, first);
          flip(bytes, second);
          tolerates(bytes, bytes.length, count, what);
          flip(bytes, first);
          flip(bytes, second);
        }
        for (int i = 0; i < 60; i++) {
          int length = i < 30 ? Math.min(i, bytes.length) : random.nextInt(bytes.length);
          tolerates(bytes, length, count, what);
          tolerates(Arrays.copyOf(bytes, length), length, count, what);
        }
        tolerates(bytes, bytes.length, ChunkEncoder.SAMPLES_MAX, what);
        tolerates(bytes, bytes.length, 1, what);
      }
    }
  }

  @Test
  void rubbishGivesSamplesOrCorruptionAndNothingElse() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 10_000; round++) {
      var bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      if (bytes.length > 2) {
        bytes[0] = (byte) random.nextInt(3);
        bytes[1] = (byte) (1 + random.nextInt(3));
        bytes[2] = (byte) random.nextInt(10);
      }
      tolerates(bytes, bytes.length, count(random), "-Dseed=" + seed + ", round " + round);
    }
  }

  @Test
  void aCutOrLongerChunkIsCorruption() {
    var random = new Random(1);
    for (int kind = 0; kind < SampleGenerator.VALUE_KINDS; kind++) {
      out.clear();
      encoders
          .get(kind % 2)
          .encode(everyTenSeconds(500), SampleGenerator.values(random, kind, 500), 0, 500, out);
      byte[] bytes = out.toByteArray();
      assertThatThrownBy(() -> decode(bytes, bytes.length - 1, 500))
          .isInstanceOf(CorruptionException.class);
      assertThatThrownBy(
              () -> decode(Arrays.copyOf(bytes, bytes.length + 1), bytes.length + 1, 500))
          .isInstanceOf(CorruptionException.class);
    }
  }

  @Test
  void anUnknownEncodingIsOfANewerVersion() {
    assertThatThrownBy(() -> decode(new byte[] {9, 0, 0}, 3, 1))
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
  }

  private int size(Effort effort, long[] times, double[] values) {
    comesBack(new ChunkEncoder(effort), times, values, effort.name());
    return out.size();
  }

  private static long[] everyTenSeconds(int count) {
    var times = new long[count];
    for (int i = 0; i < count; i++) {
      times[i] = 1_767_225_600L * SECOND + 10 * SECOND * i;
    }
    return times;
  }

  /** Encodes from the middle of arrays behind other bytes, decodes from there. */
  private void comesBack(ChunkEncoder encoder, long[] times, double[] values, String what) {
    int count = times.length;
    var shiftedTimes = new long[count + 5];
    var shiftedValues = new double[count + 5];
    System.arraycopy(times, 0, shiftedTimes, 3, count);
    System.arraycopy(values, 0, shiftedValues, 3, count);
    out.clear();
    encoder.encode(shiftedTimes, shiftedValues, 3, count, out);
    byte[] bytes = new byte[out.size() + 2];
    System.arraycopy(out.array(), 0, bytes, 1, out.size());
    var decodedTimes = new long[count];
    var decodedValues = new double[count];
    decoder.decode(bytes, 1, out.size(), count, decodedTimes, decodedValues);
    same(decodedTimes, times, what);
    same(bits(decodedValues), bits(values), what);
    // And where nothing at all lies behind them.
    decoder.decode(out.toByteArray(), 0, out.size(), count, decodedTimes, decodedValues);
    same(bits(decodedValues), bits(values), what);
  }

  /** Without the library where there is nothing to report: it looks at every element on its own. */
  private static void same(long[] actual, long[] expected, String what) {
    if (!Arrays.equals(actual, expected)) {
      assertThat(actual).as(what).isEqualTo(expected);
    }
  }

  private void decode(byte[] bytes, int length, int count) {
    decoder.decode(bytes, 0, length, count, new long[count], new double[count]);
  }

  private void tolerates(byte[] bytes, int length, int count, String what) {
    var times = new long[count];
    try {
      decoder.decode(bytes, 0, length, count, times, new double[count]);
    } catch (ChronicleException e) {
      if (EnumSet.of(ErrorCode.CORRUPTION, ErrorCode.UNSUPPORTED).contains(e.code())) {
        return;
      }
      fail(what, e);
    } catch (RuntimeException | Error e) {
      fail(what, e);
    }
    // Whatever is decoded keeps the invariant that readers rely on.
    for (int i = 1; i < count; i++) {
      if (times[i] <= times[i - 1]) {
        fail(what);
      }
    }
  }

  private static void flip(byte[] bytes, int bit) {
    bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
  }

  private static long[] bits(double[] values) {
    var bits = new long[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits(values[i]);
    }
    return bits;
  }
}
