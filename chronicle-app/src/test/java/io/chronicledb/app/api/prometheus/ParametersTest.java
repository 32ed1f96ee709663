package io.chronicledb.app.api.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.app.wire.UrlParameters;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.TimeRange;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParametersTest {

  private final StringBuilder query = new StringBuilder();

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1435781430.781, 1435781430781",
    "1435781430, 1435781430000",
    "-1.5, -1500",
    "2015-07-01T20:10:30.781Z, 1435781430781",
    "2015-07-01T22:10:30.7819+02:00, 1435781430781",
    "1e300, 9223372036853",
    "-1e300, -9223372036854",
    "0.0005, 0",
    "9999-01-01T00:00:00Z, 9223372036853"
  })
  void readsTimesInMilliseconds(String text, long millis) {
    put("time", text);
    assertThat(parameters().millis("time")).isEqualTo(millis);
  }

  @Test
  void takesGosOutermostTimes() {
    put("start", "-292273086-05-16T16:47:06Z");
    put("end", "292277025-08-18T07:12:54.999999999Z");
    assertThat(parameters().range()).isEqualTo(TimeRange.ALL);
  }

  @Test
  void endsARangeAfterTheLastMillisecond() {
    put("start", "1");
    put("end", "2");
    assertThat(parameters().range()).isEqualTo(new TimeRange(1_000_000_000, 2_001_000_000));
  }

  @Test
  void refusesInPrometheusWords() {
    put("time", "yesterday");
    put("step", "1x");
    put("limit", "-1");
    assertThatThrownBy(() -> parameters().millis("time"))
        .hasMessage("invalid parameter \"time\": cannot parse \"yesterday\" to a valid timestamp");
    assertThatThrownBy(() -> parameters().stepMillis("step"))
        .hasMessage("invalid parameter \"step\": cannot parse \"1x\" to a valid duration");
    assertThatThrownBy(() -> parameters().limit())
        .hasMessage("invalid parameter \"limit\": limit must be non-negative");
  }

  @Test
  void readsOptions() {
    put("timeout", "1m");
    put("lookback_delta", "0.5");
    assertThat(parameters().queryOptions().timeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(parameters().queryOptions().lookback()).isEqualTo(Duration.ofMillis(500));
    query.setLength(0);
    assertThat(parameters().queryOptions().timeout()).isNull();
    put("timeout", "0s");
    assertThatThrownBy(() -> parameters().queryOptions())
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUERY_TIMEOUT));
  }

  @ParameterizedTest
  @CsvSource({
    "http_requests, http_requests",
    "U__http_2e_status, http.status",
    "U__a__b, a_b",
    "U___1F321_, 🌡",
    "U__a_, U__a_",
    "U__a_zz_b, U__a_zz_b"
  })
  void unescapesLabelNames(String escaped, String plain) {
    assertThat(SeriesController.unescape(escaped)).isEqualTo(plain);
  }

  private void put(String name, String value) {
    query
        .append('&')
        .append(name)
        .append('=')
        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  private Parameters parameters() {
    return new Parameters(UrlParameters.parse(query.toString()));
  }
}
