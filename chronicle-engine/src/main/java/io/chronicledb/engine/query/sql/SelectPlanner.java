package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.TimeBuckets;
import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Fill;
import io.chronicledb.engine.query.plan.TableNode.Filter;
import io.chronicledb.engine.query.plan.TableNode.Forecast;
import io.chronicledb.engine.query.plan.TableNode.Groups;
import io.chronicledb.engine.query.plan.TableNode.Key;
import io.chronicledb.engine.query.plan.TableNode.Nothing;
import io.chronicledb.engine.query.plan.TableNode.Part;
import io.chronicledb.engine.query.plan.TableNode.Project;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TableNode.Sort;
import io.chronicledb.engine.query.plan.TableNode.SortKey;
import io.chronicledb.engine.query.plan.TimeBounds;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles one SELECT. For one thread. */
final class SelectPlanner {

  private final SqlStatement.Select select;
  private final SqlParameters parameters;
  private final long now;
  private final RowScope rows;
  private final SqlBinder rowBinder;
  private final @Nullable Expr condition;

  /** The result: columns that are shown, then those that only serve the order. */
  private final List<String> names = new ArrayList<>();

  private final List<Expr> values = new ArrayList<>();

  /** The expressions as written behind {@link #values}, where one is. */
  private final List<@Nullable SqlExpr> written = new ArrayList<>();
  /** Null where rows are not grouped. */
  private @Nullable GroupScope groups;

  SelectPlanner(SqlStatement.Select select, SqlParameters parameters, Schema schema, long now) {
    this.select = select;
    this.parameters = parameters;
    this.now = now;
    this.rows = new RowScope(schema, select.sources());
    this.rowBinder = new SqlBinder(rows, parameters, now);
    this.condition = select.where() == null ? null : rowBinder.condition(select.where());
  }

  SqlPlan.Query plan() {
    boolean grouped = select.having() != null
        || !select.groupBy().isEmpty()
        || select.items().stream().anyMatch(item -> hasAggregate(item.expression()));
    TableNode root = grouped ? grouped() : ungrouped();
    if (rows.isEmpty()) {
      root = new Nothing(root.columns());
    }
    return new SqlPlan.Query(
        SqlPlanner.limited(root, select.limit(), select.offset(), parameters), rows.warnings());
  }

  static boolean hasAggregate(SqlExpr expression) {
    if (expression instanceof SqlExpr.Call call) {
      SqlFunctions.Function function = SqlFunctions.find(call.function());
      if (function != null && function.kind() == SqlFunctions.Kind.AGGREGATE) {
        return true;
      }
    }
    return expression.children().stream().anyMatch(SelectPlanner::hasAggregate);
  }

  private TableNode filteredScan() {
    Scan scan = rows.scan();
    return condition == null ? scan : new Filter(scan, condition);
  }

  private void show(String name, Expr value, @Nullable SqlExpr expression) {
    names.add(name);
    values.add(value);
    written.add(expression);
  }

  // Rows as they are

  private TableNode ungrouped() {
    if (select.fill().mode() != SqlStatement.Fill.Mode.NONE) {
      throw fillWithoutBuckets();
    }
    for (SqlStatement.Item item : select.items()) {
      if (item.expression() instanceof SqlExpr.Star) {
        rows.everything().forEach(column -> show(column.name(), column, null));
      } else {
        boolean plain = item.alias() == null
            && item.at().text().equals(item.expression().at().text());
        String name = plain && item.expression() instanceof SqlExpr.Column column
            ? column.name()
            : item.name();
        show(name, rowBinder.bind(item.expression()), item.expression());
      }
    }
    int shown = names.size();
    List<SortKey> keys = sortKeys(rows);
    return ordered(new Project(filteredScan(), names, values), keys, shown);
  }

  // Groups

  private TableNode grouped() {
    boolean aggregates = (select.having() != null && hasAggregate(select.having()))
        || select.items().stream().anyMatch(item -> hasAggregate(item.expression()));
    if (!aggregates) {
      throw select
          .items()
          .get(0)
          .at()
          .invalid(
              "GROUP BY needs an aggregate among the selected items",
              "write for example mean(value)");
    }
    TimeBuckets buckets = buckets();
    List<Key> keys = keys();
    var scope = new GroupScope(rowBinder, buckets != null, keys);
    groups = scope;
    var binder = new SqlBinder(scope, parameters, now);
    if (buckets != null) {
      show("time", new Expr.Column(0, Expr.Type.TIME, "time"), null);
    }
    for (Key key : keys) {
      show(key.column(), new Expr.Column(names.size(), Expr.Type.TEXT, key.column()), null);
    }
    ForecastItems forecast = ForecastItems.of(select.items(), buckets != null);
    for (SqlStatement.Item item : select.items()) {
      int key = scope.keyIndex(item.expression());
      if (key < 0) {
        show(item.name(), binder.bind(ForecastItems.valueOf(item.expression())), item.expression());
      } else if (item.alias() != null) {
        names.set(key, item.alias());
      }
    }
    int shown = names.size();
    List<SortKey> sort = sortKeys(scope);
    Expr having = select.having() == null ? null : binder.condition(select.having());

    TimeRange range =
        condition == null ? TimeRange.ALL : TimeBounds.of(condition).range();
    TableNode root = new Groups(
        List.of(new Part(filteredScan(), scope.aggregates())),
        keys,
        buckets,
        range,
        buckets == null && keys.isEmpty(),
        false);
    if (having != null) {
      root = new Filter(root, having);
    }
    root = filled(new Project(root, names, values), buckets, scope.keyCount(), range);
    if (forecast != null && buckets != null) {
      if (names.size() > shown) {
        throw select
            .orderBy()
            .get(0)
            .expression()
            .at()
            .invalid("a forecast is ordered by its columns", "order by time, a tag or a forecast");
      }
      root = new Forecast(
          root,
          scope.keyCount(),
          buckets,
          forecast.ahead(parameters),
          forecast.seasons(parameters));
    }
    return ordered(root, sort, shown);
  }

