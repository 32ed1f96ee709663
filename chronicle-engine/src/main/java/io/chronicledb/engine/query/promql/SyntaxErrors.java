package io.chronicledb.engine.query.promql;

import static io.chronicledb.grammar.promql.PromQlParser.LABELS_PAREN;

import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.engine.error.NearestName;
import io.chronicledb.grammar.promql.PromQlLexer;
import io.chronicledb.grammar.promql.PromQlParser.AggregateContext;
import io.chronicledb.grammar.promql.PromQlParser.ArgumentsContext;
import io.chronicledb.grammar.promql.PromQlParser.DurationContext;
import io.chronicledb.grammar.promql.PromQlParser.GroupingContext;
import io.chronicledb.grammar.promql.PromQlParser.IncludedLabelsContext;
import io.chronicledb.grammar.promql.PromQlParser.InstantContext;
import io.chronicledb.grammar.promql.PromQlParser.LabelsContext;
import io.chronicledb.grammar.promql.PromQlParser.MatchersContext;
import io.chronicledb.grammar.promql.PromQlParser.OffsetDurationContext;
import io.chronicledb.grammar.promql.PromQlParser.ParenContext;
import io.chronicledb.grammar.promql.PromQlParser.RangeContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.NoViableAltException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.jspecify.annotations.Nullable;

/** Ends a parse at its first error, with a message that names the token, the place in the query and what could stand there. */
final class SyntaxErrors extends DefaultErrorStrategy {

  private static final Pattern FRACTION_OF_UNIT = Pattern.compile("[0-9]*\\.[0-9]+(ms|[smhdwy])");

  /** What may follow an operand, apart from the symbols. */
  private static final List<String> INFIX_WORDS = List.of("and", "or", "unless", "atan2", "offset");

  private static final List<String> MATCHING_WORDS =
      List.of("bool", "on", "ignoring", "group_left", "group_right");

  private static final List<String> GROUPING_WORDS = List.of("by", "without");

  private final QueryTokens tokens;

