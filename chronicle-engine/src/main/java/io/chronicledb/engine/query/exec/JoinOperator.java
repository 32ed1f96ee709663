package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.plan.Matching;
import io.chronicledb.engine.query.plan.Matching.Side;
import io.chronicledb.engine.query.plan.PlanNode.Join;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operations between two vectors. Which series match is decided by labels, and whether a match is unique at each instant, as Prometheus does:
 * two series with the same matching labels are fine as long as they never have a value at the same time.
 */
final class JoinOperator {

  private final ExecutionContext context;
  private final int instants;
  private final BinaryOperation operation;
  private final boolean returnBool;
  private final Matching matching;
  /** Result columns; series that end where another begins share one. */
  private final Map<Result, SeriesColumn> results = new LinkedHashMap<>();

  private final SampleOperation mixed;

  /** A series of the result: with and without its name it is not the same. */
  private record Result(Tags labels, boolean dropsMetric) {}

  private JoinOperator(ExecutionContext context, int instants, Join node) {
    this.context = context;
    this.instants = instants;
    this.operation = node.operation();
    this.returnBool = node.returnBool();
    this.matching = node.matching();
    this.mixed = new SampleOperation(context.annotations(), operation, returnBool, node.position());
  }

  /** @param left,right drained; given back here */
  static SeriesOperator of(
      ExecutionContext context,
      int instants,
      Join node,
      List<SeriesBatch> left,
      List<SeriesBatch> right) {
    var join = new JoinOperator(context, instants, node);
    if (node.operation().isSetOperation()) {
      join.combineSets(left, right);
    } else {
      join.match(left, right);
    }
    var batches = new ArrayList<SeriesBatch>(join.results.size());
    join.results.forEach((result, column) -> {
      SeriesBatch batch = column.batch(result.labels(), result.dropsMetric());
      if (!batch.isEmpty()) {
        batches.add(batch);
      }
    });
    SeriesOperator.release(context, left);
    SeriesOperator.release(context, right);
    return SeriesOperator.of(batches);
  }

  private void combineSets(List<SeriesBatch> left, List<SeriesBatch> right) {
    boolean or = operation == BinaryOperation.OR;
    Map<Tags, boolean[]> present = presence(or ? left : right);
    if (or) {
      left.forEach(batch -> keep(batch, new boolean[instants], false));
    }
    for (SeriesBatch batch : or ? right : left) {
      boolean[] there = present.getOrDefault(matching.key(batch.labels()), new boolean[instants]);
      keep(batch, there, operation == BinaryOperation.AND);
    }
  }

  /** For each matching key, the instants at which some series has a value. */
  private Map<Tags, boolean[]> presence(List<SeriesBatch> batches) {
    var presence = new HashMap<Tags, boolean[]>();
    for (SeriesBatch batch : batches) {
      boolean[] there =
          presence.computeIfAbsent(matching.key(batch.labels()), key -> new boolean[instants]);
      for (int i = 0; i < instants; i++) {
        there[i] |= batch.has(i);
      }
    }
    return presence;
  }

  /** Adds the values of a series at the instants where the other side's presence is as wanted. */
  private void keep(SeriesBatch batch, boolean[] there, boolean wanted) {
    context.check();
    SeriesColumn result = column(batch.labels(), batch.dropsMetric());
    for (int i = 0; i < instants; i++) {
      if (there[i] == wanted && batch.has(i)) {
        result.take(batch, i);
      }
    }
  }

  private SeriesColumn column(Tags labels, boolean dropsMetric) {
    var key = new Result(labels, dropsMetric);
    SeriesColumn result = results.get(key);
    if (result == null) {
      result = new SeriesColumn(instants);
      results.put(key, result);
      context.checkResult((long) results.size() * instants);
    }
    return result;
  }

  private void match(List<SeriesBatch> left, List<SeriesBatch> right) {
    boolean manyRight = matching.manySide() == Side.RIGHT;
    List<SeriesBatch> many = manyRight ? right : left;
    List<SeriesBatch> one = manyRight ? left : right;
    if (many.isEmpty() && matching.fillMany() == null
        || one.isEmpty() && matching.fillOne() == null) {
      return;
    }
    Map<Tags, List<SeriesBatch>> ones = new LinkedHashMap<>();
    for (SeriesBatch batch : one) {
      ones.computeIfAbsent(matching.key(batch.labels()), key -> new ArrayList<>(1))
          .add(batch);
    }
    ones.forEach((key, group) -> checkUnique(key, group, manyRight ? "left" : "right"));
    Map<Tags, boolean[]> matched = new HashMap<>();
    Map<Tags, boolean[]> taken = new HashMap<>();
    for (SeriesBatch batch : many) {
      context.check();
      Tags key = matching.key(batch.labels());
      List<SeriesBatch> partners = ones.getOrDefault(key, List.of());
      boolean[] matchedKey = matched.computeIfAbsent(key, k -> new boolean[instants]);
      for (SeriesBatch partner : partners) {
        matchPair(batch, partner, matchedKey, taken);
      }
      if (matching.fillOne() != null) {
        matchFilledOne(batch, key, partners, matching.fillOne(), matchedKey, taken);
      }
    }
    if (matching.fillMany() != null) {
      for (SeriesBatch batch : one) {
        Tags key = matching.key(batch.labels());
        boolean[] matchedKey = matched.computeIfAbsent(key, k -> new boolean[instants]);
        matchFilledMany(batch, key, matching.fillMany(), matchedKey, taken);
      }
    }
  }

