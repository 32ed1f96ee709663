package io.chronicledb.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.HistogramNotation;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.histogram.RandomHistograms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramChunkTest {

  private static final long SECOND = 1_000_000_000L;

  private final ByteWriter out = new ByteWriter(0);
  private final HistogramChunkDecoder decoder = new HistogramChunkDecoder();
  private final HistogramColumn decoded = new HistogramColumn(0);
  private final List<HistogramChunkEncoder> encoders =
      List.of(new HistogramChunkEncoder(Effort.FRESH), new HistogramChunkEncoder(Effort.COLD));

  @Test
  void everyHistogramComesBackBitByBit() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 240; round++) {
      int count = round % 10 == 0 ? 1 + random.nextInt(1_000) : 1 + random.nextInt(150);
      List<NativeHistogram> histograms = series(random, round % 8, count);
      for (HistogramChunkEncoder encoder : encoders) {
        comesBack(encoder, histograms, "-Dseed=" + seed + ", round " + round);
      }
    }
  }

  /** Histograms of one series. */
  private static List<NativeHistogram> series(Random random, int kind, int count) {
    var histograms = new ArrayList<NativeHistogram>();
    NativeHistogram last = RandomHistograms.histogram(random, kind == 3);
    for (int i = 0; i < count; i++) {
      NativeHistogram next = RandomHistograms.whole(random, last.layout().isCustom());
      switch (kind) {
        // A counter that comes to have buckets, lowers its resolution and begins again.
        case 0 ->
          last = random.nextInt(50) == 0
              ? next
              : random.nextInt(10) == 0 ? last.plus(next).histogram() : grown(random, last);
        // No likeness at all.
        case 1 -> last = RandomHistograms.histogram(random, true);
        // A gauge: buckets come and go.
        case 2 ->
          last = last.plus(next)
              .histogram()
              .times(0.5)
              .compact(random.nextInt(3))
              .withHint(CounterResetHint.GAUGE);
        case 3 -> last = last.times(1.0625);
        case 4 -> last = with(grown(random, last), random.nextInt(3) == 0 ? Double.NaN : i);
        case 5 ->
          last = random.nextInt(4) == 0
              ? with(last, StaleMarker.value())
              : with(grown(random, last), random.nextDouble());
        // One empty, one stale, one with neither likeness nor buckets.
        case 6 ->
          last = random.nextBoolean()
              ? NativeHistogram.EMPTY
              : with(NativeHistogram.EMPTY, random.nextBoolean() ? StaleMarker.value() : -0.0);
        default -> last = extreme(random, last.layout());
      }
      histograms.add(
          random.nextInt(20) == 0 ? last.withHint(CounterResetHint.of(random.nextInt(4))) : last);
    }
    return histograms;
  }

  private static NativeHistogram grown(Random random, NativeHistogram histogram) {
    BucketLayout layout = histogram.layout();
    var buckets = new double[layout.bucketCount()];
    histogram.copyBuckets(buckets, 0);
    int more = 0;
    for (int i = 0; i < buckets.length; i++) {
      int observed = random.nextInt(5);
      buckets[i] += observed;
      more += observed;
    }
    return NativeHistogram.of(
        layout,
        histogram.hint(),
        histogram.count() + more,
        histogram.sum() + more,
        histogram.zeroCount(),
        buckets,
        0);
  }

  private static NativeHistogram with(NativeHistogram histogram, double sum) {
    var buckets = new double[histogram.layout().bucketCount()];
    histogram.copyBuckets(buckets, 0);
    return NativeHistogram.of(
        histogram.layout(),
        histogram.hint(),
        histogram.count(),
        sum,
        histogram.zeroCount(),
        buckets,
        0);
  }

  private static final double[] EXTREMES = {
    0,
    -0.0,
    1,
    -1,
    1L << 53,
    -(1L << 53),
    (1L << 53) + 2.0,
    1e300,
    Double.MIN_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.longBitsToDouble(0x7ff0000000000123L)
  };

  private static NativeHistogram extreme(Random random, BucketLayout layout) {
    int kinds = random.nextBoolean() ? 6 : EXTREMES.length;
    var buckets = new double[layout.bucketCount()];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = EXTREMES[random.nextInt(kinds)];
    }
    return NativeHistogram.of(
        layout,
        CounterResetHint.UNKNOWN,
        EXTREMES[random.nextInt(kinds)],
        EXTREMES[random.nextInt(kinds)],
        layout.isCustom() ? 0 : EXTREMES[random.nextInt(kinds)],
        buckets,
        0);
  }

  @Test
  void layoutsChangeWithinAChunk() {
    var histograms = new ArrayList<NativeHistogram>();
    for (String notation : List.of(
        "{{count:1 sum:1 buckets:[1]}}",
        "{{count:2 sum:3 buckets:[1 1]}}",
        "{{count:3 sum:2 z_bucket:1 offset:-3 buckets:[1 0 0 1]}}",
        "{{count:4 sum:2 z_bucket:1 offset:-3 buckets:[1 0 0 1] n_buckets:[1]}}",
        "{{count:4 sum:2 z_bucket:1 z_bucket_w:0.001 buckets:[1] n_buckets:[1]}}",
        "{{schema:3 count:4 sum:2 buckets:[1]}}",
        "{{schema:-53 count:4 sum:2 custom_values:[0.25 5] buckets:[1 2 1]}}",
        "{{schema:-53 count:5 sum:2 custom_values:[0.25 5] offset:1 buckets:[2 1]}}",
        "{{schema:-53 count:5 sum:2 custom_values:[0.25 6]}}",
        "{{count:0.5 sum:2 counter_reset_hint:gauge buckets:[0.5]}}")) {
      histograms.add(HistogramNotation.parse(notation));
    }
    for (HistogramChunkEncoder encoder : encoders) {
      comesBack(encoder, histograms, "layouts");
    }
  }

  @Test
  void aStaleMarkerKeepsItsBitsAndCostsFewBytes() {
    List<NativeHistogram> histograms = counter(new Random(1), 40, 100);
    int size = size(Effort.FRESH, histograms);
    histograms.set(99, with(NativeHistogram.EMPTY, StaleMarker.value()));
    assertThat(size(Effort.FRESH, histograms)).isLessThan(size + 12);
    assertThat(decoded.isStale(99)).isTrue();
    assertThat(decoded.isStale(98)).isFalse();
    assertThat(Double.doubleToRawLongBits(decoded.get(99).sum())).isEqualTo(StaleMarker.BITS);
  }

  @Test
  void aBucketThatAppearsCostsFewBytes() {
    List<NativeHistogram> histograms = counter(new Random(1), 60, 400);
    int size = size(Effort.FRESH, histograms);
    BucketLayout layout = histograms.get(0).layout();
    // The first half has one bucket fewer, the last one.
    BucketLayout fewer =
        BucketLayout.exponential(3, layout.zeroThreshold(), new int[0], indexes(-10, 59));
    for (int i = 0; i < 200; i++) {
      NativeHistogram whole = histograms.get(i);
      var buckets = new double[60];
      whole.copyBuckets(buckets, 0);
      histograms.set(
          i,
          NativeHistogram.of(
              fewer, whole.hint(), whole.count() - buckets[59], whole.sum(), 0, buckets, 0));
    }
    assertThat(size(Effort.FRESH, histograms)).isLessThan(size + 250);
  }

  /** A counter of latencies, scraped every 15 seconds: 160 buckets of schema 3, each of which grows by a Poisson distribution. */
  private static List<NativeHistogram> counter(Random random, int bucketCount, int count) {
    BucketLayout layout = BucketLayout.exponential(
        3, Math.scalb(1.0, -128), new int[0], indexes(-10, bucketCount - 10));
    var histograms = new ArrayList<NativeHistogram>();
    var buckets = new double[bucketCount];
    double all = 0;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < bucketCount; j++) {
        double middle = (j - bucketCount / 2.0) / (bucketCount / 6.0);
        int observed = poisson(random, 8 * Math.exp(-middle * middle / 2));
        buckets[j] += observed;
        all += observed;
        for (int k = 0; k < observed; k++) {
          sum += Math.pow(2, (j - 10 - random.nextDouble()) / 8);
        }
      }
      histograms.add(
          NativeHistogram.of(layout, CounterResetHint.NOT_RESET, all, sum, 0, buckets, 0));
    }
    return histograms;
  }

  private static int[] indexes(int from, int to) {
    var indexes = new int[to - from];
    Arrays.setAll(indexes, i -> from + i);
    return indexes;
  }

  private static int poisson(Random random, double mean) {
    double limit = Math.exp(-mean);
    int events = 0;
    for (double p = random.nextDouble(); p > limit; p *= random.nextDouble()) {
      events++;
    }
    return events;
  }

  /** What the Javadoc of {@link HistogramChunkEncoder} says. */
  @Test
  void aCounterOf160BucketsIsSmall() {
    var random = new Random(1);
    List<NativeHistogram> day = counter(random, 160, 1_600);
    assertThat(size(Effort.FRESH, day) / 1_600.0).isBetween(70.0, 75.0);
    assertThat(size(Effort.COLD, day) / 1_600.0).isBetween(50.0, 56.0);
    // Short chunks pay for the beginning of each column.
    assertThat(size(Effort.FRESH, day.subList(0, 240)) / 240.0).isBetween(70.0, 77.0);
  }

  @Test
  void theBytesAreThoseOfTheFormat() {
    var histograms = List.of(
        HistogramNotation.parse(
            "{{schema:1 count:6 sum:3.5 z_bucket:1 z_bucket_w:0.001 buckets:[1 0 2] n_offset:2 n_buckets:[2]}}"),
        HistogramNotation.parse(
            "{{schema:1 count:9 sum:4.5 z_bucket:2 z_bucket_w:0.001 counter_reset_hint:not_reset"
                + " buckets:[2 0 2 0 1] n_offset:2 n_buckets:[2]}}"),
        with(NativeHistogram.EMPTY, StaleMarker.value()),
        HistogramNotation.parse(
            "{{schema:-53 count:4 sum:2 custom_values:[0.25 5] counter_reset_hint:gauge buckets:[1 2.5]}}"));
    comesBack(encoders.get(0), histograms, "golden");
    assertThat(HexFormat.of().formatHex(out.toByteArray())).isEqualTo(GOLDEN);
    byte[] bytes = HexFormat.of().parseHex(GOLDEN);
    decoder.decode(bytes, 0, bytes.length, 4, new long[4], decoded);
    assertThat(rows(decoded)).isEqualTo(histograms);
  }

  /** Bytes of the first version: later ones read them, whatever they write. */
  private static final String GOLDEN =
      "0001099ee4ad950d0f0100020003c20146050201210103056b0102a5fca9f1d24d62503f010400010004010f02040000010102060404000101020604"
          + "000004040004000001010006000f02000000000000d03f00000000000014400100010001000000000000104001000000000000f03f010000000000000440";

  @Test
  void chunksEndWhereTheirBucketsWouldTakeTooMuchMemory() {
    var encoder = encoders.get(0);
    var column = new HistogramColumn(0);
    BucketLayout wide =
        BucketLayout.exponential(8, 0, new int[0], indexes(0, BucketLayout.BUCKETS_MAX));
    var buckets = new double[BucketLayout.BUCKETS_MAX];
    for (int i = 0; i < 40; i++) {
      column.add(NativeHistogram.of(wide, CounterResetHint.GAUGE, 0, i, 0, buckets, 0));
    }
    int fitting = encoder.fitting(column, 0, 40);
    assertThat(fitting).isEqualTo(HistogramChunkEncoder.CELLS_MAX / BucketLayout.BUCKETS_MAX);
    assertThatThrownBy(() -> encoder.encode(new long[40], column, 0, 40, out))
        .isInstanceOf(IllegalArgumentException.class);
    var times = everyFifteenSeconds(40);
    out.clear();
    encoder.encode(times, column, fitting, 40 - fitting, out);
    decoder.decode(out.array(), 0, out.size(), 40 - fitting, new long[40], decoded);
    assertThat(decoded.get(3)).isEqualTo(column.get(fitting + 3));
    // One that a query made of two, and that is too large to be stored.
    BucketLayout other = BucketLayout.exponential(8, 0, new int[0], indexes(9_999, 10_001));
    var tooWide = column
        .get(0)
        .plus(NativeHistogram.of(other, CounterResetHint.GAUGE, 0, 0, 0, buckets, 0))
        .histogram();
    assertThat(tooWide.layout().bucketCount()).isEqualTo(10_001);
    column.clear();
    column.add(tooWide);
    assertThatThrownBy(() -> encoder.encode(times, column, 0, 1, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10001 buckets");
  }

  @Test
  void damageGivesHistogramsOrCorruptionAndNothingElse() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 16; round++) {
      int count = round % 3 == 0 ? 1 + random.nextInt(5) : 10 + random.nextInt(40);
      List<NativeHistogram> histograms = series(random, round % 8, count);
      String what = "-Dseed=" + seed + ", round " + round;
      for (HistogramChunkEncoder encoder : encoders) {
        byte[] bytes = encode(encoder, histograms);
        // Every bit, or every one at the front and some of the others.
        for (int i = 0; i < Math.min(8 * bytes.length, 1_000); i++) {
          int bit = 8 * bytes.length <= 1_000 || i < 500 ? i : random.nextInt(8 * bytes.length);
          flip(bytes, bit);
          tolerates(bytes, bytes.length, count, what);
          flip(bytes, bit);
        }
        for (int i = 0; i < 200; i++) {
          int first = random.nextInt(8 * bytes.length);
          int second = random.nextInt(8 * bytes.length);
          flip(bytes, first);
          flip(bytes, second);
          tolerates(bytes, bytes.length, count, what);
          flip(bytes, first);
          flip(bytes, second);
        }
        for (int length = 0; length < bytes.length; length += bytes.length < 500 ? 1 : 31) {
          byte[] cut = Arrays.copyOf(bytes, length);
          int rows = count;
          assertThatThrownBy(() -> decode(cut, rows))
              .as(what)
              .isInstanceOf(CorruptionException.class);
        }
        tolerates(bytes, bytes.length, ChunkEncoder.SAMPLES_MAX, what);
        tolerates(bytes, bytes.length, 1, what);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> decode(longer, count)).isInstanceOf(CorruptionException.class);
      }
    }
  }

  @Test
  void rubbishGivesHistogramsOrCorruptionAndNothingElse() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 10_000; round++) {
      var group = new byte[random.nextInt(60)];
      random.nextBytes(group);
      int count = 1 + random.nextInt(random.nextInt(8) > 0 ? 40 : ChunkEncoder.SAMPLES_MAX);
      out.clear();
      out.writeByte(0);
      new TimestampEncoder(new IntegerEncoder(Effort.FRESH))
          .encode(everyFifteenSeconds(count), 0, count, out);
      out.writeByte(HistogramChunkEncoder.ID);
      out.writeUnsignedVarint((count - 1L) << 2);
      out.writeByte(EncodingId.CONSTANT);
      out.writeDouble(1);
      out.writeUnsignedVarint(count - 1);
      out.writeByte(random.nextInt(16) | (random.nextBoolean() ? BucketFormat.FLAG : 0));
      out.writeByte(random.nextInt(2));
      out.writeBytes(group);
      byte[] bytes = out.toByteArray();
      tolerates(bytes, bytes.length, count, "-Dseed=" + seed + ", round " + round);
    }
  }

  @Test
  void aForgedWidthAllocatesNothing() {
    out.clear();
    out.writeByte(0);
    new TimestampEncoder(new IntegerEncoder(Effort.FRESH))
        .encode(everyFifteenSeconds(4_096), 0, 4_096, out);
    out.writeByte(HistogramChunkEncoder.ID);
    out.writeUnsignedVarint(4_095 << 2);
    out.writeByte(EncodingId.CONSTANT);
    out.writeDouble(1);
    out.writeUnsignedVarint(4_095);
    out.writeByte(BucketFormat.FLAG | 4);
    out.writeUnsignedVarint(0);
    out.writeUnsignedVarint(1);
    out.writeVarint(0);
    out.writeUnsignedVarint(9_999);
    out.writeZeros(100);
    assertThatThrownBy(() -> decode(out.toByteArray(), 4_096))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("4096 histograms of 10000 buckets")
        .hasMessageContaining("at offset");
  }

  @Test
  void whatIsNotKnownIsOfANewerVersion() {
    byte[] bytes = encode(encoders.get(0), List.of(NativeHistogram.EMPTY));
    bytes[0] = 1;
    assertUnsupported(bytes);
    bytes[0] = 0;
    int id = 0;
    while (bytes[id] != HistogramChunkEncoder.ID || id < 2) {
      id++;
    }
    bytes[id] = 2;
    assertUnsupported(bytes);
  }

  private void assertUnsupported(byte[] bytes) {
    assertThatThrownBy(() -> decode(bytes, 1))
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
  }

  @Test
  void aColumnIsReadWithoutObjects() {
    var column = new HistogramColumn(0);
    var first = HistogramNotation.parse("{{count:3 sum:5 z_bucket:1 buckets:[2] n_buckets:[4]}}");
    column.add(first);
    column.add(HistogramNotation.parse("{{count:4 sum:6 z_bucket:1 buckets:[3] n_buckets:[4]}}"));
    column.add(HistogramNotation.parse("{{count:4 sum:6 counter_reset_hint:gauge}}"));
    assertThat(column.layout(1)).isSameAs(column.layout(0));
    assertThat(column.count(1)).isEqualTo(4);
    assertThat(column.sum(1)).isEqualTo(6);
    assertThat(column.zeroCount(1)).isEqualTo(1);
    assertThat(column.hint(2)).isEqualTo(CounterResetHint.GAUGE);
    assertThat(Arrays.copyOfRange(column.buckets(), column.bucketOffset(1), column.bucketOffset(2)))
        .containsExactly(4, 3);
    assertThat(column.get(0)).isEqualTo(first);
    column.clear();
    assertThat(column.size()).isZero();
    int at = column.addRow(first.layout(), CounterResetHint.UNKNOWN, 0, 0, 0);
    assertThat(column.buckets()[at]).isZero();
  }

  private int size(Effort effort, List<NativeHistogram> histograms) {
    comesBack(encoders.get(effort.ordinal()), histograms, effort.name());
    return out.size();
  }

  private static long[] everyFifteenSeconds(int count) {
    var times = new long[count];
    for (int i = 0; i < count; i++) {
      times[i] = 1_767_225_600L * SECOND + 15 * SECOND * i;
    }
    return times;
  }

  private byte[] encode(HistogramChunkEncoder encoder, List<NativeHistogram> histograms) {
    var column = new HistogramColumn(0);
    histograms.forEach(column::add);
    out.clear();
    encoder.encode(everyFifteenSeconds(histograms.size()), column, 0, histograms.size(), out);
    return out.toByteArray();
  }

  /** Encodes from the middle of a column behind other bytes, in as many chunks as it takes. */
  private void comesBack(
      HistogramChunkEncoder encoder, List<NativeHistogram> histograms, String what) {
    var column = new HistogramColumn(0);
    column.add(HistogramNotation.parse("{{count:77 buckets:[77 77 77]}}"));
    histograms.forEach(column::add);
    int count = histograms.size();
    long[] times = everyFifteenSeconds(count + 1);
    for (int from = 0; from < count; ) {
      int rows = encoder.fitting(column, from + 1, count - from);
      out.clear();
      encoder.encode(times, column, from + 1, rows, out);
      var bytes = new byte[out.size() + 2];
      System.arraycopy(out.array(), 0, bytes, 1, out.size());
      var decodedTimes = new long[rows];
      decoder.decode(bytes, 1, out.size(), rows, decodedTimes, decoded);
      assertThat(decodedTimes)
          .as(what)
          .isEqualTo(Arrays.copyOfRange(times, from + 1, from + 1 + rows));
      assertThat(decoded.size()).isEqualTo(rows);
      for (int i = 0; i < rows; i++) {
        NativeHistogram expected = histograms.get(from + i);
        if (StaleMarker.is(expected.sum())) {
          expected = with(NativeHistogram.EMPTY, expected.sum()).withHint(expected.hint());
        }
        if (!decoded.get(i).equals(expected)) {
          assertThat(HistogramNotation.print(decoded.get(i)))
              .as("%s, row %d", what, from + i)
              .isEqualTo(HistogramNotation.print(expected));
          assertThat(decoded.get(i)).as("%s, row %d", what, from + i).isEqualTo(expected);
        }
      }
      from += rows;
    }
  }

  private static List<NativeHistogram> rows(HistogramColumn column) {
    var rows = new ArrayList<NativeHistogram>();
    for (int i = 0; i < column.size(); i++) {
      rows.add(column.get(i));
    }
    return rows;
  }

  private void decode(byte[] bytes, int count) {
    decoder.decode(bytes, 0, bytes.length, count, new long[count], decoded);
  }

  private void tolerates(byte[] bytes, int length, int count, String what) {
    try {
      decoder.decode(bytes, 0, length, count, new long[count], decoded);
    } catch (ChronicleException e) {
      if (EnumSet.of(ErrorCode.CORRUPTION, ErrorCode.UNSUPPORTED).contains(e.code())) {
        return;
      }
      fail(what, e);
    } catch (RuntimeException | Error e) {
      fail(what, e);
    }
    // Whatever is decoded is histograms.
    assertThat(decoded.size()).as(what).isEqualTo(count);
    for (int i = 0; i < count; i += 1 + count / 16) {
      assertThat(decoded.get(i).layout().bucketCount())
          .isLessThanOrEqualTo(BucketLayout.BUCKETS_MAX);
    }
  }

  private static void flip(byte[] bytes, int bit) {
    bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
  }
}
