package io.chronicledb.app.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberTextTest {

  private static final long SEED = Long.getLong("chronicle.test.seed", System.nanoTime());

  /** The right-hand sides are what Prometheus answers, that is Go's strconv. */
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, -0",
    "1, 1",
    "-1, -1",
    "0.1, 0.1",
    "22.5, 22.5",
    "100, 100",
    "1e6, 1000000",
    "123456789, 123456789",
    "0.3333333333333333, 0.3333333333333333",
    "1e15, 1000000000000000",
    "1e20, 100000000000000000000",
    "1e21, 1e+21",
    "1.5e21, 1.5e+21",
    "-1e21, -1e+21",
    "1e-6, 0.000001",
    "1.5e-6, 0.0000015",
    "9.99e-7, 9.99e-07",
    "1e-7, 1e-07",
    "4.9e-324, 5e-324",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "2.2250738585072014e-308, 2.2250738585072014e-308",
    "9007199254740993, 9007199254740992",
    "123456789012345680, 123456789012345680",
    "2e23, 2e+23",
    "1e23, 1e+23",
    "8.41e21, 8.41e+21",
    "2.0e-3, 0.002",
    "5e-5, 0.00005",
    "0.000123, 0.000123",
    "99999999999999983616, 99999999999999980000",
    "5.684341886080802e-14, 5.684341886080802e-14",
    "9.5e-323, 9.4e-323",
    "1e-323, 1e-323",
    "NaN, NaN",
    "Infinity, +Inf",
    "-Infinity, -Inf"
  })
  void printsAsGoDoes(double value, String expected) {
    assertThat(NumberText.format(value)).isEqualTo(expected);
  }

  @Test
  void printsWhatReadsBackAsTheSameAndIsNoLongerThanItMustBe() {
    var random = new Random(SEED);
    for (int i = 0; i < 300_000; i++) {
      double value = switch (i % 4) {
        case 0 -> Double.longBitsToDouble(random.nextLong());
        case 1 -> random.nextInt() / 100.0;
        case 2 -> random.nextGaussian();
        default -> Math.scalb(1.0, random.nextInt(2000) - 1000);
      };
      if (Double.isNaN(value) || Double.isInfinite(value)) {
        continue;
      }
      String text = NumberText.format(value);
      assertThat(Double.parseDouble(text))
          .as("%s, -Dchronicle.test.seed=%s", text, SEED)
          .isEqualTo(value);
      assertThat(digits(text))
          .as("%s, -Dchronicle.test.seed=%s", text, SEED)
          .isLessThanOrEqualTo(digits(Double.toString(value)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NaN", "Inf", "0x1p3", "1f", " 1", "1 ", "1e999", "--1", "1_0", "."})
  void parsesNothingButDecimals(String text) {
    assertThat(NumberText.parse(text)).isNull();
  }

  private static int digits(String text) {
    String mantissa = text.replaceAll("[eE].*", "")
        .replaceAll("[^0-9]", "")
        .replaceAll("^0+", "")
        .replaceAll("0+$", "");
    return mantissa.length();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "1, 1",
    "999999, 999999",
    "1e6, 1e+06",
    "1234567, 1.234567e+06",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "-2.5e300, -2.5e+300",
    "NaN, NaN",
    "Infinity, +Inf"
  })
  void writesMetricsAsTheTextFormatHasThem(double value, String text) {
    var out = new StringBuilder();
    NumberText.appendGeneral(out, value);
    assertThat(out.toString()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, -0",
    "1e21, 1000000000000000000000",
    "1e-7, 0.0000001",
    "-1.25e-10, -0.000000000125",
    "NaN, NaN",
    "-Infinity, -Inf"
  })
  void writesAllDigitsWhereThereIsNoExponent(double value, String text) {
    assertThat(NumberText.plain(value)).isEqualTo(text);
  }
}