  private void matchPair(
      SeriesBatch many, SeriesBatch one, boolean[] matchedKey, Map<Tags, boolean[]> taken) {
    Slot slot = slot(many.labels(), many.dropsMetric(), one.labels(), matchedKey, taken);
    for (int i = 0; i < instants; i++) {
      if (many.has(i) && one.has(i)) {
        put(slot, i, many.values()[i], many.histogram(i), one.values()[i], one.histogram(i));
      }
    }
  }

  private void matchFilledOne(
      SeriesBatch many,
      Tags key,
      List<SeriesBatch> partners,
      double fill,
      boolean[] matchedKey,
      Map<Tags, boolean[]> taken) {
    Slot slot = null;
    for (int i = 0; i < instants; i++) {
      int instant = i;
      if (many.has(i) && partners.stream().noneMatch(partner -> partner.has(instant))) {
        if (slot == null) {
          slot = slot(many.labels(), many.dropsMetric(), key, matchedKey, taken);
        }
        put(slot, i, many.values()[i], many.histogram(i), fill, null);
      }
    }
  }

  private void matchFilledMany(
      SeriesBatch one, Tags key, double fill, boolean[] matchedKey, Map<Tags, boolean[]> taken) {
    Slot slot = null;
    for (int i = 0; i < instants; i++) {
      if (one.has(i) && !matchedKey[i]) {
        if (slot == null) {
          slot = slot(key, false, one.labels(), matchedKey, taken);
        }
        put(slot, i, fill, null, one.values()[i], one.histogram(i));
      }
    }
  }

  /**
   * Where the results of a pair of series go.
   *
   * @param taken the instants at which there is a match that must stay the only one: of the key for one-to-one, otherwise of the result
   */
  private record Slot(SeriesColumn column, boolean[] matchedKey, boolean[] taken) {}

  private Slot slot(
      Tags many, boolean dropsMetric, Tags one, boolean[] matchedKey, Map<Tags, boolean[]> taken) {
    Tags labels = resultLabels(many, one);
    SeriesColumn column = column(labels, dropsMetric || returnBool);
    boolean[] unique = matching.manySide() == Side.NONE
        ? matchedKey
        : taken.computeIfAbsent(labels, t -> new boolean[instants]);
    return new Slot(column, matchedKey, unique);
  }

  private void put(
      Slot slot,
      int instant,
      double manyValue,
      @Nullable NativeHistogram manyHistogram,
      double oneValue,
      @Nullable NativeHistogram oneHistogram) {
    boolean manyRight = matching.manySide() == Side.RIGHT;
    double left = manyRight ? oneValue : manyValue;
    double right = manyRight ? manyValue : oneValue;
    boolean special = manyHistogram != null || oneHistogram != null || operation.isTrim();
    if (special
        && !mixed.apply(
            left,
            manyRight ? oneHistogram : manyHistogram,
            right,
            manyRight ? manyHistogram : oneHistogram)) {
      return; // As if there had been no match.
    }
    if (slot.taken[instant]) {
      throw new QueryExecutionException(
          matching.manySide() == Side.NONE
              ? "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
              : "multiple matches for labels: grouping labels must ensure unique matches");
    }
    slot.taken[instant] = true;
    slot.matchedKey[instant] = true;
    if (special) {
      slot.column.take(mixed, instant);
    } else if (!operation.isComparison()) {
      slot.column.set(instant, operation.apply(left, right));
    } else if (returnBool) {
      slot.column.set(instant, operation.test(left, right) ? 1 : 0);
    } else if (operation.test(left, right)) {
      slot.column.set(instant, left);
    }
  }

  private void checkUnique(Tags key, List<SeriesBatch> group, String side) {
    if (group.size() == 1) {
      return;
    }
    var first = new @Nullable SeriesBatch[instants];
    for (SeriesBatch batch : group) {
      for (int i = 0; i < instants; i++) {
        if (batch.has(i)) {
          SeriesBatch other = first[i];
          if (other != null) {
            throw new QueryExecutionException(
                "found duplicate series for the match group " + key + " on the " + side
                    + " hand-side of the operation: [" + batch.labels() + ", " + other.labels()
                    + "];many-to-many matching not allowed: matching labels must be unique on one side");
          }
          first[i] = batch;
        }
      }
    }
  }

  private Tags resultLabels(Tags many, Tags one) {
    Tags labels = operation.isComparison() ? many : many.without(Tags.METRIC);
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
