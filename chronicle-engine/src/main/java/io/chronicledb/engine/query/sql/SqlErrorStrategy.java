package io.chronicledb.engine.query.sql;

import io.chronicledb.grammar.sql.SqlLexer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.jspecify.annotations.Nullable;

/** Stops at the first error, and says in the words of SQL what stands there and what could stand there instead. */
final class SqlErrorStrategy extends DefaultErrorStrategy {

  private static final String END = "the end of the query";

  /** More alternatives than this are no help. */
  private static final int ALTERNATIVES_MAX = 12;

  private static final int[] OPERATORS = {
    SqlLexer.PLUS, SqlLexer.MINUS, SqlLexer.STAR, SqlLexer.SLASH, SqlLexer.PERCENT, SqlLexer.EQ,
        SqlLexer.NE, SqlLexer.LT,
    SqlLexer.LE, SqlLexer.GT, SqlLexer.GE, SqlLexer.MATCH, SqlLexer.NOT_MATCH, SqlLexer.IS,
        SqlLexer.IN, SqlLexer.NOT,
    SqlLexer.BETWEEN, SqlLexer.LIKE, SqlLexer.OR
  };

  private static final int[] NAMES = {
    SqlLexer.IDENTIFIER,
    SqlLexer.QUOTED_IDENTIFIER,
    SqlLexer.ANALYZE,
    SqlLexer.ASC,
    SqlLexer.DELETE,
    SqlLexer.DESC,
    SqlLexer.EXPLAIN,
    SqlLexer.FILL,
    SqlLexer.KEY,
    SqlLexer.KEYS,
    SqlLexer.LINEAR,
    SqlLexer.METRICS,
    SqlLexer.NONE,
    SqlLexer.OFFSET,
    SqlLexer.PREVIOUS,
    SqlLexer.SERIES,
    SqlLexer.SHOW,
    SqlLexer.TAG,
    SqlLexer.VALUES,
    SqlLexer.WITH
  };

  /** Besides names. */
  private static final int[] EXPRESSION_STARTS = {
    SqlLexer.TIME,
    SqlLexer.NUMBER,
    SqlLexer.STRING,
    SqlLexer.DURATION,
    SqlLexer.NULL,
    SqlLexer.NOT,
    SqlLexer.PLUS,
    SqlLexer.MINUS,
    SqlLexer.LPAREN,
    SqlLexer.QUESTION,
    SqlLexer.NAMED_PARAMETER
  };

  /** Index of the token at which a loop or an optional part first found nothing of its own. */
  private int suspectIndex = -1;

  /** Where the parser stood then: it saw every way on, while later only the one it was left with. */
  private int suspectState;

  private @Nullable RuleContext suspectContext;

  @Override
  public void sync(Parser parser) throws RecognitionException {
    Token token = parser.getCurrentToken();
    IntervalSet next =
        parser.getATN().nextTokens(parser.getInterpreter().atn.states.get(parser.getState()));
    if (next.contains(token.getType())) {
      return;
    }
    if (suspectIndex != token.getTokenIndex()) {
      suspectIndex = token.getTokenIndex();
      suspectState = parser.getState();
      suspectContext = parser.getContext();
    }
    if (!next.contains(Token.EPSILON)) {
      throw new InputMismatchException(parser);
    }
  }

  @Override
  public Token recoverInline(Parser parser) throws RecognitionException {
    throw new InputMismatchException(parser);
  }

  @Override
  public void recover(Parser parser, RecognitionException e) {
    throw new IllegalStateException("an error was not reported", e);
  }

  @Override
  public void reportError(Parser parser, RecognitionException e) {
    Token token = e.getOffendingToken();
    String problem = "unexpected "
        + (token.getType() == Token.EOF ? "end of the query" : SqlParser.shown(token.getText()));
    // The parser's state belongs to the token it stands at; a prediction that failed further on
    // says nothing about that place.
    var expected = token.getTokenIndex() == parser.getCurrentToken().getTokenIndex()
        ? expected(parser, token)
        : new IntervalSet();
    var cure = new ArrayList<String>(alternatives(expected));
    String text = cure.isEmpty() || cure.size() > ALTERNATIVES_MAX ? "" : "expected " + join(cure);
    String hint = hint(token, expected);
    if (hint != null) {
      text = text.isEmpty() ? hint : text + "; " + hint;
    }
    throw text.isEmpty()
        ? SqlParser.at(token).invalid(problem)
        : SqlParser.at(token).invalid(problem, text);
  }

