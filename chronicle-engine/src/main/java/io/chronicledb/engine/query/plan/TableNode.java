package io.chronicledb.engine.query.plan;

import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.model.TimeText;
import io.chronicledb.engine.query.function.SeriesFunction;
import io.chronicledb.engine.query.function.Statistic;
import io.chronicledb.engine.query.function.TimeBuckets;
import io.chronicledb.engine.query.function.ValuesFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A step that yields rows. Rows of a scan, and what filters and projects them, come by time ascending, at one time in the order of their
 * tags; rows of groups by time, then by the keys.
 */
public sealed interface TableNode extends PlanNode {

  /** The columns of its rows. */
  List<Table.Header> columns();

  /** The same step over other inputs, as many as {@link #inputs()}. */
  TableNode withInputs(List<TableNode> inputs);

  /** The inputs, all of which yield rows. */
  @Override
  List<PlanNode> inputs();

  /** The type of a result's column. */
  static Table.Type typeOf(Expr expression) {
    return switch (expression.type()) {
      case TEXT -> Table.Type.STRING;
      case TIME -> Table.Type.TIMESTAMP;
      case NUMBER, CONDITION, NOTHING -> Table.Type.DOUBLE;
    };
  }

  /**
   * The points of some metrics as rows: for each set of tags and each time at which a field has a point.
   *
   * @param sources a union
   * @param columns what is read of them; the first is the time
   * @param range the time to read
   * @param matchers conditions on tags, besides the metric
   * @param bounds of fields by the name of the column: no row outside of them is asked for, but such rows may come
   */
  record Scan(
      List<Source> sources,
      List<ScanColumn> scanned,
      TimeRange range,
      List<TagMatcher> matchers,
      Map<String, ValueBounds> bounds)
      implements TableNode {
    public Scan {
      sources = List.copyOf(sources);
      scanned = List.copyOf(scanned);
      matchers = List.copyOf(matchers);
      bounds = Map.copyOf(bounds);
      if (scanned.isEmpty() || scanned.get(0).kind() != ScanColumn.Kind.TIME) {
        throw new IllegalArgumentException("the first column of a scan is the time: " + scanned);
      }
    }

    public Scan withRange(TimeRange other) {
      return new Scan(sources, scanned, other, matchers, bounds);
    }

    public Scan withMatchers(List<TagMatcher> others) {
      return new Scan(sources, scanned, range, others, bounds);
    }

    public Scan withColumns(List<ScanColumn> others) {
      return new Scan(sources, others, range, matchers, bounds);
    }

    public Scan withBounds(Map<String, ValueBounds> others) {
      return new Scan(sources, scanned, range, matchers, others);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of();
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return this;
    }

    @Override
    public List<Table.Header> columns() {
      return scanned.stream()
          .map(column -> new Table.Header(column.name(), typeOf(column.asExpr(0))))
          .toList();
    }

    @Override
    public String describe() {
      var text = new StringBuilder("Scan ");
      text.append(sources.stream().map(Source::toString).collect(Collectors.joining(", ")));
      text.append(" columns ")
          .append(scanned.stream().map(ScanColumn::name).collect(Collectors.joining(", ")));
      if (!matchers.isEmpty()) {
        text.append(" where ").append(Expr.describe(matchers));
      }
      if (!range.equals(TimeRange.ALL)) {
        text.append(" time ").append(describe(range));
      }
      if (!bounds.isEmpty()) {
        text.append(" within ").append(new TreeMap<>(bounds));
      }
      return text.toString();
    }

    static String describe(TimeRange range) {
      return (range.start() == Long.MIN_VALUE ? "(" : "[" + TimeText.format(range.start())) + ", "
          + (range.end() == Long.MAX_VALUE ? "" : TimeText.format(range.end())) + ")";
    }
  }

  /**
   * A metric, or a measurement with fields.
   *
   * @param name what the column {@code metric} says
   * @param metrics the metric of each field by the field's name; a field that is not among them is NULL
   */
  record Source(String name, Map<String, String> metrics) {
    public Source {
      metrics = Map.copyOf(metrics);
    }

    @Override
    public String toString() {
      return metrics.equals(Map.of("value", name)) ? name : name + new TreeMap<>(metrics).values();
    }
  }

  /** A column of a scan. */
  record ScanColumn(Kind kind, String name) {

    /** What it shows. */
    public enum Kind {
      TIME,
      /** The name of the source. */
      METRIC,
      TAG,
      FIELD
    }

    /** This column as an expression, at its place among a scan's. */
    public Expr.Column asExpr(int index) {
      return new Expr.Column(
          index,
          switch (kind) {
            case TIME -> Expr.Type.TIME;
            case METRIC, TAG -> Expr.Type.TEXT;
            case FIELD -> Expr.Type.NUMBER;
          },
          name);
    }
  }

  /** Values from {@code min} to {@code max}, both inside. */
  record ValueBounds(double min, double max) {
    @Override
    public String toString() {
      return "[" + min + ", " + max + "]";
    }
  }

