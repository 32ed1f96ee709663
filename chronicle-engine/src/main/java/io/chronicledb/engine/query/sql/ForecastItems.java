package io.chronicledb.engine.query.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The items of a statement that forecasts: {@code holt_winters(value, ahead [, season])}, and keys of groups. What is smoothed is an aggregate,
 * the mean where none is named.
 */
record ForecastItems(List<SqlExpr.Call> calls) {

  private static final String FUNCTION = "holt_winters";
  private static final long AHEAD_MAX = 10_000;

  /**
   * Finds them.
   *
   * @param buckets whether rows are grouped by time
   * @return null for a statement that does not forecast
   */
  static @Nullable ForecastItems of(List<SqlStatement.Item> items, boolean buckets) {
    var calls = new ArrayList<SqlExpr.Call>();
    SqlStatement.Item other = null;
    for (SqlStatement.Item item : items) {
      if (item.expression() instanceof SqlExpr.Call call && call.function().equals(FUNCTION)) {
        calls.add(call);
      } else if (!(item.expression() instanceof SqlExpr.Column)) {
        other = item;
      }
    }
    if (calls.isEmpty()) {
      return null;
    }
    if (!buckets) {
      throw calls
          .get(0)
          .at()
          .invalid("holt_winters() without GROUP BY time()", "add for example GROUP BY time(1h)");
    }
    if (other != null) {
      throw other
          .at()
          .invalid(
              "an item beside holt_winters(), whose rows are those of the future",
              "use a statement of its own");
    }
    return new ForecastItems(calls);
  }

  /** What of an item is aggregated. */
  static SqlExpr valueOf(SqlExpr expression) {
    if (!(expression instanceof SqlExpr.Call call) || !call.function().equals(FUNCTION)) {
      return expression;
    }
    SqlExpr value = call.arguments().get(0);
    return SelectPlanner.hasAggregate(value)
        ? value
        : new SqlExpr.Call("mean", List.of(value), false, value.at());
  }

  int ahead(SqlParameters parameters) {
    long ahead = wholeNumber(calls.get(0).arguments().get(1), parameters, 1);
    for (SqlExpr.Call call : calls) {
      SqlExpr argument = call.arguments().get(1);
      if (wholeNumber(argument, parameters, 1) != ahead) {
        throw argument.at().invalid("forecasts of one statement reach equally far");
      }
    }
    return (int) ahead;
  }

  List<Integer> seasons(SqlParameters parameters) {
    return calls.stream()
        .map(call -> call.arguments().size() < 3
            ? 0
            : (int) wholeNumber(call.arguments().get(2), parameters, 0))
        .toList();
  }

  private static long wholeNumber(SqlExpr expression, SqlParameters parameters, long min) {
    long number = SqlPlanner.wholeNumber(expression, parameters);
    if (number < min || number > AHEAD_MAX) {
      throw expression
          .at()
          .invalid("expected a whole number from " + min + " to " + AHEAD_MAX + ", not "
              + expression.at().text());
    }
    return number;
  }
}
