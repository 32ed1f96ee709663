package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.LabelSampling;
import io.chronicledb.engine.query.function.SeriesAggregate;
import io.chronicledb.engine.query.function.ShortestDecimal;
import io.chronicledb.engine.query.plan.PlanNode.Aggregate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Keeps some series of each group, at each instant others: the largest, the smallest, the first, a sample. */
final class SelectOperator {

  private final ExecutionContext context;
  private final int instants;
  private final Aggregate node;
  private final double[] parameters;

  private SelectOperator(
      ExecutionContext context, int instants, Aggregate node, double[] parameters) {
    this.context = context;
    this.instants = instants;
    this.node = node;
    this.parameters = parameters;
  }

  /** @param parameters one for each instant */
  static SeriesOperator of(
      ExecutionContext context,
      int instants,
      Aggregate node,
      SeriesOperator input,
      double[] parameters) {
    return new SelectOperator(context, instants, node, parameters).run(input);
  }

  private SeriesOperator run(SeriesOperator input) {
    if (node.aggregate() == SeriesAggregate.LIMIT_RATIO) {
      return sample(input);
    }
    List<SeriesBatch> all = input.drain(context);
    if (!checkCounts()) {
      SeriesOperator.release(context, all);
      return SeriesOperator.of(List.of());
    }
    Map<Tags, List<SeriesBatch>> groups = new LinkedHashMap<>();
    for (SeriesBatch drained : all) {
      SeriesBatch batch = selectable(drained);
      groups
          .computeIfAbsent(node.grouping().of(batch.labels()), labels -> new ArrayList<>())
          .add(batch);
    }
    var result = new ArrayList<SeriesBatch>();
    for (List<SeriesBatch> group : groups.values()) {
      select(group, result);
    }
    SeriesOperator.release(context, all);
    return SeriesOperator.of(result);
  }

  /** A series without what cannot be the largest or the smallest. */
  private SeriesBatch selectable(SeriesBatch batch) {
    if (node.aggregate() == SeriesAggregate.LIMITK || !batch.hasHistograms()) {
      return batch;
    }
    context
        .annotations()
        .ignoredInAggregation(
            node.aggregate().name().toLowerCase(Locale.ROOT), node.inputPosition());
    return batch.floats();
  }

  /** Whether any instant asks for a series at all. */
  private boolean checkCounts() {
    double largest = Double.NEGATIVE_INFINITY;
    boolean none = false;
    for (double count : parameters) {
      largest = Math.max(largest, Double.isNaN(count) ? Double.NEGATIVE_INFINITY : count);
      none |= Double.isNaN(count);
    }
    if (largest < 1 && !(none && largest == Double.NEGATIVE_INFINITY)) {
      return false;
    }
    if (none) {
      throw new QueryExecutionException("Parameter value is NaN");
    }
    for (double count : parameters) {
      if (count <= Long.MIN_VALUE || count >= Long.MAX_VALUE) {
        throw new QueryExecutionException("Scalar value " + number(count)
            + (count < 0 ? " underflows" : " overflows") + " int64");
      }
    }
    return true;
  }

  private static String number(double value) {
    return ShortestDecimal.general(value);
  }

  private void select(List<SeriesBatch> group, List<SeriesBatch> result) {
    var kept = new SeriesColumn[group.size()];
    var chosen = new int[group.size()];
    var order = new ArrayList<Integer>();
    for (int i = 0; i < instants; i++) {
      if (i % 256 == 0) {
        context.check();
      }
      int limit = (int) Math.max(0, Math.min(group.size(), (long) parameters[i]));
      int count = limit == 0
          ? 0
          : node.aggregate() == SeriesAggregate.LIMITK
              ? first(group, i, limit, chosen)
              : extreme(group, i, limit, chosen);
      for (int c = 0; c < count; c++) {
        int series = chosen[c];
        if (kept[series] == null) {
          kept[series] = new SeriesColumn(instants);
          order.add(series);
        }
        kept[series].take(group.get(series), i);
      }
    }
    for (int series : order) {
      SeriesBatch batch = group.get(series);
      result.add(kept[series].batch(batch.labels(), batch.dropsMetric()));
    }
  }

  private static int first(List<SeriesBatch> group, int instant, int limit, int[] chosen) {
    int count = 0;
    for (int s = 0; s < group.size() && count < limit; s++) {
      if (group.get(s).has(instant)) {
        chosen[count++] = s;
      }
    }
    return count;
  }

  /** The best ones, the best first; of equal ones the earlier. */
  private int extreme(List<SeriesBatch> group, int instant, int limit, int[] chosen) {
    boolean largest = node.aggregate() == SeriesAggregate.TOPK;
    int count = 0;
    for (int s = 0; s < group.size(); s++) {
      if (!group.get(s).has(instant)) {
        continue;
      }
      double value = group.get(s).values()[instant];
      if (count == limit
          && !isBetter(value, group.get(chosen[count - 1]).values()[instant], largest)) {
        continue;
      }
      int at = place(group, instant, chosen, count, value, largest);
      int moved = Math.min(count, limit - 1) - at;
      System.arraycopy(chosen, at, chosen, at + 1, moved);
      chosen[at] = s;
      count = Math.min(limit, count + 1);
    }
    return count;
  }

  /** Where a value belongs among those chosen: behind all that are as good. */
  private static int place(
      List<SeriesBatch> group,
      int instant,
      int[] chosen,
      int count,
      double value,
      boolean largest) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBetter(value, group.get(chosen[middle]).values()[instant], largest)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** NaN is worse than every number, whichever way is asked for. */
  private static boolean isBetter(double a, double b, boolean largest) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Double.isNaN(b) && !Double.isNaN(a);
    }
    return largest ? a > b : a < b;
  }

  private SeriesOperator sample(SeriesOperator input) {
    double[] ratios = ratios();
    return SeriesOperator.changed(input, batch -> {
      context.check();
      return sample(batch, ratios);
    });
  }

  private static SeriesBatch sample(SeriesBatch batch, double[] ratios) {
    double position = LabelSampling.position(batch.labels());
    var column = new SeriesColumn(ratios.length);
    for (int i = 0; i < ratios.length; i++) {
      if (ratios[i] != 0 && LabelSampling.keeps(position, ratios[i])) {
        column.take(batch, i);
      }
    }
    return column.batch(batch.labels(), batch.dropsMetric());
  }

  private double[] ratios() {
    double[] ratios = parameters.clone();
    for (int i = 0; i < ratios.length; i++) {
      double ratio = ratios[i];
      if (Double.isNaN(ratio)) {
        throw new QueryExecutionException("Ratio value is NaN");
      }
      if (Math.abs(ratio) > 1) {
        ratios[i] = Math.signum(ratio);
        context.annotations().ratio(ratio, ratios[i], node.parameterPosition());
      }
    }
    return ratios;
  }
}
