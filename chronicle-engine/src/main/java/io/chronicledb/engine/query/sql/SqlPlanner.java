package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.function.Statistic;
import io.chronicledb.engine.query.plan.PlanNode.GroupedStatistics;
import io.chronicledb.engine.query.plan.PlanNode.Limit;
import io.chronicledb.engine.query.plan.PlanNode.Project;
import io.chronicledb.engine.query.plan.PlanNode.RowColumn;
import io.chronicledb.engine.query.plan.PlanNode.Rows;
import io.chronicledb.engine.query.plan.PlanNode.Scan;
import io.chronicledb.engine.query.plan.PlanNode.Sort;
import io.chronicledb.engine.query.plan.PlanNode.TableNode;
import io.chronicledb.engine.query.plan.ValueExpr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a SELECT to the algebra. Whatever parses but is not evaluated is an {@link InvalidQueryException} with {@code unsupported} that
 * names it and its place.
 *
 * <p>Inside of an aggregate any column but {@code value} is a field: in {@code FROM cpu}, {@code mean(usage_user)} reads the metric {@code
 * cpu_usage_user}. Everywhere else a column that is not built in is a tag.
 */
public final class SqlPlanner {

  private static final Map<String, Statistic> STATISTICS = Map.ofEntries(
      Map.entry("count", Statistic.COUNT),
      Map.entry("sum", Statistic.SUM),
      Map.entry("mean", Statistic.MEAN),
      Map.entry("avg", Statistic.MEAN),
      Map.entry("min", Statistic.MIN),
      Map.entry("max", Statistic.MAX),
      Map.entry("first", Statistic.FIRST),
      Map.entry("last", Statistic.LAST),
      Map.entry("spread", Statistic.SPREAD),
      Map.entry("stddev", Statistic.SAMPLE_STDDEV),
      Map.entry("variance", Statistic.SAMPLE_VARIANCE));

  private final SqlStatement.Select select;
  private final SqlParameters parameters;
  private final WhereClause where;
  private final String source;
  private final List<String> groupTags = new ArrayList<>();
  /** Tags that raw rows show. */
  private final List<String> rowTags = new ArrayList<>();

  /** Statistics asked for, by metric, each with its place in the row once all are known. */
  private final Map<String, List<Statistic>> statistics = new LinkedHashMap<>();

  private SqlPlanner(SqlStatement.Select select, SqlParameters parameters, long now) {
    this.select = select;
    this.parameters = parameters;
    this.where = new WhereClause(parameters, now);
    this.source = source(select);
  }

  /**
   * Compiles a statement.
   *
   * @param values of the bind parameters: numbers, strings or instants
   * @param now the instant of {@code now()}, nanoseconds
   */
  public static SqlPlan plan(
      SqlStatement statement, List<? extends @Nullable Object> values, long now) {
    if (statement instanceof SqlStatement.Select select) {
      return new SqlPlanner(select, new SqlParameters(values), now).plan();
    }
    if (statement instanceof SqlStatement.Show) {
      throw statement.at().unsupported("SHOW");
    }
    throw statement
        .at()
        .unsupported(statement instanceof SqlStatement.Delete ? "DELETE" : "EXPLAIN");
  }

  private static String source(SqlStatement.Select select) {
    if (select.sources().size() > 1) {
      throw select.sources().get(1).at().unsupported("more than one source");
    }
    if (select.sources().get(0) instanceof SqlStatement.Source.Named named) {
      return named.name();
    }
    throw select.sources().get(0).at().unsupported("a pattern as source");
  }

  private SqlPlan plan() {
    refuseUnsupported();
    if (select.where() != null) {
      where.add(select.where());
    }
    for (SqlExpr.Column tag : select.groupBy().tags()) {
      groupTags.add(tag.name());
    }
    boolean aggregates = select.items().stream().anyMatch(item -> hasAggregate(item.expression()));
    TableNode root = aggregates ? aggregate() : rows();
    List<String> columns = columnNames(aggregates);
    if (!select.orderBy().isEmpty()) {
      root = new Sort(
          root, select.orderBy().stream().map(item -> sortKey(item, columns)).toList());
    }
    if (select.limit() != null || select.offset() != null) {
      long offset = select.offset() == null ? 0 : wholeNumber(select.offset());
      root = new Limit(
          root, offset, select.limit() == null ? Long.MAX_VALUE : wholeNumber(select.limit()));
    }
    parameters.refuseSurplus(select.at());
    var tags = new LinkedHashSet<>(where.tags());
    tags.addAll(groupTags);
    tags.addAll(rowTags);
    return new SqlPlan(
        root, aggregates ? List.copyOf(statistics.keySet()) : List.of(source), List.copyOf(tags));
  }

