package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.error.NearestName;
import io.chronicledb.engine.index.ValueMatcher;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Listing;
import io.chronicledb.engine.query.plan.TagConditions;
import io.chronicledb.engine.query.plan.TimeBounds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compiles SHOW and DELETE, which speak of whole series: their conditions must come to matchers on tags and a range of time. */
final class ListingPlanner {

  private final SqlParameters parameters;
  private final Schema schema;
  private final long now;

  ListingPlanner(SqlParameters parameters, Schema schema, long now) {
    this.parameters = parameters;
    this.schema = schema;
    this.now = now;
  }

  /** A condition that is fully said by matchers, all of one of the alternatives, and a range. */
  private record Selection(List<List<TagMatcher>> alternatives, TimeRange range) {}

  SqlPlan show(SqlStatement.Show show) {
    var scope = new SeriesScope();
    Selection selection = selection(show.where(), scope, "SHOW");
    var warnings = new ArrayList<String>();
    List<List<TagMatcher>> selectors = new ArrayList<>();
    Set<String> metrics = new LinkedHashSet<>();
    for (SqlStatement.Source source : show.sources()) {
      TagMatcher matcher = matcher(source);
      selectors.addAll(with(matcher, selection.alternatives()));
      if (matcher.op() == TagMatcher.Op.EQUAL && !schema.hasMetric(matcher.value())) {
        warnings.add(noMetric(matcher.value()));
      } else {
        metrics.addAll(metricsOf(matcher));
      }
    }
    if (show.sources().isEmpty()) {
      selectors.addAll(selection.alternatives());
      metrics.addAll(schema.metrics());
    }
    List<String> tags = show.listing() == SqlStatement.Listing.SERIES
        ? schema.tags(metrics)
        : show.keys().stream().map(SqlExpr.Column::name).toList();
    Listing.What what = switch (show.listing()) {
      case METRICS -> Listing.What.METRICS;
      case SERIES -> Listing.What.SERIES;
      case TAG_KEYS -> Listing.What.TAG_KEYS;
      case TAG_VALUES -> Listing.What.TAG_VALUES;
    };
    TableNode root = new Listing(what, selectors, selection.range(), tags);
    scope.unknown.forEach(tag -> warnings.add(noTag(tag)));
    if (show.listing() == SqlStatement.Listing.TAG_VALUES) {
      tags.stream()
          .filter(tag -> !schema.hasTag(schema.metrics(), tag))
          .map(this::noTag)
          .forEach(warnings::add);
    }
    return new SqlPlan.Query(
        SqlPlanner.limited(root, show.limit(), show.offset(), parameters), warnings);
  }

  SqlPlan delete(SqlStatement.Delete delete) {
    var scope = new SeriesScope();
    Selection selection = selection(delete.where(), scope, "DELETE");
    var warnings = new ArrayList<String>();
    String metric = delete.source().name();
    if (!schema.hasMetric(metric)) {
      warnings.add(noMetric(metric));
    } else {
      scope.unknown.forEach(tag -> warnings.add(noTag(tag)));
    }
    return new SqlPlan.Delete(
        with(TagMatcher.metric(metric), selection.alternatives()), selection.range(), warnings);
  }

  private Selection selection(@Nullable SqlExpr where, SeriesScope scope, String statement) {
    if (where == null) {
      return new Selection(List.of(List.of()), TimeRange.ALL);
    }
    TimeBounds bounds = TimeBounds.of(new SqlBinder(scope, parameters, now).condition(where));
    Expr rest = bounds.rest();
    List<List<TagMatcher>> alternatives = rest == null
        ? List.of(List.of())
        : TagConditions.alternatives(
            rest, column -> column.type() == Expr.Type.TEXT ? column.name() : null);
    if (alternatives == null) {
      throw where
          .at()
          .invalid(
              statement + " speaks of whole series: its conditions compare tags with texts, and,"
                  + " joined to them by AND, bound the time",
              "split it into several statements");
    }
    return new Selection(alternatives, bounds.range());
  }

  private static List<List<TagMatcher>> with(
      TagMatcher matcher, List<List<TagMatcher>> alternatives) {
    var all = new ArrayList<List<TagMatcher>>();
    for (List<TagMatcher> matchers : alternatives) {
      var both = new ArrayList<TagMatcher>();
      both.add(matcher);
      both.addAll(matchers);
      all.add(both);
    }
    return all;
  }

  private static TagMatcher matcher(SqlStatement.Source source) {
    if (source instanceof SqlStatement.Source.Named named) {
      return TagMatcher.metric(named.name());
    }
    var regex = (SqlStatement.Source.Regex) source;
    SqlBinder.checkPattern(regex.pattern(), regex.at());
    return new TagMatcher(Tags.METRIC, TagMatcher.Op.REGEX, SqlBinder.anywhere(regex.pattern()));
  }

  private List<String> metricsOf(TagMatcher matcher) {
    if (matcher.op() == TagMatcher.Op.EQUAL) {
      return List.of(matcher.value());
    }
    var compiled = ValueMatcher.of(matcher);
    return schema.metrics().stream().filter(compiled::matches).toList();
  }

  private String noMetric(String metric) {
    return "no metric \"" + metric + "\"" + NearestName.hint(metric, schema.metrics().stream());
  }

  private String noTag(String tag) {
    return "no tag \"" + tag + "\""
        + NearestName.hint(tag, new TreeSet<>(schema.tags(schema.metrics())).stream());
  }

  /** Columns of series: the time, the metric, and tags, any name being one. */
  private final class SeriesScope implements Scope {

    private final Set<String> unknown = new LinkedHashSet<>();

    @Override
    public Expr column(SqlExpr.Column column) {
      if (column.isBuiltIn("time")) {
        return new Expr.Column(0, Expr.Type.TIME, "time");
      }
      if (column.isBuiltIn("value") || column.kind() == SqlExpr.Column.Kind.FIELD) {
        throw column
            .at()
            .invalid("a condition on values in a statement about series", "use tags and the time");
      }
      if (column.isBuiltIn("metric")) {
        return new Expr.Column(1, Expr.Type.TEXT, Tags.METRIC);
      }
      if (!schema.hasTag(schema.metrics(), column.name())) {
        unknown.add(column.name());
      }
      return new Expr.Column(1, Expr.Type.TEXT, column.name());
    }

    @Override
    public Expr aggregate(SqlExpr.Call call) {
      throw call.at().invalid("an aggregate in a statement about series");
    }
  }
}
