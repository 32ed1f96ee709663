package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.error.InvalidQueryException;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.ParseCancellationException;

/** Turns the text of a PromQL query into a well-typed syntax tree. */
public final class PromQlParser {

  /** Characters in a query. */
  public static final int TEXT_LENGTH_MAX = 16 * 1024;

  /** Levels of brackets, signs and powers inside of each other. */
  public static final int DEPTH_MAX = 128;

  /** Operators, ranges and modifiers in a query. */
  public static final int OPERATORS_MAX = 1000;

  private PromQlParser() {}

  /**
   * Parses and type-checks a query.
   *
   * @throws InvalidQueryException with the position and a message in the words of Prometheus: where the text does not parse, where
   *     types or arguments do not fit, where a selector selects everything, and beyond the limits of this class; with the code
   *     {@code unsupported} for experimental syntax that is not evaluated
   */
  public static PromQlExpr parse(String text) {
    if (text.length() > TEXT_LENGTH_MAX) {
      throw QueryText.error(
          1,
          1,
          "the query has " + text.length() + " characters, and " + TEXT_LENGTH_MAX
              + " is the limit");
    }
    refuseLoneSurrogates(text);
    QueryTokens tokens = QueryTokens.of(text);
    if (tokens.stream().get(0).getType() == Token.EOF) {
      throw QueryText.error(1, 1, "no expression found in input");
    }
    return new TreeBuilder(new QueryText(text)).visit(parseTree(tokens).expression());
  }

  /** Half a character is none: it could not be stored or sent. */
  private static void refuseLoneSurrogates(String text) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
        throw QueryText.error(line, column, "invalid UTF-8 rune");
      }
      boolean endOfLine = point == '\n';
      line += endOfLine ? 1 : 0;
      column = endOfLine ? 1 : column + 1;
      i += Character.charCount(point);
    }
  }

  private static io.chronicledb.grammar.promql.PromQlParser.QueryContext parseTree(
      QueryTokens tokens) {
    CommonTokenStream stream = tokens.stream();
    stream.seek(0);
    var parser = new io.chronicledb.grammar.promql.PromQlParser(stream);
    parser.removeErrorListeners();
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    parser.setErrorHandler(new BailErrorStrategy());
    try {
      return parser.query();
    } catch (ParseCancellationException e) {
      // The fast prediction gave up: either it is too weak for this query, or the query is wrong.
      // The full one decides, and
      // describes what it finds.
      stream.seek(0);
      parser.reset();
      parser.getInterpreter().setPredictionMode(PredictionMode.LL);
      parser.setErrorHandler(new SyntaxErrors(tokens));
      return parser.query();
    }
  }
}
