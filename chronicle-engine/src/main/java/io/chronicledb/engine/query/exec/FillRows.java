package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.TimeBuckets;
import io.chronicledb.engine.query.plan.TableNode.Fill;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds the buckets that are missing, group by group, to grouped rows, and keeps their order: by time, then by group. */
final class FillRows {

  private final ExecutionContext context;
  private final Fill node;
  private final RowSource input;

  FillRows(ExecutionContext context, Fill node, RowSource input) {
    this.context = context;
    this.node = node;
    this.input = input;
  }

  /** All rows; null where there are none. */
  @Nullable
  RowBatch rows() {
    List<RowBatch> batches = input.drain(context);
    if (batches.isEmpty()) {
      return null;
    }
    RowBatch rows = RowBatch.concat(node.columns(), batches);
    long[] buckets = buckets(rows.times(0), rows.rows);
    Map<List<@Nullable String>, int[]> groups = groups(rows, buckets);
    int groupCount = groups.size();
    long total = (long) groupCount * buckets.length;
    context.checkResult(total * node.columns().size());
    context.hold(8 * total * node.columns().size());
    var filled = new RowBatch(node.columns().size());
    filled.rows = (int) total;
    List<int[]> places = new ArrayList<>(groups.values());
    for (int column = 0; column < filled.columnCount(); column++) {
      filled.set(column, column(rows, column, buckets, new ArrayList<>(groups.keySet()), places));
    }
    return filled;
  }

  /** The starts of all buckets from the first to the last. */
  private long[] buckets(long[] times, int rows) {
    TimeBuckets width = node.buckets();
    TimeRange range = node.range();
    long first = range.start() == Long.MIN_VALUE ? times[0] : width.startOf(range.start());
    long last = range.end() == Long.MAX_VALUE ? times[rows - 1] : range.end() - 1;
    var buckets = new LongColumn(64);
    for (long start = first; start <= last; start = width.endOf(start)) {
      buckets.add(start);
      context.checkResult(buckets.size());
      if (width.endOf(start) == Long.MAX_VALUE) {
        break;
      }
    }
    return buckets.toArray();
  }

  /** The row of each group in each bucket, -1 where it is missing; groups in the order of their keys. */
  private Map<List<@Nullable String>, int[]> groups(RowBatch rows, long[] buckets) {
    Map<List<@Nullable String>, int[]> groups = new LinkedHashMap<>();
    int bucket = 0;
    for (int row = 0; row < rows.rows; row++) {
      while (buckets[bucket] < rows.times(0)[row]) {
        bucket++;
      }
      var key = new ArrayList<@Nullable String>(node.keyCount() - 1);
      for (int column = 1; column < node.keyCount(); column++) {
        key.add(rows.text(column, row));
      }
      int[] places = groups.get(key);
      if (places == null) {
        places = new int[buckets.length];
        Arrays.fill(places, -1);
        context.checkResult((groups.size() + 1L) * buckets.length);
        context.hold(4L * buckets.length);
        groups.put(key, places);
      }
      places[bucket] = row;
    }
    var sorted = new ArrayList<>(groups.keySet());
    sorted.sort(GroupRows.KEYS);
    Map<List<@Nullable String>, int[]> inOrder = new LinkedHashMap<>();
    for (List<@Nullable String> key : sorted) {
      inOrder.put(key, groups.getOrDefault(key, new int[0]));
    }
    return inOrder;
  }

  private Object column(
      RowBatch rows,
      int column,
      long[] buckets,
      List<List<@Nullable String>> keys,
      List<int[]> places) {
    int groups = keys.size();
    if (column == 0) {
      var times = new long[groups * buckets.length];
      for (int i = 0; i < times.length; i++) {
        times[i] = buckets[i / groups];
      }
      return times;
    }
    if (column < node.keyCount()) {
      var texts = new @Nullable String[groups * buckets.length];
      for (int i = 0; i < texts.length; i++) {
        texts[i] = keys.get(i % groups).get(column - 1);
      }
      return texts;
    }
    return switch (node.columns().get(column).type()) {
      case STRING -> {
        var texts = new @Nullable String[groups * buckets.length];
        for (int i = 0; i < texts.length; i++) {
          int row = places.get(i % groups)[i / groups];
          texts[i] = row < 0 ? null : rows.text(column, row);
        }
        yield texts;
      }
      case DOUBLE -> {
        var values = new double[groups * buckets.length];
        for (int group = 0; group < groups; group++) {
          fill(rows.numbers(column), places.get(group), buckets, group, groups, values);
        }
        yield values;
      }
      case TIMESTAMP, LONG ->
        throw new QueryExecutionException("FILL has no value for the time in column "
            + node.columns().get(column).name());
    };
  }

  private void fill(
      double[] values, int[] places, long[] buckets, int group, int groups, double[] into) {
    int previous = -1;
    for (int bucket = 0; bucket < buckets.length; bucket++) {
      int at = bucket * groups + group;
      if (places[bucket] >= 0) {
        into[at] = values[places[bucket]];
        previous = bucket;
        continue;
      }
      into[at] = switch (node.mode()) {
        case NULL -> StaleMarker.value();
        case VALUE -> node.value();
        case PREVIOUS -> previous < 0 ? StaleMarker.value() : values[places[previous]];
        case LINEAR -> linear(values, places, buckets, previous, bucket);
      };
    }
  }

  private static double linear(
      double[] values, int[] places, long[] buckets, int previous, int bucket) {
    int next = bucket;
    while (next < places.length && places[next] < 0) {
      next++;
    }
    if (previous < 0 || next == places.length) {
      return StaleMarker.value();
    }
    double before = values[places[previous]];
    double after = values[places[next]];
    if (StaleMarker.is(before) || StaleMarker.is(after)) {
      return StaleMarker.value();
    }
    double share = (double) (buckets[bucket] - buckets[previous])
        / (double) (buckets[next] - buckets[previous]);
    return before + (after - before) * share;
  }
}