  private @Nullable TimeBuckets buckets() {
    SqlStatement.TimeBucket bucket = select.groupBy().bucket();
    if (bucket == null) {
      return null;
    }
    SqlExpr.DurationLiteral offset = bucket.offset();
    if (offset != null && offset.months() != 0) {
      throw offset.at().invalid("an offset of months", "write it in days");
    }
    long offsetNanos = offset == null ? 0 : offset.nanos();
    SqlExpr.DurationLiteral width = bucket.width();
    if (width.months() == 0 && bucket.zone() == null) {
      return TimeBuckets.fixed(width.nanos(), offsetNanos);
    }
    if (width.months() > Integer.MAX_VALUE) {
      throw width.at().invalid("a bucket of so many months");
    }
    return TimeBuckets.calendar(
        width.nanos(),
        (int) width.months(),
        offsetNanos,
        bucket.zone() == null ? ZoneOffset.UTC : bucket.zone());
  }

  private List<Key> keys() {
    var keys = new ArrayList<Key>();
    for (SqlExpr.Column column : select.groupBy().tags()) {
      Expr bound = rowBinder.bind(column);
      if (bound.type() != Expr.Type.TEXT && bound.type() != Expr.Type.NOTHING) {
        throw column.at().invalid("GROUP BY takes tags, and \"" + column.name() + "\" is none");
      }
      addKey(keys, new Key(column.name(), column.isBuiltIn("metric")));
    }
    if (select.groupBy().all()) {
      rows.everything().stream()
          .filter(column -> column.type() == Expr.Type.TEXT && !column.name().equals("metric"))
          .forEach(column -> addKey(keys, new Key(column.name(), false)));
    }
    return keys;
  }

  private static void addKey(List<Key> keys, Key key) {
    if (!keys.contains(key)) {
      keys.add(key);
    }
  }

  private TableNode filled(
      Project input, @Nullable TimeBuckets buckets, int keyCount, TimeRange range) {
    Fill.Mode mode = switch (select.fill().mode()) {
      case NONE -> null;
      case NULL -> Fill.Mode.NULL;
      case PREVIOUS -> Fill.Mode.PREVIOUS;
      case LINEAR -> Fill.Mode.LINEAR;
      case VALUE -> Fill.Mode.VALUE;
    };
    if (mode == null) {
      return input;
    }
    if (buckets == null) {
      throw fillWithoutBuckets();
    }
    return new Fill(input, keyCount, buckets, range, mode, select.fill().value());
  }

  private RuntimeException fillWithoutBuckets() {
    return select.at().invalid("FILL without GROUP BY time()", "add for example GROUP BY time(5m)");
  }

  // Order

  /** The order, in which a name is first of all that of a column of the result. */
  private List<SortKey> sortKeys(Scope scope) {
    var binder = new SqlBinder(new NamedColumns(scope), parameters, now);
    var keys = new ArrayList<SortKey>();
    int shown = names.size();
    for (SqlStatement.OrderItem item : select.orderBy()) {
      keys.add(new SortKey(sortColumn(item.expression(), shown, binder), item.descending()));
    }
    return keys;
  }

  private int sortColumn(SqlExpr expression, int shown, SqlBinder binder) {
    if (expression instanceof SqlExpr.NumberLiteral number) {
      Long place = number.integer();
      if (place != null && place >= 1 && place <= shown) {
        return (int) (place - 1);
      }
      throw expression.at().invalid("ORDER BY names column " + number.at().text() + " of " + shown);
    }
    if (expression instanceof SqlExpr.Column column
        && names.subList(0, shown).contains(column.name())) {
      return names.indexOf(column.name());
    }
    String text = SqlPrinter.print(expression);
    for (int i = 0; i < names.size(); i++) {
      SqlExpr known = written.get(i);
      if (known != null && SqlPrinter.print(known).equals(text)) {
        return i;
      }
    }
    if (groups != null && expression instanceof SqlExpr.Column && groups.keyIndex(expression) < 0) {
      throw notAColumn(expression, shown);
    }
    Expr bound = binder.bind(expression);
    show("#" + names.size(), bound, expression);
    return names.size() - 1;
  }

  /** The columns of the result by the names that {@code AS} gave them, and behind them what they are made of. */
  private final class NamedColumns implements Scope {

    private final Scope behind;

    NamedColumns(Scope behind) {
      this.behind = behind;
    }

    @Override
    public Expr column(SqlExpr.Column column) {
      for (SqlStatement.Item item : select.items()) {
        if (column.name().equals(item.alias())) {
          return values.get(names.indexOf(item.alias()));
        }
      }
      return behind.column(column);
    }

    @Override
    public Expr aggregate(SqlExpr.Call call) {
      return behind.aggregate(call);
    }
  }

  private RuntimeException notAColumn(SqlExpr expression, int shown) {
    return expression
        .at()
        .invalid(
            "ORDER BY names \"" + expression.at().text()
                + "\", which is not a column of the result",
            "columns are " + names.subList(0, shown));
  }

  private TableNode ordered(TableNode input, List<SortKey> keys, int shown) {
    TableNode root = keys.isEmpty() ? input : new Sort(input, keys);
    List<Table.Header> columns = input.columns();
    if (columns.size() == shown) {
      return root;
    }
    var kept = new ArrayList<Expr>();
    for (int i = 0; i < shown; i++) {
      kept.add(new Expr.Column(i, values.get(i).type(), names.get(i)));
    }
    return new Project(root, names.subList(0, shown), kept);
  }
}
