package io.chronicledb.app.ingest.remotewrite;

import static io.chronicledb.app.ingest.remotewrite.WriteRequests.deltas;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.doubles;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.exemplar;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.histogram;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.label;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.message;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.metadata;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.sample;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.series;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.span;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.wholeHistogram;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.app.ingest.RecordingSink;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WriteRequestDecoderTest {

  private static final long SEED = Long.getLong("chronicle.test.seed", System.nanoTime());

  private final RecordingSink sink = new RecordingSink();

  @Test
  void readsSeriesAndSamples() {
    decode(message(
        series(label("__name__", "up"), label("job", "node"), sample(1, 1000), sample(0, 2000)),
        series(label("__name__", "temp"), sample(-2.5, -1))));
    assertThat(sink.points())
        .containsExactly(
            "up{job=\"node\"} 1.0 @1000000000",
            "up{job=\"node\"} 0.0 @2000000000",
            "temp -2.5 @-1000000");
    assertThat(sink.refusals()).isEmpty();
  }

  @Test
  void keepsTheBitsOfTheStaleMarkerAndOfOtherNans() {
    double other = Double.longBitsToDouble(0x7ff8000000000001L);
    decode(
        message(series(label("__name__", "m"), sample(StaleMarker.value(), 1), sample(other, 2))));
    assertThat(sink.values().stream().map(Double::doubleToRawLongBits))
        .containsExactly(StaleMarker.BITS, 0x7ff8000000000001L);
  }

  @Test
  void readsExemplarsAndMetadata() {
    decode(message(
        metadata(1, "requests_total", "How many.", ""),
        series(
            label("__name__", "m"),
            exemplar(0.5, 7, label("trace_id", "abc"), label("user", "ü")),
            sample(1, 1),
            exemplar(-1, 8)),
        metadata(99, "m", "", "seconds")));
    assertThat(sink.attachments())
        .containsExactly(
            "requests_total MetricMetadata[type=COUNTER, help=How many., unit=]",
            "m # {trace_id=\"abc\", user=\"ü\"} 0.5 @7000000",
            "m # {} -1.0 @8000000",
            "m MetricMetadata[type=UNKNOWN, help=, unit=seconds]");
    assertThat(sink.points()).containsExactly("m 1.0 @1000000");
    assertThat(sink.refusals()).isEmpty();
  }

  @Test
  void dropsBadExemplarsAndMetadataAndStoresTheSamples() {
    decode(message(
        metadata(1, "m", "x".repeat((64 << 10) + 1), ""),
        out -> out.writeByteArray(3, message(m -> m.writeByteArray(2, new byte[] {(byte) 0xC3}))),
        series(
            label("__name__", "m"),
            exemplar(1, Long.MAX_VALUE, label("trace_id", "abc")),
            exemplar(1, 1, label("a", "1"), label("a", "2")),
            exemplar(1, 1, label("", "2")),
            sample(1, 1))));
    assertThat(sink.attachments()).hasSize(5).allMatch(text -> text.startsWith("dropped "));
    assertThat(sink.points()).containsExactly("m 1.0 @1000000");
    assertThat(sink.refusals()).isEmpty();
  }

  @Test
  void takesASeriesThatHasExemplarsOnly() {
    decode(message(series(label("__name__", "m"), exemplar())));
    assertThat(sink.attachments()).containsExactly("m # {trace_id=\"abc\"} 1.0 @5000000");
    assertThat(sink.refusals()).isEmpty();
  }

  @Test
  void passesOverUnknownFields() {
    decode(message(
        metadata(),
        out -> out.writeString(77, "unknown"),
        series(
            label("__name__", "m"),
            exemplar(),
            sample(1, 1),
            out -> out.writeFixed32(50, 7),
            out -> out.writeFixed64(51, 7)),
        out -> out.writeUInt64(78, -1)));
    assertThat(sink.points()).containsExactly("m 1.0 @1000000");
    assertThat(sink.refusals()).isEmpty();
  }

  @Test
  void sortsLabelsAndAcceptsThemAfterTheSamples() {
    decode(message(series(sample(1, 1), label("z", "1"), label("__name__", "m"), label("a", "2"))));
    assertThat(sink.points()).containsExactly("m{a=\"2\", z=\"1\"} 1.0 @1000000");
  }

  @Test
  void readsAbsentFieldsAsZero() {
    decode(message(series(label("__name__", "m"), out -> out.writeByteArray(2, new byte[0]))));
    assertThat(sink.points()).containsExactly("m 0.0 @0");
  }

  @Test
  void refusesASeriesThatCannotBeStoredAndStoresItsNeighbours() {
    decode(message(
        series(label("__name__", "good"), sample(1, 1)),
        series(label("job", "node"), sample(1, 1)),
        series(label("__name__", ""), sample(1, 1)),
        series(label("__name__", "m"), label("a", "1"), label("a", ""), sample(1, 1)),
        series(label("__name__", "m"), label("", "1"), sample(1, 1)),
        series(label("__name__", "m"), sample(1, 1), sample(1, Long.MAX_VALUE)),
        series(label("__name__", "m".repeat(257)), sample(1, 1)),
        series(
            label("__name__", "m"),
            out -> out.writeByteArray(
                1,
                message(
                    l -> l.writeByteArray(1, new byte[] {(byte) 0xC3}),
                    l -> l.writeString(2, "x"))),
            sample(1, 1)),
        series(label("__name__", "also_good"), sample(2, 2))));
    assertThat(sink.points()).containsExactly("good 1.0 @1000000", "also_good 2.0 @2000000");
    assertThat(sink.refusals()).containsOnlyKeys(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(sink.refusals().get(1L)).contains("__name__").contains("job=\"node\"");
    assertThat(sink.refusals().get(3L)).contains("\"a\" is given twice");
  }

  @Test
  void readsHistogramsOfWholeNumbers() {
    decode(message(series(label("__name__", "latency"), wholeHistogram(), sample(2, 3_000))));
    assertThat(sink.points())
        .containsExactly(
            "latency {count:7, sum:9.5, [-2,-1):1, [-0.001,0.001]:1, (0.5,1]:2, (2,4]:3}"
                + " @1000000000",
            "latency 2.0 @3000000000");
    assertThat(sink.histograms().get(0).hint()).isEqualTo(CounterResetHint.UNKNOWN);
  }

  @Test
  void readsHistogramsOfDoubles() {
    decode(message(series(
        label("__name__", "latency"),
        histogram(
            h -> h.writeDouble(2, 3.5),
            h -> h.writeDouble(3, Double.NaN),
            h -> h.writeSInt32(4, 1),
            h -> h.writeDouble(7, 0.5),
            span(11, -2, 2),
            doubles(13, 1.5, 1.5),
            h -> h.writeEnum(14, 3),
            h -> h.writeInt64(15, -5)))));
    NativeHistogram histogram = sink.histograms().get(0);
    assertThat(histogram.count()).isEqualTo(3.5);
    assertThat(histogram.sum()).isNaN();
    assertThat(histogram.zeroCount()).isEqualTo(0.5);
    assertThat(histogram.hint()).isEqualTo(CounterResetHint.GAUGE);
    assertThat(histogram.layout())
        .isEqualTo(BucketLayout.exponential(1, 0, new int[0], new int[] {-2, -1}));
    assertThat(histogram.positive(1)).isEqualTo(1.5);
  }

  @Test
  void readsCustomBucketsAndStaleMarkers() {
    decode(message(series(
        label("__name__", "latency"),
        histogram(
            h -> h.writeUInt64(1, 3),
            h -> h.writeSInt32(4, -53),
            span(11, 0, 3),
            deltas(12, 1, 0, 0),
            doubles(16, 0.1, 0.5)),
        histogram(
            h -> h.writeUInt64(1, 99),
            h -> h.writeDouble(3, StaleMarker.value()),
            h -> h.writeInt64(15, 1)))));
    assertThat(sink.refusals()).isEmpty();
    assertThat(sink.points())
        .containsExactly(
            "latency {count:3, sum:0, [-Inf,0.1]:1, (0.1,0.5]:1, (0.5,+Inf]:1} @0",
            "latency {count:0, sum:NaN} @1000000");
    assertThat(StaleMarker.is(sink.histograms().get(1).sum())).isTrue();
  }

  @Test
  void bringsSchemasThatAreTooFineToTheFinestThatIsStored() {
    decode(message(series(
        label("__name__", "latency"),
        histogram(
            h -> h.writeUInt64(1, 10),
            h -> h.writeSInt32(4, 9),
            span(11, 1, 4),
            deltas(12, 1, 1, 1, 1)))));
    NativeHistogram histogram = sink.histograms().get(0);
    assertThat(histogram.layout())
        .isEqualTo(BucketLayout.exponential(8, 0, new int[0], new int[] {1, 2}));
    assertThat(histogram.positive(0)).isEqualTo(3);
    assertThat(histogram.positive(1)).isEqualTo(7);
  }

  @Test
  void refusesTheSeriesOfAHistogramThatIsNone() {
    decode(message(
        series(label("__name__", "latency"), histogram()),
        series(label("__name__", "both"), sample(1, 1), histogram()),
        series(label("__name__", "spans"), histogram(span(11, 0, 2), deltas(12, 0))),
        series(label("__name__", "wide"), histogram(span(11, 0, 1 << 20))),
        series(label("__name__", "less"), histogram(span(11, 0, 1), deltas(12, -1))),
        series(
            label("__name__", "order"), histogram(h -> h.writeSInt32(4, -53), doubles(16, 2, 1))),
        series(label("__name__", "schema"), histogram(h -> h.writeSInt32(4, 99))),
        series(label("__name__", "hint"), histogram(h -> h.writeEnum(14, 4))),
        series(label("__name__", "late"), histogram(h -> h.writeInt64(15, Long.MAX_VALUE))),
        series(label("__name__", "fine"), wholeHistogram())));
    assertThat(sink.points()).hasSize(1);
    assertThat(sink.refusals()).hasSize(9);
    assertThat(sink.refusals().get(0L))
        .contains("5 observations, but its buckets hold 0")
        .contains("latency");
    assertThat(sink.refusals().get(2L)).contains("spans say 0 and 2");
    assertThat(sink.refusals().get(3L)).contains("10000 buckets");
  }

  @Test
  void limitsLabels() {
    var labels = new ArrayList<WriteRequests.Fields>();
    labels.add(label("__name__", "m"));
    for (int i = 0; i < 64; i++) {
      labels.add(label("l" + i, "v"));
    }
    labels.add(sample(1, 1));
    byte[] atLimit = message(series(labels.toArray(WriteRequests.Fields[]::new)));
    labels.add(label("x", ""));
    byte[] beyond = message(series(labels.toArray(WriteRequests.Fields[]::new)));
    decode(atLimit);
    assertThat(sink.refusals()).isEmpty();
    decode(beyond);
    assertThat(sink.refusals()).hasSize(1);
  }

  @Test
  void storesNothingOfAMessageCutOffAnywhere() {
    byte[] whole = message(
        series(label("__name__", "up"), label("job", "node"), sample(1, 1000)),
        series(label("__name__", "temp"), sample(-2.5, 2000)));
    int first =
        message(series(label("__name__", "up"), label("job", "node"), sample(1, 1000))).length;
    for (int length = 1; length < whole.length; length++) {
      var cutSink = new RecordingSink();
      byte[] cut = Arrays.copyOf(whole, length);
      if (length == first) {
        continue;
      }
      assertThatThrownBy(() -> new WriteRequestDecoder(cutSink).decode(cut, cut.length))
          .as("cut at %s", length)
          .isInstanceOf(BadDataException.class)
          .hasMessageContaining("offset");
      assertThat(cutSink.points()).isEmpty();
    }
  }

  @Test
  void refusesGroups() {
    assertThatThrownBy(() -> decode(message(out -> out.writeTag(9, 3))))
        .isInstanceOf(BadDataException.class)
        .hasMessageContaining("group");
  }

  @Test
  void refusesTypesThatAFieldDoesNotHave() {
    assertThatThrownBy(() -> decode(message(out -> out.writeInt32(1, 5))))
        .isInstanceOf(BadDataException.class);
    assertThatThrownBy(() ->
            decode(message(series(out -> out.writeByteArray(2, message(s -> s.writeInt64(1, 5)))))))
        .isInstanceOf(BadDataException.class);
  }

  @Test
  void refusesLengthsThatPointOutside() {
    for (long length : new long[] {100, Integer.MAX_VALUE, 1L << 31, Long.MAX_VALUE, -1}) {
      assertThatThrownBy(() -> decode(message(out -> {
            out.writeTag(1, 2);
            out.writeUInt64NoTag(length);
          })))
          .isInstanceOf(BadDataException.class);
    }
  }

  @Test
  void agreesWithTheOracleOnRandomMessages() {
    var random = new Random(SEED);
    for (int round = 0; round < 500; round++) {
      var expected = new ArrayList<String>();
      var parts = new ArrayList<WriteRequests.Fields>();
      for (int s = random.nextInt(5); s >= 0; s--) {
        var fields = new ArrayList<WriteRequests.Fields>();
        fields.add(label("__name__", "m" + s));
        fields.add(label("l", "v" + random.nextInt(1000)));
        for (int i = random.nextInt(20); i > 0; i--) {
          double value = random.nextGaussian();
          long millis = random.nextLong() / 2_000_000;
          fields.add(sample(value, millis));
          expected.add(value + " @" + millis * 1_000_000);
        }
        parts.add(series(fields.toArray(WriteRequests.Fields[]::new)));
      }
      var found = new RecordingSink();
      byte[] bytes = message(parts.toArray(WriteRequests.Fields[]::new));
      new WriteRequestDecoder(found).decode(bytes, bytes.length);
      assertThat(found.points().stream().map(point -> point.substring(point.indexOf(' ') + 1)))
          .as("-Dchronicle.test.seed=" + SEED)
          .containsExactlyElementsOf(expected);
    }
  }

  @Test
  void damagedMessagesGiveATypedErrorOrPoints() {
    var random = new Random(SEED);
    byte[] good = message(
        metadata(),
        series(label("__name__", "up"), label("job", "node"), sample(1, 1000), exemplar()),
        series(label("__name__", "temp"), sample(-2.5, 2000), histogram(), wholeHistogram()));
    for (int round = 0; round < 100_000; round++) {
      byte[] bytes = good.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      var found = new RecordingSink();
      try {
        new WriteRequestDecoder(found).decode(bytes, bytes.length);
      } catch (BadDataException e) {
        assertThat(found.points()).as("-Dchronicle.test.seed=" + SEED).isEmpty();
      }
    }
  }

  private void decode(byte[] bytes) {
    new WriteRequestDecoder(sink).decode(bytes, bytes.length);
  }
}