  private void refuseUnsupported() {
    if (select.having() != null) {
      throw select.having().at().unsupported("HAVING");
    }
    if (select.fill().mode() != SqlStatement.Fill.Mode.NONE) {
      throw select
          .at()
          .unsupported("FILL(" + select.fill().mode().name().toLowerCase(Locale.ROOT) + ")");
    }
    if (select.groupBy().all()) {
      throw select.at().unsupported("GROUP BY *");
    }
    SqlStatement.TimeBucket bucket = select.groupBy().bucket();
    if (bucket != null && bucket.width().months() != 0) {
      throw bucket.at().unsupported("a calendar bucket");
    }
    if (bucket != null && bucket.zone() != null) {
      throw bucket.at().unsupported("a time zone in GROUP BY time()");
    }
  }

  private static boolean hasAggregate(SqlExpr expression) {
    if (expression instanceof SqlExpr.Call call) {
      SqlFunctions.Function function = SqlFunctions.find(call.function());
      if (function != null && function.kind() == SqlFunctions.Kind.AGGREGATE) {
        return true;
      }
    }
    return expression.children().stream().anyMatch(SqlPlanner::hasAggregate);
  }

  private Scan scan(String metric) {
    var matchers = new ArrayList<TagMatcher>();
    matchers.add(TagMatcher.metric(metric));
    matchers.addAll(where.matchers());
    return new Scan(matchers, where.range());
  }

  // Aggregates

  private TableNode aggregate() {
    var names = new ArrayList<String>();
    // Places in the row are known only when every item has been seen, so items are walked twice.
    for (SqlStatement.Item item : select.items()) {
      if (!isKey(item.expression())) {
        collect(item.expression());
      }
    }
    var values = new ArrayList<ValueExpr>();
    for (SqlStatement.Item item : select.items()) {
      if (!isKey(item.expression())) {
        names.add(item.name());
        values.add(value(item.expression()));
      }
    }
    var parts = new ArrayList<GroupedStatistics.Part>();
    statistics.forEach(
        (metric, wanted) -> parts.add(new GroupedStatistics.Part(scan(metric), wanted)));
    SqlStatement.TimeBucket bucket = select.groupBy().bucket();
    long width = bucket == null ? 0 : bucket.width().nanos();
    long offset =
        bucket == null || bucket.offset() == null ? 0 : bucket.offset().nanos();
    return new Project(new GroupedStatistics(parts, groupTags, width, offset), names, values);
  }

  /** Keys of GROUP BY lead the columns anyway; naming one among the items adds nothing. */
  private boolean isKey(SqlExpr expression) {
    if (!(expression instanceof SqlExpr.Column column)) {
      return false;
    }
    if (column.isBuiltIn("time") && select.groupBy().bucket() != null) {
      return true;
    }
    if (column.kind() != SqlExpr.Column.Kind.FIELD && groupTags.contains(column.name())) {
      return true;
    }
    throw column
        .at()
        .invalid(
            "column \"" + column.name() + "\" stands beside aggregates and is not in GROUP BY",
            "add it to GROUP BY or put it into an aggregate such as last(" + column.name() + ")");
  }

  private void collect(SqlExpr expression) {
    if (expression instanceof SqlExpr.Call call) {
      Statistic statistic = statistic(call);
      List<Statistic> ofMetric =
          statistics.computeIfAbsent(metric(call), metric -> new ArrayList<>());
      if (!ofMetric.contains(statistic)) {
        ofMetric.add(statistic);
      }
      return;
    }
    expression.children().forEach(this::collect);
  }

  private static Statistic statistic(SqlExpr.Call call) {
    Statistic statistic = STATISTICS.get(call.function());
    if (statistic == null) {
      throw call.at().unsupported("the function " + call.function() + "()");
    }
    return statistic;
  }

  /** The metric that an aggregate reads. */
  private String metric(SqlExpr.Call call) {
    if (call.star()) {
      return source;
    }
    if (call.arguments().get(0) instanceof SqlExpr.Column column) {
      if (column.isBuiltIn("time") || column.isBuiltIn("metric")) {
        throw column.at().unsupported(call.function() + "() of " + column.name());
      }
      return column.isBuiltIn("value") ? source : source + "_" + column.name();
    }
    throw call.arguments().get(0).at().unsupported("an aggregate of anything but a column");
  }

