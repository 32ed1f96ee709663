package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.forecast.HoltWinters;
import io.chronicledb.engine.query.function.TimeBuckets;
import io.chronicledb.engine.query.plan.TableNode.Forecast;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Continues grouped rows: for each group the buckets after its last one, by time, then by group. */
final class ForecastRows {

  private static final double[] NONE = {};

  private final ExecutionContext context;
  private final Forecast node;
  private final RowSource input;

  /** The rows of one group, in their order. */
  private record Group(List<@Nullable String> keys, List<Integer> rows) {}

  /** A row of the result: its bucket, its group, and how many buckets it lies ahead, from 0. */
  private record Place(long time, int group, int ahead) {}

  ForecastRows(ExecutionContext context, Forecast node, RowSource input) {
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
    List<Group> groups = groups(rows);
    context.checkResult((long) groups.size() * node.ahead() * node.columns().size());
    List<Place> places = places(rows, groups);
    var result = new RowBatch(node.columns().size());
    result.rows = places.size();
    var times = new long[places.size()];
    for (int i = 0; i < times.length; i++) {
      times[i] = places.get(i).time();
    }
    result.set(0, times);
    for (int column = 1; column < result.columnCount(); column++) {
      result.set(
          column,
          column < node.keyCount()
              ? keys(groups, places, column)
              : forecasts(rows, groups, places, column));
    }
    return result;
  }

  private List<Group> groups(RowBatch rows) {
    var groups = new TreeMap<List<@Nullable String>, Group>(GroupRows.KEYS);
    for (int row = 0; row < rows.rows; row++) {
      List<@Nullable String> keys = new ArrayList<@Nullable String>();
      for (int column = 1; column < node.keyCount(); column++) {
        keys.add(rows.text(column, row));
      }
      Group group = groups.get(keys);
      if (group == null) {
        group = new Group(keys, new ArrayList<>());
        groups.put(keys, group);
      }
      group.rows().add(row);
    }
    return new ArrayList<>(groups.values());
  }

  private List<Place> places(RowBatch rows, List<Group> groups) {
    var places = new ArrayList<Place>();
    for (int group = 0; group < groups.size(); group++) {
      List<Integer> ofGroup = groups.get(group).rows();
      long time = rows.times(0)[ofGroup.get(ofGroup.size() - 1)];
      for (int ahead = 0; ahead < node.ahead(); ahead++) {
        time = node.buckets().endOf(time);
        places.add(new Place(time, group, ahead));
      }
    }
    places.sort((a, b) -> Long.compare(a.time(), b.time()));
    return places;
  }

  private static @Nullable String[] keys(List<Group> groups, List<Place> places, int column) {
    var keys = new @Nullable String[places.size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = groups.get(places.get(i).group()).keys().get(column - 1);
    }
    return keys;
  }

  private double[] forecasts(RowBatch rows, List<Group> groups, List<Place> places, int column) {
    var byGroup = new double[groups.size()][];
    for (int group = 0; group < byGroup.length; group++) {
      context.check();
      double[] values = values(rows, groups.get(group).rows(), column);
      byGroup[group] = values.length < 2
          ? NONE
          : HoltWinters.fit(values, node.seasons().get(column - node.keyCount()))
              .forecast(node.ahead());
    }
    var result = new double[places.size()];
    for (int i = 0; i < result.length; i++) {
      Place place = places.get(i);
      double[] forecast = byGroup[place.group()];
      result[i] = forecast.length == 0 ? StaleMarker.value() : forecast[place.ahead()];
    }
    return result;
  }

  /** The values of all buckets from the first to the last; those that are missing lie on the line between their neighbours. */
  private double[] values(RowBatch rows, List<Integer> ofGroup, int column) {
    TimeBuckets buckets = node.buckets();
    var values = new DoubleColumn(ofGroup.size());
    double previous = Double.NaN;
    int missing = 0;
    long expected = 0;
    for (int row : ofGroup) {
      double value = rows.numbers(column)[row];
      long time = rows.times(0)[row];
      for (; values.size() + missing > 0 && expected < time; expected = buckets.endOf(expected)) {
        missing++;
        context.checkResult(values.size() + missing);
      }
      expected = buckets.endOf(time);
      if (!Double.isFinite(value)) {
        missing += values.size() > 0 ? 1 : 0;
        continue;
      }
      for (int i = 1; i <= missing; i++) {
        values.add(previous + (value - previous) * i / (missing + 1));
      }
      missing = 0;
      values.add(value);
      previous = value;
    }
    return values.toArray();
  }
}