  SyntaxErrors(QueryTokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public void sync(Parser parser) {
    // Errors are found where a token is matched: there the set of expected tokens is exact.
  }

  @Override
  public Token recoverInline(Parser parser) {
    throw error(parser, parser.getCurrentToken(), parser.getExpectedTokens());
  }

  @Override
  public void reportError(Parser parser, RecognitionException e) {
    Token token = e.getOffendingToken() == null ? parser.getCurrentToken() : e.getOffendingToken();
    // The expected tokens are those of the place where the parser stands; the prediction may have
    // looked further ahead.
    boolean lookedAhead = e instanceof NoViableAltException ahead
        && ahead.getStartToken().getTokenIndex() != token.getTokenIndex();
    throw error(parser, token, lookedAhead ? new IntervalSet() : parser.getExpectedTokens());
  }

  private InvalidQueryException error(Parser parser, Token token, IntervalSet expected) {
    Token unclosed = tokens.unclosed();
    switch (token.getType()) {
      case PromQlLexer.OPEN_STRING -> {
        return QueryText.error(
            token,
            token.getText().startsWith("`")
                ? "unterminated raw string"
                : "unterminated quoted string");
      }
      case PromQlLexer.MALFORMED_NUMBER -> {
        String text = token.getText();
        String hint = FRACTION_OF_UNIT.matcher(text).matches()
            ? " (durations are whole numbers of units, as in 1h30m)"
            : "";
        return QueryText.error(
            token, "bad number or duration syntax: " + QuotedString.quote(text) + hint);
      }
      case PromQlLexer.STRAY_CHARACTER -> {
        return QueryText.error(
            token, "unexpected character: " + QuotedString.quote(token.getText()));
      }
      case Token.EOF -> {
        if (unclosed != null) {
          return QueryText.error(token, unclosed(unclosed));
        }
      }
      default -> {}
    }
    RuleContext context = parser.getContext();
    Token previous =
        token.getTokenIndex() == 0 ? null : parser.getTokenStream().get(token.getTokenIndex() - 1);
    int previousType = previous == null ? Token.EOF : previous.getType();
    if (previous != null && isName(context, previousType, expected)) {
      // A word in place of a duration was taken for a function's name.
      return QueryText.error(
          previous,
          "unexpected " + describe(previous) + place(context) + ", expected number or duration");
    }
    boolean afterOperand = afterOperand(context, previousType, expected);
    return QueryText.error(
        token,
        "unexpected "
            + describe(token)
            + place(context)
            + expected(context, previousType, expected, afterOperand)
            + hint(token, previous, expected, afterOperand));
  }

  private static boolean isName(
      @Nullable RuleContext context, int previousType, IntervalSet expected) {
    return previousType != PromQlLexer.LEFT_PAREN
        && expected.size() == 1
        && expected.contains(PromQlLexer.LEFT_PAREN)
        && (context instanceof OffsetDurationContext || context instanceof DurationContext);
  }

  private static String unclosed(Token bracket) {
    String position =
        " (opened at " + bracket.getLine() + ":" + (bracket.getCharPositionInLine() + 1) + ")";
    return switch (bracket.getType()) {
      case PromQlLexer.LEFT_BRACE -> "unexpected end of input inside braces" + position;
      case PromQlLexer.LEFT_BRACKET -> "unclosed left bracket" + position;
      default -> "unclosed left parenthesis" + position;
    };
  }

  /** A token in the notation of Prometheus. */
  private static String describe(Token token) {
    String text = token.getText();
    int type = token.getType();
    if (type == Token.EOF) {
      return "end of input";
    } else if (type == PromQlLexer.IDENTIFIER) {
      return "identifier \"" + text + '"';
    } else if (type == PromQlLexer.METRIC_IDENTIFIER) {
      return "metric identifier \"" + text + '"';
    } else if (type == PromQlLexer.NUMBER || type == PromQlLexer.INF || type == PromQlLexer.NAN) {
      return "number \"" + text + '"';
    } else if (type == PromQlLexer.DURATION) {
      return "duration \"" + text + '"';
    } else if (type == PromQlLexer.STRING) {
      return "string " + (text.length() > 24 ? text.substring(0, 20) + "..." : text);
    } else if (isAggregation(type)) {
      return "<aggr:" + text.toLowerCase(Locale.ROOT) + ">";
    } else if (isOperator(type)) {
      return "<op:" + text.toLowerCase(Locale.ROOT) + ">";
    } else if (Character.isLetter(text.charAt(0))) {
      return "<" + text.toLowerCase(Locale.ROOT) + ">";
    }
    return '"' + text + '"';
  }

  private static boolean isAggregation(int type) {
    return switch (type) {
      case PromQlLexer.SUM,
          PromQlLexer.AVG,
          PromQlLexer.MIN,
          PromQlLexer.MAX,
          PromQlLexer.COUNT,
          PromQlLexer.GROUP,
          PromQlLexer.STDDEV,
          PromQlLexer.STDVAR,
          PromQlLexer.TOPK,
          PromQlLexer.BOTTOMK,
          PromQlLexer.COUNT_VALUES,
          PromQlLexer.QUANTILE,
          PromQlLexer.LIMITK,
          PromQlLexer.LIMIT_RATIO -> true;
      default -> false;
    };
  }

  private static boolean isOperator(int type) {
    return switch (type) {
      case PromQlLexer.ADD,
          PromQlLexer.SUB,
          PromQlLexer.MUL,
          PromQlLexer.DIV,
          PromQlLexer.MOD,
          PromQlLexer.POW,
          PromQlLexer.ATAN2,
          PromQlLexer.EQLC,
          PromQlLexer.NEQ,
          PromQlLexer.GTE,
          PromQlLexer.GTR,
          PromQlLexer.LTE,
          PromQlLexer.LSS,
          PromQlLexer.TRIM_UPPER,
          PromQlLexer.TRIM_LOWER,
          PromQlLexer.EQL_REGEX,
          PromQlLexer.NEQ_REGEX,
          PromQlLexer.AND,
          PromQlLexer.OR,
          PromQlLexer.UNLESS,
          PromQlLexer.AT -> true;
      default -> false;
    };
  }

  private static String place(@Nullable RuleContext context) {
    for (RuleContext c = context; c != null; c = c.getParent()) {
      if (c instanceof LabelsContext
          || c instanceof IncludedLabelsContext
          || c instanceof GroupingContext) {
        return " in grouping opts";
      } else if (c instanceof MatchersContext) {
        return " in label matching";
      } else if (c instanceof OffsetDurationContext) {
        return " in offset";
      } else if (c instanceof InstantContext) {
        return " in @";
      } else if (c instanceof RangeContext) {
        return " in subquery or range selector";
      } else if (c instanceof AggregateContext) {
        return " in aggregation";
      } else if (c instanceof ParenContext || c instanceof ArgumentsContext) {
        return "";
      }
    }
    return "";
  }

  /** Whether an operand just ended, so that operators fit as well: the parser only names what would end the expression. */
  private static boolean afterOperand(
      @Nullable RuleContext context, int previousType, IntervalSet expected) {
    if (expected.contains(Token.EOF)) {
      return true;
    }
    return (context instanceof ParenContext || context instanceof ArgumentsContext)
        && expected.contains(PromQlLexer.RIGHT_PAREN)
        && previousType != PromQlLexer.LEFT_PAREN
        && previousType != PromQlLexer.COMMA;
  }

  private static String expected(
      @Nullable RuleContext context, int previousType, IntervalSet expected, boolean afterOperand) {
    var names = new ArrayList<String>();
    var rest = new IntervalSet(expected);
    boolean atListItem = switch (previousType) {
      case PromQlLexer.LEFT_PAREN, PromQlLexer.LEFT_BRACE, PromQlLexer.COMMA, LABELS_PAREN -> true;
      default -> false;
    };
    if (atListItem && context instanceof MatchersContext) {
      return ", expected identifier or \"}\"";
    } else if (atListItem
        && (context instanceof LabelsContext || context instanceof IncludedLabelsContext)) {
      return ", expected label or \")\"";
    } else if (atListItem && context instanceof ArgumentsContext) {
      return previousType == PromQlLexer.COMMA
          ? ", expected expression"
          : ", expected expression or \")\"";
    } else if (rest.contains(PromQlLexer.LEFT_BRACE) && rest.contains(PromQlLexer.NUMBER)) {
      names.add("expression");
      rest = keep(rest, PromQlLexer.RIGHT_PAREN);
    } else if (rest.contains(PromQlLexer.IDENTIFIER) && rest.contains(PromQlLexer.ON)) {
      names.add(rest.contains(PromQlLexer.METRIC_IDENTIFIER) ? "label" : "identifier");
      rest = keep(rest, PromQlLexer.RIGHT_PAREN, PromQlLexer.RIGHT_BRACE);
    } else if (rest.contains(PromQlLexer.EQL_REGEX)) {
      names.add("label matching operator");
      rest = keep(rest, PromQlLexer.COMMA, PromQlLexer.RIGHT_BRACE);
    } else if (rest.contains(PromQlLexer.NUMBER)) {
      names.add(rest.contains(PromQlLexer.START) ? "timestamp" : "number or duration");
      rest = keep(rest, PromQlLexer.RIGHT_BRACKET);
    } else if (afterOperand) {
      names.add("operator");
      rest = keep(rest, Token.EOF, PromQlLexer.RIGHT_PAREN, PromQlLexer.COMMA);
    }
    for (int type : rest.toArray()) {
      names.add(name(type));
    }
    return switch (names.size()) {
      case 0 -> "";
      case 1 -> ", expected " + names.get(0);
      default ->
        ", expected " + String.join(", ", names.subList(0, names.size() - 1)) + " or "
            + names.get(names.size() - 1);
    };
  }

  private static IntervalSet keep(IntervalSet set, int... types) {
    var kept = new IntervalSet();
    for (int type : types) {
      if (set.contains(type)) {
        kept.add(type);
      }
    }
    return kept;
  }

  private static String name(int type) {
    if (type == Token.EOF) {
      return "end of input";
    } else if (type == PromQlLexer.STRING) {
      return "string";
    } else if (type == LABELS_PAREN) {
      return "\"(\"";
    } else if (type == PromQlLexer.COLON) {
      return "\":\"";
    } else if (type == PromQlLexer.LEFT_BRACKET) {
      return "\"[\"";
    } else if (type == PromQlLexer.RIGHT_BRACKET) {
      return "\"]\"";
    }
    String literal = PromQlLexer.VOCABULARY.getLiteralName(type);
    return literal == null
        ? PromQlLexer.VOCABULARY.getDisplayName(type).toLowerCase(Locale.ROOT)
        : '"' + literal.substring(1, literal.length() - 1) + '"';
  }

  private static String hint(
      Token token, @Nullable Token previous, IntervalSet expected, boolean afterOperand) {
    String hint = "";
    if (token.getType() == PromQlLexer.IDENTIFIER) {
      var words = new ArrayList<String>();
      if (afterOperand) {
        words.addAll(INFIX_WORDS);
        words.addAll(GROUPING_WORDS);
        words.addAll(MATCHING_WORDS);
      }
      if (expected.contains(PromQlLexer.START)) {
        words.addAll(List.of("start", "end"));
      }
      hint = NearestName.hint(token.getText(), words.stream());
    }
    if (hint.isEmpty()
        && afterOperand
        && previous != null
        && previous.getType() == PromQlLexer.IDENTIFIER) {
      // In "a > boool b" the wrong word was taken for the operand, and the error shows one token
      // later.
      String near = NearestName.hint(previous.getText(), MATCHING_WORDS.stream());
      return near.isEmpty() ? "" : " after \"" + previous.getText() + '"' + near;
    }
    return hint;
  }
}
