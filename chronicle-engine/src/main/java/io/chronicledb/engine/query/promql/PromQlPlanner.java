package io.chronicledb.engine.query.promql;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.engine.index.ValueMatcher;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.function.HistogramFigure;
import io.chronicledb.engine.query.function.LabelRewrite;
import io.chronicledb.engine.query.function.ScalarFunction;
import io.chronicledb.engine.query.function.SeriesAggregate;
import io.chronicledb.engine.query.function.WindowFunction;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.Grouping;
import io.chronicledb.engine.query.plan.Matching;
import io.chronicledb.engine.query.plan.PlanNode;
import io.chronicledb.engine.query.plan.PlanNode.ScalarNode;
import io.chronicledb.engine.query.plan.PlanNode.SeriesNode;
import io.chronicledb.engine.query.plan.PlanNode.Subquery;
import io.chronicledb.engine.query.plan.PlanNode.Window;
import io.chronicledb.engine.query.promql.PromQlExpr.Reach;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a syntax tree to the algebra for one grid of instants. Whatever parses but is not evaluated is an {@link InvalidQueryException} with
 * {@code unsupported} that names it.
 */
public final class PromQlPlanner implements PromQlExpr.Visitor<SeriesNode> {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** The metric whose labels {@code info} adds unless it is told another. */
  private static final String TARGET_INFO = "target_info";

  /** The instants of the whole query. */
  private final Grid query;

  /** Those of the expression at hand: within a subquery its own. */
  private final Grid grid;

  private final long lookbackNanos;
  private final WindowPlanner windows;

  private PromQlPlanner(Grid query, Grid grid, long lookbackNanos) {
    this.query = query;
    this.grid = grid;
    this.lookbackNanos = lookbackNanos;
    this.windows = new WindowPlanner(
        query, grid, lookbackNanos, (expression, instants) -> on(instants).compile(expression));
  }

  private PromQlPlanner on(Grid other) {
    return new PromQlPlanner(query, other, lookbackNanos);
  }

  /**
   * Compiles an expression.
   *
   * @param lookbackNanos how old a sample may be for an instant vector selector to take it
   */
  public static PromQlPlan plan(PromQlExpr expression, Grid grid, long lookbackNanos) {
    var planner = new PromQlPlanner(grid, grid, lookbackNanos);
    PromQlExpr unwrapped = expression.unwrapped();
    return switch (expression.type()) {
      case STRING -> new PromQlPlan.Text(((PromQlExpr.StringLiteral) unwrapped).value());
      case SCALAR -> new PromQlPlan.Scalar(planner.scalar(expression));
      case VECTOR -> new PromQlPlan.Series(planner.compile(expression));
      case MATRIX -> planner.samples(unwrapped);
    };
  }

  private PromQlPlan samples(PromQlExpr matrix) {
    SeriesNode node = windows.window(matrix, WindowFunction.PRESENT_OVER_TIME, List.of(), "", null);
    if (!(node instanceof Window window)) {
      return new PromQlPlan.Samples(new Subquery(node, grid), null); // Without an instant in it.
    }
    PromQlPlan.Bounded bounded = null;
    if (matrix instanceof PromQlExpr.RangeSelector range
        && range.selector().reach() != Reach.WINDOW) {
      Long fixed = window.fixedInstant();
      long instant = fixed == null ? grid.start() : fixed;
      bounded = new PromQlPlan.Bounded(
          instant + window.range().from() - 1,
          instant + window.range().to() - 1,
          range.selector().reach() == Reach.SMOOTHED);
    }
    return new PromQlPlan.Samples(window.input(), bounded);
  }

  /** The matchers of a selector such as the API's {@code match[]}. */
  public static List<TagMatcher> matchers(String selector) {
    PromQlExpr expression = PromQlParser.parse(selector);
    if (expression.unwrapped() instanceof PromQlExpr.VectorSelector vector
        && vector.modifiers().equals(TimeModifiers.NONE)) {
      return vector.matchers();
    }
    throw InvalidQueryException.at(
        expression.span().line(),
        expression.span().column(),
        "expected a series selector, got \"" + selector + "\"");
  }

