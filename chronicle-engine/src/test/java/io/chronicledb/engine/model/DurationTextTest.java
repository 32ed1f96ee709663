package io.chronicledb.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.error.BadDataException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0s, 0",
    "1ns, 1",
    "1us, 1000",
    "1\u00b5s, 1000",
    "1\u03bcs, 1000",
    "500ms, 500000000",
    "90s, 90000000000",
    "5m, 300000000000",
    "1h30m, 5400000000000",
    "1d, 86400000000000",
    "2w, 1209600000000000",
    "1y, 31536000000000000",
    "1y1w1d1h1m1s1ms1us1ns, 32230861001001001",
    "007m, 420000000000",
    "9223372036854775807ns, 9223372036854775807",
    "292y24w3d23h47m16s854ms775us807ns, 9223372036854775807"
  })
  void parses(String text, long nanos) {
    assertThat(DurationText.parse(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource({
    "'', it is empty",
    "5, a unit is missing at its end",
    "1h5, a unit is missing at its end",
    "h, a number is missing at character 1",
    "-5m, a number is missing at character 1",
    "5 m, the unit \" m\" is none of",
    "5M, the unit \"M\" is none of",
    "1.5h, the unit \".\" is none of",
    "1mo, the unit \"mo\" is none of",
    "30m1h, 'units come in order, the largest first and each once'",
    "1h1h, 'units come in order, the largest first and each once'",
    "9223372036854775808ns, it is longer than 9223372036854775807 ns",
    "293y, it is longer than 9223372036854775807 ns",
    "292y25w, it is longer than 9223372036854775807 ns",
    "99999999999999999999999999s, it is longer than 9223372036854775807 ns"
  })
  void refuses(String text, String reason) {
    assertThatThrownBy(() -> DurationText.parse(text))
        .isInstanceOf(BadDataException.class)
        .hasMessageStartingWith("\"" + text + "\" is not a duration: " + reason);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ns",
    "1500, 1us500ns",
    "90000000000, 1m30s",
    "86400000000000, 1d",
    "129600000000000, 36h",
    "604800000000000, 1w",
    "691200000000000, 8d",
    "31536000000000000, 1y",
    "31536000000000001, 8760h1ns"
  })
  void formats(long nanos, String text) {
    assertThat(DurationText.format(nanos)).isEqualTo(text);
  }

  @Test
  void readsItsOwnTextsBack() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long nanos = random.nextLong() >>> (1 + random.nextInt(62));
      assertThat(DurationText.parse(DurationText.format(nanos)))
          .as("seed %s", seed)
          .isEqualTo(nanos);
    }
    assertThat(DurationText.parse(DurationText.format(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void formatsNoNegativeDuration(long nanos) {
    assertThatThrownBy(() -> DurationText.format(nanos))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
