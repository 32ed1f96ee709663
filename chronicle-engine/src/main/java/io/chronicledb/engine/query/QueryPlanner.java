package io.chronicledb.engine.query;

import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.promql.PromQlParser;
import io.chronicledb.engine.query.promql.PromQlPlan;
import io.chronicledb.engine.query.promql.PromQlPlanner;
import io.chronicledb.engine.query.sql.SqlParser;
import io.chronicledb.engine.query.sql.SqlPlan;
import io.chronicledb.engine.query.sql.SqlPlanner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns texts into plans. The default methods are Chronicle's own front ends; an application may put its own in front of them, to rewrite
 * or refuse queries. Thread-safe.
 */
public interface QueryPlanner {

  /** The planner that a database uses unless it is given another. */
  static QueryPlanner standard() {
    return new QueryPlanner() {};
  }

  /**
   * Plans an SQL statement.
   *
   * @param parameters of its bind parameters
   * @param now the instant of {@code now()}, nanoseconds
   */
  default SqlPlan sql(String text, List<? extends @Nullable Object> parameters, long now) {
    return SqlPlanner.plan(SqlParser.parse(text), parameters, now);
  }

  /** Plans a PromQL expression for the instants of a grid. */
  default PromQlPlan promql(String text, Grid grid, long lookbackNanos) {
    return PromQlPlanner.plan(PromQlParser.parse(text), grid, lookbackNanos);
  }
}
