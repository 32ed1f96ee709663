package io.chronicledb.app.ingest.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.app.ingest.RecordingSink;
import io.chronicledb.app.wire.Precision;
import io.chronicledb.engine.error.BadDataException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPointsDecoderTest {

  private static final long SEED = Long.getLong("chronicle.test.seed", System.nanoTime());
  private static final long NOW = 77;

  private final RecordingSink sink = new RecordingSink();

  @Test
  void readsPoints() {
    decode("""
        {"points":[
          {"metric":"cpu","tags":{"host":"a","region":"eu"},"value":0.5,"timestamp":1000},
          {"value":-2,"metric":"cpu","timestamp":"1970-01-01T00:00:01.5Z"},
          {"metric":"cpu","value":3}]}
        """);
    assertThat(sink.points())
        .containsExactly(
            "cpu{host=\"a\", region=\"eu\"} 0.5 @1000", "cpu -2.0 @1500000000", "cpu 3.0 @77");
    assertThat(sink.refusals()).isEmpty();
  }

  @Test
  void scalesIntegerTimestampsOnly() {
    byte[] body = bytes("""
        {"points":[{"metric":"m","value":1,"timestamp":5},{"metric":"m","value":1,"timestamp":"1970-01-01T00:00:01Z"}]}""");
    new JsonPointsDecoder(Precision.MILLISECONDS, NOW, sink).decode(body, body.length);
    assertThat(sink.points()).containsExactly("m 1.0 @5000000", "m 1.0 @1000000000");
  }

  @Test
  void readsValuesThatJsonHasNoNumbersFor() {
    decode("""
        {"points":[{"metric":"m","value":"NaN"},{"metric":"m","value":"+Inf"},{"metric":"m","value":"-Inf"}]}""");
    assertThat(sink.values())
        .containsExactly(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }

  @Test
  void dropsATagWithoutValue() {
    decode("{\"points\":[{\"metric\":\"m\",\"tags\":{\"a\":\"\"},\"value\":1}]}");
    assertThat(sink.points()).containsExactly("m 1.0 @77");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"metric\":\"\",\"value\":1}",
        "{\"value\":1}",
        "{\"metric\":\"m\"}",
        "{}",
        "{\"metric\":\"m\",\"value\":1e999}",
        "{\"metric\":\"m\",\"value\":1,\"timestamp\":9223372036854775807}",
        "{\"metric\":\"m\",\"value\":1,\"timestamp\":99999999999999999999}",
        "{\"metric\":\"m\",\"value\":1,\"timestamp\":\"yesterday\"}",
        "{\"metric\":\"m\",\"value\":1,\"timestamp\":\"3000-01-01T00:00:00Z\"}",
        "{\"metric\":\"m\",\"value\":1,\"tags\":{\"__name__\":\"x\"}}",
        "{\"metric\":\"m\",\"value\":1,\"tags\":{\"\":\"x\"}}"
      })
  void refusesAPointThatPassesALimitAndStoresItsNeighbours(String point) {
    decode("{\"points\":[{\"metric\":\"a\",\"value\":1}," + point
        + ",{\"metric\":\"b\",\"value\":2}]}");
    assertThat(sink.points()).containsExactly("a 1.0 @77", "b 2.0 @77");
    assertThat(sink.refusals()).containsOnlyKeys(1L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "1",
        "{",
        "{}",
        "{\"points\":{}}",
        "{\"points\":[1]}",
        "{\"points\":[]}x",
        "{\"points\":[]} {}",
        "{\"points\":[],\"points\":[]}",
        "{\"points\":[{\"metric\":1}]}",
        "{\"points\":[{\"value\":\"1\"}]}",
        "{\"points\":[{\"value\":true}]}",
        "{\"points\":[{\"value\":null}]}",
        "{\"points\":[{\"timestamp\":1.5}]}",
        "{\"points\":[{\"tags\":{\"a\":1}}]}",
        "{\"points\":[{\"tags\":[]}]}",
        "{\"points\":[{\"metric\":\"m\",\"metric\":\"m\"}]}",
        "{\"points\":[{\"tags\":{\"a\":\"1\",\"a\":\"\"}}]}",
        "{\"points\":[{\"metric\":\"\\ud800\"}]}",
        "{\"points\":[{\"value\":NaN}]}",
        "{\"points\":[{\"value\":1,}]}",
        "{\"points\":[{\"value\":01}]}"
      })
  void refusesABodyOfAnotherShapeAsAWhole(String body) {
    assertThatThrownBy(() -> decode(body)).isInstanceOf(BadDataException.class);
  }

  @Test
  void namesAnUnknownFieldAndItsPlace() {
    assertThatThrownBy(() -> decode(
            "{\"points\":[{\"metric\":\"m\",\"value\":1},\n {\"metric\":\"m\",\"timestmap\":1}]}"))
        .isInstanceOf(BadDataException.class)
        .hasMessageContaining("\"timestmap\"")
        .hasMessageContaining("line 2")
        .hasMessageContaining("points[1].timestmap");
  }

  @Test
  void refusesDepth() {
    String deep = "{\"points\":[{\"tags\":" + "{\"a\":".repeat(100_000);
    assertThatThrownBy(() -> decode(deep)).isInstanceOf(BadDataException.class);
    assertThatThrownBy(() -> decode("[".repeat(100_000))).isInstanceOf(BadDataException.class);
  }

  @Test
  void damagedBodiesGiveATypedErrorOrPoints() {
    var random = new Random(SEED);
    byte[] good = bytes(
        "{\"points\":[{\"metric\":\"cpu\",\"tags\":{\"host\":\"é\"},\"value\":0.5,\"timestamp\":1000},"
            + "{\"metric\":\"cpu\",\"value\":\"NaN\",\"timestamp\":\"1970-01-01T00:00:01.5Z\"}]}");
    for (int round = 0; round < 50_000; round++) {
      byte[] body = good.clone();
      int length = random.nextInt(4) == 0 ? random.nextInt(body.length) : body.length;
      for (int i = random.nextInt(3); i >= 0; i--) {
        body[random.nextInt(body.length)] = random.nextBoolean()
            ? (byte) random.nextInt(256)
            : (byte) "{}[],:\"\\0-.e".charAt(random.nextInt(12));
      }
      try {
        new JsonPointsDecoder(Precision.NANOSECONDS, NOW, new RecordingSink()).decode(body, length);
      } catch (BadDataException e) {
        assertThat(e.getMessage()).as("-Dchronicle.test.seed=" + SEED).isNotBlank();
      }
    }
  }

  private void decode(String body) {
    byte[] bytes = bytes(body);
    new JsonPointsDecoder(Precision.NANOSECONDS, NOW, sink).decode(bytes, bytes.length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
