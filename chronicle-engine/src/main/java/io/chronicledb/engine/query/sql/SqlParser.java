package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.grammar.sql.SqlLexer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.ParseCancellationException;

/**
 * Reads a text of SQL. Stateless; any thread may call.
 *
 * <p>The text comes from anybody, so its size, its depth and its number of operators are limited, and all of that is checked on the
 * flat list of tokens before anything recurses: no text can exhaust the stack.
 */
public final class SqlParser {

  /** The longest text, in bytes of UTF-8. */
  public static final int TEXT_BYTES_MAX = 16 * 1024;

  /** Parentheses open at the same time, plus the NOTs and signs that stand in a row. */
  public static final int DEPTH_MAX = 128;

  /** Operators in one statement: arithmetic, comparisons, AND, OR and NOT. */
  public static final int OPERATORS_MAX = 1000;

  /** More of an offending token would hide the rest of the message. */
  private static final int SHOWN_CHARACTERS_MAX = 60;

  private SqlParser() {}

  /**
   * Parses one statement; a closing semicolon is allowed.
   *
   * @throws InvalidQueryException with the position of the first thing that is wrong
   */
  public static SqlStatement parse(String text) {
    // A character has at least one byte: the first test keeps the second from copying megabytes.
    if (text.length() > TEXT_BYTES_MAX
        || text.getBytes(StandardCharsets.UTF_8).length > TEXT_BYTES_MAX) {
      throw InvalidQueryException.at(
          1,
          1,
          "the query is longer than " + TEXT_BYTES_MAX
              + " bytes at line 1, column 1; bind parameters may hold long values");
    }
    List<? extends Token> tokens = tokens(text);
    return new SqlTreeBuilder().statement(parse(tokens));
  }

  /** All tokens up to and including the end, each of them known to the grammar. */
  private static List<? extends Token> tokens(String text) {
    var lexer = new SqlLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners();
    var limits = new Limits();
    var tokens = new ArrayList<Token>();
    Token token;
    do {
      token = lexer.nextToken();
      checkKnown(token);
      limits.check(token);
      tokens.add(token);
    } while (token.getType() != Token.EOF);
    return tokens;
  }

  private static void checkKnown(Token token) {
    switch (token.getType()) {
      case SqlLexer.UNRECOGNIZED ->
        throw at(token).invalid("unexpected character " + character(token.getText()));
      case SqlLexer.MALFORMED_NUMBER ->
        throw at(token)
            .invalid(
                shown(token.getText()) + " is neither a number nor a duration",
                "units are ns, us, µs, ms, s, m, h, d, w, mo, y");
      case SqlLexer.UNTERMINATED_STRING ->
        throw at(token)
            .invalid(
                "string " + shown(token.getText()) + " has no closing quote",
                "a quote inside is written ''");
      case SqlLexer.UNTERMINATED_IDENTIFIER ->
        throw at(token)
            .invalid(
                "quoted name " + shown(token.getText()) + " has no closing quote",
                "a quote inside is written \"\"");
      case SqlLexer.UNTERMINATED_COMMENT -> throw at(token).invalid("comment has no closing */");
      default -> {}
    }
  }

  private static io.chronicledb.grammar.sql.SqlParser.StatementContext parse(
      List<? extends Token> tokens) {
    var parser = new io.chronicledb.grammar.sql.SqlParser(
        new CommonTokenStream(new ListTokenSource(tokens)));
    parser.removeErrorListeners();
    // SLL is enough for nearly every valid text and cheap; what it refuses is parsed again with LL,
    // for certainty and for a message.
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    parser.setErrorHandler(new BailErrorStrategy());
    try {
      return parser.statement();
    } catch (ParseCancellationException refused) {
      parser.reset();
      parser.getInterpreter().setPredictionMode(PredictionMode.LL);
      parser.setErrorHandler(new SqlErrorStrategy());
      return parser.statement();
    }
  }

  /** Text of the user inside of a message: in quotes unless it has its own, on one line, cut where it is long. */
  static String shown(String text) {
    String line = text.replaceAll("\\s+", " ");
    if (line.codePointCount(0, line.length()) > SHOWN_CHARACTERS_MAX) {
      line = line.substring(0, line.offsetByCodePoints(0, SHOWN_CHARACTERS_MAX)) + "…";
    }
    return line.startsWith("\"") || line.startsWith("'") ? line : '"' + line + '"';
  }

  static SqlSpan at(Token token) {
    return new SqlSpan(token.getLine(), token.getCharPositionInLine() + 1, token.getText());
  }

  /** A character that is not seen is named by its number. */
  private static String character(String text) {
    int codePoint = text.codePointAt(0);
    boolean visible = codePoint > ' '
        && Character.isDefined(codePoint)
        && switch (Character.getType(codePoint)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.SPACE_SEPARATOR,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.NON_SPACING_MARK -> false;
          default -> true;
        };
    return visible ? '"' + text + '"' : String.format(Locale.ROOT, "U+%04X", codePoint);
  }

  /** Looks at one token after the other, so that the first beyond a limit is also the last that is read. */
  private static final class Limits {

    private int open;

    /** NOTs and signs in a row. */
    private int prefixes;

    private int operators;

    void check(Token token) {
      switch (token.getType()) {
        case SqlLexer.LPAREN -> {
          open++;
          prefixes = 0;
        }
        case SqlLexer.RPAREN -> {
          open--;
          prefixes = 0;
        }
        case SqlLexer.NOT, SqlLexer.PLUS, SqlLexer.MINUS -> {
          prefixes++;
          operators++;
        }
        case SqlLexer.STAR,
            SqlLexer.SLASH,
            SqlLexer.PERCENT,
            SqlLexer.AND,
            SqlLexer.OR,
            SqlLexer.EQ,
            SqlLexer.NE,
            SqlLexer.LT,
            SqlLexer.LE,
            SqlLexer.GT,
            SqlLexer.GE,
            SqlLexer.MATCH,
            SqlLexer.NOT_MATCH,
            SqlLexer.IN,
            SqlLexer.LIKE,
            SqlLexer.BETWEEN,
            SqlLexer.IS -> {
          prefixes = 0;
          operators++;
        }
        default -> prefixes = 0;
      }
      if (open + prefixes > DEPTH_MAX) {
        throw at(token).invalid("the query is nested deeper than " + DEPTH_MAX + " levels");
      }
      if (operators > OPERATORS_MAX) {
        throw at(token)
            .invalid(
                "the query has more than " + OPERATORS_MAX + " operators",
                "IN takes a list of values");
      }
    }
  }
}
