package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.query.function.SeriesFunction;
import io.chronicledb.engine.query.function.Statistic;
import io.chronicledb.engine.query.function.ValuesFunction;
import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.TableNode.Aggregate;
import io.chronicledb.engine.query.plan.TableNode.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns of grouped rows: the keys, and whatever aggregates are asked for. */
final class GroupScope implements Scope {

  private static final Map<String, Statistic> STATISTICS = Map.ofEntries(
      Map.entry("count", Statistic.COUNT),
      Map.entry("sum", Statistic.SUM),
      Map.entry("mean", Statistic.MEAN),
      Map.entry("avg", Statistic.MEAN),
      Map.entry("min", Statistic.MIN),
      Map.entry("max", Statistic.MAX),
      Map.entry("first", Statistic.FIRST),
      Map.entry("last", Statistic.LAST),
      Map.entry("spread", Statistic.SPREAD),
      Map.entry("stddev", Statistic.SAMPLE_STDDEV),
      Map.entry("variance", Statistic.SAMPLE_VARIANCE));

  private static final int MOVING_AVERAGE_MAX = 100_000;
  private static final double MEDIAN = 50;

  private final SqlBinder rows;
  private final boolean byTime;
  private final List<Key> keys;
  private final List<Aggregate> aggregates = new ArrayList<>();

  /**
   * @param rows binds what stands inside of aggregates
   * @param byTime whether the first column is the start of a bucket
   */
  GroupScope(SqlBinder rows, boolean byTime, List<Key> keys) {
    this.rows = rows;
    this.byTime = byTime;
    this.keys = keys;
  }

  int keyCount() {
    return keys.size() + (byTime ? 1 : 0);
  }

  List<Aggregate> aggregates() {
    return aggregates;
  }