  private ValueExpr value(SqlExpr expression) {
    if (expression instanceof SqlExpr.Call call) {
      int place = 0;
      String metric = metric(call);
      for (Map.Entry<String, List<Statistic>> entry : statistics.entrySet()) {
        if (entry.getKey().equals(metric)) {
          return new ValueExpr.Column(place + entry.getValue().indexOf(statistic(call)));
        }
        place += entry.getValue().size();
      }
    }
    if (expression instanceof SqlExpr.NumberLiteral number) {
      return new ValueExpr.Constant(number.value());
    }
    if (expression instanceof SqlExpr.Parameter parameter
        && parameters.get(parameter) instanceof Number number) {
      return new ValueExpr.Constant(number.doubleValue());
    }
    if (expression instanceof SqlExpr.Unary unary) {
      return new ValueExpr.Arithmetic(
          BinaryOperation.MULTIPLY, new ValueExpr.Constant(-1), value(unary.operand()));
    }
    if (expression instanceof SqlExpr.Binary binary) {
      return new ValueExpr.Arithmetic(
          operation(binary.op()), value(binary.left()), value(binary.right()));
    }
    if (expression instanceof SqlExpr.Column column) {
      throw column.at().unsupported("arithmetic between a column and an aggregate");
    }
    throw expression.at().unsupported("this expression");
  }

  private static BinaryOperation operation(SqlExpr.Binary.Op op) {
    return switch (op) {
      case ADD -> BinaryOperation.ADD;
      case SUBTRACT -> BinaryOperation.SUBTRACT;
      case MULTIPLY -> BinaryOperation.MULTIPLY;
      case DIVIDE -> BinaryOperation.DIVIDE;
      case MODULO -> BinaryOperation.MODULO;
    };
  }

  // Raw rows

  private TableNode rows() {
    if (!select.groupBy().isEmpty()) {
      throw select
          .items()
          .get(0)
          .at()
          .invalid(
              "GROUP BY needs an aggregate among the selected items",
              "write for example mean(value)");
    }
    var columns = new ArrayList<RowColumn>();
    for (SqlStatement.Item item : select.items()) {
      columns.add(rowColumn(item));
    }
    for (RowColumn column : columns) {
      if (column.label() != null && !column.label().equals(Tags.METRIC)) {
        rowTags.add(column.label());
      }
    }
    return new Rows(scan(source), columns);
  }

  private static RowColumn rowColumn(SqlStatement.Item item) {
    if (item.expression() instanceof SqlExpr.Star) {
      return new RowColumn("*", RowColumn.Kind.EVERYTHING, null);
    }
    if (item.expression() instanceof SqlExpr.Column column
        && column.kind() != SqlExpr.Column.Kind.FIELD) {
      if (column.isBuiltIn("time")) {
        return new RowColumn(item.name(), RowColumn.Kind.TIME, null);
      }
      if (column.isBuiltIn("value")) {
        return new RowColumn(item.name(), RowColumn.Kind.VALUE, null);
      }
      String label = column.isBuiltIn("metric") ? Tags.METRIC : column.name();
      return new RowColumn(
          item.alias() == null ? column.name() : item.name(), RowColumn.Kind.LABEL, label);
    }
    throw item.at().unsupported("an expression without an aggregate");
  }

  // Order and limit

  private List<String> columnNames(boolean aggregates) {
    var names = new ArrayList<String>();
    if (aggregates) {
      if (select.groupBy().bucket() != null) {
        names.add("time");
      }
      names.addAll(groupTags);
    }
    for (SqlStatement.Item item : select.items()) {
      if (!aggregates || !isKey(item.expression())) {
        names.add(aggregates ? item.name() : rowColumn(item).name());
      }
    }
    return names;
  }

  private Sort.Key sortKey(SqlStatement.OrderItem item, List<String> columns) {
    String wanted = item.expression() instanceof SqlExpr.Column column
        ? column.name()
        : item.expression().at().text();
    // SELECT * has columns that only the data tells; whether the key is among them shows when it
    // runs.
    boolean known = columns.contains(wanted)
        || (columns.contains("*") && item.expression() instanceof SqlExpr.Column);
    if (!known) {
      for (SqlStatement.Item selected : select.items()) {
        if (SqlPrinter.print(selected.expression()).equals(SqlPrinter.print(item.expression()))) {
          return new Sort.Key(selected.name(), item.descending());
        }
      }
      throw item.expression()
          .at()
          .invalid(
              "ORDER BY names \"" + wanted + "\", which is not a column of the result",
              "columns are " + columns);
    }
    return new Sort.Key(wanted, item.descending());
  }

  private long wholeNumber(SqlExpr expression) {
    Object value =
        expression instanceof SqlExpr.Parameter parameter ? parameters.get(parameter) : null;
    if (expression instanceof SqlExpr.NumberLiteral number) {
      value = number.integer();
    }
    if (value instanceof Long number && number >= 0) {
      return number;
    }
    throw expression.at().invalid("expected a whole number that is not negative");
  }
}
