package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.engine.error.NearestName;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.promql.PromQlExpr.Aggregate;
import io.chronicledb.engine.query.promql.PromQlExpr.Binary;
import io.chronicledb.engine.query.promql.PromQlExpr.Call;
import io.chronicledb.engine.query.promql.PromQlExpr.NumberLiteral;
import io.chronicledb.engine.query.promql.PromQlExpr.Paren;
import io.chronicledb.engine.query.promql.PromQlExpr.RangeSelector;
import io.chronicledb.engine.query.promql.PromQlExpr.Reach;
import io.chronicledb.engine.query.promql.PromQlExpr.StringLiteral;
import io.chronicledb.engine.query.promql.PromQlExpr.Subquery;
import io.chronicledb.engine.query.promql.PromQlExpr.Unary;
import io.chronicledb.engine.query.promql.PromQlExpr.UnaryOp;
import io.chronicledb.engine.query.promql.PromQlExpr.VectorSelector;
import io.chronicledb.engine.query.promql.VectorMatching.Cardinality;
import io.chronicledb.grammar.promql.PromQlBaseVisitor;
import io.chronicledb.grammar.promql.PromQlLexer;
import io.chronicledb.grammar.promql.PromQlParser.AggregateContext;
import io.chronicledb.grammar.promql.PromQlParser.AtContext;
import io.chronicledb.grammar.promql.PromQlParser.BinaryContext;
import io.chronicledb.grammar.promql.PromQlParser.CallContext;
import io.chronicledb.grammar.promql.PromQlParser.ExpressionContext;
import io.chronicledb.grammar.promql.PromQlParser.ExtendedContext;
import io.chronicledb.grammar.promql.PromQlParser.FillContext;
import io.chronicledb.grammar.promql.PromQlParser.GroupingContext;
import io.chronicledb.grammar.promql.PromQlParser.InstantContext;
import io.chronicledb.grammar.promql.PromQlParser.LabelContext;
import io.chronicledb.grammar.promql.PromQlParser.MatcherContext;
import io.chronicledb.grammar.promql.PromQlParser.MatchingContext;
import io.chronicledb.grammar.promql.PromQlParser.NumberLiteralContext;
import io.chronicledb.grammar.promql.PromQlParser.OffsetContext;
import io.chronicledb.grammar.promql.PromQlParser.ParenContext;
import io.chronicledb.grammar.promql.PromQlParser.RangeContext;
import io.chronicledb.grammar.promql.PromQlParser.SelectorContext;
import io.chronicledb.grammar.promql.PromQlParser.StringLiteralContext;
import io.chronicledb.grammar.promql.PromQlParser.UnaryContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Builds the typed tree from the parse tree, from the leaves up, and refuses what parses but has no meaning. */
final class TreeBuilder extends PromQlBaseVisitor<PromQlExpr> {

  private final QueryText text;
  private final DurationReader durations = new DurationReader();

  TreeBuilder(QueryText text) {
    this.text = text;
  }

  // ---- Leaves

  @Override
  public PromQlExpr visitNumberLiteral(NumberLiteralContext ctx) {
    boolean duration = ctx.number().DURATION() != null;
    return new NumberLiteral(DurationReader.number(ctx.number()), duration, span(ctx));
  }

  @Override
  public PromQlExpr visitStringLiteral(StringLiteralContext ctx) {
    return new StringLiteral(QuotedString.unquote(ctx.getStart()), span(ctx));
  }

  @Override
  public PromQlExpr visitSelector(SelectorContext ctx) {
    SourceSpan span = span(ctx);
    String metric = ctx.metricName() == null ? null : ctx.metricName().getText();
    var matchers = new ArrayList<TagMatcher>();
    if (ctx.matchers() != null) {
      for (MatcherContext matcher : ctx.matchers().matcher()) {
        matchers.add(matcher(matcher));
      }
    }
    if (metric != null) {
      for (TagMatcher matcher : matchers) {
        if (matcher.name().equals(Tags.METRIC)) {
          throw QueryText.error(
              span,
              "metric name must not be set twice: " + QuotedString.quote(metric) + " or "
                  + QuotedString.quote(matcher.value()));
        }
      }
      matchers.add(TagMatcher.metric(metric));
    } else if (!isLabelsOfInfo(ctx) && matchers.stream().allMatch(EmptyMatch::accepts)) {
      throw QueryText.error(span, "vector selector must contain at least one non-empty matcher");
    }
    var written = new PromQlExpr.Written(matchers);
    matchers.sort(Comparator.comparing(PromQlPrinter::print));
    return new VectorSelector(metric, matchers, written, TimeModifiers.NONE, Reach.WINDOW, span);
  }

