package io.chronicledb.engine.query.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.query.promql.PromQlExpr.Aggregate;
import io.chronicledb.engine.query.promql.PromQlExpr.Binary;
import io.chronicledb.engine.query.promql.PromQlExpr.NumberLiteral;
import io.chronicledb.engine.query.promql.PromQlExpr.Paren;
import io.chronicledb.engine.query.promql.PromQlExpr.RangeSelector;
import io.chronicledb.engine.query.promql.PromQlExpr.Subquery;
import io.chronicledb.engine.query.promql.PromQlExpr.Unary;
import io.chronicledb.engine.query.promql.PromQlExpr.VectorSelector;
import io.chronicledb.engine.query.promql.TimeModifiers.Anchor;
import io.chronicledb.engine.query.promql.TimeModifiers.At;
import io.chronicledb.engine.query.promql.VectorMatching.Cardinality;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromQlParserTest {

  private static final String ARROW = "  =>  ";

  static Stream<String> valid() {
    return lines("/queries/promql/valid.txt");
  }

  static Stream<String> invalid() {
    return lines("/queries/promql/invalid.txt");
  }

  private static Stream<String> lines(String resource) {
    try (InputStream in = PromQlParserTest.class.getResourceAsStream(resource)) {
      assertThat(in).as(resource).isNotNull();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("//"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("valid")
  void printsWhatItParsedInCanonicalForm(String line) {
    String[] parts = line.split(ARROW, 2);
    String canonical = parts[parts.length - 1];

    PromQlExpr expr = PromQlParser.parse(parts[0].replace("⏎", "\n"));

    assertThat(PromQlPrinter.print(expr)).isEqualTo(canonical);
    assertThat(PromQlParser.parse(canonical)).isEqualTo(expr).hasSameHashCodeAs(expr);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void saysWhatIsWrongAndWhere(String line) {
    String[] parts = line.split(ARROW, 2);
    String[] expected = parts[1].split(" {2}", 2);

    assertThatExceptionOfType(InvalidQueryException.class)
        .isThrownBy(() -> PromQlParser.parse(parts[0].replace("⏎", "\n")))
        .withMessageStartingWith(expected[0] + ": ")
        .withMessageContaining(expected[1])
        .satisfies(e -> assertThat(e.line() + ":" + e.column()).isEqualTo(expected[0]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t", "# only a comment"})
  void wantsAnExpression(String text) {
    assertThatExceptionOfType(InvalidQueryException.class)
        .isThrownBy(() -> PromQlParser.parse(text))
        .withMessage("1:1: parse error: no expression found in input");
  }

  @Test
  void wantsWholeCharacters() {
    assertThatExceptionOfType(InvalidQueryException.class)
        .isThrownBy(() -> PromQlParser.parse("a +\n\"😀\ud83d\""))
        .withMessage("2:3: parse error: invalid UTF-8 rune");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          a + b * c                   | (a + (b * c))
          a * b + c                   | ((a * b) + c)
          a - b - c                   | ((a - b) - c)
          a / b * c % d               | (((a / b) * c) % d)
          a atan2 b * c               | ((a atan2 b) * c)
          a * b atan2 c               | ((a * b) atan2 c)
          a ^ b ^ c                   | (a ^ (b ^ c))
          a * b ^ c                   | (a * (b ^ c))
          a ^ b * c                   | ((a ^ b) * c)
          -a ^ b                      | -(a ^ b)
          -a * b                      | (-a * b)
          a * -b ^ c                  | (a * -(b ^ c))
          a ^ -b ^ c                  | (a ^ -(b ^ c))
          a ^ -b * c                  | ((a ^ -b) * c)
          - - a + b                   | (--a + b)
          -2 ^ 2                      | -(2 ^ 2)
          2 - -2                      | (2 - -2)
          a == b + c                  | (a == (b + c))
          a + b == c                  | ((a + b) == c)
          a > b > c                   | ((a > b) > c)
          a < b </ c                  | ((a < b) </ c)
          a and b == c                | (a and (b == c))
          a or b and c                | (a or (b and c))
          a and b or c                | ((a and b) or c)
          a unless b and c            | ((a unless b) and c)
          a and b unless c            | ((a and b) unless c)
          a or b or c                 | ((a or b) or c)
          a or b > c + d * e ^ f      | (a or (b > (c + (d * (e ^ f)))))
          a ^ b * c + d > e and f or g | ((((((a ^ b) * c) + d) > e) and f) or g)
          a + b offset 1m             | (a + b offset 1m)
          a ^ b @ 1                   | (a ^ b @ 1.000)
          a offset 1m ^ 2             | (a offset 1m ^ 2)
          a offset -1m - 1            | (a offset -1m - 1)
          a * on (x) group_left (y) b + c | ((a * b) + c)
          (a + b) * c                 | (((a + b)) * c)
          """)
  void bindsOperatorsAsPrometheusDoes(String query, String grouped) {
    assertThat(grouped(PromQlParser.parse(query))).isEqualTo(grouped);
  }

  /** With parentheses around every binary expression. */
  private static String grouped(PromQlExpr expr) {
    if (expr instanceof Binary binary) {
      return "(" + grouped(binary.lhs()) + " " + binary.op().symbol() + " " + grouped(binary.rhs())
          + ")";
    } else if (expr instanceof Unary unary) {
      return unary.op().symbol() + grouped(unary.expr());
    } else if (expr instanceof Paren paren) {
      return "(" + grouped(paren.expr()) + ")";
    }
    return PromQlPrinter.print(expr);
  }

  @Nested
  class Tree {

    @Test
    void keepsMatchersOfASelectorInCanonicalOrder() {
      var selector = (VectorSelector) PromQlParser.parse("cpu{mode!~\"i.*\", host=\"a\"}");

      assertThat(selector.metric()).isEqualTo("cpu");
      assertThat(selector.metricName()).isEqualTo("cpu");
      assertThat(selector.matchers())
          .containsExactly(
              TagMatcher.metric("cpu"),
              TagMatcher.equal("host", "a"),
              new TagMatcher("mode", TagMatcher.Op.NOT_REGEX, "i.*"));
      assertThat(selector.type()).isEqualTo(ValueType.VECTOR);
    }

    @Test
    void takesQuotedNamesInBraces() {
      var selector =
          (VectorSelector) PromQlParser.parse("{\"http.requests\", \"server.name\"=~\"a|b\"}");

      assertThat(selector.metric()).isNull();
      assertThat(selector.metricName()).isEqualTo("http.requests");
      assertThat(selector.matchers())
          .containsExactlyInAnyOrder(
              TagMatcher.metric("http.requests"),
              new TagMatcher("server.name", TagMatcher.Op.REGEX, "a|b"));
    }

    @Test
    void modifiersOfARangeMoveItsSelector() {
      var range = (RangeSelector) PromQlParser.parse("cpu[1h30m] @ 12.5 offset -5m");

      assertThat(range.type()).isEqualTo(ValueType.MATRIX);
      assertThat(Duration.ofNanos(range.rangeNanos())).isEqualTo(Duration.ofMinutes(90));
      assertThat(range.selector().modifiers())
          .isEqualTo(new TimeModifiers(
              new At(Anchor.TIMESTAMP, 12_500), Duration.ofMinutes(-5).toNanos()));
    }

    @Test
    void subqueriesHaveADefaultStep() {
      var subquery = (Subquery) PromQlParser.parse("rate(cpu[5m])[1h:] @ end()");

      assertThat(subquery.stepNanos()).isZero();
      assertThat(subquery.modifiers()).isEqualTo(new TimeModifiers(new At(Anchor.END, 0), 0));
      assertThat(subquery.expr().type()).isEqualTo(ValueType.VECTOR);
    }

    @Test
    void vectorMatchingIsOnlyThereBetweenVectors() {
      assertThat(((Binary) PromQlParser.parse("a * 2")).matching()).isNull();
      assertThat(((Binary) PromQlParser.parse("a * b")).matching())
          .isEqualTo(new VectorMatching(Cardinality.ONE_TO_ONE, false, List.of(), List.of()));
      assertThat(((Binary) PromQlParser.parse("a or on (x) b")).matching())
          .isEqualTo(new VectorMatching(Cardinality.MANY_TO_MANY, true, List.of("x"), List.of()));
      assertThat(((Binary) PromQlParser.parse("a * on (x) group_left (y, z) b")).matching())
          .isEqualTo(
              new VectorMatching(Cardinality.MANY_TO_ONE, true, List.of("x"), List.of("y", "z")));
    }

    @Test
    void aggregationsTakeTheirClauseOnEitherSide() {
      PromQlExpr before = PromQlParser.parse("topk by (host, mode) (3, cpu)");

      assertThat(PromQlParser.parse("topk(3, cpu) by (host, mode)")).isEqualTo(before);
      assertThat(before).isInstanceOfSatisfying(Aggregate.class, aggregate -> {
        assertThat(aggregate.op()).isEqualTo(AggregateOp.TOPK);
        assertThat(aggregate.grouping()).containsExactly("host", "mode");
        assertThat(aggregate.parameter()).isNotNull();
      });
    }

    @Test
    void durationsAreNumbers() {
      assertThat(((NumberLiteral) PromQlParser.parse("1h30m")).value()).isEqualTo(5400);
      assertThat(PromQlParser.parse("1h30m")).isNotEqualTo(PromQlParser.parse("5400"));
    }

    @Test
    void typesFollowFromTheOperands() {
      assertThat(PromQlParser.parse("1 + 2 * time()").type()).isEqualTo(ValueType.SCALAR);
      assertThat(PromQlParser.parse("1 + cpu").type()).isEqualTo(ValueType.VECTOR);
      assertThat(PromQlParser.parse("(\"a\")").type()).isEqualTo(ValueType.STRING);
      assertThat(PromQlParser.parse("((cpu[5m]))").type()).isEqualTo(ValueType.MATRIX);
      assertThat(PromQlParser.parse("((cpu))").unwrapped()).isEqualTo(PromQlParser.parse("cpu"));
    }

    @Test
    void spansCutTheirExpressionOutOfTheText() {
      String text = "# 😀\nsum(a{x=\"😀\"}) +\n  b[5m:] offset 1m";
      assertThatExceptionOfType(InvalidQueryException.class)
          .isThrownBy(() -> PromQlParser.parse(text))
          .satisfies(e -> assertThat(e.line() + ":" + e.column()).isEqualTo("3:3"));

      var binary = (Binary) PromQlParser.parse("sum(a{x=\"😀\"}) +\n  b offset 1m # end");
      assertThat(cut(binary.lhs())).isEqualTo("sum(a{x=\"😀\"})");
      assertThat(cut(binary.rhs())).isEqualTo("b offset 1m");
      assertThat(binary.rhs().span().line()).isEqualTo(2);
      assertThat(binary.rhs().span().column()).isEqualTo(3);
    }

    private String cut(PromQlExpr expr) {
      SourceSpan span = expr.span();
      return "sum(a{x=\"😀\"}) +\n  b offset 1m # end".substring(span.start(), span.end());
    }

    @Test
    void everyFunctionIsFoundByItsName() {
      for (PromQlFunction function : PromQlFunction.values()) {
        assertThat(PromQlFunction.named(function.functionName())).isSameAs(function);
      }
      assertThat(PromQlFunction.named("RATE")).isNull();
    }

    @Test
    void readsWhatIsExperimental() {
      var range = (PromQlExpr.RangeSelector) PromQlParser.parse("a[5m] smoothed");
      assertThat(range.selector().reach()).isEqualTo(PromQlExpr.Reach.SMOOTHED);
      var binary = (PromQlExpr.Binary) PromQlParser.parse("a + fill_left(2) fill_right(-1) b");
      assertThat(binary.matching())
          .isEqualTo(
              new VectorMatching(Cardinality.ONE_TO_ONE, false, List.of(), List.of(), 2.0, -1.0));
      var steps = (PromQlExpr.RangeSelector) PromQlParser.parse("a[2 * step() + range()]");
      assertThat(steps.range().nanos(30_000_000_000L, 600_000_000_000L))
          .isEqualTo(660_000_000_000L);
    }
  }

  @Nested
  class Limits {

    @Test
    void textMayHaveSixteenKibibytes() {
      int length = PromQlParser.TEXT_LENGTH_MAX;
      assertThat(PromQlParser.parse("cpu" + " ".repeat(length - 3)))
          .isEqualTo(PromQlParser.parse("cpu"));
      refuses("cpu" + " ".repeat(length - 2), "has 16385 characters");
      refuses("(".repeat(1_000_000), "has 1000000 characters");
    }

    @Test
    void nestingMayBe128Deep() {
      int depth = PromQlParser.DEPTH_MAX;
      for (String[] shape :
          new String[][] {{"(", ")"}, {"abs(", ")"}, {"sum by (x) (", ")"}, {"-", ""}, {"2 ^ ", ""}
          }) {
        // A selector within the innermost brackets is flat.
        assertThat(PromQlParser.parse(shape[0].repeat(depth) + "cpu" + shape[1].repeat(depth))
                .type())
            .isEqualTo(ValueType.VECTOR);
        refuses(
            shape[0].repeat(depth + 1) + "cpu" + shape[1].repeat(depth + 1),
            "nests deeper than 128 levels");
      }
    }

    @Test
    void signsAndPowersCountInsideOfBrackets() {
      refuses("-(".repeat(65) + "cpu" + ")".repeat(65), "nests deeper");
      refuses("- ^ ".repeat(4000), "nests deeper");
      refuses("cpu" + " ^ on () -cpu".repeat(100), "nests deeper");
      refuses("cpu" + " ^ on (x) group_left (y) -cpu".repeat(100), "nests deeper");
    }

    @Test
    void aQueryMayHaveThousandOperators() {
      int operators = PromQlParser.OPERATORS_MAX;
      for (String operator : List.of(" + 1", " or cpu", " == cpu", " and on (x) cpu")) {
        assertThat(PromQlParser.parse("cpu" + operator.repeat(operators)).type())
            .isEqualTo(ValueType.VECTOR);
        refuses("cpu" + operator.repeat(operators + 1), "more than 1000 operators");
      }
      refuses("cpu" + " offset 0s".repeat(operators + 1), "more than 1000 operators");
      refuses("cpu" + "[1m:]".repeat(operators + 1), "more than 1000 operators");
      refuses("cpu" + " @ 1".repeat(operators + 1), "more than 1000 operators");
    }

    @Test
    void operatorsInMatchersAreNotCounted() {
      String matchers = "a!=\"b\",".repeat(2000);
      assertThat(((VectorSelector) PromQlParser.parse("cpu{" + matchers + "}")).matchers())
          .hasSize(2001);
    }

    @Test
    void theLargestQueriesFitOnASmallStack() throws InterruptedException {
      var queries = List.of(
          "cpu" + " + 1".repeat(1000),
          "cpu" + " + on (a, b) cpu".repeat(1000),
          "cpu" + " offset 0s".repeat(1000),
          "(".repeat(128) + "cpu" + ")".repeat(128),
          "abs(-(".repeat(42) + "cpu" + "))".repeat(42),
          "cpu" + " ^ 2".repeat(127));
      var failure = new Throwable[1];
      var thread = new Thread(
          null,
          () -> {
            for (String query : queries) {
              PromQlExpr expr = PromQlParser.parse(query);
              assertThat(PromQlParser.parse(PromQlPrinter.print(expr)).equals(expr))
                  .isTrue();
            }
          },
          "small stack",
          512 * 1024);
      thread.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
      thread.start();
      thread.join();
      assertThat(failure[0]).isNull();
    }

    @Test
    void hostileTextsAreAnsweredAtOnce() {
      var hostile = List.of(
          "(".repeat(16_000),
          "- ".repeat(8_000),
          "{".repeat(16_000),
          "[".repeat(16_000),
          "sum(".repeat(4_000),
          "a{b=\"" + "\\".repeat(16_000),
          "a and ".repeat(2_500),
          "and ".repeat(4_000),
          "on (x) ".repeat(2_000),
          "a * on (x) group_left (b) + ".repeat(500),
          "a[1m:1m]".repeat(1_900),
          "sum by (" + "a,".repeat(8_000),
          "1".repeat(16_000),
          "1e".repeat(8_000),
          "\"".repeat(16_001),
          ":".repeat(16_000),
          "a[" + "(".repeat(16_000),
          "a[" + "1+".repeat(8_000));
      for (String text : hostile) {
        long start = System.nanoTime();
        try {
          PromQlParser.parse(text);
        } catch (InvalidQueryException expected) {
          assertThat(expected.line()).isPositive();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
            .as(text.substring(0, 20))
            .isLessThan(Duration.ofSeconds(2));
      }
    }

    private void refuses(String query, String message) {
      assertThatExceptionOfType(InvalidQueryException.class)
          .isThrownBy(() -> PromQlParser.parse(query))
          .withMessageContaining(message);
    }
  }

  /** Nothing but an {@link InvalidQueryException} comes out of a query that was damaged at random. */
  @Test
  void damagedQueriesAreRefusedOrRead() {
    long seed = 20_261_120L;
    var random = new Random(seed);
    List<String> queries = valid().map(line -> line.split(ARROW, 2)[0]).toList();
    String letters = "()[]{}\"'`\\,:@^+-*/%=!~<>.#_0159aemsx \n😀";
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder(queries.get(random.nextInt(queries.size())));
      for (int edits = random.nextInt(4); edits >= 0; edits--) {
        int at = random.nextInt(text.length() + 1);
        switch (random.nextInt(3)) {
          case 0 -> text.insert(at, letters.charAt(random.nextInt(letters.length())));
          case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(3)));
          default -> text.insert(at, queries.get(random.nextInt(queries.size())));
        }
      }
      String query = text.toString();
      try {
        PromQlExpr expr = PromQlParser.parse(query);
        assertThat(PromQlParser.parse(PromQlPrinter.print(expr)))
            .as("seed " + seed + ": " + query)
            .isEqualTo(expr);
      } catch (InvalidQueryException e) {
        assertThat(e.getMessage())
            .as("seed " + seed + ": " + query)
            .startsWith(e.line() + ":" + e.column() + ": ");
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + ": " + query, e);
      }
    }
  }
}