  /** The rows for which a condition is true. */
  record Filter(TableNode input, Expr condition) implements TableNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return new Filter(inputs.get(0), condition);
    }

    @Override
    public List<Table.Header> columns() {
      return input.columns();
    }

    @Override
    public String describe() {
      return "Filter " + condition;
    }
  }

  /** Columns computed from those of the input, row by row. */
  record Project(TableNode input, List<String> names, List<Expr> values) implements TableNode {
    public Project {
      names = List.copyOf(names);
      values = List.copyOf(values);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return new Project(inputs.get(0), names, values);
    }

    @Override
    public List<Table.Header> columns() {
      var columns = new ArrayList<Table.Header>(names.size());
      for (int i = 0; i < names.size(); i++) {
        columns.add(new Table.Header(names.get(i), typeOf(values.get(i))));
      }
      return columns;
    }

    @Override
    public String describe() {
      return "Project " + values;
    }
  }

  /**
   * Aggregates of rows by group. Its columns: the start of the bucket where there are buckets, the keys, then the aggregates by their place.
   *
   * @param parts the rows, each with the aggregates taken from them; a group exists where any part has a row
   * @param keys of the groups
   * @param range the range of time that is asked for, which functions of one series take for their bucket where there is no other
   * @param always whether there is a row even where no part has one: without keys and buckets
   * @param fromStatistics whether chunks may be answered for by their statistics
   */
  record Groups(
      List<Part> parts,
      List<Key> keys,
      @Nullable TimeBuckets buckets,
      TimeRange range,
      boolean always,
      boolean fromStatistics)
      implements TableNode {
    public Groups {
      parts = List.copyOf(parts);
      keys = List.copyOf(keys);
    }

    public Groups withParts(List<Part> others) {
      return new Groups(others, keys, buckets, range, always, fromStatistics);
    }

    public int aggregateCount() {
      return parts.stream().mapToInt(part -> part.aggregates().size()).sum();
    }

    @Override
    public List<PlanNode> inputs() {
      return List.copyOf(parts.stream().map(Part::input).toList());
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      var changed = new ArrayList<Part>();
      for (int i = 0; i < parts.size(); i++) {
        changed.add(new Part(inputs.get(i), parts.get(i).aggregates()));
      }
      return withParts(changed);
    }

    @Override
    public List<Table.Header> columns() {
      var columns = new ArrayList<Table.Header>();
      if (buckets != null) {
        columns.add(new Table.Header("time", Table.Type.TIMESTAMP));
      }
      keys.forEach(key -> columns.add(new Table.Header(key.column(), Table.Type.STRING)));
      var aggregates = new TreeMap<Integer, Aggregate>();
      parts.forEach(part ->
          part.aggregates().forEach(aggregate -> aggregates.put(aggregate.place(), aggregate)));
      aggregates
          .values()
          .forEach(
              aggregate -> columns.add(new Table.Header(aggregate.toString(), Table.Type.DOUBLE)));
      return columns;
    }

    @Override
    public String describe() {
      var by = new ArrayList<String>();
      if (buckets != null) {
        by.add(buckets.toString());
      }
      keys.forEach(key -> by.add(key.column()));
      return "Groups " + parts.stream().map(Part::aggregates).toList()
          + (by.isEmpty() ? "" : " by " + String.join(", ", by))
          + (fromStatistics ? " from statistics where they tell" : "");
    }
  }

  /** Rows and what is aggregated of them. */
  record Part(TableNode input, List<Aggregate> aggregates) {
    public Part {
      aggregates = List.copyOf(aggregates);
    }
  }

  /**
   * A key of groups: a column of the scans, by name.
   *
   * @param metric whether it is the column of the source's name, and not a tag
   */
  record Key(String column, boolean metric) {}

  /**
   * One aggregate.
   *
   * @param place among the aggregates of all parts
   * @param statistic how values are merged; null where {@code values} does
   * @param values how values that are all kept are merged; null where {@code statistic} does
   * @param perSeries what is computed of each series and bucket first; null where every value counts
   * @param argument a number; null counts rows
   */
  record Aggregate(
      int place,
      @Nullable Statistic statistic,
      @Nullable ValuesFunction values,
      @Nullable SeriesFunction perSeries,
      @Nullable Expr argument) {
    public Aggregate {
      if ((statistic == null) == (values == null)) {
        throw new IllegalArgumentException("an aggregate merges values in one way");
      }
    }

    public Aggregate withArgument(@Nullable Expr other) {
      return new Aggregate(place, statistic, values, perSeries, other);
    }

    @Override
    public String toString() {
      String inner = argument == null ? "*" : argument.toString();
      if (perSeries != null) {
        inner = perSeries + "(" + inner + ")";
      }
      return (statistic == null ? String.valueOf(values) : statistic.sqlName()) + "(" + inner + ")";
    }
  }

  /**
   * Adds the buckets that are missing.
   *
   * @param keyCount columns of the input that are keys, the start of the bucket first
   * @param range the buckets to be there: from that of its start to that of its last instant; where it is open, from the first or to the last
   *     of the input
   */
  record Fill(
      TableNode input, int keyCount, TimeBuckets buckets, TimeRange range, Mode mode, double value)
      implements TableNode {

    /** What stands in a bucket that was missing. */
    public enum Mode {
      NULL,
      PREVIOUS,
      LINEAR,
      VALUE
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return new Fill(inputs.get(0), keyCount, buckets, range, mode, value);
    }

    @Override
    public List<Table.Header> columns() {
      return input.columns();
    }

    @Override
    public String describe() {
      return "Fill " + buckets + " with " + (mode == Mode.VALUE ? Double.toString(value) : mode);
    }
  }

  /**
   * The buckets that follow on those of each group, forecast by Holt-Winters smoothing.
   *
   * @param keyCount columns of the input that are keys, the start of the bucket first
   * @param ahead how many buckets
   * @param seasons of each column that is no key: buckets after which its pattern repeats; 0 for none
   */
  record Forecast(
      TableNode input, int keyCount, TimeBuckets buckets, int ahead, List<Integer> seasons)
      implements TableNode {
    public Forecast {
      seasons = List.copyOf(seasons);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return new Forecast(inputs.get(0), keyCount, buckets, ahead, seasons);
    }

    @Override
    public List<Table.Header> columns() {
      return input.columns();
    }

    @Override
    public String describe() {
      return "Forecast " + ahead + " of " + buckets + ", seasons " + seasons;
    }
  }

  /** A key of an order: a column of the input by its place. NULL comes last, whatever the direction; NaN is larger than any number. */
  record SortKey(int column, boolean descending) {
    @Override
    public String toString() {
      return "#" + column + (descending ? " descending" : "");
    }
  }

  /** The rows in another order; the first key counts most. Rows that are equal in all keys keep their order. */
  record Sort(TableNode input, List<SortKey> keys) implements TableNode {
    public Sort {
      keys = List.copyOf(keys);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return new Sort(inputs.get(0), keys);
    }

    @Override
    public List<Table.Header> columns() {
      return input.columns();
    }

    @Override
    public String describe() {
      return "Sort " + keys;
    }
  }

  /** The first rows of an order, as {@link Sort} has it, without holding all of them. */
  record TopRows(TableNode input, List<SortKey> keys, int count) implements TableNode {
    public TopRows {
      keys = List.copyOf(keys);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return new TopRows(inputs.get(0), keys, count);
    }

    @Override
    public List<Table.Header> columns() {
      return input.columns();
    }

    @Override
    public String describe() {
      return "TopRows " + count + " by " + keys;
    }
  }

  /** Some of the rows. */
  record Limit(TableNode input, long offset, long count) implements TableNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return new Limit(inputs.get(0), offset, count);
    }

    @Override
    public List<Table.Header> columns() {
      return input.columns();
    }

    @Override
    public String describe() {
      return "Limit " + (count == Long.MAX_VALUE ? "all" : count)
          + (offset == 0 ? "" : " offset " + offset);
    }
  }

  /**
   * The rows of the input, one slice of time after the other, so that only a slice is held, and none is read that nobody asks for. The order
   * of the input must have the time as its first key, and no row may depend on another slice.
   *
   * @param descending whether the input's rows come by time descending
   * @param wanted rows after which nobody asks for more; {@link Long#MAX_VALUE} where all are wanted
   */
  record Slices(TableNode input, boolean descending, long wanted) implements TableNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return new Slices(inputs.get(0), descending, wanted);
    }

    @Override
    public List<Table.Header> columns() {
      return input.columns();
    }

    @Override
    public String describe() {
      return "Slices of time" + (descending ? ", the last first" : "")
          + (wanted == Long.MAX_VALUE ? "" : ", until " + wanted + " rows are there");
    }
  }

  /** No rows. */
  record Nothing(List<Table.Header> columns) implements TableNode {
    public Nothing {
      columns = List.copyOf(columns);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of();
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return this;
    }

    @Override
    public String describe() {
      return "Nothing";
    }
  }

  /**
   * What is stored, and not the points themselves; sorted.
   *
   * @param selectors the series that any of them matches
   * @param range only series that may have points in it
   * @param tags the columns of {@link What#SERIES}, the tags to list of {@link What#TAG_VALUES}; empty for all of the latter
   */
  record Listing(What what, List<List<TagMatcher>> selectors, TimeRange range, List<String> tags)
      implements TableNode {
    public Listing {
      selectors = List.copyOf(selectors);
      tags = List.copyOf(tags);
    }

    /** What is listed. */
    public enum What {
      METRICS("metric"),
      SERIES("metric"),
      TAG_KEYS("key"),
      TAG_VALUES("key", "value");

      private final List<String> columns;

      What(String... columns) {
        this.columns = List.of(columns);
      }
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of();
    }

    @Override
    public TableNode withInputs(List<TableNode> inputs) {
      return this;
    }

    @Override
    public List<Table.Header> columns() {
      var names = new ArrayList<>(what.columns);
      if (what == What.SERIES) {
        names.addAll(tags);
      }
      return names.stream()
          .map(name -> new Table.Header(name, Table.Type.STRING))
          .toList();
    }

    @Override
    public String describe() {
      return "Listing " + what + " of "
          + selectors.stream().map(Expr::describe).collect(Collectors.joining(", "));
    }
  }
}
