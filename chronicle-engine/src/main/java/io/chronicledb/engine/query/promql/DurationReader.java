package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.error.NearestName;
import io.chronicledb.grammar.promql.PromQlBaseVisitor;
import io.chronicledb.grammar.promql.PromQlLexer;
import io.chronicledb.grammar.promql.PromQlParser.DurationBinaryContext;
import io.chronicledb.grammar.promql.PromQlParser.DurationCallContext;
import io.chronicledb.grammar.promql.PromQlParser.DurationContext;
import io.chronicledb.grammar.promql.PromQlParser.DurationLiteralContext;
import io.chronicledb.grammar.promql.PromQlParser.DurationNameContext;
import io.chronicledb.grammar.promql.PromQlParser.DurationParenContext;
import io.chronicledb.grammar.promql.PromQlParser.DurationUnaryContext;
import io.chronicledb.grammar.promql.PromQlParser.NumberContext;
import io.chronicledb.grammar.promql.PromQlParser.OffsetDurationContext;
import io.chronicledb.grammar.promql.PromQlParser.SignContext;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Works out the durations of ranges, steps and offsets in seconds; arithmetic of constants is folded. */
final class DurationReader extends PromQlBaseVisitor<Double> {

  /** The seconds or the number that a literal stands for. */
  static double number(NumberContext ctx) {
    Token token = ctx.getStart();
    String literal = token.getText();
    try {
      return switch (token.getType()) {
        case PromQlLexer.INF -> Double.POSITIVE_INFINITY;
        case PromQlLexer.NAN -> Double.NaN;
        case PromQlLexer.DURATION -> PromQlDuration.parseMillis(literal) / 1000.0;
        default -> PromQlNumber.parse(literal);
      };
    } catch (IllegalArgumentException e) {
      throw QueryText.error(token, String.valueOf(e.getMessage()));
    }
  }

  static double signed(@Nullable SignContext sign, double value) {
    return sign != null && sign.SUB() != null ? -value : value;
  }

  long positiveNanos(DurationContext ctx) {
    long nanos = nanos(ctx, visit(ctx));
    if (nanos <= 0) {
      throw QueryText.error(ctx.getStart(), "duration must be greater than 0");
    }
    return nanos;
  }

  long offsetNanos(OffsetDurationContext ctx) {
    double seconds;
    if (ctx.number() != null) {
      seconds = number(ctx.number());
    } else if (ctx.durationName() != null) {
      seconds = call(ctx.durationName(), ctx.duration());
    } else {
      seconds = visit(ctx.duration(0));
    }
    return nanos(ctx, signed(ctx.sign(), seconds));
  }

  private static long nanos(ParserRuleContext ctx, double seconds) {
    try {
      return PromQlDuration.nanos(seconds);
    } catch (IllegalArgumentException e) {
      throw QueryText.error(ctx.getStart(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Double visitDurationLiteral(DurationLiteralContext ctx) {
    return number(ctx.number());
  }

  @Override
  public Double visitDurationParen(DurationParenContext ctx) {
    return visit(ctx.duration());
  }

  @Override
  public Double visitDurationUnary(DurationUnaryContext ctx) {
    return signed(ctx.sign(), visit(ctx.duration()));
  }

  @Override
  public Double visitDurationBinary(DurationBinaryContext ctx) {
    double left = visit(ctx.duration(0));
    double right = visit(ctx.duration(1));
    return switch (ctx.op.getType()) {
      case PromQlLexer.ADD -> left + right;
      case PromQlLexer.SUB -> left - right;
      case PromQlLexer.MUL -> left * right;
      case PromQlLexer.DIV -> {
        if (right == 0) {
          throw QueryText.error(ctx.op, "division by zero");
        }
        yield left / right;
      }
      case PromQlLexer.MOD -> {
        if (right == 0) {
          throw QueryText.error(ctx.op, "modulo by zero");
        }
        yield left % right;
      }
      case PromQlLexer.POW -> Math.pow(left, right);
      default -> throw new AssertionError(ctx.op);
    };
  }

  @Override
  public Double visitDurationCall(DurationCallContext ctx) {
    return call(ctx.durationName(), ctx.duration());
  }

  private double call(DurationNameContext name, List<DurationContext> arguments) {
    Token at = name.getStart();
    String function = at.getText().toLowerCase(Locale.ROOT);
    switch (function) {
      case "step", "range" ->
        throw QueryText.unsupported(
            at,
            "the experimental " + function
                + "() is not supported as a duration; write the duration itself");
      case "min_of", "max_of" -> {
        if (arguments.size() != 2) {
          throw QueryText.error(
              at,
              "expected 2 argument(s) in call to \"" + function + "\", got " + arguments.size());
        }
        double first = visit(arguments.get(0));
        double second = visit(arguments.get(1));
        return function.equals("min_of") ? Math.min(first, second) : Math.max(first, second);
      }
      default ->
        throw QueryText.error(
            at,
            "unknown function in duration: " + QuotedString.quote(function)
                + NearestName.hint(function, Stream.of("min_of", "max_of", "step", "range")));
    }
  }
}
