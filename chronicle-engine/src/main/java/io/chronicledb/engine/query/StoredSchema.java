package io.chronicledb.engine.query;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.exec.ExecutionContext;
import io.chronicledb.engine.query.sql.Schema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The names in one view. */
final class StoredSchema implements Schema {

  private final ExecutionContext context;
  private @Nullable Set<String> metrics;

  StoredSchema(ExecutionContext context) {
    this.context = context;
  }

  @Override
  public boolean hasMetric(String metric) {
    return context.select(List.of(TagMatcher.metric(metric))).length > 0;
  }

  @Override
  public Collection<String> fields(String measurement) {
    return context.view().metadata().fields(measurement).stream()
        .filter(field -> hasMetric(measurement + "_" + field))
        .toList();
  }

  @Override
  public Collection<String> metrics() {
    Set<String> known = metrics;
    if (known == null) {
      known = new HashSet<>(context.view().tagValues(Tags.METRIC));
      metrics = known;
    }
    return known;
  }

  @Override
  public boolean hasTag(Collection<String> ofMetrics, String tag) {
    if (!context.view().tagNames().contains(tag)) {
      return false;
    }
    var present = new TagMatcher(tag, TagMatcher.Op.NOT_EQUAL, "");
    for (String metric : ofMetrics) {
      if (context.select(List.of(TagMatcher.metric(metric), present)).length > 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<String> tags(Collection<String> ofMetrics) {
    var names = new ArrayList<>(context.view().tagNames());
    names.remove(Tags.METRIC);
    // Few names are looked up in the index; the series need not be.
    var found = new TreeSet<>(Tags.ORDER);
    for (String name : names) {
      if (hasTag(ofMetrics, name)) {
        found.add(name);
      }
    }
    return new ArrayList<>(found);
  }
}