  /** The place of a column among the keys; -1 where it is none. */
  int keyIndex(SqlExpr expression) {
    if (!(expression instanceof SqlExpr.Column column)
        || column.kind() == SqlExpr.Column.Kind.FIELD) {
      return -1;
    }
    if (column.isBuiltIn("time")) {
      return byTime ? 0 : -1;
    }
    boolean metric = column.isBuiltIn("metric");
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).metric() == metric
          && (metric || keys.get(i).column().equals(column.name()))) {
        return i + (byTime ? 1 : 0);
      }
    }
    return -1;
  }

  @Override
  public Expr column(SqlExpr.Column column) {
    int key = keyIndex(column);
    if (key >= 0) {
      return new Expr.Column(
          key, byTime && key == 0 ? Expr.Type.TIME : Expr.Type.TEXT, column.name());
    }
    if (column.isBuiltIn("time")) {
      throw column
          .at()
          .invalid("column \"time\" stands beside aggregates", "add GROUP BY time(5m)");
    }
    throw column
        .at()
        .invalid(
            "column \"" + column.name() + "\" stands beside aggregates and is not in GROUP BY",
            "add it to GROUP BY or put it into an aggregate such as last(" + column.name() + ")");
  }

  @Override
  public Expr aggregate(SqlExpr.Call call) {
    Aggregate wanted = bind(call);
    for (Aggregate known : aggregates) {
      if (new Aggregate(0, known.statistic(), known.values(), known.perSeries(), known.argument())
          .equals(wanted)) {
        return column(known, call);
      }
    }
    var added = new Aggregate(
        aggregates.size(),
        wanted.statistic(),
        wanted.values(),
        wanted.perSeries(),
        wanted.argument());
    aggregates.add(added);
    return column(added, call);
  }

  private Expr.Column column(Aggregate aggregate, SqlExpr.Call call) {
    return new Expr.Column(
        keyCount() + aggregate.place(), Expr.Type.NUMBER, SqlPrinter.print(call));
  }

  private Aggregate bind(SqlExpr.Call call) {
    if (call.star()) {
      return new Aggregate(0, Statistic.COUNT, null, null, null);
    }
    SqlFunctions.Function function = SqlFunctions.find(call.function());
    if (function != null && function.perSeries()) {
      return new Aggregate(
          0, Statistic.SUM, null, seriesFunction(call), number(call.arguments().get(0)));
    }
    SqlExpr argument = call.arguments().get(0);
    switch (call.function()) {
      case "median" -> {
        return values(new ValuesFunction(ValuesFunction.Kind.PERCENTILE, MEDIAN), argument);
      }
      case "percentile" -> {
        return values(
            new ValuesFunction(
                ValuesFunction.Kind.PERCENTILE, constant(call.arguments().get(1), 0, 100)),
            argument);
      }
      case "distinct" -> {
        return distinct(argument);
      }
      case "histogram_quantile" -> {
        return histogramQuantile(call);
      }
      case "count" -> {
        return argument instanceof SqlExpr.Call inner && inner.function().equals("distinct")
            ? distinct(inner.arguments().get(0))
            : count(argument);
      }
      default -> {
        Statistic statistic = STATISTICS.get(call.function());
        if (statistic == null) {
          throw call.at().unsupported("the function " + call.function() + "()");
        }
        SeriesFunction perSeries = innerSeriesFunction(argument);
        return perSeries == null
            ? new Aggregate(0, statistic, null, null, number(argument))
            : new Aggregate(0, statistic, null, perSeries, innerArgument(argument));
      }
    }
  }

  /** Of the buckets' own values the newest count; those of several series are added up, with {@code sum()} around them or without. */
  private Aggregate histogramQuantile(SqlExpr.Call call) {
    var quantile = new ValuesFunction(
        ValuesFunction.Kind.HISTOGRAM_QUANTILE, constant(call.arguments().get(0), 0, 1));
    SqlExpr argument = call.arguments().get(1);
    if (argument instanceof SqlExpr.Call sum && sum.function().equals("sum")) {
      argument = sum.arguments().get(0);
    }
    SeriesFunction perSeries = innerSeriesFunction(argument);
    return perSeries == null
        ? new Aggregate(
            0, null, quantile, new SeriesFunction(SeriesFunction.Kind.NEWEST, 0), number(argument))
        : new Aggregate(0, null, quantile, perSeries, innerArgument(argument));
  }

  private Aggregate values(ValuesFunction values, SqlExpr argument) {
    SeriesFunction perSeries = innerSeriesFunction(argument);
    return perSeries == null
        ? new Aggregate(0, null, values, null, number(argument))
        : new Aggregate(0, null, values, perSeries, innerArgument(argument));
  }

  private Aggregate count(SqlExpr argument) {
    SeriesFunction perSeries = innerSeriesFunction(argument);
    if (perSeries != null) {
      return new Aggregate(0, Statistic.COUNT, null, perSeries, innerArgument(argument));
    }
    Expr bound = rows.bind(argument);
    // Every row has a time.
    Expr counted = bound.type() == Expr.Type.TIME ? null : countable(bound, argument);
    return new Aggregate(0, Statistic.COUNT, null, null, counted);
  }

  private Aggregate distinct(SqlExpr argument) {
    SeriesFunction perSeries = innerSeriesFunction(argument);
    var distinct = new ValuesFunction(ValuesFunction.Kind.DISTINCT, 0);
    if (perSeries != null) {
      return new Aggregate(0, null, distinct, perSeries, innerArgument(argument));
    }
    return new Aggregate(0, null, distinct, null, countable(rows.bind(argument), argument));
  }

  private static Expr countable(Expr bound, SqlExpr argument) {
    return switch (bound.type()) {
      case NUMBER, NOTHING -> bound;
      case TEXT -> new Expr.TextCode(bound);
      case TIME, CONDITION -> throw argument.at().unsupported("counting this");
    };
  }

  private Expr number(SqlExpr argument) {
    return rows.number(argument);
  }

  private @Nullable SeriesFunction innerSeriesFunction(SqlExpr argument) {
    if (argument instanceof SqlExpr.Call call) {
      SqlFunctions.Function function = SqlFunctions.find(call.function());
      if (function != null && function.perSeries()) {
        return seriesFunction(call);
      }
      if (function != null && function.kind() == SqlFunctions.Kind.AGGREGATE) {
        throw call.at()
            .invalid("the aggregate " + call.function() + "() stands inside of an aggregate");
      }
    }
    return null;
  }

  private Expr innerArgument(SqlExpr argument) {
    return number(((SqlExpr.Call) argument).arguments().get(0));
  }

  private SeriesFunction seriesFunction(SqlExpr.Call call) {
    switch (call.function()) {
      case "rate" -> {
        return new SeriesFunction(SeriesFunction.Kind.RATE, unit(call));
      }
      case "derivative" -> {
        return new SeriesFunction(SeriesFunction.Kind.DERIVATIVE, unit(call));
      }
      case "integral" -> {
        return new SeriesFunction(SeriesFunction.Kind.INTEGRAL, unit(call));
      }
      case "increase" -> {
        return new SeriesFunction(SeriesFunction.Kind.INCREASE, 0);
      }
      case "delta" -> {
        return new SeriesFunction(SeriesFunction.Kind.DELTA, 0);
      }
      case "moving_average" -> {
        double samples = constant(call.arguments().get(1), 1, MOVING_AVERAGE_MAX);
        if (samples != Math.rint(samples)) {
          throw call.arguments().get(1).at().invalid("expected a whole number of points");
        }
        return new SeriesFunction(SeriesFunction.Kind.MOVING_AVERAGE, samples);
      }
      default ->
        throw call.at()
            .invalid(call.function() + "() within an expression", "make it an item of its own");
    }
  }

  private static double unit(SqlExpr.Call call) {
    if (call.arguments().size() < 2) {
      return SeriesFunction.SECOND;
    }
    if (call.arguments().get(1) instanceof SqlExpr.DurationLiteral duration
        && duration.months() == 0
        && duration.nanos() > 0) {
      return duration.nanos();
    }
    throw call.arguments().get(1).at().invalid("expected a unit of time", "write for example 1m");
  }

  private double constant(SqlExpr expression, double min, double max) {
    if (rows.number(expression) instanceof Expr.Number number
        && number.value() >= min
        && number.value() <= max) {
      return number.value();
    }
    throw expression
        .at()
        .invalid("expected a number from " + (long) min + " to " + (long) max + ", not "
            + expression.at().text());
  }
}
