package io.chronicledb.engine.query.promql;

import static io.chronicledb.grammar.promql.PromQlParser.FILL;
import static io.chronicledb.grammar.promql.PromQlParser.FILL_LEFT;
import static io.chronicledb.grammar.promql.PromQlParser.FILL_RIGHT;
import static io.chronicledb.grammar.promql.PromQlParser.LABELS_PAREN;

import io.chronicledb.grammar.promql.PromQlLexer;
import java.util.ArrayDeque;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.WritableToken;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a query, within the limits. Everything behind this class recurses over the query, so nesting and operators are
 * counted here, in one loop over the tokens: the parser's stack, the tree's depth and every later walk are bounded by them.
 *
 * <p>Brackets nest, and so do signs and powers, each of which has its right-hand side inside of it; any other operator ends such
 * a chain. Operators that lean to the left (also ranges, offsets and {@code @}) nest in the tree only, and are bounded by their
 * number.
 */
final class QueryTokens {

  private final CommonTokenStream stream;
  private final ArrayDeque<Bracket> open = new ArrayDeque<>();
  private int depth;
  private int operators;

  /** Signs and powers since the last weaker operator in the innermost bracket. */
  private int chain;

  /** Whether the next token begins an operand, so that + and - are signs, and and, or, unless are names. */
  private boolean operandNext = true;

  /**
   * An open bracket.
   *
   * @param chain the chain around it
   * @param operandAfter whether an operand follows behind it: it holds labels of a matching
   */
  private record Bracket(Token token, int chain, boolean operandAfter) {}

  private QueryTokens(CommonTokenStream stream) {
    this.stream = stream;
  }

  static QueryTokens of(String text) {
    var lexer = new PromQlLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners();
    var tokens = new QueryTokens(new CommonTokenStream(lexer));
    tokens.scan();
    return tokens;
  }

  CommonTokenStream stream() {
    return stream;
  }

  /** The innermost bracket that is never closed, or null. */
  @Nullable
  Token unclosed() {
    Bracket innermost = open.peek();
    return innermost == null ? null : innermost.token();
  }

  private void scan() {
    stream.fill();
    var tokens = stream.getTokens();
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      Token next = i + 1 < tokens.size() ? tokens.get(i + 1) : token;
      retype(token, next);
      if (insideBraces() && token.getType() != PromQlLexer.RIGHT_BRACE) {
        continue;
      }
      count(token, i == 0 ? Token.EOF : tokens.get(i - 1).getType());
      if (depth + chain > PromQlParser.DEPTH_MAX) {
        throw QueryText.error(
            token, "the query nests deeper than " + PromQlParser.DEPTH_MAX + " levels");
      }
      if (operators > PromQlParser.OPERATORS_MAX) {
        throw QueryText.error(
            token, "the query has more than " + PromQlParser.OPERATORS_MAX + " operators");
      }
    }
  }

  private boolean insideBraces() {
    Bracket innermost = open.peek();
    return innermost != null && innermost.token().getType() == PromQlLexer.LEFT_BRACE;
  }

  private static void retype(Token token, Token next) {
    if (next.getType() != PromQlLexer.LEFT_PAREN) {
      return;
    }
    int type = token.getType();
    if (type == PromQlLexer.GROUP_LEFT || type == PromQlLexer.GROUP_RIGHT) {
      ((WritableToken) next).setType(LABELS_PAREN);
    } else if (type == PromQlLexer.IDENTIFIER) {
      String word = token.getText();
      if (word.equalsIgnoreCase("fill")) {
        ((WritableToken) token).setType(FILL);
      } else if (word.equalsIgnoreCase("fill_left")) {
        ((WritableToken) token).setType(FILL_LEFT);
      } else if (word.equalsIgnoreCase("fill_right")) {
        ((WritableToken) token).setType(FILL_RIGHT);
      }
    }
  }

  private void count(Token token, int previousType) {
    switch (token.getType()) {
      case PromQlLexer.LEFT_BRACKET -> {
        operators++;
        open(token, false);
      }
      case PromQlLexer.LEFT_PAREN, LABELS_PAREN, PromQlLexer.LEFT_BRACE ->
        open(token, isMatching(previousType));
      case PromQlLexer.RIGHT_PAREN, PromQlLexer.RIGHT_BRACKET, PromQlLexer.RIGHT_BRACE -> close();
      case PromQlLexer.ADD, PromQlLexer.SUB -> {
        operators++;
        chain = operandNext ? chain + 1 : 0;
        operandNext = true;
      }
      case PromQlLexer.POW -> {
        operators++;
        chain++;
        operandNext = true;
      }
      case PromQlLexer.MUL,
          PromQlLexer.DIV,
          PromQlLexer.MOD,
          PromQlLexer.ATAN2,
          PromQlLexer.EQLC,
          PromQlLexer.NEQ,
          PromQlLexer.GTE,
          PromQlLexer.GTR,
          PromQlLexer.LTE,
          PromQlLexer.LSS,
          PromQlLexer.TRIM_UPPER,
          PromQlLexer.TRIM_LOWER -> operator();
      case PromQlLexer.AND, PromQlLexer.OR, PromQlLexer.UNLESS -> {
        if (operandNext) {
          operandNext = false;
        } else {
          operator();
        }
      }
      case PromQlLexer.OFFSET, PromQlLexer.AT -> {
        // A sign may follow, and then it is one.
        operators++;
        operandNext = !operandNext;
      }
      case PromQlLexer.ANCHORED, PromQlLexer.SMOOTHED -> {
        operators++;
        operandNext = false;
      }
      case PromQlLexer.COMMA, PromQlLexer.COLON -> {
        chain = 0;
        operandNext = true;
      }
      // These stand between an operator and its operand, or behind an operand, and change neither.
      case PromQlLexer.BOOL,
          PromQlLexer.ON,
          PromQlLexer.IGNORING,
          PromQlLexer.GROUP_LEFT,
          PromQlLexer.GROUP_RIGHT,
          FILL,
          FILL_LEFT,
          FILL_RIGHT -> {}
      default -> operandNext = false;
    }
  }

  private static boolean isMatching(int type) {
    return switch (type) {
      case PromQlLexer.ON,
          PromQlLexer.IGNORING,
          PromQlLexer.GROUP_LEFT,
          PromQlLexer.GROUP_RIGHT,
          FILL,
          FILL_LEFT,
          FILL_RIGHT -> true;
      default -> false;
    };
  }

  private void operator() {
    operators++;
    chain = 0;
    operandNext = true;
  }

  private void open(Token token, boolean operandAfter) {
    open.push(new Bracket(token, chain, operandAfter));
    depth += chain + 1;
    chain = 0;
    operandNext = true;
  }

  private void close() {
    Bracket bracket = open.poll();
    if (bracket == null) {
      // The parser will say so.
      operandNext = false;
    } else {
      chain = bracket.chain();
      depth -= chain + 1;
      operandNext = bracket.operandAfter();
    }
  }
}
