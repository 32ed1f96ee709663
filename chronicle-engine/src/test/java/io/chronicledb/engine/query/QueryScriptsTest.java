package io.chronicledb.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every script of {@code queries/eval}, with its points in memory, in storage, and in both. */
class QueryScriptsTest {

  /** Fewer would mean that scripts have been lost. */
  private static final int SQL_CASES_MIN = 450;

  private static final int PROMQL_CASES_MIN = 1_400;

  @ParameterizedTest
  @CsvSource({
    "selectors.test, 20",
    "operators.test, 40",
    "aggregations.test, 20",
    "range-functions.test, 40",
    "functions.test, 30",
    "unsupported.test, 6",
  })
  void answersAsWritten(String script, int casesMin) {
    run(script, casesMin);
  }

  /** What docs/promql.md says, by topic. */
  @ParameterizedTest
  @MethodSource("promqlScripts")
  void answersPromQlAsPrometheusDoes(String script) {
    run(script, (int) QueryScript.promqlCases(lines(script)));
  }

  @Test
  void hasCasesForAllOfPromQl() {
    long cases = promqlScripts()
        .mapToLong(script -> QueryScript.promqlCases(lines(script)))
        .sum();
    assertThat(cases).isGreaterThanOrEqualTo(PROMQL_CASES_MIN);
  }

  /** What docs/sql.md says, by topic. */
  @ParameterizedTest
  @MethodSource("sqlScripts")
  void answersSqlAsTheManualSays(String script) {
    run(script, (int) QueryScript.sqlCases(lines(script)));
  }

  @Test
  void hasCasesForAllOfSql() {
    long cases =
        sqlScripts().mapToLong(script -> QueryScript.sqlCases(lines(script))).sum();
    assertThat(cases).isGreaterThanOrEqualTo(SQL_CASES_MIN);
  }

  private static void run(String script, int casesMin) {
    List<String> lines = lines(script);
    for (QueryScript.Placement placement : QueryScript.Placement.values()) {
      assertThat(new QueryScript(placement).run(lines))
          .as("queries in " + script)
          .isGreaterThanOrEqualTo(casesMin);
    }
  }

  static Stream<String> sqlScripts() {
    return scripts("sql");
  }

  static Stream<String> promqlScripts() {
    return scripts("promql");
  }

  private static Stream<String> scripts(String topic) {
    try {
      Path directory =
          Path.of(QueryScriptsTest.class.getResource("/queries/eval/" + topic).toURI());
      try (Stream<Path> files = Files.list(directory)) {
        return files.map(file -> topic + "/" + file.getFileName()).sorted().toList().stream();
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> lines(String script) {
    try (InputStream in = QueryScriptsTest.class.getResourceAsStream("/queries/eval/" + script)) {
      assertThat(in).as(script).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
