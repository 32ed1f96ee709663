package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.error.NearestName;
import io.chronicledb.engine.index.ValueMatcher;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TableNode.ScanColumn;
import io.chronicledb.engine.query.plan.TableNode.ScanColumn.Kind;
import io.chronicledb.engine.query.plan.TableNode.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The columns of the rows that a statement's sources have. It keeps which of them the statement names, so that no others are read, and which
 * names mean nothing.
 */
final class RowScope implements Scope {

  static final String VALUE = "value";

  private final Schema schema;
  private final List<SourceFields> sources = new ArrayList<>();
  private final List<ScanColumn> columns = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private boolean anyUnknown;

  /** A source, and the metrics of its fields. */
  private record SourceFields(String name, Map<String, String> metrics) {}

  RowScope(Schema schema, List<SqlStatement.Source> from) {
    this.schema = schema;
    columns.add(new ScanColumn(Kind.TIME, "time"));
    Set<String> names = new LinkedHashSet<>();
    for (SqlStatement.Source source : from) {
      if (source instanceof SqlStatement.Source.Named named) {
        if (names.add(named.name())) {
          addNamed(named.name());
        }
      } else if (source instanceof SqlStatement.Source.Regex regex) {
        addMatching(regex, names);
      }
    }
  }

  private void addNamed(String name) {
    var metrics = new LinkedHashMap<String, String>();
    if (schema.hasMetric(name)) {
      metrics.put(VALUE, name);
    }
    String prefix = name + "_";
    for (String metric : new TreeSet<>(schema.metrics())) {
      if (metric.startsWith(prefix) && metric.length() > prefix.length()) {
        metrics.putIfAbsent(metric.substring(prefix.length()), metric);
      }
    }
    if (metrics.isEmpty()) {
      warnings.add(
          "no metric \"" + name + "\"" + NearestName.hint(name, schema.metrics().stream()));
    } else {
      sources.add(new SourceFields(name, metrics));
    }
  }

  private void addMatching(SqlStatement.Source.Regex regex, Set<String> names) {
    SqlBinder.checkPattern(regex.pattern(), regex.at());
    ValueMatcher matcher = ValueMatcher.of(
        new TagMatcher(Tags.METRIC, TagMatcher.Op.REGEX, SqlBinder.anywhere(regex.pattern())));
    int before = sources.size();
    for (String metric : new TreeSet<>(schema.metrics())) {
      if (matcher.matches(metric) && names.add(metric)) {
        sources.add(new SourceFields(metric, Map.of(VALUE, metric)));
      }
    }
    if (sources.size() == before) {
      warnings.add("no metric matches " + regex.at().text());
    }
  }

  /** Whether a name was used that means nothing, or no source is there. */
  boolean isEmpty() {
    return anyUnknown || sources.isEmpty();
  }

  boolean severalSources() {
    return sources.size() > 1;
  }

  List<String> warnings() {
    return warnings;
  }

  @Override
  public Expr column(SqlExpr.Column column) {
    if (column.isBuiltIn("time")) {
      return use(new ScanColumn(Kind.TIME, "time"));
    }
    if (column.isBuiltIn("metric")) {
      return use(new ScanColumn(Kind.METRIC, "metric"));
    }
    String name = column.isBuiltIn(VALUE) ? VALUE : column.name();
    boolean field = column.kind() == SqlExpr.Column.Kind.FIELD || column.isBuiltIn(VALUE);
    if (!field && schema.hasTag(allMetrics(), name)) {
      return use(new ScanColumn(Kind.TAG, name));
    }
    if (sources.stream().anyMatch(source -> source.metrics().containsKey(name))) {
      return use(new ScanColumn(Kind.FIELD, name));
    }
    // A tag that others have is no typing error.
    return !field && !sources.isEmpty() && schema.hasTag(schema.metrics(), name)
        ? use(new ScanColumn(Kind.TAG, name))
        : unknown(name, field);
  }

  private Expr unknown(String name, boolean field) {
    anyUnknown = true;
    // Where the sources are unknown, so is everything in them, and saying so once is enough.
    if (!sources.isEmpty()) {
      var known = new TreeSet<String>();
      sources.forEach(source -> known.addAll(source.metrics().keySet()));
      if (!field) {
        known.addAll(tags());
      }
      String warning = (field ? "no field \"" : "no tag or field \"") + name + "\""
          + NearestName.hint(name, known.stream());
      if (!warnings.contains(warning)) {
        warnings.add(warning);
      }
    }
    return new Expr.Null();
  }

  private Expr.Column use(ScanColumn column) {
    int index = columns.indexOf(column);
    if (index < 0) {
      index = columns.size();
      columns.add(column);
    }
    return column.asExpr(index);
  }

  private Set<String> allMetrics() {
    var metrics = new LinkedHashSet<String>();
    sources.forEach(source -> metrics.addAll(source.metrics().values()));
    return metrics;
  }

  /** The tags of all sources, by name. Where a source is a metric, those of its own series. */
  List<String> tags() {
    var metrics = new LinkedHashSet<String>();
    for (SourceFields source : sources) {
      String own = source.metrics().get(VALUE);
      if (own != null) {
        metrics.add(own);
      } else {
        metrics.addAll(source.metrics().values());
      }
    }
    return schema.tags(metrics);
  }

  /** What {@code *} stands for. */
  List<Expr.Column> everything() {
    var all = new ArrayList<Expr.Column>();
    all.add(use(new ScanColumn(Kind.TIME, "time")));
    if (severalSources()) {
      all.add(use(new ScanColumn(Kind.METRIC, "metric")));
    }
    tags().forEach(tag -> all.add(use(new ScanColumn(Kind.TAG, tag))));
    defaultFields().forEach(field -> all.add(use(new ScanColumn(Kind.FIELD, field))));
    return all;
  }

  /** The metric's own value; where the metric itself does not exist, every field. */
  private Set<String> defaultFields() {
    var fields = new TreeSet<String>(Tags.ORDER);
    for (SourceFields source : sources) {
      if (source.metrics().containsKey(VALUE)) {
        fields.add(VALUE);
      } else {
        fields.addAll(source.metrics().keySet());
      }
    }
    return fields;
  }

  @Override
  public Expr aggregate(SqlExpr.Call call) {
    throw call.at()
        .invalid(
            "the aggregate " + call.function() + "() stands where rows are not grouped yet",
            "conditions on aggregates belong into HAVING");
  }

  /** The scan of all that was named. */
  Scan scan() {
    if (columns.stream().noneMatch(column -> column.kind() == Kind.FIELD)) {
      defaultFields().forEach(field -> use(new ScanColumn(Kind.FIELD, field)));
    }
    var fields = columns.stream()
        .filter(column -> column.kind() == Kind.FIELD)
        .map(ScanColumn::name)
        .toList();
    var read = new ArrayList<Source>();
    for (SourceFields source : sources) {
      var metrics = new LinkedHashMap<String, String>();
      for (String field : fields) {
        String metric = source.metrics().get(field);
        if (metric != null) {
          metrics.put(field, metric);
        }
      }
      if (!metrics.isEmpty()) {
        read.add(new Source(source.name(), metrics));
      }
    }
    return new Scan(read, columns, TimeRange.ALL, List.of(), Map.of());
  }
}
