package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.query.plan.Expr;

/** What the names of an expression mean where it stands. */
interface Scope {

  /** A column; {@link Expr.Null} where nothing of that name is stored. */
  Expr column(SqlExpr.Column column);

  /** A call of an aggregate. */
  Expr aggregate(SqlExpr.Call call);
}
