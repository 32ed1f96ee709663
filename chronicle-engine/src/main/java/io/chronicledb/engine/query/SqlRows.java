package io.chronicledb.engine.query;

import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.query.exec.ExecutionContext;
import io.chronicledb.engine.query.exec.TableExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The result of a statement while it runs: rows come as they are computed, some at a time, so that a result of any length needs little memory.
 *
 * <pre>{@code
 * try (SqlRows rows = database.rows("SELECT * FROM cpu WHERE hostname = ?", "host_1")) {
 *   for (Table.Row row : rows) {
 *     System.out.println(row.getInstant("time") + " " + row.get("usage_user"));
 *   }
 * }
 * }</pre>
 *
 * <p>Rows are read once: as tables with {@link #next()}, by iterating, or as a stream. Until it is closed, or iterated to its end, it keeps its
 * turn among the queries and the blocks that it reads. For one thread at a time.
 */
public final class SqlRows implements AutoCloseable, Iterable<Table.Row> {

  private final List<Table.Header> columns;
  private final List<String> warnings;
  private final TableExecutor.Rows rows;
  private final ExecutionContext context;
  private final Runnable release;
  private long count;
  private boolean iterated;
  /** Whether it was read to its end. */
  private boolean ended;

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
   * The next rows, at least one; null at the end, and once this is closed.
   *
   * @throws io.chronicledb.engine.error.ChronicleException where the query fails, is cancelled or runs into a limit: what came before is
   *     not the whole result
   */
  public @Nullable Table next() {
    if (closed) {
      return null;
    }
    Table table = rows.next();
    if (table == null) {
      ended = true;
      return null;
    }
    Table numbered = table.after(count);
    count += table.rowCount();
    return numbered;
  }

  /**
   * The rows that are left, as they come. There is one iterator; it throws what {@link #next()} throws, and {@code closed} where this is closed
   * before the end.
   */
  @Override
  public Iterator<Table.Row> iterator() {
    return new RowIterator();
  }

  /** The rows that are left, as they come, and as {@link #iterator()} gives them. Closing the stream closes this. */
  public Stream<Table.Row> stream() {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                iterator(), Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(this::close);
  }

  /**
   * The rows that are left as records, as {@link Table#toRecords} makes them. Closing the stream closes this.
   *
   * @throws IllegalArgumentException where a component has no column or not a type for it; the stream throws it where a value does not fit
   */
  public <T extends Record> Stream<T> stream(Class<T> type) {
    Function<Table.Row, T> mapper = Table.mapper(type, columns);
    return stream().map(mapper);
  }

  private final class RowIterator implements Iterator<Table.Row> {

    private Iterator<Table.Row> batch = Collections.emptyIterator();

    RowIterator() {
      if (iterated) {
        throw new IllegalStateException("rows that come as they are computed are iterated once");
      }
      iterated = true;
    }

    @Override
    public boolean hasNext() {
      if (closed && !ended) {
        // Otherwise whoever lets an open stream out of the block that closes its rows would take
        // no rows for the result.
        throw new ChronicleException(
            ErrorCode.CLOSED, "the rows were closed before they were read to the end");
      }
      while (!batch.hasNext()) {
        Table table = SqlRows.this.next();
        if (table == null) {
          close();
          return false;
        }
        batch = table.iterator();
      }
      return true;
    }

    @Override
    public Table.Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("all rows were read");
      }
      return batch.next();
    }
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
    context.keep(bytes);
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
