package io.chronicledb.app.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JsonWriterTest {

  private static final long SEED = Long.getLong("chronicle.test.seed", System.nanoTime());

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final JsonWriter json = new JsonWriter(bytes);

  @Test
  void putsCommasBetweenElements() throws IOException {
    json.beginObject()
        .name("a")
        .number(1L)
        .name("b")
        .beginArray()
        .number(0.5)
        .string("x")
        .nullValue()
        .beginArray()
        .endArray();
    json.endArray().name("c").beginObject().endObject().endObject();
    assertThat(text()).isEqualTo("{\"a\":1,\"b\":[0.5,\"x\",null,[]],\"c\":{}}");
  }

  @Test
  void writesTimesAsPrometheusDoes() throws IOException {
    json.beginArray()
        .seconds(1_435_781_430_781L)
        .seconds(1000)
        .seconds(1_001)
        .seconds(1_010)
        .seconds(1_100)
        .seconds(-1_500)
        .seconds(0);
    json.endArray();
    assertThat(text()).isEqualTo("[1435781430.781,1,1.001,1.010,1.100,-1.500,0]");
  }

  @Test
  void writesWhatIsNoNumberAsAString() throws IOException {
    json.beginArray()
        .number(Double.NaN)
        .number(Double.POSITIVE_INFINITY)
        .number(Double.NEGATIVE_INFINITY)
        .numberAsString(0.25);
    json.endArray();
    assertThat(text()).isEqualTo("[\"NaN\",\"+Inf\",\"-Inf\",\"0.25\"]");
  }

  @Test
  void writesStringsThatJacksonReadsBack() throws IOException {
    var random = new Random(SEED);
    for (int round = 0; round < 2_000; round++) {
      var value = new StringBuilder();
      for (int i = random.nextInt(200); i > 0; i--) {
        int point = random.nextInt(4) == 0 ? random.nextInt(0x110000) : random.nextInt(0x80);
        if (point < 0xD800 || point > 0xDFFF) {
          value.appendCodePoint(point);
        }
      }
      var out = new ByteArrayOutputStream();
      var writer = new JsonWriter(out);
      writer.string(value.toString()).flush();
      assertThat(JsonMapper.shared().readValue(out.toByteArray(), String.class))
          .as("-Dchronicle.test.seed=" + SEED)
          .isEqualTo(value.toString());
    }
  }

  @Test
  void replacesHalfACharacter() throws IOException {
    json.string("a\uD800b\uDC00");
    assertThat(text()).isEqualTo("\"a\uFFFDb\uFFFD\"");
  }

  private String text() throws IOException {
    json.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