  private SeriesNode compile(PromQlExpr expression) {
    PromQlExpr unwrapped = expression.unwrapped();
    boolean worthIt = unwrapped instanceof PromQlExpr.Binary
        || unwrapped instanceof PromQlExpr.Aggregate
        || unwrapped instanceof PromQlExpr.Call;
    if (worthIt
        && grid.count() > 1
        && unwrapped.type() == ValueType.VECTOR
        && Steadiness.isSteady(unwrapped)) {
      Grid once = new Grid(grid.start(), grid.step(), 1, grid.start());
      return new PlanNode.Repeated(unwrapped.accept(on(once)), once);
    }
    return unwrapped.accept(this);
  }

  private ScalarNode scalar(PromQlExpr expression) {
    return (ScalarNode) compile(expression);
  }

  private static String text(PromQlExpr expression) {
    return ((PromQlExpr.StringLiteral) expression.unwrapped()).value();
  }

  private static InvalidQueryException unsupported(PromQlExpr expression, String what) {
    SourceSpan span = expression.span();
    return InvalidQueryException.unsupported(
        span.line(),
        span.column(),
        span + ": " + what + " parses, but this version does not evaluate it yet");
  }

  @Override
  public SeriesNode visitNumberLiteral(PromQlExpr.NumberLiteral literal) {
    return new PlanNode.Constant(literal.value());
  }

  @Override
  public SeriesNode visitStringLiteral(PromQlExpr.StringLiteral literal) {
    throw unsupported(literal, "a string as part of an expression");
  }

  @Override
  public SeriesNode visitParen(PromQlExpr.Paren paren) {
    return compile(paren.expr());
  }

  @Override
  public SeriesNode visitVectorSelector(PromQlExpr.VectorSelector selector) {
    return windows.instant(selector);
  }

  @Override
  public SeriesNode visitRangeSelector(PromQlExpr.RangeSelector selector) {
    throw unsupported(selector, "a range selector outside of a function");
  }

  @Override
  public SeriesNode visitSubquery(PromQlExpr.Subquery subquery) {
    throw unsupported(subquery, "a subquery outside of a function");
  }

  @Override
  public SeriesNode visitUnary(PromQlExpr.Unary unary) {
    SeriesNode operand = compile(unary.expr());
    if (unary.op() == PromQlExpr.UnaryOp.PLUS) {
      return operand;
    }
    return operand instanceof ScalarNode scalar
        ? new PlanNode.ScalarOperation(scalar, new PlanNode.Constant(-1), BinaryOperation.MULTIPLY)
        : new PlanNode.Apply(operand, ScalarFunction.NEGATE, List.of());
  }

  @Override
  public SeriesNode visitBinary(PromQlExpr.Binary binary) {
    SeriesNode left = compile(binary.lhs());
    SeriesNode right = compile(binary.rhs());
    BinaryOperation operation = operation(binary);
    if (left instanceof ScalarNode leftScalar) {
      if (operation.isTrim() && right instanceof ScalarNode) {
        throw failed(
            binary, "operator \"" + operation.symbol() + "\" not allowed for Scalar operations");
      }
      return right instanceof ScalarNode rightScalar
          ? new PlanNode.ScalarOperation(leftScalar, rightScalar, operation)
          : new PlanNode.WithScalar(
              right, leftScalar, operation, true, binary.returnBool(), position(binary));
    }
    if (right instanceof ScalarNode rightScalar) {
      return new PlanNode.WithScalar(
          left, rightScalar, operation, false, binary.returnBool(), position(binary));
    }
    return new PlanNode.Join(
        left, right, operation, binary.returnBool(), matching(binary.matching()), position(binary));
  }

