package io.chronicledb.engine.query.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.error.InvalidQueryException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlParserTest {

  /** What a hostile text may take; H3 of the test catalogue. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(20);

  @BeforeAll
  static void warmUp() {
    cases("accepted.test").forEach(c -> SqlParser.parse(c.sql()));
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void understands(Case c) {
    assertThat(SqlPrinter.print(SqlParser.parse(c.sql()))).isEqualTo(c.expected());
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void readsItsOwnSpellingBack(Case c) {
    assertThat(SqlPrinter.print(SqlParser.parse(c.expected()))).isEqualTo(c.expected());
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refuses(Case c) {
    var e = refusal(c.sql());
    assertThat(e.line() + ":" + e.column() + " " + e.getMessage()).isEqualTo(c.expected());
    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_QUERY);
    assertThat(e.getMessage()).contains("at line " + e.line() + ", column " + e.column());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t", "-- only a comment", "/* only a comment */"})
  void refusesAnEmptyText(String sql) {
    assertThat(refusal(sql)).hasMessageStartingWith("unexpected end of the query at line ");
  }

  @Test
  void refusesASemicolonAlone() {
    assertThat(refusal(";"))
        .hasMessageStartingWith("unexpected \";\" at line 1, column 1; expected ");
  }

  @Test
  void namesAColumnAsItWasWritten() {
    var select = select("SELECT mean( value )  AS m, (a+ b) , max(x) /* why */ FROM cpu");
    assertThat(select.items())
        .extracting(SqlStatement.Item::name)
        .containsExactly("m", "(a+ b)", "max(x)");
  }

  @Test
  void remembersWhereThingsWereWritten() {
    var select = select("SELECT value,\n  max(a) + 1\nFROM cpu WHERE  héé = '😀' AND b = 1");
    var sum = (SqlExpr.Binary) select.items().get(1).expression();
    assertThat(sum.at()).isEqualTo(new SqlSpan(2, 3, "max(a) + 1"));
    assertThat(sum.right().at()).isEqualTo(new SqlSpan(2, 12, "1"));
    assertThat(select.sources().get(0).at()).isEqualTo(new SqlSpan(3, 6, "cpu"));
    var and = (SqlExpr.And) Objects.requireNonNull(select.where());
    // Characters and not UTF-16 units: the emoji counts once.
    assertThat(and.operands())
        .extracting(SqlExpr::at)
        .containsExactly(new SqlSpan(3, 17, "héé = '😀'"), new SqlSpan(3, 31, "b = 1"));
  }

  @Test
  void numbersPositionalParametersInTheOrderOfTheText() {
    var select = select("SELECT value + ? FROM cpu WHERE a = ? AND b IN (?, ?) LIMIT ? OFFSET ?");
    assertThat(parameters(select)).containsExactly("0", "1", "2", "3", "4", "5");
  }

  @Test
  void keepsTheNamesOfParameters() {
    var select = select("SELECT value FROM cpu WHERE a = :from AND b = :a AND c = :from");
    assertThat(parameters(select)).containsExactly("from", "a", "from");
  }

  @Test
  void tellsAColumnInQuotesFromABuiltInOne() {
    var select = select("SELECT TIME, \"time\", field(time), value FROM cpu");
    assertThat(select.items())
        .extracting(item -> ((SqlExpr.Column) item.expression()).isBuiltIn("time"))
        .containsExactly(true, false, false, false);
    assertThat(select.items())
        .extracting(item -> ((SqlExpr.Column) item.expression()).kind())
        .containsExactly(
            SqlExpr.Column.Kind.PLAIN,
            SqlExpr.Column.Kind.QUOTED,
            SqlExpr.Column.Kind.FIELD,
            SqlExpr.Column.Kind.PLAIN);
  }

  @Test
  void keepsIntegersExact() {
    var select =
        select("SELECT 9007199254740993, -9223372036854775808, 9223372036854775808, 1.0 FROM cpu");
    assertThat(select.items())
        .extracting(item -> ((SqlExpr.NumberLiteral) item.expression()).integer())
        .containsExactly(9007199254740993L, Long.MIN_VALUE, null, null);
  }

  @Test
  void separatesMonthsFromFixedUnits() {
    var select = select("SELECT 1y2mo1d, -1mo, 2w, 0s FROM cpu");
    assertThat(select.items())
        .extracting(item -> {
          var duration = (SqlExpr.DurationLiteral) item.expression();
          return duration.months() + " " + duration.nanos();
        })
        .containsExactly("14 86400000000000", "-1 0", "0 1209600000000000", "0 0");
  }

  @Test
  void readsATimeBucket() {
    var bucket = Objects.requireNonNull(
        select("SELECT mean(value) FROM cpu GROUP BY time(1d, -30m, 'Europe/Berlin')")
            .groupBy()
            .bucket());
    assertThat(bucket.width().nanos()).isEqualTo(86_400_000_000_000L);
    assertThat(Objects.requireNonNull(bucket.offset()).nanos()).isEqualTo(-1_800_000_000_000L);
    assertThat(bucket.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
  }

  @Test
  void tellsTheWholeMetricFromAConditionInDelete() {
    assertThat(((SqlStatement.Delete) SqlParser.parse("DELETE FROM cpu")).where())
        .isNull();
    assertThat(((SqlStatement.Delete) SqlParser.parse("DELETE FROM cpu WHERE a = 'b'")).where())
        .isNotNull();
  }

  @Test
  void takesATextAtTheLimitAndNoneBeyond() {
    String sql = "SELECT value FROM cpu --";
    SqlParser.parse(sql + "x".repeat(SqlParser.TEXT_BYTES_MAX - sql.length()));
    assertThat(refusal(sql + "x".repeat(SqlParser.TEXT_BYTES_MAX - sql.length() + 1)))
        .hasMessage(
            "the query is longer than 16384 bytes at line 1, column 1; bind parameters may hold long values");
    // Two bytes each.
    assertThat(refusal(sql + "é".repeat(SqlParser.TEXT_BYTES_MAX / 2)))
        .hasMessageContaining("longer than 16384 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(:)", "NOT :", "- :", "-(:)", "abs(:)"})
  void takesNestingAtTheLimitAndNoneBeyond(String level) {
    String open = level.substring(0, level.indexOf(':'));
    String close = level.substring(level.indexOf(':') + 1);
    // "-(" is a sign and a parenthesis in turn: the sign counts only while it is the last.
    int levels = level.equals("-(:)") ? SqlParser.DEPTH_MAX - 1 : SqlParser.DEPTH_MAX;
    boolean condition = open.startsWith("NOT");
    String before = condition ? "SELECT a FROM cpu WHERE " : "SELECT ";
    String inside = condition ? "a = 1" : "a";
    String after = condition ? "" : " FROM cpu";
    SqlPrinter.print(
        SqlParser.parse(before + open.repeat(levels) + inside + close.repeat(levels) + after));
    var e = refusal(before
        + open.repeat(SqlParser.DEPTH_MAX + 1)
        + inside
        + close.repeat(SqlParser.DEPTH_MAX + 1)
        + after);
    assertThat(e)
        .hasMessageStartingWith("the query is nested deeper than 128 levels at line 1, column ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+a", "-a", "*a", "/a", "%a"})
  void takesOperatorsAtTheLimitAndNoneBeyond(String link) {
    SqlPrinter.print(
        SqlParser.parse("SELECT a" + link.repeat(SqlParser.OPERATORS_MAX) + " FROM cpu"));
    assertThat(refusal("SELECT a" + link.repeat(SqlParser.OPERATORS_MAX + 1) + " FROM cpu"))
        .hasMessageStartingWith("the query has more than 1000 operators at line 1, column ");
  }

  @Test
  void takesALongListOfValues() {
    assertThat(select("SELECT value FROM cpu WHERE a IN (1" + ",1".repeat(8_000) + ")")
            .where())
        .isNotNull();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void answersHostileTextsWithAPosition(String name, String sql) {
    // A guard against time that explodes, and no measurement.
    var e = assertTimeoutPreemptively(ANSWERED_WITHIN, () -> refusal(sql));
    assertThat(e.line()).as(name).isPositive();
    assertThat(e.column()).as(name).isPositive();
    assertThat(Objects.requireNonNull(e.getMessage()).length()).as(name).isLessThan(500);
  }

  static Stream<Object[]> hostile() {
    int many = 1_000_000;
    int fitting = 16_000;
    return Stream.of(
        new Object[] {"a million parentheses", "SELECT " + "(".repeat(many)},
        new Object[] {"parentheses that fit", "SELECT " + "(".repeat(fitting)},
        new Object[] {"closing parentheses", "SELECT a FROM b WHERE a = 1" + ")".repeat(fitting)},
        new Object[] {"a chain of 100 k operators", "SELECT a" + "+a".repeat(100_000) + " FROM cpu"
        },
        new Object[] {"a chain that fits", "SELECT a" + "+a".repeat(fitting / 2) + " FROM cpu"},
        new Object[] {"a chain of AND", "SELECT a FROM b WHERE a" + " AND a".repeat(fitting / 6)},
        new Object[] {"NOT NOT NOT", "SELECT a FROM b WHERE " + "NOT ".repeat(fitting / 4)},
        new Object[] {"- - -", "SELECT " + "- ".repeat(fitting / 2)},
        new Object[] {"comment padding", "/*" + "*".repeat(fitting)},
        new Object[] {"many comments", "/**/".repeat(fitting / 4)},
        new Object[] {"slashes", "SELECT a FROM " + "/".repeat(fitting)},
        new Object[] {
          "a regular expression without end", "SELECT a FROM " + "/\\/".repeat(fitting / 3)
        },
        new Object[] {"many without end", "SELECT a FROM b" + ",/a\n".repeat(fitting / 4)},
        new Object[] {"quotes", "SELECT " + "'".repeat(fitting) + "'"},
        new Object[] {"a long unknown function", "SELECT " + "a".repeat(fitting) + "(b) FROM cpu"},
        new Object[] {"a long word", "SELECT a FROM b " + "a".repeat(fitting)},
        new Object[] {"digits", "SELECT " + "9".repeat(fitting) + "d FROM b"},
        new Object[] {"units", "SELECT " + "1s".repeat(fitting / 2) + " FROM b"},
        new Object[] {"dots", "SELECT a" + ".".repeat(fitting)},
        new Object[] {"semicolons", "SELECT a FROM b" + ";".repeat(fitting)},
        new Object[] {"commas", "SELECT a" + ",".repeat(fitting)},
        new Object[] {"a thousand items and an error", "SELECT a" + ",a".repeat(7_000) + " FRM b"},
        new Object[] {"unpaired surrogates", "SELECT " + "\ud800".repeat(100)},
        new Object[] {"nested calls", "SELECT " + "abs(".repeat(fitting / 4)},
        new Object[] {"nested calls below the limit", "SELECT " + "abs(".repeat(127) + "FROM"});
  }

  @Test
  void needsLittleStackAtItsLimits() throws InterruptedException {
    String deep = "SELECT " + "abs(".repeat(SqlParser.DEPTH_MAX) + "a"
        + ")".repeat(SqlParser.DEPTH_MAX) + " FROM cpu";
    String flat = "SELECT a" + "-a".repeat(SqlParser.OPERATORS_MAX) + " FROM cpu";
    var failure = new AtomicReference<Throwable>();
    var thread = new Thread(
        null,
        () -> {
          SqlPrinter.print(SqlParser.parse(deep));
          SqlPrinter.print(SqlParser.parse(flat));
        },
        "small stack",
        512 * 1024);
    thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
    thread.start();
    thread.join();
    assertThat(failure.get()).isNull();
  }

  /** Random damage to valid statements: an answer or a refusal with a position, and never anything else. */
  @Test
  void survivesDamagedStatements() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var cases = cases("accepted.test").toList();
    String alphabet = "()',\"/*-+=~!<>?:;.%\\ \n0159adehmnstyAFS_\u00e9\u0000\ud83d";
    for (int i = 0; i < 20_000; i++) {
      var sql = new StringBuilder(cases.get(random.nextInt(cases.size())).sql());
      for (int edits = 1 + random.nextInt(3); edits > 0 && sql.length() > 1; edits--) {
        int at = random.nextInt(sql.length());
        switch (random.nextInt(3)) {
          case 0 -> sql.deleteCharAt(at);
          case 1 -> sql.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
          default -> sql.setLength(at);
        }
      }
      try {
        String printed = SqlPrinter.print(SqlParser.parse(sql.toString()));
        assertThat(SqlPrinter.print(SqlParser.parse(printed)))
            .as("seed %s: %s", seed, sql)
            .isEqualTo(printed);
      } catch (InvalidQueryException e) {
        assertThat(e.getMessage())
            .as("seed %s: %s", seed, sql)
            .contains("at line " + e.line() + ", column " + e.column());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + sql, e);
      }
    }
  }

  @Test
  void knowsEveryFunctionOfTheTable() {
    for (var function : SqlFunctions.all()) {
      String arguments = "a" + ", 1".repeat(function.argumentsMin() - 1);
      assertThat(SqlPrinter.print(
              SqlParser.parse("SELECT " + function.name() + "(" + arguments + ") FROM cpu")))
          .isEqualTo("SELECT " + function.name() + "(" + arguments + ") FROM \"cpu\"");
    }
  }

  @Test
  void namesTheNearestFunction() {
    assertThat(SqlFunctions.nearest("meen")).isEqualTo("mean");
    assertThat(SqlFunctions.nearest("COUTN")).isEqualTo("count");
    assertThat(SqlFunctions.nearest("percentil")).isEqualTo("percentile");
    assertThat(SqlFunctions.nearest("frobnicate")).isNull();
    assertThat(SqlFunctions.nearest("x")).isNull();
  }

  @Test
  void pointsAtThingsThatAreNotSupported() {
    var call = select("SELECT\n holt_winters(value, 3) FROM cpu").items().get(0).expression();
    var e = call.at().unsupported("function \"holt_winters\"");
    assertThat(e).hasMessage("function \"holt_winters\" is not supported at line 2, column 2");
    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
  }

  @Test
  void refusesRecordsThatMakeNoSense() {
    var at = new SqlSpan(1, 1, "");
    assertThatThrownBy(() -> new SqlExpr.And(List.of(), at))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SqlExpr.DurationLiteral(1, -1, at))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SqlExpr.NumberLiteral(Double.NaN, null, at))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SqlSpan(0, 1, "")).isInstanceOf(IllegalArgumentException.class);
  }

  static Stream<Case> accepted() {
    return cases("accepted.test");
  }

  static Stream<Case> refused() {
    return cases("refused.test");
  }

  private static SqlStatement.Select select(String sql) {
    return (SqlStatement.Select) SqlParser.parse(sql);
  }

  private static InvalidQueryException refusal(String sql) {
    return Objects.requireNonNull(
        catchThrowableOfType(InvalidQueryException.class, () -> SqlParser.parse(sql)),
        () -> "accepted: " + sql);
  }

  private static Stream<String> parameters(SqlStatement.Select select) {
    return Stream.concat(
            select.items().stream().map(SqlStatement.Item::expression),
            Stream.of(select.where(), select.limit(), select.offset()).filter(Objects::nonNull))
        .flatMap(SqlParserTest::withChildren)
        .filter(SqlExpr.Parameter.class::isInstance)
        .map(SqlExpr.Parameter.class::cast)
        .map(parameter ->
            parameter.name() == null ? String.valueOf(parameter.index()) : parameter.name());
  }

  private static Stream<SqlExpr> withChildren(SqlExpr expression) {
    return Stream.concat(
        Stream.of(expression), expression.children().stream().flatMap(SqlParserTest::withChildren));
  }

  private static Stream<Case> cases(String file) {
    try (var in = SqlParserTest.class.getResourceAsStream("/queries/sql/" + file)) {
      String text =
          new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(text.strip().split("\n\n")).skip(1).map(Case::of);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A statement, and the last line of its block behind the mark. */
  record Case(String sql, String expected) {
    static Case of(String block) {
      int lastLine = block.lastIndexOf('\n');
      return new Case(block.substring(0, lastLine), block.substring(lastLine + 4));
    }

    @Override
    public String toString() {
      return sql;
    }
  }
}
