package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.block.ChunkStatistics;
import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.column.StringColumn;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.function.Statistic;
import io.chronicledb.engine.query.plan.PlanNode.GroupedStatistics;
import io.chronicledb.engine.query.plan.PlanNode.GroupedStatistics.Part;
import io.chronicledb.engine.query.plan.PlanNode.Project;
import io.chronicledb.engine.query.plan.ValueExpr;
import io.chronicledb.engine.query.plan.ValueExpr.Arithmetic;
import io.chronicledb.engine.query.plan.ValueExpr.Column;
import io.chronicledb.engine.query.plan.ValueExpr.Constant;
import io.chronicledb.engine.read.SeriesCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates samples by group and bucket in one pass: each series' samples stream through accumulators, one bucket after the other, and the
 * states are merged into their group's row. Memory grows with groups and buckets. Series come in order, so that sums do not depend on chance.
 */
final class GroupedStatisticsOperator {

  private final ExecutionContext context;
  private final GroupedStatistics node;
  private final int width;
  private final Map<Tags, GroupedStates> groups = new TreeMap<>();
  private long rows;

  GroupedStatisticsOperator(ExecutionContext context, GroupedStatistics node) {
    this.context = context;
    this.node = node;
    this.width = node.parts().stream()
        .flatMap(part -> part.statistics().stream())
        .mapToInt(Statistic::width)
        .sum();
  }

  /** The rows of a projection, by time, then by group. */
  Table run(Project project) {
    int column = 0;
    for (Part part : node.parts()) {
      scan(part, column);
      column += part.statistics().stream().mapToInt(Statistic::width).sum();
    }
    return project(project);
  }

  private void scan(Part part, int firstColumn) {
    SeriesCursor cursor = context.view().cursor(part.scan().range());
    List<Statistic> statistics = part.statistics();
    var accumulators = new Statistic.Accumulator[statistics.size()];
    for (int i = 0; i < accumulators.length; i++) {
      accumulators[i] = statistics.get(i).accumulator();
    }
    var state = new double[8];
    var samples = new PlainSamples(cursor, context);
    var described = new ChunkStatistics();
    boolean describable = statistics.stream().allMatch(Statistic::isDescribed);
    for (long order : context.select(part.scan().matchers())) {
      context.check();
      cursor.series(order);
      var buckets = new Buckets(order, firstColumn, statistics, accumulators, state);
      while (true) {
        if (describable && cursor.describeNext(described)) {
          context.check();
          if (buckets.addDescribed(described)) {
            cursor.skipDescribed();
            continue;
          }
        }
        if (!samples.next()) {
          break;
        }
        buckets.add(samples.timestamps(), samples.values(), samples.start(), samples.end());
      }
      buckets.finish();
    }
  }

  /** Adds the samples of one series, later ones later, bucket by bucket to its group. */
  private final class Buckets {

    private final long order;
    private final int firstColumn;
    private final List<Statistic> statistics;
    private final Statistic.Accumulator[] accumulators;
    private final double[] state;
    private @Nullable GroupedStates group;
    private long bucket;
    private long bucketEnd;
    private boolean open;

    Buckets(
        long order,
        int firstColumn,
        List<Statistic> statistics,
        Statistic.Accumulator[] accumulators,
        double[] state) {
      this.order = order;
      this.firstColumn = firstColumn;
      this.statistics = statistics;
      this.accumulators = accumulators;
      this.state = state;
    }

    void add(long[] timestamps, double[] values, int start, int end) {
      int from = start;
      while (from < end) {
        moveTo(timestamps[from]);
        int to = endOfBucket(timestamps, from, end, bucketEnd);
        for (Statistic.Accumulator accumulator : accumulators) {
          accumulator.add(timestamps, values, from, to);
        }
        from = to;
      }
    }

    /** Adds a chunk by its statistics where it lies in one bucket; false, and nothing is added, where it does not. */
    boolean addDescribed(ChunkStatistics chunk) {
      if (open && chunk.minTime() < bucketEnd
          ? chunk.maxTime() >= bucketEnd
          : chunk.maxTime() >= endOf(bucketStart(chunk.minTime()))) {
        return false;
      }
      moveTo(chunk.minTime());
      for (Statistic.Accumulator accumulator : accumulators) {
        accumulator.addDescribed(chunk);
      }
      return true;
    }

    private void moveTo(long timestamp) {
      if (open && timestamp < bucketEnd) {
        return;
      }
      finish();
      bucket = bucketStart(timestamp);
      bucketEnd = endOf(bucket);
      for (Statistic.Accumulator accumulator : accumulators) {
        accumulator.reset();
      }
      open = true;
    }

