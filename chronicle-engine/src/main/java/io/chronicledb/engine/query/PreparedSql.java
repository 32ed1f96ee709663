package io.chronicledb.engine.query;

import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.query.sql.SqlParameters;
import io.chronicledb.engine.query.sql.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * A statement that was read once and can be run often, with other values each time. Each run plans it anew, for the series that there are by
 * then. Holds nothing, needs no closing. Thread-safe.
 *
 * <pre>{@code
 * PreparedSql byRoom = database.prepare("SELECT mean(value) FROM temperature WHERE room = ? GROUP BY time(5m)");
 * Table living = byRoom.run("living");
 * Table kitchen = byRoom.run("kitchen");
 * }</pre>
 */
public final class PreparedSql {

  private final QueryEngine engine;
  private final String text;
  private final SqlStatement statement;

  PreparedSql(QueryEngine engine, String text, SqlStatement statement) {
    this.engine = engine;
    this.text = text;
    this.statement = statement;
  }

  public String text() {
    return text;
  }

  /** The metric or measurement that a SELECT reads; null for several, a pattern, and any other statement. */
  public @Nullable String source() {
    return statement instanceof SqlStatement.Select select
            && select.sources().size() == 1
            && select.sources().get(0) instanceof SqlStatement.Source.Named named
        ? named.name()
        : null;
  }

  /** Runs the statement with values for its {@code ?}: numbers, texts, instants, null. */
  public Table run(@Nullable Object... parameters) {
    return run(SqlParameters.of(parameters), QueryOptions.defaults());
  }

  /** Runs the statement with values for its {@code :name}. */
  public Table run(SqlParameters parameters) {
    return run(parameters, QueryOptions.defaults());
  }

  /** Runs the statement. */
  public Table run(SqlParameters parameters, QueryOptions options) {
    try (SqlRows rows = rows(parameters, options)) {
      return rows.drain();
    }
  }

  /** Starts the statement with values for its {@code ?}. The caller closes what it gets. */
  public SqlRows rows(@Nullable Object... parameters) {
    return rows(SqlParameters.of(parameters), QueryOptions.defaults());
  }

  /** Starts the statement with values for its {@code :name}. The caller closes what it gets. */
  public SqlRows rows(SqlParameters parameters) {
    return rows(parameters, QueryOptions.defaults());
  }

  /** Starts the statement. The caller closes what it gets. */
  public SqlRows rows(SqlParameters parameters, QueryOptions options) {
    return engine.start(text, statement, parameters, options);
  }
}
