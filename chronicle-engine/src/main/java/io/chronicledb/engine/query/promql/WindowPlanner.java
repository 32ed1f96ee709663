package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.WindowFunction;
import io.chronicledb.engine.query.plan.Bounds;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.PlanNode;
import io.chronicledb.engine.query.plan.PlanNode.ScalarNode;
import io.chronicledb.engine.query.plan.PlanNode.Scan;
import io.chronicledb.engine.query.plan.PlanNode.SeriesNode;
import io.chronicledb.engine.query.plan.PlanNode.Subquery;
import io.chronicledb.engine.query.plan.PlanNode.Window;
import io.chronicledb.engine.query.promql.PromQlExpr.Reach;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plans what reads samples: selectors and subqueries, their windows, and the times that modifiers move them to. */
final class WindowPlanner {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Of subqueries that do not say it: Prometheus' default interval of evaluation. */
  private static final long DEFAULT_STEP_NANOS = 60_000_000_000L;

  /** The instants of the whole query. */
  private final Grid query;

  /** Those of the expression at hand: within a subquery its own. */
  private final Grid grid;

  private final long lookbackNanos;
  private final InnerPlanner inner;

  /** Plans the expression of a subquery. */
  @FunctionalInterface
  interface InnerPlanner {
    SeriesNode plan(PromQlExpr expression, Grid grid);
  }

  /** @param lookbackNanos how old a sample may be for an instant vector selector to take it */
  WindowPlanner(Grid query, Grid grid, long lookbackNanos, InnerPlanner inner) {
    this.query = query;
    this.grid = grid;
    this.lookbackNanos = lookbackNanos;
    this.inner = inner;
  }

  /** An instant vector selector. */
  SeriesNode instant(PromQlExpr.VectorSelector selector) {
    return selector.reach() == Reach.SMOOTHED
        ? instant(selector, WindowFunction.INTERPOLATED, lookbackNanos)
        : instant(selector, WindowFunction.LATEST, 0);
  }

  /** The timestamps of the samples that an instant vector selector takes. */
  Window timestamps(PromQlExpr.VectorSelector selector) {
    return instant(selector, WindowFunction.LATEST_TIMESTAMP, 0);
  }

  private Window instant(
      PromQlExpr.VectorSelector selector, WindowFunction function, long afterNanos) {
    Bounds range = bounds(selector.modifiers(), lookbackNanos, selector.span());
    // Only what lies between samples has anything to tell.
    String position = function == WindowFunction.INTERPOLATED ? selector.span().toString() : "";
    return window(selector, range, 0, afterNanos, function, List.of(), position);
  }

  /**
   * A function of the windows of a range selector or subquery.
   *
   * @param name of the function; null where the selector is one by itself
   */
  SeriesNode window(
      PromQlExpr matrix,
      WindowFunction function,
      List<ScalarNode> parameters,
      String position,
      @Nullable String name) {
    if (matrix instanceof PromQlExpr.Subquery subquery) {
      return overSubquery(subquery, function, parameters, position);
    }
    var range = (PromQlExpr.RangeSelector) matrix;
    PromQlExpr.VectorSelector selector = range.selector();
    Bounds bounds =
        bounds(selector.modifiers(), positive(range.range(), range.span()), range.span());
    if (selector.reach() == Reach.WINDOW) {
      return window(selector, bounds, 0, 0, function, parameters, position);
    }
    boolean smoothed = selector.reach() == Reach.SMOOTHED;
    Map<WindowFunction, WindowFunction> able =
        smoothed ? FunctionTables.SMOOTHED : FunctionTables.ANCHORED;
    WindowFunction extended = able.getOrDefault(function, function);
    if (name != null && extended == function) {
      throw InvalidQueryException.unsupported(
          range.span().line(),
          range.span().column(),
          (smoothed
                  ? "smoothed modifier can only be used with: delta, increase, rate"
                  : "anchored modifier can only be used with: changes, delta, increase, rate, resets")
              + " - not with " + name);
    }
    return window(
        selector,
        bounds,
        lookbackNanos,
        smoothed ? lookbackNanos : 0,
        extended,
        parameters,
        position);
  }

  private SeriesNode overSubquery(
      PromQlExpr.Subquery subquery,
      WindowFunction function,
      List<ScalarNode> parameters,
      String position) {
    long width = positive(subquery.range(), subquery.span());
    long step =
        subquery.step() == null ? DEFAULT_STEP_NANOS : positive(subquery.step(), subquery.span());
    Bounds bounds = bounds(subquery.modifiers(), width, subquery.span());
    Long fixed = fixedInstant(subquery.modifiers().at());
    long first = saturatedAdd(fixed == null ? grid.start() : fixed, bounds.from());
    long last = saturatedAdd(fixed == null ? grid.at(grid.count() - 1) : fixed, bounds.to()) - 1;
    // Instants are multiples of the step, whatever the query's own are.
    long remainder = Math.floorMod(first, step);
    long start = remainder == 0 ? first : saturatedAdd(first, step - remainder);
    if (start > last) {
      return new PlanNode.Nothing();
    }
    long more = Long.divideUnsigned(last - start, step);
    if (more < 0 || more >= Integer.MAX_VALUE) {
      throw InvalidQueryException.at(
          subquery.span().line(),
          subquery.span().column(),
          "the subquery has too many steps; make its range shorter or its step longer");
    }
    var instants = new Grid(start, step, (int) more + 1, last);
    SeriesNode input = inner.plan(subquery.expr(), instants);
    return new Window(
        new Subquery(input, instants), bounds, bounds, function, parameters, fixed, position);
  }

  private long positive(QueryDuration duration, SourceSpan span) {
    long nanos = nanos(duration, span);
    if (nanos <= 0) {
      throw QueryText.error(span, "duration must be greater than 0");
    }
    return nanos;
  }

  private long nanos(QueryDuration duration, SourceSpan span) {
    try {
      return duration.nanos(stepNanos(), query.end() - query.start());
    } catch (IllegalArgumentException e) {
      throw QueryText.error(span, String.valueOf(e.getMessage()));
    }
  }

  /** The distance of the query's instants; an instant query has none. */
  long stepNanos() {
    return query.step() == 1 ? 0 : query.step();
  }

  /** The window open at the left and closed at the right, as half-open nanoseconds: both bounds one later. */
  private Bounds bounds(TimeModifiers modifiers, long width, SourceSpan span) {
    long to = 1 - nanos(modifiers.offset(), span);
    return new Bounds(saturatedAdd(to, -width), to);
  }

  private Window window(
      PromQlExpr.VectorSelector selector,
      Bounds range,
      long before,
      long after,
      WindowFunction function,
      List<ScalarNode> parameters,
      String position) {
    Long fixed = fixedInstant(selector.modifiers().at());
    long first = fixed == null ? grid.start() : fixed;
    long last = fixed == null ? grid.at(grid.count() - 1) : fixed;
    var read = new Bounds(saturatedAdd(range.from(), -before), saturatedAdd(range.to(), after));
    var scan = new Scan(
        selector.matchers(),
        new TimeRange(saturatedAdd(first, read.from()), saturatedAdd(last, read.to())));
    return new Window(scan, read, range, function, parameters, fixed, position);
  }

  private @Nullable Long fixedInstant(TimeModifiers.@Nullable At at) {
    if (at == null) {
      return null;
    }
    return switch (at.anchor()) {
      case START -> query.start();
      case END -> query.end();
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
}