  /** The second argument of {@code info} filters labels and may be empty. */
  private static boolean isLabelsOfInfo(SelectorContext ctx) {
    return ctx.getParent() != null
        && ctx.getParent().getParent() instanceof CallContext call
        && call.functionName().getText().equals(PromQlFunction.INFO.functionName())
        && call.arguments().expression().indexOf(ctx) == 1;
  }

  private static TagMatcher matcher(MatcherContext ctx) {
    if (ctx.metric != null) {
      return TagMatcher.metric(QuotedString.unquote(ctx.metric));
    }
    String name = ctx.quotedName == null ? ctx.name.getText() : labelName(ctx.quotedName);
    TagMatcher.Op op = switch (ctx.op.getType()) {
      case PromQlLexer.EQL -> TagMatcher.Op.EQUAL;
      case PromQlLexer.NEQ -> TagMatcher.Op.NOT_EQUAL;
      case PromQlLexer.EQL_REGEX -> TagMatcher.Op.REGEX;
      case PromQlLexer.NEQ_REGEX -> TagMatcher.Op.NOT_REGEX;
      default -> throw new AssertionError(ctx.op);
    };
    return new TagMatcher(name, op, QuotedString.unquote(ctx.value));
  }

  private static String labelName(Token quoted) {
    String name = QuotedString.unquote(quoted);
    if (name.isEmpty()) {
      throw QueryText.error(quoted, "invalid label name: \"\"");
    }
    return name;
  }

  // ---- Ranges and modifiers

  @Override
  public PromQlExpr visitRange(RangeContext ctx) {
    PromQlExpr expr = visit(ctx.expression());
    QueryDuration range = durations.positive(ctx.range);
    if (ctx.COLON() != null) {
      QueryDuration step = ctx.step == null ? null : durations.positive(ctx.step);
      if (expr.type() != ValueType.VECTOR) {
        throw QueryText.error(
            expr.span(),
            "subquery is only allowed on instant vector, got " + expr.type().wireName()
                + " instead");
      }
      return new Subquery(expr, range, step, TimeModifiers.NONE, span(ctx));
    }
    Token bracket = ctx.LEFT_BRACKET().getSymbol();
    if (!(expr instanceof VectorSelector selector)) {
      throw QueryText.error(bracket, "ranges only allowed for vector selectors");
    }
    if (selector.modifiers().hasOffset()) {
      throw QueryText.error(bracket, "no offset modifiers allowed before range");
    }
    if (selector.modifiers().at() != null) {
      throw QueryText.error(bracket, "no @ modifiers allowed before range");
    }
    return new RangeSelector(selector, range, span(ctx));
  }

  /** In a loop, as for binary operators: a chain of offsets may be long. */
  @Override
  public PromQlExpr visitOffset(OffsetContext ctx) {
    var chain = new ArrayDeque<OffsetContext>();
    ExpressionContext first = ctx;
    while (first instanceof OffsetContext offset) {
      chain.push(offset);
      first = offset.expression();
    }
    PromQlExpr expr = visit(first);
    while (!chain.isEmpty()) {
      expr = offset(expr, chain.pop());
    }
    return expr;
  }

  private PromQlExpr offset(PromQlExpr expr, OffsetContext ctx) {
    QueryDuration offset = durations.offset(ctx.offsetDuration());
    TimeModifiers modifiers = modifiers(expr, "offset");
    if (modifiers.hasOffset()) {
      throw QueryText.error(expr.span(), "offset may not be set multiple times");
    }
    return withModifiers(expr, modifiers.withOffset(offset), span(ctx));
  }

  @Override
  public PromQlExpr visitAt(AtContext ctx) {
    PromQlExpr expr = visit(ctx.expression());
    TimeModifiers.At at = at(ctx.instant(), expr);
    TimeModifiers modifiers = modifiers(expr, "@");
    if (modifiers.at() != null) {
      throw QueryText.error(expr.span(), "@ <timestamp> may not be set multiple times");
    }
    return withModifiers(expr, modifiers.withAt(at), span(ctx));
  }

  private static TimeModifiers.At at(InstantContext ctx, PromQlExpr expr) {
    if (ctx.START() != null) {
      return new TimeModifiers.At(TimeModifiers.Anchor.START, 0);
    } else if (ctx.END() != null) {
      return new TimeModifiers.At(TimeModifiers.Anchor.END, 0);
    }
    double seconds = DurationReader.signed(ctx.sign(), DurationReader.number(ctx.number()));
    double millis = seconds * 1000;
    if (!(Math.abs(millis) < Long.MAX_VALUE)) {
      throw QueryText.error(
          expr.span(), "timestamp out of bounds for @ modifier: " + PromQlNumber.print(seconds));
    }
    // Half away from zero, as Go rounds.
    long rounded = (long) (Math.signum(millis) * Math.floor(Math.abs(millis) + 0.5));
    return new TimeModifiers.At(TimeModifiers.Anchor.TIMESTAMP, rounded);
  }

