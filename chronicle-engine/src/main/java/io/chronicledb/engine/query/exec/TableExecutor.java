package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.StringColumn;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.plan.PlanNode.GroupedStatistics;
import io.chronicledb.engine.query.plan.PlanNode.Limit;
import io.chronicledb.engine.query.plan.PlanNode.Project;
import io.chronicledb.engine.query.plan.PlanNode.RowColumn;
import io.chronicledb.engine.query.plan.PlanNode.Rows;
import io.chronicledb.engine.query.plan.PlanNode.Sort;
import io.chronicledb.engine.query.plan.PlanNode.TableNode;
import io.chronicledb.engine.read.SeriesCursor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Runs table nodes. */
public final class TableExecutor {

  /** Values that a row holds besides its columns until it is in order: time, value, series, place. */
  private static final int ROW_OVERHEAD = 4;

  private final ExecutionContext context;

  public TableExecutor(ExecutionContext context) {
    this.context = context;
  }

  public Table run(TableNode node) {
    if (node instanceof Rows rows) {
      return rows(rows);
    }
    if (node instanceof Project project) {
      return new GroupedStatisticsOperator(context, project.input()).run(project);
    }
    if (node instanceof Sort sort) {
      Table input = run(sort.input());
      return take(input, order(input, sort.keys()));
    }
    if (node instanceof Limit limit) {
      Table input = run(limit.input());
      long from = Math.min(limit.offset(), input.rowCount());
      long to = Math.min(input.rowCount(), from + Math.min(limit.count(), input.rowCount()));
      return from == 0 && to == input.rowCount()
          ? input
          : take(input, IntStream.range((int) from, (int) to).boxed().toList());
    }
    if (node instanceof GroupedStatistics) {
      throw new IllegalStateException("grouped statistics need a projection");
    }
    throw new IllegalStateException("no operator for " + node.describe());
  }

  private Table rows(Rows node) {
    long[] orders = context.select(node.input().matchers());
    List<RowColumn> columns = expand(node.columns(), orders);
    var times = new LongColumn(256);
    var values = new DoubleColumn(256);
    var series = new ArrayList<Tags>();
    var seriesOfRow = new LongColumn(256);
    SeriesCursor cursor = context.view().cursor(node.input().range());
    var samples = new PlainSamples(cursor, context);
    for (long order : orders) {
      context.check();
      cursor.series(order);
      boolean named = false;
      while (samples.next()) {
        if (!named) {
          series.add(context.view().tags(order));
          named = true;
        }
        times.addAll(samples.timestamps(), samples.start(), samples.count());
        values.addAll(samples.values(), samples.start(), samples.count());
        for (int i = 0; i < samples.count(); i++) {
          seriesOfRow.add(series.size() - 1);
        }
        context.checkResult((long) times.size() * (columns.size() + ROW_OVERHEAD));
      }
    }
    // Stable, so that rows of one instant stay in the order of their series.
    List<Integer> order = IntStream.range(0, times.size())
        .boxed()
        .sorted(Comparator.comparingLong(times::get))
        .toList();
    var result = new ArrayList<Table.Column>(columns.size());
    for (RowColumn column : columns) {
      result.add(fill(column, order, times, values, series, seriesOfRow));
    }
    return new Table(result, List.of());
  }

  /** Replaces the column that stands for everything. */
  private List<RowColumn> expand(List<RowColumn> columns, long[] orders) {
    var expanded = new ArrayList<RowColumn>();
    for (RowColumn column : columns) {
      if (column.kind() != RowColumn.Kind.EVERYTHING) {
        expanded.add(column);
        continue;
      }
      var names = new TreeSet<>(Tags.ORDER);
      for (long order : orders) {
        context.view().tags(order).forEach((name, value) -> names.add(name));
      }
      names.remove(Tags.METRIC);
      expanded.add(new RowColumn("time", RowColumn.Kind.TIME, null));
      names.forEach(name -> expanded.add(new RowColumn(name, RowColumn.Kind.LABEL, name)));
      expanded.add(new RowColumn("value", RowColumn.Kind.VALUE, null));
    }
    return expanded;
  }

  private static Table.Column fill(
      RowColumn column,
      List<Integer> order,
      LongColumn times,
      DoubleColumn values,
      List<Tags> series,
      LongColumn seriesOfRow) {
    switch (column.kind()) {
      case TIME -> {
        var sorted = new LongColumn(order.size());
        order.forEach(row -> sorted.add(times.get(row)));
        return Table.Column.timestamps(column.name(), sorted);
      }
      case VALUE -> {
        var sorted = new DoubleColumn(order.size());
        order.forEach(row -> sorted.add(values.get(row)));
        return Table.Column.doubles(column.name(), sorted);
      }
      case LABEL -> {
        String label = column.label() == null ? column.name() : column.label();
        var bySeries = new ArrayList<String>(series.size());
        series.forEach(labels -> bySeries.add(labels.get(label)));
        var sorted = new StringColumn();
        order.forEach(row -> sorted.add(bySeries.get((int) seriesOfRow.get(row))));
        return Table.Column.strings(column.name(), sorted);
      }
      default -> throw new IllegalStateException("column " + column.name() + " was not expanded");
    }
  }

  private static List<Integer> order(Table table, List<Sort.Key> keys) {
    Comparator<Integer> comparator = (a, b) -> 0;
    for (Sort.Key key : keys) {
      if (table.columns().stream().noneMatch(column -> column.name().equals(key.column()))) {
        throw new QueryExecutionException("ORDER BY names \"" + key.column()
            + "\", which is not a column of the result; columns are "
            + table.columns().stream().map(Table.Column::name).toList());
      }
      comparator = comparator.thenComparing(byColumn(table.column(key.column()), key.descending()));
    }
    return IntStream.range(0, table.rowCount()).boxed().sorted(comparator).toList();
  }

  private static Comparator<Integer> byColumn(Table.Column column, boolean descending) {
    Comparator<Object> values = (a, b) -> {
      if (a instanceof Long x && b instanceof Long y) {
        return Long.compare(x, y);
      }
      if (a instanceof Double x && b instanceof Double y) {
        return Double.compare(x, y);
      }
      return Tags.ORDER.compare((String) a, (String) b);
    };
    Comparator<Object> directed = descending ? values.reversed() : values;
    return (a, b) -> {
      Object x = column.value(a);
      Object y = column.value(b);
      return x == null || y == null
          ? Boolean.compare(x == null, y == null)
          : directed.compare(x, y);
    };
  }

  private static Table take(Table table, List<Integer> rows) {
    var columns = new ArrayList<Table.Column>(table.columns().size());
    for (Table.Column column : table.columns()) {
      columns.add(column.take(rows));
    }
    return new Table(columns, table.warnings());
  }
}
