package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.plan.Matching;
import io.chronicledb.engine.query.plan.Matching.Side;
import io.chronicledb.engine.query.plan.PlanNode.Join;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Operations between two vectors. Which series match is decided by labels, and whether a match is unique at each instant, as Prometheus does:
 * two series with the same matching labels are fine as long as they never have a value at the same time.
 */
final class JoinOperator {

  private final ExecutionContext context;
  private final BinaryOperation operation;
  private final boolean returnBool;
  private final Matching matching;
  /** Result columns by labels; series that end where another begins share one. */
  private final Map<Tags, double[]> results = new LinkedHashMap<>();

  private JoinOperator(ExecutionContext context, Join node) {
    this.context = context;
    this.operation = node.operation();
    this.returnBool = node.returnBool();
    this.matching = node.matching();
  }

  static SeriesOperator of(
      ExecutionContext context, Join node, List<SeriesBatch> left, List<SeriesBatch> right) {
    var join = new JoinOperator(context, node);
    if (node.operation().isSetOperation()) {
      join.combineSets(left, right);
    } else {
      join.match(left, right);
    }
    var batches = new ArrayList<SeriesBatch>(join.results.size());
    join.results.forEach((labels, values) -> {
      var batch = new SeriesBatch(labels, values);
      if (!batch.isEmpty()) {
        batches.add(batch);
      }
    });
    return SeriesOperator.of(batches);
  }

  private void combineSets(List<SeriesBatch> left, List<SeriesBatch> right) {
    boolean or = operation == BinaryOperation.OR;
    Map<Tags, boolean[]> present = presence(or ? left : right);
    if (or) {
      left.forEach(batch -> keep(batch, new boolean[batch.values().length], false));
    }
    for (SeriesBatch batch : or ? right : left) {
      boolean[] there =
          present.getOrDefault(matching.key(batch.labels()), new boolean[batch.values().length]);
      keep(batch, there, operation == BinaryOperation.AND);
    }
  }

  /** For each matching key, the instants at which some series has a value. */
  private Map<Tags, boolean[]> presence(List<SeriesBatch> batches) {
    var presence = new HashMap<Tags, boolean[]>();
    for (SeriesBatch batch : batches) {
      boolean[] there = presence.computeIfAbsent(
          matching.key(batch.labels()), key -> new boolean[batch.values().length]);
      for (int i = 0; i < there.length; i++) {
        there[i] |= !StaleMarker.is(batch.values()[i]);
      }
    }
    return presence;
  }

  /** Adds the values of a series at the instants where the other side's presence is as wanted. */
  private void keep(SeriesBatch batch, boolean[] there, boolean wanted) {
    double[] result = result(batch.labels());
    for (int i = 0; i < there.length; i++) {
      if (there[i] == wanted && !StaleMarker.is(batch.values()[i])) {
        result[i] = batch.values()[i];
      }
    }
  }

  private double[] result(Tags labels) {
    double[] result = results.get(labels);
    if (result == null) {
      result = new double[context.grid().count()];
      Arrays.fill(result, StaleMarker.value());
      results.put(labels, result);
      context.checkResult((long) results.size() * result.length);
    }
    return result;
  }

  private void match(List<SeriesBatch> left, List<SeriesBatch> right) {
    boolean manyRight = matching.manySide() == Side.RIGHT;
    List<SeriesBatch> many = manyRight ? right : left;
    List<SeriesBatch> one = manyRight ? left : right;
    Map<Tags, List<SeriesBatch>> ones = new HashMap<>();
    for (SeriesBatch batch : one) {
      ones.computeIfAbsent(matching.key(batch.labels()), key -> new ArrayList<>(1))
          .add(batch);
    }
    ones.forEach((key, group) -> checkUnique(key, group, manyRight ? "left" : "right"));
    Map<Tags, boolean[]> taken = new HashMap<>();
    for (SeriesBatch batch : many) {
      Tags key = matching.key(batch.labels());
      List<SeriesBatch> partners = ones.getOrDefault(key, List.of());
      for (SeriesBatch partner : partners) {
        matchPair(batch, partner, key, manyRight, taken);
      }
    }
  }

  private void matchPair(
      SeriesBatch many, SeriesBatch one, Tags key, boolean manyRight, Map<Tags, boolean[]> taken) {
    Tags labels = resultLabels(many.labels(), one.labels());
    double[] result = result(labels);
    boolean oneToOne = matching.manySide() == Side.NONE;
    // One-to-one: each key matches once. Many-to-one: each resulting series comes from one match.
    boolean[] matched =
        taken.computeIfAbsent(oneToOne ? key : labels, t -> new boolean[result.length]);
    for (int i = 0; i < result.length; i++) {
      double manyValue = many.values()[i];
      double oneValue = one.values()[i];
      if (StaleMarker.is(manyValue) || StaleMarker.is(oneValue)) {
        continue;
      }
      double left = manyRight ? oneValue : manyValue;
      double right = manyRight ? manyValue : oneValue;
      boolean comparison = operation.isComparison();
      boolean holds = comparison && operation.test(left, right);
      if (comparison && !holds && !returnBool) {
        // A match that does not hold still is the one match of a one-to-one key.
        if (oneToOne) {
          claim(matched, i, key, true);
        }
        continue;
      }
      claim(matched, i, oneToOne ? key : labels, oneToOne);
      result[i] = !comparison ? operation.apply(left, right) : returnBool ? (holds ? 1 : 0) : left;
    }
  }

  private static void claim(boolean[] matched, int instant, Tags labels, boolean oneToOne) {
    if (matched[instant]) {
      throw new QueryExecutionException(
          oneToOne
              ? "multiple matches for labels " + labels
                  + ": many-to-one matching must be explicit (group_left/group_right)"
              : "multiple matches for labels " + labels
                  + ": grouping labels must ensure unique matches");
    }
    matched[instant] = true;
  }

  private void checkUnique(Tags key, List<SeriesBatch> group, String side) {
    if (group.size() == 1) {
      return;
    }
    var first = new SeriesBatch[context.grid().count()];
    for (SeriesBatch batch : group) {
      for (int i = 0; i < first.length; i++) {
        if (!StaleMarker.is(batch.values()[i])) {
          if (first[i] != null) {
            throw new QueryExecutionException(
                "found duplicate series for the match group " + key + " on the " + side
                    + " hand-side of the operation: [" + first[i].labels() + ", " + batch.labels()
                    + "]; many-to-many matching not allowed: matching labels must be unique on one side");
          }
          first[i] = batch;
        }
      }
    }
  }

  private Tags resultLabels(Tags many, Tags one) {
    Tags labels = operation.isComparison() && !returnBool ? many : many.without(Tags.METRIC);
    if (matching.manySide() == Side.NONE) {
      return matching.on() ? labels.retain(matching.labels()) : labels.remove(matching.labels());
    }
    for (String include : matching.include()) {
      String value = one.get(include);
      labels = value == null ? labels.without(include) : labels.with(include, value);
    }
    return labels;
  }
}
