package io.chronicledb.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every script of {@code queries/eval}, with its points in memory, in storage, and in both. */
class QueryScriptsTest {

  @ParameterizedTest
  @CsvSource({
    "selectors.test, 20",
    "operators.test, 40",
    "aggregations.test, 20",
    "range-functions.test, 40",
    "functions.test, 30",
    "unsupported.test, 10",
    "sql.test, 40",
  })
  void answersAsWritten(String script, int casesMin) throws IOException {
    List<String> lines = lines(script);
    for (QueryScript.Placement placement : QueryScript.Placement.values()) {
      assertThat(new QueryScript(placement).run(lines))
          .as("queries in " + script)
          .isGreaterThanOrEqualTo(casesMin);
    }
  }

  private static List<String> lines(String script) throws IOException {
    try (InputStream in = QueryScriptsTest.class.getResourceAsStream("/queries/eval/" + script)) {
      assertThat(in).as(script).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