  private static TimeModifiers modifiers(PromQlExpr expr, String modifier) {
    if (expr instanceof VectorSelector selector) {
      return selector.modifiers();
    } else if (expr instanceof RangeSelector range) {
      return range.selector().modifiers();
    } else if (expr instanceof Subquery subquery) {
      return subquery.modifiers();
    }
    throw QueryText.error(
        expr.span(),
        modifier
            + " modifier must be preceded by an instant vector selector or range vector selector or a subquery");
  }

  private static PromQlExpr withModifiers(
      PromQlExpr expr, TimeModifiers modifiers, SourceSpan span) {
    if (expr instanceof VectorSelector selector) {
      return selector.with(modifiers, span);
    } else if (expr instanceof RangeSelector range) {
      return new RangeSelector(
          range.selector().with(modifiers, range.selector().span()), range.range(), span);
    }
    return ((Subquery) expr).with(modifiers, span);
  }

  @Override
  public PromQlExpr visitExtended(ExtendedContext ctx) {
    String modifier = ctx.modifier.getText().toLowerCase(Locale.ROOT);
    Reach reach = Reach.valueOf(modifier.toUpperCase(Locale.ROOT));
    PromQlExpr expr = visit(ctx.expression());
    if (expr instanceof Subquery) {
      throw QueryText.error(expr.span(), modifier + " modifier is not supported for subqueries");
    }
    if (expr instanceof VectorSelector selector) {
      return extended(selector, reach, span(ctx));
    }
    if (expr instanceof RangeSelector range) {
      return new RangeSelector(
          extended(range.selector(), reach, range.selector().span()), range.range(), span(ctx));
    }
    throw QueryText.error(expr.span(), modifier + " modifier not implemented");
  }

  private static VectorSelector extended(VectorSelector selector, Reach reach, SourceSpan span) {
    if (selector.reach() != Reach.WINDOW && selector.reach() != reach) {
      throw QueryText.error(
          selector.span(), "anchored and smoothed modifiers cannot be used together");
    }
    return selector.with(reach, span);
  }

  // ---- Operators

  @Override
  public PromQlExpr visitParen(ParenContext ctx) {
    return new Paren(visit(ctx.expression()), span(ctx));
  }

  @Override
  public PromQlExpr visitUnary(UnaryContext ctx) {
    PromQlExpr expr = visit(ctx.expression());
    boolean minus = ctx.sign().SUB() != null;
    if (expr instanceof NumberLiteral literal) {
      return new NumberLiteral(
          minus ? -literal.value() : literal.value(), literal.duration(), span(ctx));
    }
    if (expr.type() != ValueType.SCALAR && expr.type() != ValueType.VECTOR) {
      throw QueryText.error(
          span(ctx),
          "unary expression only allowed on expressions of type scalar or instant vector, got \""
              + expr.type().documentedName()
              + '"');
    }
    return new Unary(minus ? UnaryOp.MINUS : UnaryOp.PLUS, expr, span(ctx));
  }

  /** Chains lean to the left and may be long: a loop goes down to their first operand, and up again. */
  @Override
  public PromQlExpr visitBinary(BinaryContext ctx) {
    var chain = new ArrayDeque<BinaryContext>();
    ExpressionContext first = ctx;
    while (first instanceof BinaryContext binary) {
      chain.push(binary);
      first = binary.expression(0);
    }
    PromQlExpr expr = visit(first);
    while (!chain.isEmpty()) {
      expr = binary(expr, chain.pop());
    }
    return expr;
  }