  private static BinaryOperation operation(PromQlExpr.Binary binary) {
    return switch (binary.op()) {
      case ADD -> BinaryOperation.ADD;
      case SUB -> BinaryOperation.SUBTRACT;
      case MUL -> BinaryOperation.MULTIPLY;
      case DIV -> BinaryOperation.DIVIDE;
      case MOD -> BinaryOperation.MODULO;
      case POW -> BinaryOperation.POWER;
      case ATAN2 -> BinaryOperation.ATAN2;
      case EQUAL -> BinaryOperation.EQUAL;
      case NOT_EQUAL -> BinaryOperation.NOT_EQUAL;
      case GREATER -> BinaryOperation.GREATER;
      case LESS -> BinaryOperation.LESS;
      case GREATER_OR_EQUAL -> BinaryOperation.GREATER_EQUAL;
      case LESS_OR_EQUAL -> BinaryOperation.LESS_EQUAL;
      case AND -> BinaryOperation.AND;
      case OR -> BinaryOperation.OR;
      case UNLESS -> BinaryOperation.UNLESS;
      case TRIM_UPPER -> BinaryOperation.TRIM_UPPER;
      case TRIM_LOWER -> BinaryOperation.TRIM_LOWER;
    };
  }

  private static Matching matching(@Nullable VectorMatching matching) {
    if (matching == null) {
      return Matching.ALL_LABELS;
    }
    Matching.Side many = switch (matching.cardinality()) {
      case MANY_TO_ONE -> Matching.Side.LEFT;
      case ONE_TO_MANY -> Matching.Side.RIGHT;
      case ONE_TO_ONE, MANY_TO_MANY -> Matching.Side.NONE;
    };
    // "Left" and "right" of a fill are the many side and the one side, as Prometheus has it.
    return new Matching(
        matching.on(),
        matching.labels(),
        many,
        matching.include(),
        matching.fillLeft(),
        matching.fillRight());
  }

  @Override
  public SeriesNode visitAggregate(PromQlExpr.Aggregate aggregate) {
    var grouping = new Grouping(aggregate.without(), aggregate.grouping());
    PromQlExpr parameter = aggregate.parameter();
    SeriesAggregate function = switch (aggregate.op()) {
      case SUM -> SeriesAggregate.SUM;
      case AVG -> SeriesAggregate.AVG;
      case MIN -> SeriesAggregate.MIN;
      case MAX -> SeriesAggregate.MAX;
      case COUNT -> SeriesAggregate.COUNT;
      case GROUP -> SeriesAggregate.GROUP;
      case STDDEV -> SeriesAggregate.STDDEV;
      case STDVAR -> SeriesAggregate.STDVAR;
      case QUANTILE -> SeriesAggregate.QUANTILE;
      case TOPK -> SeriesAggregate.TOPK;
      case BOTTOMK -> SeriesAggregate.BOTTOMK;
      case LIMITK -> SeriesAggregate.LIMITK;
      case LIMIT_RATIO -> SeriesAggregate.LIMIT_RATIO;
      case COUNT_VALUES -> null;
    };
    SeriesNode input = compile(aggregate.expr());
    if (function == null && parameter != null) {
      String label = text(parameter);
      if (label.isEmpty()) {
        throw failed(parameter, "invalid label name " + QuotedString.quote(label));
      }
      return new PlanNode.CountValues(input, grouping, label);
    }
    return new PlanNode.Aggregate(
        input,
        Objects.requireNonNull(function),
        grouping,
        parameter == null ? null : scalar(parameter),
        parameter == null ? "" : position(parameter),
        position(
            function == SeriesAggregate.TOPK || function == SeriesAggregate.BOTTOMK
                ? aggregate
                : aggregate.expr()));
  }

  private static String position(PromQlExpr expression) {
    return expression.span().toString();
  }

  /** What Prometheus finds out while it evaluates. */
  private static InvalidQueryException failed(PromQlExpr at, String message) {
    return InvalidQueryException.unsupported(at.span().line(), at.span().column(), message);
  }

