package io.chronicledb.engine.query;

import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.query.exec.ExecutionContext;
import io.chronicledb.engine.query.exec.TableExecutor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a statement while it runs: rows come as they are computed, a table at a time, so that a result of any length needs little memory.
 * Until it is closed it keeps its turn among the queries and the blocks that it reads. For one thread at a time.
 */
public final class SqlRows implements AutoCloseable {

  private final List<Table.Header> columns;
  private final List<String> warnings;
  private final TableExecutor.Rows rows;
  private final ExecutionContext context;
  private final Runnable release;
  private long count;
  private boolean closed;

  SqlRows(
      List<Table.Header> columns,
      List<String> warnings,
      TableExecutor.Rows rows,
      ExecutionContext context,
      Runnable release) {
    this.columns = List.copyOf(columns);
    this.warnings = List.copyOf(warnings);
    this.rows = rows;
    this.context = context;
    this.release = release;
  }

  public List<Table.Header> columns() {
    return columns;
  }

  /** Things worth telling the user, such as a metric that does not exist; empty in the ordinary case. */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * The next rows, at least one; null at the end.
   *
   * @throws io.chronicledb.engine.error.ChronicleException where the query fails, is cancelled or runs into a limit: what came before is
   *     not the whole result
   */
  public @Nullable Table next() {
    if (closed) {
      return null;
    }
    Table table = rows.next();
    count += table == null ? 0 : table.rowCount();
    return table;
  }

  /** What the query did so far. */
  public QueryStatistics statistics() {
    return new QueryStatistics(
        context.scannedSamples(), count, context.heldBytesMax(), context.elapsedNanos());
  }

  /**
   * Accounts for memory that the caller keeps for this result, as the query's own until it is closed.
   *
   * @throws io.chronicledb.engine.error.ChronicleException where that is over the query's limit
   */
  public void hold(long bytes) {
    context.hold(bytes);
  }

  /** All rows that are left, in one table. */
  Table drain() {
    var tables = new ArrayList<Table>();
    for (Table table = next(); table != null; table = next()) {
      context.checkResult(count * Math.max(1, columns.size()));
      tables.add(table);
    }
    return Table.concat(columns, tables, warnings);
  }

  /** Ends the query. Further calls do nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      release.run();
    }
  }
}
