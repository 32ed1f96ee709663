package io.chronicledb.engine.query;

import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.promql.PromQlParser;
import io.chronicledb.engine.query.promql.PromQlPlan;
import io.chronicledb.engine.query.promql.PromQlPlanner;
import io.chronicledb.engine.query.sql.Schema;
import io.chronicledb.engine.query.sql.SqlParameters;
import io.chronicledb.engine.query.sql.SqlParser;
import io.chronicledb.engine.query.sql.SqlPlan;
import io.chronicledb.engine.query.sql.SqlPlanner;
import io.chronicledb.engine.query.sql.SqlStatement;

/**
 * Turns texts into plans. The default methods are Chronicle's own front ends; an application may put its own in front of them, to rewrite
 * or refuse queries. Thread-safe.
 */
public interface QueryPlanner {

  /** The planner that a database uses unless it is given another. */
  static QueryPlanner standard() {
    return new QueryPlanner() {};
  }

  /** Reads an SQL statement. */
  default SqlStatement parseSql(String text) {
    return SqlParser.parse(text);
  }

  /**
   * Plans an SQL statement.
   *
   * @param now the instant of {@code now()}, nanoseconds
   */
  default SqlPlan sql(SqlStatement statement, SqlParameters parameters, Schema schema, long now) {
    return SqlPlanner.plan(statement, parameters, schema, now);
  }

  /** Plans a PromQL expression for the instants of a grid. */
  default PromQlPlan promql(String text, Grid grid, long lookbackNanos) {
    return PromQlPlanner.plan(PromQlParser.parse(text), grid, lookbackNanos);
  }
}