  @Override
  public SeriesNode visitCall(PromQlExpr.Call call) {
    WindowFunction rangeFunction = FunctionTables.RANGES.get(call.function());
    if (rangeFunction != null) {
      return rangeFunction(call, rangeFunction);
    }
    List<PromQlExpr> arguments = call.arguments();
    ScalarFunction scalarFunction = FunctionTables.SCALARS.get(call.function());
    if (scalarFunction != null) {
      List<ScalarNode> scalars = arguments.size() == 1 && scalarFunction == ScalarFunction.ROUND
          ? List.of(new PlanNode.Constant(1))
          : arguments.subList(1, arguments.size()).stream().map(this::scalar).toList();
      return new PlanNode.Apply(compile(arguments.get(0)), scalarFunction, scalars);
    }
    ScalarFunction calendarFunction = FunctionTables.CALENDARS.get(call.function());
    if (calendarFunction != null) {
      SeriesNode time = arguments.isEmpty()
          ? new PlanNode.ToVector(new PlanNode.EvaluationTime())
          : compile(arguments.get(0));
      return new PlanNode.Apply(time, calendarFunction, List.of());
    }
    return switch (call.function()) {
      case ABSENT ->
        new PlanNode.Absent(
            compile(arguments.get(0)), matchersOf(arguments.get(0).unwrapped()));
      case ABSENT_OVER_TIME -> absentOverTime(call);
      case TIMESTAMP -> timestamp(arguments.get(0).unwrapped());
      case SCALAR_OF -> new PlanNode.ToScalar(compile(arguments.get(0)));
      case VECTOR_OF -> new PlanNode.ToVector(scalar(arguments.get(0)));
      case TIME -> new PlanNode.EvaluationTime();
      case PI -> new PlanNode.Constant(Math.PI);
      case START -> seconds(query.start());
      case END -> seconds(query.end());
      case STEP -> seconds(windows.stepNanos());
      case RANGE -> seconds(query.end() - query.start());
      case MIN_OF ->
        new PlanNode.ScalarChoice(scalar(arguments.get(0)), scalar(arguments.get(1)), false);
      case MAX_OF ->
        new PlanNode.ScalarChoice(scalar(arguments.get(0)), scalar(arguments.get(1)), true);
      case SORT -> new PlanNode.SortByValue(compile(arguments.get(0)), false, position(call));
      case SORT_DESC -> new PlanNode.SortByValue(compile(arguments.get(0)), true, position(call));
      case SORT_BY_LABEL ->
        new PlanNode.SortByLabels(
            compile(arguments.get(0)), texts(arguments, 1), false, position(call));
      case SORT_BY_LABEL_DESC ->
        new PlanNode.SortByLabels(
            compile(arguments.get(0)), texts(arguments, 1), true, position(call));
      case LABEL_REPLACE -> labelReplace(call);
      case LABEL_JOIN -> labelJoin(call);
      case INFO -> info(call);
      case HISTOGRAM_QUANTILE ->
        new PlanNode.HistogramQuantiles(
            compile(arguments.get(1)),
            List.of(scalar(arguments.get(0))),
            null,
            List.of(position(arguments.get(0))),
            position(arguments.get(1)));
      case HISTOGRAM_QUANTILES -> histogramQuantiles(call);
      case HISTOGRAM_FRACTION ->
        new PlanNode.HistogramFraction(
            compile(arguments.get(2)),
            scalar(arguments.get(0)),
            scalar(arguments.get(1)),
            position(arguments.get(0)),
            position(arguments.get(2)));
      case HISTOGRAM_AVG -> figures(arguments, HistogramFigure.AVERAGE);
      case HISTOGRAM_COUNT -> figures(arguments, HistogramFigure.COUNT);
      case HISTOGRAM_SUM -> figures(arguments, HistogramFigure.SUM);
      case HISTOGRAM_STDDEV -> figures(arguments, HistogramFigure.STANDARD_DEVIATION);
      case HISTOGRAM_STDVAR -> figures(arguments, HistogramFigure.VARIANCE);
      default -> throw unsupported(call, "the function " + call.function().functionName() + "()");
    };
  }

  private SeriesNode rangeFunction(PromQlExpr.Call call, WindowFunction function) {
    List<PromQlExpr> arguments = call.arguments();
    PromQlExpr matrix = null;
    var parameters = new ArrayList<ScalarNode>();
    for (PromQlExpr argument : arguments) {
      if (argument.type() == ValueType.MATRIX) {
        matrix = argument.unwrapped();
      } else {
        parameters.add(scalar(argument));
      }
    }
    return windows.window(
        Objects.requireNonNull(matrix),
        function,
        parameters,
        position(arguments.get(0)),
        call.function().functionName());
  }

