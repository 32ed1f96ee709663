package io.chronicledb.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.error.BadDataException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {

  @ParameterizedTest
  @CsvSource({
    "1970-01-01, 0",
    "1970-01-01T00:00:00Z, 0",
    "1970-01-01T00:00:00.000000001Z, 1",
    "1970-01-01T00:00:00.1Z, 100000000",
    "1970-01-01T00:00:01+00:00, 1000000000",
    "1969-12-31T23:59:59.999999999Z, -1",
    "1969-12-31, -86400000000000",
    "2024-01-01, 1704067200000000000",
    "2024-01-01T00:00, 1704067200000000000",
    "2024-01-01 00:00:00, 1704067200000000000",
    "2024-01-01t00:00:00z, 1704067200000000000",
    "2024-01-01T01:00:00+01:00, 1704067200000000000",
    "2024-01-01T01:00:00+0100, 1704067200000000000",
    "2024-01-01T01:00:00+01, 1704067200000000000",
    "2023-12-31T18:30:00-05:30, 1704067200000000000",
    "2024-01-01T00:00:00-00:00, 1704067200000000000",
    "2024-02-29T12:34:56.789Z, 1709210096789000000",
    "2000-02-29, 951782400000000000",
    "1677-09-21T00:12:43.145224192Z, -9223372036854775808",
    "1677-09-21T00:12:43.145224193Z, -9223372036854775807",
    "2262-04-11T23:47:16.854775807Z, 9223372036854775807",
    "2262-04-12T00:47:16.854775807+01:00, 9223372036854775807"
  })
  void parses(String text, long nanos) {
    assertThat(TimeText.parse(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "now",
        "2024",
        "2024-01",
        "2024-1-1",
        "24-01-01",
        "02024-01-01",
        "2024-00-01",
        "2024-13-01",
        "2024-01-00",
        "2024-01-32",
        "2024-04-31",
        "2023-02-29",
        "1900-02-29",
        "2100-02-29",
        "2024-01-01T",
        "2024-01-01T1",
        "2024-01-01T24:00",
        "2024-01-01T12",
        "2024-01-01T12:60",
        "2024-01-01T12:00:60",
        "2024-01-01T12:00:00.",
        "2024-01-01T12:00:00.Z",
        "2024-01-01T12:00:00.1234567890Z",
        "2024-01-01T12:00:00X",
        "2024-01-01T12:00:00Z ",
        "2024-01-01Z",
        "2024-01-01T12:00:00+",
        "2024-01-01T12:00:00+1",
        "2024-01-01T12:00:00+24:00",
        "2024-01-01T12:00:00+01:60",
        "2024-01-01T12:00:00+01:",
        "2024-01-01T12:00:00+01:00Z",
        " 2024-01-01",
        "-2024-01-01",
        "2024/01/01",
        "2024-01-01  12:00:00",
        "2024-01-01T12:00:00,5Z",
        "٢٠٢٤-01-01"
      })
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> TimeText.parse(text))
        .isInstanceOf(BadDataException.class)
        .hasMessageStartingWith("\"" + text + "\" is not a time: expected ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000-01-01",
        "1677-09-21",
        "1677-09-21T00:12:43.145224191Z",
        "2262-04-11T23:47:16.854775808Z",
        "2262-04-12",
        "9999-12-31",
        "2262-04-11T23:47:16.854775807-00:01"
      })
  void refusesWhatDoesNotFit(String text) {
    assertThatThrownBy(() -> TimeText.parse(text))
        .isInstanceOf(BadDataException.class)
        .hasMessage("time \"" + text
            + "\" is outside of 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z");
  }

  @Test
  void saysWhatWasExpectedAndWhere() {
    assertThatThrownBy(() -> TimeText.parse("2023-02-29"))
        .hasMessage("\"2023-02-29\" is not a time: expected a day of that month at character 9; "
            + "a time looks like 2024-01-31 or 2024-01-31T12:30:05.123Z");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00Z",
    "1, 1970-01-01T00:00:00.000000001Z",
    "-1, 1969-12-31T23:59:59.999999999Z",
    "1000, 1970-01-01T00:00:00.000001Z",
    "1000000, 1970-01-01T00:00:00.001Z",
    "1001000, 1970-01-01T00:00:00.001001Z",
    "1000001, 1970-01-01T00:00:00.001000001Z",
    "-1000000000, 1969-12-31T23:59:59Z",
    "1704067200000000000, 2024-01-01T00:00:00Z",
    "1709164800000000000, 2024-02-29T00:00:00Z",
    "951782400000000000, 2000-02-29T00:00:00Z",
    "4107542400000000000, 2100-03-01T00:00:00Z",
    "-2203891200000000000, 1900-03-01T00:00:00Z",
    "-9223372036854775808, 1677-09-21T00:12:43.145224192Z",
    "-9223372036854775807, 1677-09-21T00:12:43.145224193Z",
    "9223372036854775807, 2262-04-11T23:47:16.854775807Z"
  })
  void formats(long nanos, String text) {
    assertThat(TimeText.format(nanos)).isEqualTo(text);
  }

  @Test
  void agreesWithTheJdkEverywhere() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    long[] grains = {1, 1_000, 1_000_000, 1_000_000_000, 86_400_000_000_000L};
    for (int i = 0; i < 100_000; i++) {
      long grain = grains[random.nextInt(grains.length)];
      long nanos = random.nextLong() / grain * grain;
      String text = TimeText.format(nanos);
      assertThat(text)
          .as("seed %s", seed)
          .isEqualTo(Instant.ofEpochSecond(
                  Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
              .toString());
      assertThat(TimeText.parse(text)).as("seed %s", seed).isEqualTo(nanos);
    }
  }

  @Test
  void knowsEveryDayOfTheRange() {
    for (long day = -106_751; day <= 106_751; day++) {
      long nanos = day * 86_400_000_000_000L;
      String date = LocalDate.ofEpochDay(day).toString();
      assertThat(TimeText.format(nanos)).isEqualTo(date + "T00:00:00Z");
      assertThat(TimeText.parse(date)).isEqualTo(nanos);
    }
  }

  @Test
  void appendsToWhatIsThere() {
    var text = new StringBuilder("at ");
    TimeText.append(0, text);
    assertThat(text).hasToString("at 1970-01-01T00:00:00Z");
  }
}
