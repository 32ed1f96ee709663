package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.error.NearestName;
import io.chronicledb.engine.query.promql.DurationFormula.Operator;
import io.chronicledb.engine.query.promql.DurationFormula.Seconds;
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

/** Reads the durations of ranges, steps and offsets; arithmetic of constants is folded. */
final class DurationReader extends PromQlBaseVisitor<DurationFormula> {

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

  QueryDuration positive(DurationContext ctx) {
    QueryDuration duration = duration(ctx, visit(ctx));
    if (!duration.mayBePositive()) {
      throw QueryText.error(ctx.getStart(), "duration must be greater than 0");
    }
    return duration;
  }

  QueryDuration offset(OffsetDurationContext ctx) {
    DurationFormula formula;
    if (ctx.number() != null) {
      formula = new Seconds(number(ctx.number()));
    } else if (ctx.durationName() != null) {
      formula = call(ctx.durationName(), ctx.duration());
    } else {
      formula = visit(ctx.duration(0));
    }
    return duration(ctx, signed(ctx.sign(), formula));
  }

  private static QueryDuration duration(ParserRuleContext ctx, DurationFormula formula) {
    if (!(formula instanceof Seconds constant)) {
      return new QueryDuration(0, formula);
    }
    try {
      return new QueryDuration(PromQlDuration.nanos(constant.value()), null);
    } catch (IllegalArgumentException e) {
      throw QueryText.error(ctx.getStart(), String.valueOf(e.getMessage()));
    }
  }

  private static DurationFormula signed(@Nullable SignContext sign, DurationFormula formula) {
    if (sign == null || sign.SUB() == null) {
      return formula;
    }
    return formula instanceof Seconds constant
        ? new Seconds(-constant.value())
        : new DurationFormula.Negated(formula);
  }

  @Override
  public DurationFormula visitDurationLiteral(DurationLiteralContext ctx) {
    return new Seconds(number(ctx.number()));
  }

  @Override
  public DurationFormula visitDurationParen(DurationParenContext ctx) {
    return visit(ctx.duration());
  }

  @Override
  public DurationFormula visitDurationUnary(DurationUnaryContext ctx) {
    return signed(ctx.sign(), visit(ctx.duration()));
  }

  @Override
  public DurationFormula visitDurationBinary(DurationBinaryContext ctx) {
    Operator operator = switch (ctx.op.getType()) {
      case PromQlLexer.ADD -> Operator.ADD;
      case PromQlLexer.SUB -> Operator.SUBTRACT;
      case PromQlLexer.MUL -> Operator.MULTIPLY;
      case PromQlLexer.DIV -> Operator.DIVIDE;
      case PromQlLexer.MOD -> Operator.MODULO;
      case PromQlLexer.POW -> Operator.POWER;
      default -> throw new AssertionError(ctx.op);
    };
    return operation(ctx.op, operator, visit(ctx.duration(0)), visit(ctx.duration(1)));
  }

  private static DurationFormula operation(
      Token at, Operator operator, DurationFormula left, DurationFormula right) {
    if (!(left instanceof Seconds a && right instanceof Seconds b)) {
      return new DurationFormula.Operation(operator, left, right);
    }
    try {
      return new Seconds(operator.apply(a.value(), b.value()));
    } catch (IllegalArgumentException e) {
      throw QueryText.error(at, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public DurationFormula visitDurationCall(DurationCallContext ctx) {
    return call(ctx.durationName(), ctx.duration());
  }

  private DurationFormula call(DurationNameContext name, List<DurationContext> arguments) {
    Token at = name.getStart();
    String function = at.getText().toLowerCase(Locale.ROOT);
    int expected = switch (function) {
      case "step", "range" -> 0;
      case "min_of", "max_of" -> 2;
      default ->
        throw QueryText.error(
            at,
            "unknown function in duration: " + QuotedString.quote(function)
                + NearestName.hint(function, Stream.of("min_of", "max_of", "step", "range")));
    };
    if (arguments.size() != expected) {
      throw QueryText.error(
          at,
          "expected " + expected + " argument(s) in call to \"" + function + "\", got "
              + arguments.size());
    }
    return switch (function) {
      case "step" -> DurationFormula.OfQuery.STEP;
      case "range" -> DurationFormula.OfQuery.RANGE;
      default ->
        operation(
            at,
            function.equals("min_of") ? Operator.MIN_OF : Operator.MAX_OF,
            visit(arguments.get(0)),
            visit(arguments.get(1)));
    };
  }
}