  private PromQlExpr binary(PromQlExpr lhs, BinaryContext ctx) {
    MatchingContext clause = ctx.matching();
    VectorMatching matching = matching(clause);
    PromQlExpr rhs = visit(ctx.expression(1));
    BinaryOp op = operator(ctx.op);
    boolean returnBool = clause.BOOL() != null;
    boolean scalars = lhs.type() == ValueType.SCALAR && rhs.type() == ValueType.SCALAR;
    if (returnBool && !op.isComparison()) {
      throw QueryText.error(ctx.op, "bool modifier can only be used on comparison operators");
    }
    if (op.isComparison() && !returnBool && scalars) {
      throw QueryText.error(ctx.op, "comparisons between scalars must use BOOL modifier");
    }
    if (matching.on()) {
      for (String label : matching.labels()) {
        if (matching.include().contains(label)) {
          throw QueryText.error(
              ctx.op,
              "label " + QuotedString.quote(label)
                  + " must not occur in ON and GROUP clause at once");
        }
      }
    }
    for (PromQlExpr side : List.of(lhs, rhs)) {
      if (side.type() != ValueType.SCALAR && side.type() != ValueType.VECTOR) {
        throw QueryText.error(
            side.span(), "binary expression must contain only scalar and instant vector types");
      }
    }
    SourceSpan span = lhs.span().to(rhs.span());
    if (lhs.type() != ValueType.VECTOR || rhs.type() != ValueType.VECTOR) {
      if (!matching.labels().isEmpty()) {
        throw QueryText.error(span, "vector matching only allowed between instant vectors");
      }
      if (matching.isFilled()) {
        throw QueryText.error(
            span, "filling in missing series only allowed between instant vectors");
      }
      if (op.isSet()) {
        throw QueryText.error(
            span, "set operator \"" + op.symbol() + "\" not allowed in binary scalar expression");
      }
      return new Binary(op, returnBool, lhs, rhs, null, span);
    }
    if (op.isSet()) {
      if (matching.isGrouped()) {
        throw QueryText.error(span, "no grouping allowed for \"" + op.symbol() + "\" operation");
      }
      if (matching.isFilled()) {
        throw QueryText.error(span, "filling in missing series not allowed for set operators");
      }
      matching =
          new VectorMatching(Cardinality.MANY_TO_MANY, matching.on(), matching.labels(), List.of());
    }
    return new Binary(op, returnBool, lhs, rhs, matching, span);
  }

  private static BinaryOp operator(Token token) {
    return switch (token.getType()) {
      case PromQlLexer.ADD -> BinaryOp.ADD;
      case PromQlLexer.SUB -> BinaryOp.SUB;
      case PromQlLexer.MUL -> BinaryOp.MUL;
      case PromQlLexer.DIV -> BinaryOp.DIV;
      case PromQlLexer.MOD -> BinaryOp.MOD;
      case PromQlLexer.POW -> BinaryOp.POW;
      case PromQlLexer.ATAN2 -> BinaryOp.ATAN2;
      case PromQlLexer.EQLC -> BinaryOp.EQUAL;
      case PromQlLexer.NEQ -> BinaryOp.NOT_EQUAL;
      case PromQlLexer.GTR -> BinaryOp.GREATER;
      case PromQlLexer.LSS -> BinaryOp.LESS;
      case PromQlLexer.GTE -> BinaryOp.GREATER_OR_EQUAL;
      case PromQlLexer.LTE -> BinaryOp.LESS_OR_EQUAL;
      case PromQlLexer.TRIM_UPPER -> BinaryOp.TRIM_UPPER;
      case PromQlLexer.TRIM_LOWER -> BinaryOp.TRIM_LOWER;
      case PromQlLexer.AND -> BinaryOp.AND;
      case PromQlLexer.OR -> BinaryOp.OR;
      case PromQlLexer.UNLESS -> BinaryOp.UNLESS;
      default -> throw new AssertionError(token);
    };
  }

  private static VectorMatching matching(MatchingContext ctx) {
    Double left = null;
    Double right = null;
    for (FillContext fill : ctx.fill()) {
      boolean both = fill.FILL() != null;
      boolean fillsLeft = both || fill.FILL_LEFT() != null;
      boolean fillsRight = both || fill.FILL_RIGHT() != null;
      if ((fillsLeft && left != null) || (fillsRight && right != null)) {
        throw QueryText.error(
            fill.getStart(),
            "unexpected <" + fill.getStart().getText().toLowerCase(Locale.ROOT) + ">");
      }
      double value = DurationReader.signed(fill.sign(), DurationReader.number(fill.number()));
      left = fillsLeft ? Double.valueOf(value) : left;
      right = fillsRight ? Double.valueOf(value) : right;
    }
    return unfilled(ctx).filled(left, right);
  }

  private static VectorMatching unfilled(MatchingContext ctx) {
    if (ctx.kind == null) {
      return new VectorMatching(Cardinality.ONE_TO_ONE, false, List.of(), List.of());
    }
    boolean on = ctx.kind.getType() == PromQlLexer.ON;
    List<String> labels = labels(ctx.labels().label());
    if (ctx.side == null) {
      return new VectorMatching(Cardinality.ONE_TO_ONE, on, labels, List.of());
    }
    Cardinality cardinality = ctx.side.getType() == PromQlLexer.GROUP_LEFT
        ? Cardinality.MANY_TO_ONE
        : Cardinality.ONE_TO_MANY;
    List<String> include =
        ctx.includedLabels() == null ? List.of() : labels(ctx.includedLabels().label());
    return new VectorMatching(cardinality, on, labels, include);
  }

