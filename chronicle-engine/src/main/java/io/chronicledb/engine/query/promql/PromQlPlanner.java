package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.function.ScalarFunction;
import io.chronicledb.engine.query.function.SeriesAggregate;
import io.chronicledb.engine.query.function.WindowFunction;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.Grouping;
import io.chronicledb.engine.query.plan.Matching;
import io.chronicledb.engine.query.plan.PlanNode;
import io.chronicledb.engine.query.plan.PlanNode.ScalarNode;
import io.chronicledb.engine.query.plan.PlanNode.Scan;
import io.chronicledb.engine.query.plan.PlanNode.SeriesNode;
import io.chronicledb.engine.query.plan.PlanNode.Window;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a syntax tree to the algebra for one grid of instants. Whatever parses but is not evaluated is an {@link InvalidQueryException} with
 * {@code unsupported} that names it.
 */
public final class PromQlPlanner implements PromQlExpr.Visitor<SeriesNode> {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Functions of a range selector alone. */
  private static final Map<PromQlFunction, WindowFunction> RANGE_FUNCTIONS = Map.ofEntries(
      Map.entry(PromQlFunction.RATE, WindowFunction.RATE),
      Map.entry(PromQlFunction.INCREASE, WindowFunction.INCREASE),
      Map.entry(PromQlFunction.DELTA, WindowFunction.DELTA),
      Map.entry(PromQlFunction.IRATE, WindowFunction.IRATE),
      Map.entry(PromQlFunction.IDELTA, WindowFunction.IDELTA),
      Map.entry(PromQlFunction.CHANGES, WindowFunction.CHANGES),
      Map.entry(PromQlFunction.RESETS, WindowFunction.RESETS),
      Map.entry(PromQlFunction.SUM_OVER_TIME, WindowFunction.SUM_OVER_TIME),
      Map.entry(PromQlFunction.AVG_OVER_TIME, WindowFunction.AVG_OVER_TIME),
      Map.entry(PromQlFunction.MIN_OVER_TIME, WindowFunction.MIN_OVER_TIME),
      Map.entry(PromQlFunction.MAX_OVER_TIME, WindowFunction.MAX_OVER_TIME),
      Map.entry(PromQlFunction.COUNT_OVER_TIME, WindowFunction.COUNT_OVER_TIME),
      Map.entry(PromQlFunction.LAST_OVER_TIME, WindowFunction.LAST_OVER_TIME),
      Map.entry(PromQlFunction.FIRST_OVER_TIME, WindowFunction.FIRST_OVER_TIME),
      Map.entry(PromQlFunction.PRESENT_OVER_TIME, WindowFunction.PRESENT_OVER_TIME),
      Map.entry(PromQlFunction.STDDEV_OVER_TIME, WindowFunction.STDDEV_OVER_TIME),
      Map.entry(PromQlFunction.STDVAR_OVER_TIME, WindowFunction.STDVAR_OVER_TIME));

  /** Functions of each value, with scalars behind the vector. */
  private static final Map<PromQlFunction, ScalarFunction> SCALAR_FUNCTIONS = Map.ofEntries(
      Map.entry(PromQlFunction.ABS, ScalarFunction.ABS),
      Map.entry(PromQlFunction.CEIL, ScalarFunction.CEIL),
      Map.entry(PromQlFunction.FLOOR, ScalarFunction.FLOOR),
      Map.entry(PromQlFunction.EXP, ScalarFunction.EXP),
      Map.entry(PromQlFunction.SQRT, ScalarFunction.SQRT),
      Map.entry(PromQlFunction.LN, ScalarFunction.LN),
      Map.entry(PromQlFunction.LOG2, ScalarFunction.LOG2),
      Map.entry(PromQlFunction.LOG10, ScalarFunction.LOG10),
      Map.entry(PromQlFunction.SGN, ScalarFunction.SGN),
      Map.entry(PromQlFunction.SIN, ScalarFunction.SIN),
      Map.entry(PromQlFunction.COS, ScalarFunction.COS),
      Map.entry(PromQlFunction.TAN, ScalarFunction.TAN),
      Map.entry(PromQlFunction.ASIN, ScalarFunction.ASIN),
      Map.entry(PromQlFunction.ACOS, ScalarFunction.ACOS),
      Map.entry(PromQlFunction.ATAN, ScalarFunction.ATAN),
      Map.entry(PromQlFunction.SINH, ScalarFunction.SINH),
      Map.entry(PromQlFunction.COSH, ScalarFunction.COSH),
      Map.entry(PromQlFunction.TANH, ScalarFunction.TANH),
      Map.entry(PromQlFunction.DEG, ScalarFunction.DEG),
      Map.entry(PromQlFunction.RAD, ScalarFunction.RAD),
      Map.entry(PromQlFunction.ROUND, ScalarFunction.ROUND),
      Map.entry(PromQlFunction.CLAMP, ScalarFunction.CLAMP),
      Map.entry(PromQlFunction.CLAMP_MIN, ScalarFunction.CLAMP_MIN),
      Map.entry(PromQlFunction.CLAMP_MAX, ScalarFunction.CLAMP_MAX));

