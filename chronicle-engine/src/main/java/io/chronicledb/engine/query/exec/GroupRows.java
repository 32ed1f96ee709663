package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.block.ChunkStatistics;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.Statistic;
import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.TableNode.Aggregate;
import io.chronicledb.engine.query.plan.TableNode.Groups;
import io.chronicledb.engine.query.plan.TableNode.Key;
import io.chronicledb.engine.query.plan.TableNode.Part;
import io.chronicledb.engine.read.SeriesCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates rows by group and bucket, in one batch. The rows of each entity stream through accumulators, so memory grows with groups and buckets
 * and not with rows; entities are split into pieces that are merged in order, so that sums do not depend on chance.
 */
final class GroupRows {

  private static final String UPPER_BOUND = "le";
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d*)?([eE][+-]?\\d+)?");

  private final ExecutionContext context;
  private final Groups node;
  private final TimeRange within;
  private final GroupLayout layout;
  private final Map<GroupKey, GroupedStates> groups = new HashMap<>();
  private long rows;

  /** Orders rows of texts; NULL comes first, as a group that lacks a tag. */
  static final Comparator<List<@Nullable String>> KEYS = (a, b) -> {
    for (int i = 0; i < a.size(); i++) {
      String x = a.get(i);
      String y = b.get(i);
      int order =
          x == null || y == null ? Boolean.compare(x != null, y != null) : Tags.ORDER.compare(x, y);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  };

  /** The values of a group's keys. */
  private record GroupKey(List<@Nullable String> values) {}

  /** A stretch of the entities of one part. */
  private record Piece(int part, int from, int to) {}

  /** What a piece came to. */
  private record Partial(int part, Map<GroupKey, GroupedStates> groups) {}

  GroupRows(ExecutionContext context, Groups node, TimeRange within) {
    this.context = context;
    this.node = node;
    this.within = within;
    var aggregates = new ArrayList<Aggregate>();
    node.parts().forEach(part -> aggregates.addAll(part.aggregates()));
    this.layout = new GroupLayout(aggregates);
  }

  /** All rows; null where there are none. */
  @Nullable
  RowBatch rows() {
    var pieces = new ArrayList<Piece>();
    var entities = new ArrayList<Entities>();
    var layouts = new ArrayList<GroupLayout>();
    for (int part = 0; part < node.parts().size(); part++) {
      Entities ofPart = context.entities(
          ScanReader.scanOf(node.parts().get(part).input()),
          needsOrder(node.parts().get(part)));
      entities.add(ofPart);
      layouts.add(new GroupLayout(node.parts().get(part).aggregates()));
      int size = ScanRows.pieceSize(ofPart.count());
      for (int from = 0; from < ofPart.count(); from += size) {
        pieces.add(new Piece(part, from, Math.min(ofPart.count(), from + size)));
      }
    }
    Morsels.<Partial>run(
        context,
        pieces.size(),
        () -> {
          var readers = new PartReader[node.parts().size()];
          return number -> {
            Piece piece = pieces.get(number);
            PartReader reader = readers[piece.part()];
            if (reader == null) {
              reader = new PartReader(
                  node.parts().get(piece.part()),
                  layouts.get(piece.part()),
                  entities.get(piece.part()));
              readers[piece.part()] = reader;
            }
            return new Partial(piece.part(), reader.read(piece.from(), piece.to()));
          };
        },
        partial -> merge(partial, layouts.get(partial.part())));
    if (node.always() && groups.isEmpty()) {
      group(groups, new GroupKey(List.of()), layout).row(0);
    }
    return result();
  }

  /** Of values at the same time, the first series decides, or the last, so that their order matters. */
  static boolean needsOrder(Part part) {
    return part.aggregates().stream()
        .anyMatch(aggregate ->
            aggregate.statistic() == Statistic.FIRST || aggregate.statistic() == Statistic.LAST);
  }

  private static GroupedStates group(
      Map<GroupKey, GroupedStates> groups, GroupKey key, GroupLayout layout) {
    return groups.computeIfAbsent(key, absent -> layout.newStates());
  }

  private void merge(Partial partial, GroupLayout part) {
    int first = 0;
    for (int i = 0; i < partial.part(); i++) {
      first += node.parts().get(i).aggregates().size();
    }
    for (Map.Entry<GroupKey, GroupedStates> entry : partial.groups().entrySet()) {
      GroupedStates into = group(groups, entry.getKey(), layout);
      int before = into.rows();
      layout.merge(into, entry.getValue(), part, first);
      rows += into.rows() - before;
      context.hold(layout.rowBytes() * (into.rows() - before));
      context.release(part.rowBytes() * entry.getValue().rows());
    }
    context.checkResult(rows * Math.max(1, layout.aggregates().size()));
  }

  /** Aggregates the rows of one part; for one thread. */
  private final class PartReader {

    private final GroupLayout partLayout;
    private final Entities entities;
    private final ScanReader reader;
    private final List<Argument> arguments = new ArrayList<>();
    /** Makes rows of groups also where no argument has a value. */
    private final BucketRun presence;

    private final boolean plain;
    private final boolean describable;
    private final boolean takesBounds;
    private final ChunkStatistics described = new ChunkStatistics();

    PartReader(Part part, GroupLayout partLayout, Entities entities) {
      this.partLayout = partLayout;
      this.entities = entities;
      this.reader = new ScanReader(context, part.input(), entities, within);
      Map<@Nullable Expr, List<Integer>> byArgument = new LinkedHashMap<>();
      for (int i = 0; i < part.aggregates().size(); i++) {
        byArgument
            .computeIfAbsent(part.aggregates().get(i).argument(), key -> new ArrayList<>())
            .add(i);
      }
      byArgument.forEach(
          (expression, members) -> arguments.add(new Argument(expression, run(members))));
      this.presence = run(List.of());
      this.plain = reader.isPlain()
          && !arguments.isEmpty()
          && arguments.stream().allMatch(argument -> isField(argument.expression));
      this.takesBounds = arguments.stream().anyMatch(argument -> argument.run.takesBounds());
      this.describable = plain
          && node.fromStatistics()
          && arguments.stream().allMatch(argument -> argument.run.isDescribable());
    }

    private BucketRun run(List<Integer> members) {
      return new BucketRun(
          context,
          partLayout,
          members.stream().mapToInt(Integer::intValue).toArray(),
          node.buckets(),
          node.range());
    }

    private boolean isField(@Nullable Expr argument) {
      return argument == null
          || (argument instanceof Expr.Column column && column.type() == Expr.Type.NUMBER);
    }

    Map<GroupKey, GroupedStates> read(int from, int to) {
      Map<GroupKey, GroupedStates> partial = new LinkedHashMap<>();
      for (int entity = from; entity < to; entity++) {
        int present = entity;
        reader.start(entity);
        if (!reader.passes()) {
          continue;
        }
        double bound = takesBounds ? upperBound(entities.tags(entity)) : StaleMarker.value();
        for (Argument argument : arguments) {
          argument.run.start(() -> group(partial, key(present), partLayout), bound);
        }
        presence.start(() -> group(partial, key(present), partLayout), bound);
        if (plain) {
          readPlain();
        } else {
          readRows();
        }
        arguments.forEach(argument -> argument.run.finish());
        presence.finish();
      }
      return partial;
    }

    /** The upper bound of a histogram's bucket, as Prometheus writes it into the tag {@code le}. */
    private double upperBound(Tags tags) {
      String text = tags.get(UPPER_BOUND);
      if (text == null) {
        return StaleMarker.value();
      }
      if (text.equals("+Inf") || text.equals("Inf")) {
        return Double.POSITIVE_INFINITY;
      }
      return NUMBER.matcher(text).matches() ? Double.parseDouble(text) : StaleMarker.value();
    }

    private GroupKey key(int entity) {
      if (node.keys().isEmpty()) {
        return new GroupKey(List.of());
      }
      Tags tags = entities.tags(entity);
      var values = new @Nullable String[node.keys().size()];
      for (int i = 0; i < values.length; i++) {
        Key key = node.keys().get(i);
        values[i] = key.metric() ? entities.metric(entity) : tags.get(key.column());
      }
      return new GroupKey(Arrays.asList(values));
    }

    private void readPlain() {
      PlainSamples samples = reader.plainSamples();
      SeriesCursor cursor = reader.cursor();
      Measurements.Step step = reader.step();
      while (true) {
        if (describable && cursor.describeNext(described) && addDescribed()) {
          context.check();
          cursor.skipDescribed();
          if (step != null) {
            step.chunksDescribed.increment();
          }
          continue;
        }
        if (!samples.next()) {
          return;
        }
        if (step != null) {
          step.rows.add(samples.count());
        }
        for (Argument argument : arguments) {
          argument.run.add(samples.timestamps(), samples.values(), samples.start(), samples.end());
        }
      }
    }

    /** All runs are in the same bucket, so that either all take the chunk or the first refuses it. */
    private boolean addDescribed() {
      for (Argument argument : arguments) {
        if (!argument.run.addDescribed(described)) {
          return false;
        }
      }
      return true;
    }

    private void readRows() {
      for (RowBatch batch = reader.next(); batch != null; batch = reader.next()) {
        long[] times = batch.times(0);
        presence.add(times, NO_VALUES, 0, batch.rows);
        for (Argument argument : arguments) {
          argument.add(batch, times);
        }
      }
    }
  }

  private static final double[] NO_VALUES = {};

  /** What aggregates take, and those that take it. */
  private final class Argument {

    private final @Nullable Expr expression;
    private final @Nullable Evaluator evaluator;
    private final BucketRun run;
    private final long[] presentTimes = new long[RowBatch.ROWS];
    private final double[] presentValues = new double[RowBatch.ROWS];

    Argument(@Nullable Expr expression, BucketRun run) {
      this.expression = expression;
      this.evaluator = expression == null ? null : Evaluator.of(expression, context);
      this.run = run;
    }

    void add(RowBatch batch, long[] times) {
      if (evaluator == null) {
        run.add(times, presentValues, 0, batch.rows);
        return;
      }
      double[] values = evaluator.evaluate(batch);
      int present = 0;
      while (present < batch.rows && !StaleMarker.is(values[present])) {
        present++;
      }
      if (present == batch.rows) {
        run.add(times, values, 0, present);
        return;
      }
      System.arraycopy(times, 0, presentTimes, 0, present);
      System.arraycopy(values, 0, presentValues, 0, present);
      for (int i = present + 1; i < batch.rows; i++) {
        if (!StaleMarker.is(values[i])) {
          presentTimes[present] = times[i];
          presentValues[present++] = values[i];
        }
      }
      run.add(presentTimes, presentValues, 0, present);
    }
  }

  private @Nullable RowBatch result() {
    var keys = new ArrayList<>(groups.keySet());
    keys.sort(Comparator.comparing(GroupKey::values, KEYS));
    int count = (int) rows + (node.always() && rows == 0 ? 1 : 0);
    if (count == 0) {
      return null;
    }
    boolean byTime = node.buckets() != null;
    int leading = byTime ? 1 : 0;
    var batch = new RowBatch(leading + node.keys().size() + layout.aggregates().size());
    batch.rows = count;
    context.hold(batch.bytes() + 16L * count);
    var times = new long[count];
    var texts = new String[node.keys().size()][count];
    var values = new double[layout.aggregates().size()][count];
    int at = 0;
    for (GroupKey key : keys) {
      GroupedStates states = group(groups, key, layout);
      for (int row = 0; row < states.rows(); row++) {
        times[at] = states.bucket(row);
        for (int i = 0; i < texts.length; i++) {
          texts[i][at] = key.values().get(i);
        }
        for (int i = 0; i < values.length; i++) {
          values[i][at] = layout.value(states, row, i);
        }
        at++;
      }
    }
    if (byTime) {
      batch.set(0, times);
    }
    for (int i = 0; i < texts.length; i++) {
      batch.set(leading + i, texts[i]);
    }
    for (int i = 0; i < values.length; i++) {
      int place = layout.aggregates().get(i).place();
      batch.set(leading + texts.length + place, values[i]);
    }
    int[] order = byTime ? TimeOrder.of(times, count) : null;
    return order == null ? batch : batch.take(order, count);
  }
}
