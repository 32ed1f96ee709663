package io.chronicledb.engine.query.promql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromQlFormatterTest {

  private static final String LONG_SELECTOR =
      "http_requests_total{environment=\"production\",method=\"DELETE\",region=\"eu-central-1\",status=~\"5..\"}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "1 + 2",
        "sum by (job) (rate(http_requests_total[5m]))",
        "-(a + b)",
        "max_over_time(rate(x[1m])[30m:1m] offset 1h)"
      })
  void leavesWhatFitsALineOnOne(String query) {
    assertThat(format(query)).isEqualTo(query);
  }

  @Test
  void writesTheCanonicalFormOfALine() {
    assertThat(format("sum(  x{b='2',a=\"1\"} ) by(job)"))
        .isEqualTo("sum by (job) (x{a=\"1\",b=\"2\"})");
  }

  @Test
  void neverBreaksASelector() {
    String selector = LONG_SELECTOR.replace("}", ",zone=\"a-rather-long-name-of-a-zone\"}");
    assertThat(selector.length()).isGreaterThan(PromQlFormatter.LINE_BYTES_MAX);
    assertThat(format(selector)).isEqualTo(selector);
    assertThat(format(selector + "[5m]")).isEqualTo(selector + "[5m]");
  }

  @Test
  void breaksOperatorsAndIndentsTheirOperands() {
    assertThat(format(LONG_SELECTOR + " / on(job) group_left(team) owners"))
        .isEqualTo("  " + LONG_SELECTOR + "\n/ on (job) group_left (team)\n  owners");
    assertThat(format(LONG_SELECTOR + " > bool 1"))
        .isEqualTo("  " + LONG_SELECTOR + "\n> bool\n  1");
  }

  @Test
  void breaksChainsFromTheOutside() {
    assertThat(format(LONG_SELECTOR + " + first - second"))
        .isEqualTo("    " + LONG_SELECTOR + "\n  +\n    first\n-\n  second");
  }

  @Test
  void breaksAggregationsCallsAndParentheses() {
    assertThat(
            format("topk by (job) (3, sum without (instance) (rate(" + LONG_SELECTOR + "[5m])))"))
        .isEqualTo("topk by (job) (\n"
            + "  3,\n"
            + "  sum without (instance) (\n"
            + "    rate(\n"
            + "      " + LONG_SELECTOR + "[5m]\n"
            + "    )\n"
            + "  )\n"
            + ")");
    assertThat(format("(" + LONG_SELECTOR + " * 100)"))
        .isEqualTo("(\n    " + LONG_SELECTOR + "\n  *\n    100\n)");
    assertThat(format("clamp(" + LONG_SELECTOR + ", 0, 1)"))
        .isEqualTo("clamp(\n  " + LONG_SELECTOR + ",\n  0,\n  1\n)");
  }

  @Test
  void putsASignInFrontOfWhatIsBroken() {
    assertThat(format("-sum(" + LONG_SELECTOR + ")"))
        .isEqualTo("-sum(\n  " + LONG_SELECTOR + "\n)");
  }

  @Test
  void breaksTheExpressionOfASubqueryAndKeepsItsTimesTogether() {
    assertThat(format("max_over_time(sum(" + LONG_SELECTOR + ")[1h:5m] @ end() offset 1m)"))
        .isEqualTo(
            "max_over_time(\n  sum(\n    " + LONG_SELECTOR + "\n  )[1h:5m] @ end() offset 1m\n)");
    // The subquery alone fits, and is not indented then.
    assertThat(format("label_replace(max_over_time(up[1h:5m]), \"destination\", \"replacement-"
            + "x".repeat(60) + "\", \"source\", \".*\")"))
        .startsWith("label_replace(\n  max_over_time(up[1h:5m]),\n  \"destination\"");
    assertThat(format("quantile_over_time(scalar(" + LONG_SELECTOR + "), up[1h:5m])"))
        .isEqualTo("quantile_over_time(\n  scalar(\n    " + LONG_SELECTOR + "\n  ),\nup[1h:5m]\n)");
  }

  @Test
  void countsBytesAndNotCharacters() {
    String fits = "x{a=\"" + "u".repeat(94) + "\"}";
    assertThat(format("sum(" + fits + ")")).contains("\n");
    assertThat(format("abs(x{a=\"" + "u".repeat(88) + "\"})")).doesNotContain("\n");
    assertThat(format("abs(x{a=\"" + "u".repeat(87) + "\u00fc\"})")).contains("\n");
  }

  @Test
  void readsBackAsTheSameQuery() {
    String query = "sum by (a) (rate(" + LONG_SELECTOR + "[5m])) / ignoring(b) group_right(c) "
        + "avg_over_time((" + LONG_SELECTOR + " or on() vector(0))[1h:])";
    assertThat(PromQlParser.parse(format(query))).isEqualTo(PromQlParser.parse(query));
  }

  @Test
  void doesNotFailOnTheLongestChain() {
    String query = "aaaaaaaaaaaaa" + "+b".repeat(PromQlParser.OPERATORS_MAX - 1);
    assertThat(format(query)).startsWith("    ").endsWith("\n+\n  b");
  }

  private static String format(String query) {
    return PromQlFormatter.format(PromQlParser.parse(query));
  }
}
