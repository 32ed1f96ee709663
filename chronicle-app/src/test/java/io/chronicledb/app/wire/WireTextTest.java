package io.chronicledb.app.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.error.BadDataException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireTextTest {

  @ParameterizedTest
  @CsvSource({
    "15, 15000000000",
    "0.5, 500000000",
    "1m, 60000000000",
    "1h30m, 5400000000000",
    "5ms, 5000000",
    "1d, 86400000000000",
    "1w, 604800000000000",
    "1y, 31536000000000000",
    "-5, -5000000000",
    "0, 0",
    "1m1ms, 60001000000"
  })
  void readsDurations(String text, long nanos) {
    assertThat(DurationParameter.parseNanos(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "m",
        "1x",
        "1m1h",
        "1m1m",
        "-1m",
        "1.5m",
        "1e300",
        "999999999999y",
        "NaN",
        "1 m",
        "1m "
      })
  void refusesWhatIsNoDuration(String text) {
    assertThat(DurationParameter.parseNanos(text)).isNull();
  }

  @Test
  void decodesParameters() {
    var parameters = UrlParameters.parse("q=a%20b%2B+%C3%A9&empty=&q=second&flag&a%5B%5D=1");
    assertThat(parameters.get("q")).isEqualTo("a b+ é");
    assertThat(parameters.get("empty")).isNull();
    assertThat(parameters.get("flag")).isNull();
    assertThat(parameters.get("a[]")).isEqualTo("1");
    assertThat(parameters.get("none")).isNull();
  }

  @Test
  void keepsSeveralValuesInOrder() {
    var parameters = UrlParameters.parse("m[]=a&m[]=b").and(UrlParameters.parse("m[]=c&n=d"));
    assertThat(parameters.getAll("m[]")).containsExactly("a", "b", "c");
    assertThat(parameters.get("m[]")).isEqualTo("a");
    assertThat(parameters.get("n")).isEqualTo("d");
  }

  @Test
  void limitsTheNumberOfParameters() {
    assertThat(UrlParameters.parse("&&a=1".repeat(UrlParameters.COUNT_MAX)).getAll("a"))
        .hasSize(UrlParameters.COUNT_MAX);
    assertThatThrownBy(() -> UrlParameters.parse("a=1&".repeat(UrlParameters.COUNT_MAX + 1)))
        .isInstanceOf(BadDataException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%", "a=%2", "a=%zz", "a=%C3", "%FF=1"})
  void refusesMalformedParameters(String text) {
    assertThatThrownBy(() -> UrlParameters.parse(text)).isInstanceOf(BadDataException.class);
  }

  @Test
  void namesTheNearestKnownParameter() {
    assertThatThrownBy(() -> UrlParameters.parse("precison=s").allowOnly(Set.of("precision", "db")))
        .isInstanceOf(BadDataException.class)
        .hasMessageContaining("\"precison\"")
        .hasMessageContaining("did you mean \"precision\"");
    assertThatThrownBy(() -> UrlParameters.parse("pretty=1").allowOnly(Set.of("precision", "db")))
        .hasMessageContaining("known are db, precision");
  }
}