  private final Grid grid;
  private final long lookbackNanos;

  private PromQlPlanner(Grid grid, long lookbackNanos) {
    this.grid = grid;
    this.lookbackNanos = lookbackNanos;
  }

  /**
   * Compiles an expression.
   *
   * @param lookbackNanos how old a sample may be for an instant vector selector to take it
   */
  public static PromQlPlan plan(PromQlExpr expression, Grid grid, long lookbackNanos) {
    var planner = new PromQlPlanner(grid, lookbackNanos);
    PromQlExpr unwrapped = expression.unwrapped();
    return switch (expression.type()) {
      case STRING -> new PromQlPlan.Text(((PromQlExpr.StringLiteral) unwrapped).value());
      case SCALAR -> new PromQlPlan.Scalar(planner.scalar(expression));
      case VECTOR -> new PromQlPlan.Series(planner.compile(expression));
      case MATRIX -> {
        if (unwrapped instanceof PromQlExpr.RangeSelector range) {
          yield new PromQlPlan.Samples(
              planner.window(range, WindowFunction.LATEST, 0, true).input());
        }
        throw unsupported(unwrapped, "a subquery");
      }
    };
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
    return expression.accept(this);
  }

  private ScalarNode scalar(PromQlExpr expression) {
    return (ScalarNode) compile(expression);
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
    return instant(selector, WindowFunction.LATEST, true);
  }

  private Window instant(
      PromQlExpr.VectorSelector selector, WindowFunction function, boolean keepMetric) {
    return window(selector, lookbackNanos, function, 0, keepMetric);
  }

  @Override
  public SeriesNode visitRangeSelector(PromQlExpr.RangeSelector selector) {
    throw unsupported(selector, "a range selector outside of a function");
  }

  @Override
  public SeriesNode visitSubquery(PromQlExpr.Subquery subquery) {
    throw unsupported(subquery, "a subquery");
  }

  private Window window(
      PromQlExpr.RangeSelector range,
      WindowFunction function,
      double parameter,
      boolean keepMetric) {
    return window(range.selector(), range.rangeNanos(), function, parameter, keepMetric);
  }

  /** The window open at the left and closed at the right, as half-open nanoseconds: both bounds one later. */
  private Window window(
      PromQlExpr.VectorSelector selector,
      long width,
      WindowFunction function,
      double parameter,
      boolean keepMetric) {
    TimeModifiers modifiers = selector.modifiers();
    long to = 1 - modifiers.offsetNanos();
    long from = saturatedAdd(to, -width);
    Long fixed = fixedInstant(modifiers.at());
    long first = fixed == null ? grid.start() : fixed;
    long last = fixed == null ? grid.at(grid.count() - 1) : fixed;
    var scan = new Scan(
        selector.matchers(), new TimeRange(saturatedAdd(first, from), saturatedAdd(last, to)));
    return new Window(scan, from, to, function, parameter, keepMetric, fixed);
  }

  private @Nullable Long fixedInstant(TimeModifiers.@Nullable At at) {
    if (at == null) {
      return null;
    }
    return switch (at.anchor()) {
      case START -> grid.start();
      case END -> grid.end();
      case TIMESTAMP ->
        Math.max(
                Long.MIN_VALUE / NANOS_PER_MILLI,
                Math.min(Long.MAX_VALUE / NANOS_PER_MILLI, at.timestampMillis()))
            * NANOS_PER_MILLI;
    };
  }

