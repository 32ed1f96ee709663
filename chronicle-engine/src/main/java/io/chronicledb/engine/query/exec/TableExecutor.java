package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.PlanNode;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Fill;
import io.chronicledb.engine.query.plan.TableNode.Filter;
import io.chronicledb.engine.query.plan.TableNode.Forecast;
import io.chronicledb.engine.query.plan.TableNode.Groups;
import io.chronicledb.engine.query.plan.TableNode.Limit;
import io.chronicledb.engine.query.plan.TableNode.Listing;
import io.chronicledb.engine.query.plan.TableNode.Nothing;
import io.chronicledb.engine.query.plan.TableNode.Project;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TableNode.Slices;
import io.chronicledb.engine.query.plan.TableNode.Sort;
import io.chronicledb.engine.query.plan.TableNode.TopRows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns table nodes into operators and runs them. */
public final class TableExecutor {

  static final Table.Header TIME = new Table.Header("time", Table.Type.TIMESTAMP);

  private final ExecutionContext context;

  public TableExecutor(ExecutionContext context) {
    this.context = context;
  }

  /** Yields the rows of a plan, a table at a time. */
  @FunctionalInterface
  public interface Rows {

    /** The next rows, at least one; null at the end. */
    @Nullable
    Table next();
  }

  /** Starts a plan. Rows are computed as they are asked for, on the thread that asks and the query's helpers. */
  public Rows run(TableNode node) {
    RowSource source = open(node, TimeRange.ALL, Long.MAX_VALUE);
    List<Table.Header> columns = node.columns();
    return () -> {
      RowBatch batch = source.next();
      return batch == null ? null : batch.toTable(columns);
    };
  }

  /**
   * Makes the operator of a node.
   *
   * @param within the time that it and its inputs look at
   * @param rowsMax rows that a scan gathers before it says that these are too many
   */
  RowSource open(TableNode node, TimeRange within, long rowsMax) {
    RowSource source = operator(node, within, rowsMax);
    Measurements measurements = context.measurements();
    if (measurements == null) {
      return source;
    }
    Measurements.Step step = measurements.step(node);
    return () -> {
      long begin = context.nanos();
      RowBatch batch = source.next();
      step.nanos.add(context.nanos() - begin);
      step.rows.add(batch == null ? 0 : batch.rows);
      return batch;
    };
  }

  private RowSource operator(TableNode node, TimeRange within, long rowsMax) {
    if (node instanceof Project project) {
      return isScan(project.input())
          ? scan(project, within, rowsMax)
          : project(project, open(project.input(), within, rowsMax));
    }
    if (isScan(node)) {
      return scan(allColumns(node), within, rowsMax);
    }
    if (node instanceof Filter filter) {
      return filter(filter, open(filter.input(), within, rowsMax));
    }
    if (node instanceof Groups groups) {
      return RowSource.once(new GroupRows(context, groups, within)::rows);
    }
    if (node instanceof Fill fill) {
      return RowSource.once(new FillRows(context, fill, open(fill.input(), within, rowsMax))::rows);
    }
    if (node instanceof Forecast forecast) {
      return RowSource.once(
          new ForecastRows(context, forecast, open(forecast.input(), within, rowsMax))::rows);
    }
    if (node instanceof Sort sort) {
      return RowSource.once(new SortRows(context, sort, open(sort.input(), within, rowsMax))::rows);
    }
    if (node instanceof TopRows top) {
      return RowSource.once(new TopRowsOf(context, top, open(top.input(), within, rowsMax))::rows);
    }
    if (node instanceof Limit limit) {
      return limit.count() == 0 ? () -> null : limit(limit, open(limit.input(), within, rowsMax));
    }
    if (node instanceof Slices slices) {
      return new SliceRows(this, context, slices, within);
    }
    if (node instanceof Nothing) {
      return () -> null;
    }
    return RowSource.once(new ListingRows(context, (Listing) node)::rows);
  }

  private RowSource scan(Project project, TimeRange within, long rowsMax) {
    return RowSource.once(new ScanRows(context, project, within, rowsMax)::rows);
  }

  /** Whether a node is a scan, or filters upon one, which are run together. */
  private static boolean isScan(PlanNode node) {
    return node instanceof Scan || (node instanceof Filter filter && isScan(filter.input()));
  }

  private static Project allColumns(TableNode scan) {
    var names = new ArrayList<String>();
    var values = new ArrayList<Expr>();
    for (TableNode.ScanColumn column : ScanReader.scanOf(scan).scanned()) {
      values.add(column.asExpr(values.size()));
      names.add(column.name());
    }
    return new Project(scan, names, values);
  }

  private RowSource project(Project node, RowSource input) {
    var projection = new Projection(node.values(), context);
    return () -> {
      RowBatch batch = input.next();
      return batch == null ? null : projection.apply(batch, 0);
    };
  }

  private RowSource filter(Filter node, RowSource input) {
    Evaluator condition = Evaluator.of(node.condition(), context);
    return () -> {
      for (RowBatch batch = input.next(); batch != null; batch = input.next()) {
        double[] result = condition.evaluate(batch);
        var kept = new int[batch.rows];
        int count = 0;
        for (int row = 0; row < batch.rows; row++) {
          if (result[row] == 1) {
            kept[count++] = row;
          }
        }
        if (count > 0) {
          return count == batch.rows ? batch : batch.take(kept, count);
        }
      }
      return null;
    };
  }

  private static RowSource limit(Limit node, RowSource input) {
    return new RowSource() {
      private long toSkip = node.offset();
      private long left = node.count();

      @Override
      public @Nullable RowBatch next() {
        while (left > 0) {
          RowBatch batch = input.next();
          if (batch == null) {
            return null;
          }
          if (toSkip >= batch.rows) {
            toSkip -= batch.rows;
            continue;
          }
          int from = (int) toSkip;
          toSkip = 0;
          RowBatch taken = batch.slice(from, from + (int) Math.min(batch.rows - from, left));
          left -= taken.rows;
          return taken;
        }
        return null;
      }
    };
  }
}
