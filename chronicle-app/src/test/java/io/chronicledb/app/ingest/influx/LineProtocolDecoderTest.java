package io.chronicledb.app.ingest.influx;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.app.ingest.PointSink;
import io.chronicledb.app.ingest.RecordingSink;
import io.chronicledb.app.wire.Precision;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineProtocolDecoderTest {

  private static final long SEED = Long.getLong("chronicle.test.seed", System.nanoTime());
  private static final long NOW = 77;

  private final RecordingSink sink = new RecordingSink();

  @Test
  void tellsEachFieldOfAMeasurementOnce() {
    decode("cpu,host=a usage_user=1,usage_system=2 1\ncpu,host=b usage_user=3,usage_system=4 2\n"
        + "mem free=1,value=2 1\ncpu usage_user=1 3\ncpu usage_idle=1,usage_user=1 3\ntemp value=1 1\n"
        + "cpu bad=\"text\" 1");
    assertThat(sink.attachments())
        .containsExactly(
            "cpu has usage_user",
            "cpu has usage_system",
            "mem has free",
            "cpu has usage_user",
            "cpu has usage_idle",
            "cpu has usage_user");
  }

  @Test
  void namesAPointAfterMeasurementAndField() {
    decode("cpu,host=a,region=eu usage_user=0.5,usage_system=2 1000");
    assertThat(sink.points())
        .containsExactly(
            "cpu_usage_user{host=\"a\", region=\"eu\"} 0.5 @1000",
            "cpu_usage_system{host=\"a\", region=\"eu\"} 2.0 @1000");
  }

  @Test
  void namesAPointAfterTheMeasurementAloneWhenTheFieldIsCalledValue() {
    decode("temperature,room=living value=22.5 1");
    assertThat(sink.points()).containsExactly("temperature{room=\"living\"} 22.5 @1");
  }

  @Test
  void takesTheTimeOfArrivalWhereThereIsNone() {
    decode("cpu value=1\ncpu value=2 \r\n");
    assertThat(sink.points()).containsExactly("cpu 1.0 @77", "cpu 2.0 @77");
  }

  @Test
  void skipsCommentsAndBlankLinesAndCountsThem() {
    decode("# a comment\n\n  \t\r\n   # indented\r\n  cpu value=1 5\r\nbad");
    assertThat(sink.points()).containsExactly("cpu 1.0 @5");
    assertThat(sink.refusals()).containsOnlyKeys(6L);
  }

  @Test
  void sortsTags() {
    decode("cpu,z=1,a=2 value=1 1");
    assertThat(sink.points()).containsExactly("cpu{a=\"2\", z=\"1\"} 1.0 @1");
  }

  @Test
  void undoesEscapes() {
    decode("my\\ disk\\,x=y,mount\\ point=/a\\ b\\,c\\=d,back=\\\\slash\\n used\\ by\\=te=1 1");
    assertThat(sink.points())
        .containsExactly(
            "my disk,x=y_used by=te{back=\"\\\\\\\\slash\\\\n\", mount point=\"/a b,c=d\"} 1.0 @1");
  }

  @Test
  void takesNamesThatAreNoAscii() {
    decode("température,lieu=Zürich value=1 1\n🌡,a=\\ é value=2 2");
    assertThat(sink.points())
        .containsExactly("température{lieu=\"Zürich\"} 1.0 @1", "🌡{a=\" é\"} 2.0 @2");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "-1.5, -1.5",
    "+2, 2",
    ".5, 0.5",
    "5., 5",
    "1e3, 1000",
    "1.5E-3, 0.0015",
    "1e+2, 100",
    "-0, -0.0",
    "1i, 1",
    "-9223372036854775808i, -9223372036854775808",
    "9223372036854775807i, 9223372036854775807",
    "18446744073709551615u, 18446744073709551615",
    "0u, 0",
    "t, 1",
    "T, 1",
    "true, 1",
    "True, 1",
    "TRUE, 1",
    "f, 0",
    "F, 0",
    "false, 0",
    "False, 0",
    "FALSE, 0",
    "0.1, 0.1",
    "123456789012345678, 123456789012345678",
    "1.7976931348623157e308, 1.7976931348623157e308",
    "4.9e-324, 4.9e-324",
    "1e-400, 0",
    "000000000000000000000000001.5, 1.5",
    "0.000000000000000000000000015e26, 1.5"
  })
  void readsValues(String text, double expected) {
    decode("m value=" + text + " 1");
    assertThat(sink.refusals()).isEmpty();
    assertThat(sink.values()).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "NaN",
        "Inf",
        "-inf",
        "1e",
        "1e+",
        ".",
        "-",
        "+",
        "1.2.3",
        "0x10",
        "1d",
        "1f",
        "i",
        "u",
        "-1u",
        "1.5i",
        "1ii",
        "9223372036854775808i",
        "-9223372036854775809i",
        "18446744073709551616u",
        "1e999",
        "tru",
        "yes",
        "truefalse",
        "\"text\"",
        "\"",
        "1\"",
        "1_000"
      })
  void refusesWhatIsNoValue(String text) {
    decode("m value=" + text + " 1\nok value=1 1");
    assertThat(sink.refusals()).containsOnlyKeys(1L);
    assertThat(sink.points()).containsExactly("ok 1.0 @1");
  }

  @ParameterizedTest
  @CsvSource({
    "n, 1",
    "ns, 1",
    "u, 1000",
    "us, 1000",
    "ms, 1000000",
    "s, 1000000000",
    "m, 60000000000",
    "h, 3600000000000"
  })
  void scalesTimestamps(String precision, long nanos) {
    new LineProtocolDecoder(Precision.parse(precision), NOW, sink)
        .decode(bytes("m value=1 -3"), "m value=1 -3".length());
    assertThat(sink.points()).containsExactly("m 1.0 @" + -3 * nanos);
  }

  @Test
  void refusesTimestampsThatDoNotFit() {
    byte[] body =
        bytes("m value=1 9223372036\nm value=2 9223372037\nm value=3 -9223372037\nm value=4 1.5");
    new LineProtocolDecoder(Precision.SECONDS, NOW, sink).decode(body, body.length);
    assertThat(sink.points()).containsExactly("m 1.0 @9223372036000000000");
    assertThat(sink.refusals()).containsOnlyKeys(2L, 3L, 4L);
    assertThat(sink.refusals().get(2L)).contains("9223372037").contains("2262");
  }

  @Test
  void refusesTheReservedTimestamp() {
    decode("m value=1 9223372036854775807\nm value=1 9223372036854775806");
    assertThat(sink.points()).containsExactly("m 1.0 @9223372036854775806");
    assertThat(sink.refusals()).containsOnlyKeys(1L);
  }

  @Test
  void refusesStringsWithTheFieldsNameAndStoresNothingOfTheLine() {
    decode("cpu load=1,model=\"i7, fast = yes\" 1\ncpu load=2 2");
    assertThat(sink.points()).containsExactly("cpu_load 2.0 @2");
    assertThat(sink.refusals().get(1L)).contains("\"model\"").contains("string");
  }

  @Test
  void findsTheEndOfALineAfterAStringWithLineBreaks() {
    decode("log text=\"first\nsecond=1 \\\" \nthird\",n=1 1\ncpu value=2 2\nbad");
    assertThat(sink.points()).containsExactly("cpu 2.0 @2");
    assertThat(sink.refusals()).containsOnlyKeys(1L, 5L);
  }

  @Test
  void doesNotLoseTheRestToAStringThatIsNotClosed() {
    decode("log text=\"first\ncpu value=2 2\nlog text=\ncpu value=3 3");
    assertThat(sink.points()).containsExactly("cpu 2.0 @2", "cpu 3.0 @3");
    assertThat(sink.refusals()).containsOnlyKeys(1L, 3L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "m", "m ", "m 1", ",a=b value=1", "m,a value=1", "m,a= value=1", "m,=b value=1",
            "m,a=b,a=c value=1", "m,a=b=c value=1",
        "m, value=1", "m,a=b", "m =1", "m value", "m value=1,", "m value=1 1 1", "m value=1 x",
            "m,__name__=x value=1", "m value=1,=2",
        "m\tvalue=1"
      })
  void refusesABadLineAndStoresItsNeighbours(String line) {
    decode("before value=1 1\n" + line + "\nafter value=2 2");
    assertThat(sink.points()).containsExactly("before 1.0 @1", "after 2.0 @2");
    assertThat(sink.refusals()).containsOnlyKeys(2L);
  }

  @Test
  void refusesLinesThatAreNotUtf8() {
    byte[] body = bytes("before,\\ é=b value=1 1\nm,a=Xb value=1 1\nafter value=2 2");
    for (int i = 0; i < body.length; i++) {
      if (body[i] == 'X') {
        body[i] = (byte) 0xC3;
      }
    }
    new LineProtocolDecoder(Precision.NANOSECONDS, NOW, sink).decode(body, body.length);
    assertThat(sink.points()).containsExactly("before{ é=\"b\"} 1.0 @1", "after 2.0 @2");
    assertThat(sink.refusals().get(2L)).contains("UTF-8");
  }

  @Test
  void keepsTheLimitsOfASeries() {
    String name = "n".repeat(256);
    decode(name + " value=1 1\n" + name + "x value=1 1\n" + "n".repeat(200) + " ok=1,"
        + "f".repeat(60) + "=1 1\n"
        + "m,t=" + "v".repeat(4096) + " value=1 1\nm,t=" + "v".repeat(4097) + " value=1 1\n" + "m"
        + tags(64)
        + " value=1 1\nm" + tags(65) + " value=1 1");
    assertThat(sink.points()).hasSize(3);
    assertThat(sink.refusals()).containsOnlyKeys(2L, 3L, 5L, 7L);
  }

  @Test
  void limitsTheFieldsOfALine() {
    decode("m " + "a=1,".repeat(LineProtocolDecoder.FIELDS_MAX) + "a=1 1\nm "
        + "a=1,".repeat(LineProtocolDecoder.FIELDS_MAX - 1) + "a=1 1");
    assertThat(sink.points()).hasSize(LineProtocolDecoder.FIELDS_MAX);
    assertThat(sink.refusals()).containsOnlyKeys(1L);
  }

  @Test
  void limitsWhatTagsTimesFieldsExpandToAndKeepsLinesWhole() {
    int fields = 1000;
    var line = new StringBuilder("m");
    for (int i = 0; i < 64; i++) {
      line.append(",t").append(i).append('=').append("v".repeat(4000));
    }
    line.append(' ').append("a=1,".repeat(fields - 1)).append("a=1 1\n");
    var counting = new CountingSink();
    byte[] body = bytes(line.toString().repeat(6));
    new LineProtocolDecoder(Precision.NANOSECONDS, NOW, counting).decode(body, body.length);
    assertThat(counting.points % fields).isZero();
    assertThat(counting.points).isPositive().isLessThan(6L * fields);
    assertThat(counting.points + fields * counting.refused).isEqualTo(6L * fields);
  }

  @Test
  void damagedBodiesNeverThrowAndNeverTakeMoreLinesThanThereAre() {
    var random = new Random(SEED);
    String alphabet = "m,a=b value=1 1\n\\\"\r#it.eE-+0\u00e9\t";
    for (int round = 0; round < 20_000; round++) {
      byte[] body;
      if (random.nextBoolean()) {
        var text = new StringBuilder();
        for (int i = random.nextInt(80); i > 0; i--) {
          text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        body = bytes(text.toString());
      } else {
        body = bytes("cpu,host=a\\ b,r=é value=1.5,x=2i 100\nmem,q=\\,z text=\"a\nb\",v=t 5\r\n");
        for (int i = random.nextInt(4); i >= 0; i--) {
          body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
      }
      var lines = new RecordingSink();
      long lineCount = 1
          + new String(body, StandardCharsets.ISO_8859_1)
              .chars()
              .filter(c -> c == '\n')
              .count();
      new LineProtocolDecoder(Precision.NANOSECONDS, NOW, lines).decode(body, body.length);
      assertThat(lines.refusals().keySet())
          .as("-Dchronicle.test.seed=" + SEED)
          .allMatch(number -> number >= 1 && number <= lineCount);
    }
  }

  @Test
  void readsDoublesAsTheJdkDoes() throws Exception {
    var random = new Random(SEED);
    for (int i = 0; i < 200_000; i++) {
      String text = switch (i % 3) {
        case 0 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
        case 1 ->
          random.nextLong() + "." + random.nextInt(1_000_000) + "e" + (random.nextInt(40) - 20);
        default -> random.nextInt() / 1000.0 + "";
      };
      double expected = Double.parseDouble(text);
      if (!Double.isNaN(expected) && !Double.isInfinite(expected)) {
        byte[] bytes = bytes(text);
        assertThat(AsciiNumber.parseDouble(bytes, 0, bytes.length))
            .as("%s, -Dchronicle.test.seed=%s", text, SEED)
            .isEqualTo(expected);
      }
    }
  }

  private static String tags(int count) {
    var tags = new StringBuilder();
    for (int i = 0; i < count; i++) {
      tags.append(",t").append(i).append("=v");
    }
    return tags.toString();
  }

  private void decode(String body) {
    byte[] bytes = bytes(body);
    new LineProtocolDecoder(Precision.NANOSECONDS, NOW, sink).decode(bytes, bytes.length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Keys of this size are not to be kept as text. */
  private static final class CountingSink implements PointSink {

    private long points;
    private long refused;

    @Override
    public void series(SeriesKey seriesKey, int bytes) {}

    @Override
    public void add(long timestamp, double value) {
      points++;
    }

    @Override
    public void add(long timestamp, NativeHistogram histogram) {}

    @Override
    public void exemplar(Tags labels, long timestamp, double value) {}

    @Override
    public void metadata(String metric, MetricMetadata metadata) {}

    @Override
    public void field(String measurement, String field) {}

    @Override
    public void drop(Dropped what, String reason) {}

    @Override
    public void refuse(long number, String reason) {
      refused++;
    }
  }
}