  private static long saturatedAdd(long a, long b) {
    long sum = a + b;
    return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
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
    BinaryOperation operation = operation(binary);
    SeriesNode left = compile(binary.lhs());
    SeriesNode right = compile(binary.rhs());
    if (left instanceof ScalarNode leftScalar) {
      return right instanceof ScalarNode rightScalar
          ? new PlanNode.ScalarOperation(leftScalar, rightScalar, operation)
          : new PlanNode.WithScalar(right, leftScalar, operation, true, binary.returnBool());
    }
    if (right instanceof ScalarNode rightScalar) {
      return new PlanNode.WithScalar(left, rightScalar, operation, false, binary.returnBool());
    }
    return new PlanNode.Join(
        left, right, operation, binary.returnBool(), matching(binary.matching()));
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
      case TRIM_UPPER, TRIM_LOWER ->
        throw unsupported(binary, "the operator " + binary.op().symbol());
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
    return new Matching(matching.on(), matching.labels(), many, matching.include());
  }

  @Override
  public SeriesNode visitAggregate(PromQlExpr.Aggregate aggregate) {
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
      case COUNT_VALUES, LIMITK, LIMIT_RATIO ->
        throw unsupported(aggregate, "the aggregation " + aggregate.op().symbol());
    };
    PromQlExpr parameter = aggregate.parameter();
    return new PlanNode.Aggregate(
        compile(aggregate.expr()),
        function,
        new Grouping(aggregate.without(), aggregate.grouping()),
        parameter == null ? null : scalar(parameter));
  }

  @Override
  public SeriesNode visitCall(PromQlExpr.Call call) {
    List<PromQlExpr> arguments = call.arguments();
    WindowFunction rangeFunction = RANGE_FUNCTIONS.get(call.function());
    if (rangeFunction != null) {
      return window(range(call, 0), rangeFunction, 0, rangeFunction.keepsMetric());
    }
    ScalarFunction scalarFunction = SCALAR_FUNCTIONS.get(call.function());
    if (scalarFunction != null) {
      List<ScalarNode> scalars = arguments.size() == 1 && scalarFunction == ScalarFunction.ROUND
          ? List.of(new PlanNode.Constant(1))
          : arguments.subList(1, arguments.size()).stream().map(this::scalar).toList();
      return new PlanNode.Apply(compile(arguments.get(0)), scalarFunction, scalars);
    }
    return switch (call.function()) {
      case QUANTILE_OVER_TIME ->
        window(range(call, 1), WindowFunction.QUANTILE_OVER_TIME, constant(call, 0), false);
      case ABSENT ->
        new PlanNode.Absent(
            compile(arguments.get(0)), matchersOf(arguments.get(0).unwrapped()));
      case ABSENT_OVER_TIME -> {
        PromQlExpr.RangeSelector range = range(call, 0);
        Window present = window(range, WindowFunction.PRESENT_OVER_TIME, 0, true);
        yield new PlanNode.Absent(present, range.selector().matchers());
      }
      case TIMESTAMP -> timestamp(call);
      case SCALAR_OF -> new PlanNode.ToScalar(compile(arguments.get(0)));
      case VECTOR_OF -> new PlanNode.ToVector(scalar(arguments.get(0)));
      case TIME -> new PlanNode.EvaluationTime();
      case PI -> new PlanNode.Constant(Math.PI);
      case SORT -> new PlanNode.SortByValue(compile(arguments.get(0)), false);
      case SORT_DESC -> new PlanNode.SortByValue(compile(arguments.get(0)), true);
      default -> throw unsupported(call, "the function " + call.function().functionName() + "()");
    };
  }

  private static List<TagMatcher> matchersOf(PromQlExpr expression) {
    return expression instanceof PromQlExpr.VectorSelector selector
        ? selector.matchers()
        : List.of();
  }

  private SeriesNode timestamp(PromQlExpr.Call call) {
    if (call.arguments().get(0).unwrapped() instanceof PromQlExpr.VectorSelector selector) {
      return instant(selector, WindowFunction.LATEST_TIMESTAMP, false);
    }
    throw unsupported(call, "timestamp() of anything but a selector");
  }

  private static PromQlExpr.RangeSelector range(PromQlExpr.Call call, int argument) {
    PromQlExpr expression = call.arguments().get(argument).unwrapped();
    if (expression instanceof PromQlExpr.RangeSelector range) {
      return range;
    }
    throw unsupported(expression, "a subquery");
  }

  /** The value of an argument that must not change with time. */
  private static double constant(PromQlExpr.Call call, int argument) {
    PromQlExpr expression = call.arguments().get(argument).unwrapped();
    if (expression instanceof PromQlExpr.NumberLiteral number) {
      return number.value();
    }
    throw unsupported(
        expression, "a computed parameter of " + call.function().functionName() + "()");
  }
}
