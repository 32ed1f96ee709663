package io.chronicledb.engine.query.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.model.Tags;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers as text, texts in their natural order, and labels as positions. */
class PromQlTextTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "0.1, 0.1, 0.1",
    "-2.5, -2.5, -2.5",
    "1e6, 1000000, 1e+06",
    "123456789, 123456789, 1.23456789e+08",
    "1e21, 1000000000000000000000, 1e+21",
    "0.00001, 0.00001, 1e-05",
    "0.0001, 0.0001, 0.0001",
    "2e-3, 0.002, 0.002",
    "NaN, NaN, NaN",
    "Infinity, +Inf, +Inf",
    "-0.0, -0, -0",
  })
  void writesNumbersAsGoDoes(double value, String plain, String general) {
    assertThat(ShortestDecimal.plain(value)).isEqualTo(plain);
    assertThat(ShortestDecimal.general(value)).isEqualTo(general);
  }

  @ParameterizedTest
  @CsvSource({"10, 10", "123, 1.2e+02", "0.0123, 0.012", "99.9, 1e+02"})
  void roundsToSomeDigits(double value, String text) {
    assertThat(ShortestDecimal.general(value, 2)).isEqualTo(text);
  }

  @Test
  void writesWhatReadsBackAsTheSame() {
    long seed = 41;
    var random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(Double.parseDouble(ShortestDecimal.plain(value))).isEqualTo(value);
        assertThat(Double.parseDouble(ShortestDecimal.general(value))).isEqualTo(value);
      }
    }
  }

  @Test
  void sortsRunsOfDigitsByTheirNumber() {
    List<String> sorted =
        List.of("", "2", "10", "a", "a2", "a2b", "a10", "a10b", "b1", "b1.9", "b1.10");
    var shuffled = new ArrayList<>(sorted);
    Collections.shuffle(shuffled, new Random(7));
    shuffled.sort(NaturalOrder.INSTANCE);
    assertThat(shuffled).isEqualTo(sorted);
  }

  @Test
  void spreadsSeriesEvenlyAndKeepsComplements() {
    int kept = 0;
    for (int i = 0; i < 10_000; i++) {
      double position = LabelSampling.position(Tags.of("__name__", "m", "host", "h" + i));
      assertThat(position).isBetween(0.0, 1.0);
      boolean first = LabelSampling.keeps(position, 0.3);
      assertThat(LabelSampling.keeps(position, -0.7)).isEqualTo(!first);
      kept += first ? 1 : 0;
    }
    assertThat(kept).isBetween(2700, 3300);
  }
}
