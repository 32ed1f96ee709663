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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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

  /** A source: a metric, or what several metrics have in front of their names. The fields are looked for when somebody asks for them. */
  private final class SourceFields {

    private final String name;
    /** Whether the metric itself exists, whose field is {@code value}. */
    private final boolean own;
    /** Whether other metrics are fields of it. */
    private final boolean wide;
    /** The fields with which its points came; none where nobody said. */
    private final Collection<String> recorded;

    private @Nullable Map<String, String> metrics;

    SourceFields(String name, boolean own, boolean wide) {
      this.name = name;
      this.own = own;
      this.wide = wide;
      this.recorded = wide ? schema.fields(name) : List.of();
    }

    /** The metric of a field; null where there is none. */
    @Nullable
    String metric(String field) {
      if (field.equals(VALUE) && own) {
        return name;
      }
      String metric = name + "_" + field;
      if (!recorded.isEmpty()) {
        return recorded.contains(field) ? metric : null;
      }
      return wide && schema.hasMetric(metric) ? metric : null;
    }

    /** All fields and their metrics. */
    Map<String, String> metrics() {
      Map<String, String> known = metrics;
      if (known == null) {
        known = new LinkedHashMap<>();
        if (own) {
          known.put(VALUE, name);
        }
        String prefix = name + "_";
        for (String field : recorded) {
          known.putIfAbsent(field, prefix + field);
        }
        boolean guess = wide && recorded.isEmpty();
        for (String metric : guess ? new TreeSet<>(schema.metrics()) : Set.<String>of()) {
          if (metric.startsWith(prefix) && metric.length() > prefix.length()) {
            known.putIfAbsent(metric.substring(prefix.length()), metric);
          }
        }
        metrics = known;
      }
      return known;
    }

    /** The metrics whose series have the tags of the source. */
    Collection<String> tagged() {
      return own && recorded.isEmpty() ? List.of(name) : metrics().values();
    }
  }

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
    var source = new SourceFields(name, schema.hasMetric(name), true);
    if (!source.own && source.metrics().isEmpty()) {
      warnings.add(
          "no metric \"" + name + "\"" + NearestName.hint(name, schema.metrics().stream()));
    } else {
      sources.add(source);
    }
  }

  private void addMatching(SqlStatement.Source.Regex regex, Set<String> names) {
    SqlBinder.checkPattern(regex.pattern(), regex.at());
    ValueMatcher matcher = ValueMatcher.of(
        new TagMatcher(Tags.METRIC, TagMatcher.Op.REGEX, SqlBinder.anywhere(regex.pattern())));
    int before = sources.size();
    for (String metric : new TreeSet<>(schema.metrics())) {
      if (matcher.matches(metric) && names.add(metric)) {
        sources.add(new SourceFields(metric, true, false));
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
    if (!field && schema.hasTag(tagged(), name)) {
      return use(new ScanColumn(Kind.TAG, name));
    }
    if (sources.stream().anyMatch(source -> source.metric(name) != null)) {
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

  private Set<String> tagged() {
    var metrics = new LinkedHashSet<String>();
    sources.forEach(source -> metrics.addAll(source.tagged()));
    return metrics;
  }

  /** The tags of all sources, by name. Where a source is a metric, those of its own series. */
  private List<String> tags() {
    return schema.tags(tagged());
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

  /** The metric's own value; where the metric itself does not exist, or its fields are recorded, every field. */
  private Set<String> defaultFields() {
    var fields = new TreeSet<String>(Tags.ORDER);
    for (SourceFields source : sources) {
      if (source.own && source.recorded.isEmpty()) {
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
        String metric = source.metric(field);
        if (metric != null) {
          metrics.put(field, metric);
        }
      }
      if (!metrics.isEmpty()) {
        read.add(new Source(source.name, metrics));
      }
    }
    return new Scan(read, columns, TimeRange.ALL, List.of(), Map.of());
  }
}