  private static List<String> texts(List<PromQlExpr> arguments, int from) {
    return arguments.subList(from, arguments.size()).stream()
        .map(PromQlPlanner::text)
        .toList();
  }

  private static ScalarNode seconds(long nanos) {
    return new PlanNode.Constant(Math.floorDiv(nanos, NANOS_PER_MILLI) / 1000.0);
  }

  private SeriesNode absentOverTime(PromQlExpr.Call call) {
    PromQlExpr matrix = call.arguments().get(0).unwrapped();
    SeriesNode present = windows.window(
        matrix, WindowFunction.PRESENT_OVER_TIME, List.of(), "", call.function().functionName());
    return new PlanNode.Absent(
        present,
        matrix instanceof PromQlExpr.RangeSelector range ? range.selector().matchers() : List.of());
  }

  private static List<TagMatcher> matchersOf(PromQlExpr expression) {
    return expression instanceof PromQlExpr.VectorSelector selector
        ? selector.matchers()
        : List.of();
  }

  private SeriesNode timestamp(PromQlExpr argument) {
    return argument instanceof PromQlExpr.VectorSelector selector
        ? windows.timestamps(selector)
        : new PlanNode.InstantOfValues(compile(argument));
  }

  private SeriesNode labelReplace(PromQlExpr.Call call) {
    List<PromQlExpr> arguments = call.arguments();
    String target = text(arguments.get(1));
    String regex = text(arguments.get(4));
    Pattern pattern;
    try {
      ValueMatcher.check(regex);
      pattern = Pattern.compile(regex, Pattern.DOTALL);
    } catch (BadDataException | PatternSyntaxException e) {
      throw failed(call, "invalid regular expression in label_replace(): " + regex);
    }
    if (target.isEmpty()) {
      throw failed(call, "invalid destination label name in label_replace(): " + target);
    }
    return new PlanNode.Relabel(
        compile(arguments.get(0)),
        new LabelRewrite.Replace(target, text(arguments.get(2)), text(arguments.get(3)), pattern));
  }

  private SeriesNode labelJoin(PromQlExpr.Call call) {
    List<PromQlExpr> arguments = call.arguments();
    String target = text(arguments.get(1));
    List<String> sources = texts(arguments, 3);
    if (sources.contains("")) {
      throw failed(call, "invalid source label name in label_join(): ");
    }
    if (target.isEmpty()) {
      throw failed(call, "invalid destination label name in label_join(): ");
    }
    return new PlanNode.Relabel(
        compile(arguments.get(0)), new LabelRewrite.Join(target, text(arguments.get(2)), sources));
  }

  private SeriesNode figures(List<PromQlExpr> arguments, HistogramFigure figure) {
    return new PlanNode.HistogramFigures(compile(arguments.get(0)), figure);
  }

  private SeriesNode histogramQuantiles(PromQlExpr.Call call) {
    List<PromQlExpr> arguments = call.arguments();
    List<PromQlExpr> quantiles = arguments.subList(2, arguments.size());
    return new PlanNode.HistogramQuantiles(
        compile(arguments.get(0)),
        quantiles.stream().map(this::scalar).toList(),
        text(arguments.get(1)),
        quantiles.stream().map(PromQlPlanner::position).toList(),
        position(arguments.get(0)));
  }

  private SeriesNode info(PromQlExpr.Call call) {
    List<PromQlExpr> arguments = call.arguments();
    var names = new ArrayList<TagMatcher>();
    var data = new ArrayList<TagMatcher>();
    if (arguments.size() > 1) {
      for (TagMatcher matcher : matchersOf(arguments.get(1).unwrapped())) {
        (matcher.name().equals(Tags.METRIC) ? names : data).add(matcher);
      }
    }
    if (names.isEmpty()) {
      names.add(TagMatcher.metric(TARGET_INFO));
    }
    var all = new ArrayList<>(names);
    all.addAll(data);
    var selector = new PromQlExpr.VectorSelector(
        null, all, new PromQlExpr.Written(all), TimeModifiers.NONE, Reach.WINDOW, call.span());
    Window info = windows.timestamps(selector);
    return new PlanNode.AddInfo(compile(arguments.get(0)), info, names, data);
  }
}