  private static List<String> labels(List<LabelContext> labels) {
    return labels.stream()
        .map(label ->
            label.STRING() == null ? label.getText() : labelName(label.STRING().getSymbol()))
        .toList();
  }

  // ---- Aggregations and calls

  @Override
  public PromQlExpr visitAggregate(AggregateContext ctx) {
    AggregateOp op = AggregateOp.valueOf(ctx.aggregateOp().getText().toUpperCase(Locale.ROOT));
    SourceSpan span = span(ctx);
    refuseTrailingComma(ctx.arguments().trailing);
    List<ExpressionContext> arguments = ctx.arguments().expression();
    if (arguments.isEmpty()) {
      throw QueryText.error(span, "no arguments for aggregate expression provided");
    }
    ValueType parameterType = op.parameterType();
    int count = parameterType == null ? 1 : 2;
    if (arguments.size() != count) {
      throw QueryText.error(
          span,
          "wrong number of arguments for aggregate expression provided, expected " + count
              + ", got " + arguments.size());
    }
    PromQlExpr parameter = null;
    if (parameterType != null) {
      parameter = visit(arguments.get(0));
    }
    PromQlExpr expr = visit(arguments.get(count - 1));
    requireType(expr, ValueType.VECTOR, "aggregation expression");
    if (parameter != null && parameterType != null) {
      requireType(parameter, parameterType, "aggregation parameter");
    }
    GroupingContext grouping = ctx.grouping();
    if (grouping == null) {
      return new Aggregate(op, expr, parameter, false, List.of(), span);
    }
    boolean without = grouping.kind.getType() == PromQlLexer.WITHOUT;
    return new Aggregate(op, expr, parameter, without, labels(grouping.labels().label()), span);
  }

  @Override
  public PromQlExpr visitCall(CallContext ctx) {
    String name = ctx.functionName().getText();
    PromQlFunction function = PromQlFunction.named(name);
    if (function == null) {
      throw unknownFunction(ctx.functionName().getStart(), name);
    }
    refuseTrailingComma(ctx.arguments().trailing);
    SourceSpan span = span(ctx);
    List<ExpressionContext> given = ctx.arguments().expression();
    checkCount(function, given.size(), span);
    var arguments = new ArrayList<PromQlExpr>(given.size());
    for (int i = 0; i < given.size(); i++) {
      PromQlExpr argument = visit(given.get(i));
      requireType(argument, function.argumentType(i), "call to function \"" + name + '"');
      arguments.add(argument);
    }
    if (function == PromQlFunction.INFO && arguments.size() == 2) {
      PromQlExpr labels = arguments.get(1);
      if (!(labels instanceof VectorSelector selector)) {
        throw QueryText.error(labels.span(), "expected label selectors only");
      }
      if (selector.metric() != null) {
        throw QueryText.error(
            labels.span(), "expected label selectors only, got vector selector instead");
      }
    }
    return new Call(function, arguments, span);
  }

  private static InvalidQueryException unknownFunction(Token at, String name) {
    List<String> known = Stream.concat(
            Stream.of(PromQlFunction.values()).map(PromQlFunction::functionName),
            Stream.of(AggregateOp.values()).map(AggregateOp::symbol))
        .toList();
    return QueryText.error(
        at,
        "unknown function with name " + QuotedString.quote(name)
            + NearestName.hint(name, known.stream()));
  }

  private static void checkCount(PromQlFunction function, int given, SourceSpan span) {
    int min = function.argumentsMin();
    int max = function.argumentsMax();
    if (given >= min && given <= max) {
      return;
    }
    String count = min == max ? "" + min : given < min ? "at least " + min : "at most " + max;
    throw QueryText.error(
        span,
        "expected " + count + " argument(s) in call to \"" + function.functionName() + "\", got "
            + given);
  }

  private static void refuseTrailingComma(@Nullable Token comma) {
    if (comma != null) {
      throw QueryText.error(comma, "trailing commas not allowed in function call args");
    }
  }

  private static void requireType(PromQlExpr expr, ValueType type, String place) {
    if (expr.type() != type) {
      throw QueryText.error(
          expr.span(),
          "expected type " + type.documentedName() + " in " + place + ", got "
              + expr.type().documentedName());
    }
  }

  private SourceSpan span(ParserRuleContext ctx) {
    return text.span(ctx.getStart(), ctx.getStop());
  }
}
