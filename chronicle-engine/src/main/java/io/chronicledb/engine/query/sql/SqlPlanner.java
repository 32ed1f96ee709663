package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Limit;
import org.jspecify.annotations.Nullable;

/**
 * Compiles statements to the algebra: binds names to what is stored, checks types, and says what is to be done without caring how fast. An error
 * names its place.
 */
public final class SqlPlanner {

  private SqlPlanner() {}

  /**
   * Compiles a statement.
   *
   * @param now the instant of {@code now()}, nanoseconds
   */
  public static SqlPlan plan(
      SqlStatement statement, SqlParameters parameters, Schema schema, long now) {
    SqlPlan plan = statement.accept(new SqlStatement.Visitor<SqlPlan>() {
      @Override
      public SqlPlan visitSelect(SqlStatement.Select select) {
        return new SelectPlanner(select, parameters, schema, now).plan();
      }

      @Override
      public SqlPlan visitShow(SqlStatement.Show show) {
        return new ListingPlanner(parameters, schema, now).show(show);
      }

      @Override
      public SqlPlan visitExplain(SqlStatement.Explain explain) {
        return new SqlPlan.Explain(
            new SelectPlanner(explain.select(), parameters, schema, now).plan(), explain.analyze());
      }

      @Override
      public SqlPlan visitDelete(SqlStatement.Delete delete) {
        return new ListingPlanner(parameters, schema, now).delete(delete);
      }
    });
    parameters.refuseSurplus(statement);
    return plan;
  }

  /** Puts LIMIT and OFFSET on top, where they are. */
  static TableNode limited(
      TableNode input,
      @Nullable SqlExpr limit,
      @Nullable SqlExpr offset,
      SqlParameters parameters) {
    if (limit == null && offset == null) {
      return input;
    }
    return new Limit(
        input,
        offset == null ? 0 : wholeNumber(offset, parameters),
        limit == null ? Long.MAX_VALUE : wholeNumber(limit, parameters));
  }

  static long wholeNumber(SqlExpr expression, SqlParameters parameters) {
    Object value =
        expression instanceof SqlExpr.Parameter parameter ? parameters.get(parameter) : null;
    if (expression instanceof SqlExpr.NumberLiteral number) {
      value = number.integer();
    }
    if (value instanceof Long number && number >= 0) {
      return number;
    }
    throw expression.at().invalid("expected a whole number that is not negative");
  }
}