    void finish() {
      if (!open) {
        return;
      }
      open = false;
      GroupedStates into = group;
      if (into == null) {
        into = group(order);
        group = into;
      }
      merge(into, bucket, firstColumn, statistics, accumulators, state);
    }
  }

  private GroupedStates group(long order) {
    return groups.computeIfAbsent(
        context.view().tags(order).retain(node.labels()), labels -> new GroupedStates(width));
  }

  private void merge(
      GroupedStates group,
      long bucket,
      int firstColumn,
      List<Statistic> statistics,
      Statistic.Accumulator[] accumulators,
      double[] state) {
    int before = group.rows();
    int column = firstColumn;
    for (int i = 0; i < accumulators.length; i++) {
      accumulators[i].state(state, 0);
      group.merge(bucket, column, statistics.get(i), state, 0);
      column += statistics.get(i).width();
    }
    rows += group.rows() - before;
    context.checkResult(rows * Math.max(1, width));
  }

  private long bucketStart(long timestamp) {
    long size = node.bucketWidth();
    if (size == 0) {
      return 0;
    }
    long offset = Math.floorMod(node.bucketOffset(), size);
    // The bucket that reaches below the first instant of time starts there.
    long into = Math.floorMod(Math.floorMod(timestamp, size) - offset, size);
    return timestamp < Long.MIN_VALUE + into ? Long.MIN_VALUE : timestamp - into;
  }

  private long endOf(long bucket) {
    return node.bucketWidth() == 0 || bucket > Long.MAX_VALUE - node.bucketWidth()
        ? Long.MAX_VALUE
        : bucket + node.bucketWidth();
  }

  private static int endOfBucket(long[] timestamps, int from, int end, long bucketEnd) {
    if (timestamps[end - 1] < bucketEnd) {
      return end;
    }
    int low = from;
    int high = end - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (timestamps[middle] < bucketEnd) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** A row of the result before it is put in order. */
  private record Row(Tags group, GroupedStates states, int row) {}

  private Table project(Project project) {
    var order = new ArrayList<Row>();
    groups.forEach((group, states) -> {
      for (int row = 0; row < states.rows(); row++) {
        order.add(new Row(group, states, row));
      }
    });
    // Groups are in order already, so a stable sort by time is all that is missing.
    order.sort((a, b) -> Long.compare(a.states.bucket(a.row), b.states.bucket(b.row)));

    var times = new LongColumn(order.size());
    var labels = new ArrayList<StringColumn>();
    node.labels().forEach(label -> labels.add(new StringColumn()));
    var values = new ArrayList<DoubleColumn>();
    project.values().forEach(value -> values.add(new DoubleColumn(order.size())));
    List<Statistic> statistics =
        node.parts().stream().flatMap(part -> part.statistics().stream()).toList();
    var finished = new double[statistics.size()];
    for (Row row : order) {
      times.add(row.states.bucket(row.row));
      for (int i = 0; i < labels.size(); i++) {
        labels.get(i).add(row.group.get(node.labels().get(i)));
      }
      int at = row.states.offset(row.row);
      for (int i = 0; i < finished.length; i++) {
        finished[i] = StaleMarker.is(row.states.states()[at])
            ? StaleMarker.value()
            : statistics.get(i).finish(row.states.states(), at);
        at += statistics.get(i).width();
      }
      for (int i = 0; i < values.size(); i++) {
        values.get(i).add(evaluate(project.values().get(i), finished));
      }
    }

    var columns = new ArrayList<Table.Column>();
    if (node.bucketWidth() > 0) {
      columns.add(Table.Column.timestamps("time", times));
    }
    for (int i = 0; i < labels.size(); i++) {
      columns.add(Table.Column.strings(node.labels().get(i), labels.get(i)));
    }
    for (int i = 0; i < values.size(); i++) {
      columns.add(Table.Column.doubles(project.names().get(i), values.get(i)));
    }
    return new Table(columns, List.of());
  }

  private static double evaluate(ValueExpr expression, double[] row) {
    if (expression instanceof Column column) {
      return row[column.index()];
    }
    if (expression instanceof Constant constant) {
      return constant.value();
    }
    var arithmetic = (Arithmetic) expression;
    double left = evaluate(arithmetic.left(), row);
    double right = evaluate(arithmetic.right(), row);
    if (StaleMarker.is(left) || StaleMarker.is(right)) {
      return StaleMarker.value();
    }
    // As in SQL, where a division by zero has no value.
    boolean divides = arithmetic.operation() == BinaryOperation.DIVIDE
        || arithmetic.operation() == BinaryOperation.MODULO;
    return divides && right == 0 ? StaleMarker.value() : arithmetic.operation().apply(left, right);
  }
}