  private IntervalSet expected(Parser parser, Token token) {
    var expected = new IntervalSet(parser.getExpectedTokens());
    if (suspectIndex == token.getTokenIndex()) {
      expected.addAll(parser.getATN().getExpectedTokens(suspectState, suspectContext));
    }
    return expected;
  }

  private static @Nullable String hint(Token token, IntervalSet expected) {
    int type = token.getType();
    if (type == SqlLexer.SLASH && expected.contains(SqlLexer.REGEX)) {
      return "a regular expression ends with a slash on the same line";
    }
    if ((type == SqlLexer.SLASH || type == SqlLexer.REGEX) && expected.contains(SqlLexer.NUMBER)) {
      return "a regular expression follows FROM, =~ or !~";
    }
    if (isComparison(type) && expected.contains(SqlLexer.SLASH)) {
      return "comparisons do not chain, AND joins them";
    }
    if (!expected.contains(SqlLexer.IDENTIFIER)) {
      return null;
    }
    if (type == SqlLexer.STRING) {
      return "names take double quotes, strings single ones";
    }
    String word = token.getText();
    boolean reserved = type != Token.EOF && word.chars().allMatch(Character::isLetter);
    return reserved
        ? "to use the reserved word as a name, write \"" + word + "\" with the quotes"
        : null;
  }

  private static boolean isComparison(int type) {
    return switch (type) {
      case SqlLexer.EQ,
          SqlLexer.NE,
          SqlLexer.LT,
          SqlLexer.LE,
          SqlLexer.GT,
          SqlLexer.GE,
          SqlLexer.MATCH,
          SqlLexer.NOT_MATCH -> true;
      default -> false;
    };
  }

  /** Groups of tokens by one word for each, so that the message names a handful and not forty. */
  private static Set<String> alternatives(IntervalSet tokens) {
    var words = new LinkedHashSet<String>();
    var left = new IntervalSet(tokens);
    if (tokens.contains(SqlLexer.IDENTIFIER)) {
      removeAll(left, NAMES);
      if (tokens.contains(SqlLexer.NUMBER) && tokens.contains(SqlLexer.LPAREN)) {
        removeAll(left, EXPRESSION_STARTS);
        words.add("an expression");
      } else {
        words.add("a name");
      }
    } else if (tokens.contains(SqlLexer.SLASH)) {
      if (tokens.contains(SqlLexer.OR)) {
        left.remove(
            SqlLexer.AND); // One operator among others; without OR it is the AND of BETWEEN.
      }
      removeAll(left, OPERATORS);
      words.add("an operator");
    }
    for (int type : left.toList()) {
      words.add(word(type));
    }
    // The end comes last, whatever its number is.
    if (words.remove(END)) {
      words.add(END);
    }
    return words;
  }

  private static void removeAll(IntervalSet from, int[] types) {
    for (int type : types) {
      from.remove(type);
    }
  }

  private static String word(int type) {
    return switch (type) {
      case Token.EOF, SqlLexer.SEMICOLON -> END;
      case SqlLexer.NUMBER -> "a number";
      case SqlLexer.STRING -> "a string";
      case SqlLexer.DURATION -> "a duration";
      case SqlLexer.REGEX -> "a regular expression";
      case SqlLexer.QUESTION, SqlLexer.NAMED_PARAMETER -> "a parameter";
      case SqlLexer.NE -> "\"!=\"";
      default -> {
        String literal = SqlLexer.VOCABULARY.getLiteralName(type);
        String name = literal == null
            ? SqlLexer.VOCABULARY.getDisplayName(type)
            : literal.substring(1, literal.length() - 1);
        yield Character.isLetter(name.charAt(0)) ? name : '"' + name + '"';
      }
    };
  }

  private static String join(List<String> words) {
    int last = words.size() - 1;
    return last == 0
        ? words.get(0)
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }
}
