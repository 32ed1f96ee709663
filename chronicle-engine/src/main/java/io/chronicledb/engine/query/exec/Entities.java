package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TableNode.ScanColumn;
import io.chronicledb.engine.query.plan.TableNode.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a scan reads one after the other: the series of a metric, or, of a source with several fields, the sets of tags, each with the series
 * of its fields. Immutable once made.
 */
final class Entities {

  private static final long NONE = -1;

  private final ExecutionContext context;
  /** The fields of the scan, by their place among its columns. */
  private final List<ScanColumn> fields;
  /** Series of each entity, field by field; {@link #NONE} where it has no such field. */
  private final long[] orders;

  private final int[] sources;
  private final List<Source> sourceList;
  private final int count;

  private Entities(
      ExecutionContext context,
      List<ScanColumn> fields,
      List<Source> sourceList,
      long[] orders,
      int[] sources) {
    this.context = context;
    this.fields = fields;
    this.sourceList = sourceList;
    this.orders = orders;
    this.sources = sources;
    this.count = sources.length;
  }

  /**
   * Finds the entities of a scan.
   *
   * @param byTags whether they come in the order of their tags, and not in that in which they are stored
   */
  static Entities of(ExecutionContext context, Scan scan, boolean byTags) {
    List<ScanColumn> fields = scan.scanned().stream()
        .filter(column -> column.kind() == ScanColumn.Kind.FIELD)
        .toList();
    var rows = new ArrayList<long[]>();
    var sources = new ArrayList<Integer>();
    for (int source = 0; source < scan.sources().size(); source++) {
      for (long[] row : rows(context, scan, scan.sources().get(source), fields)) {
        rows.add(row);
        sources.add(source);
      }
    }
    context.hold(rows.size() * (24L + 8L * fields.size()));
    Integer[] order = new Integer[rows.size()];
    Arrays.setAll(order, i -> i);
    if (byTags && rows.size() > 1) {
      var tags = new Tags[rows.size()];
      Arrays.setAll(tags, i -> context.view().tags(first(rows.get(i))).without(Tags.METRIC));
      // Stable: of the same tags, the source that is named first comes first.
      Arrays.sort(order, (a, b) -> tags[a].compareTo(tags[b]));
    }
    var flat = new long[rows.size() * fields.size()];
    var sourceOf = new int[rows.size()];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(rows.get(order[i]), 0, flat, i * fields.size(), fields.size());
      sourceOf[i] = sources.get(order[i]);
    }
    return new Entities(context, fields, scan.sources(), flat, sourceOf);
  }

  private static List<long[]> rows(
      ExecutionContext context, Scan scan, Source source, List<ScanColumn> fields) {
    boolean single = fields.stream()
            .filter(field -> source.metrics().containsKey(field.name()))
            .count()
        == 1;
    var rows = new ArrayList<long[]>();
    Map<Tags, long[]> byTags = new LinkedHashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      String metric = source.metrics().get(fields.get(i).name());
      if (metric == null) {
        continue;
      }
      var matchers = new ArrayList<TagMatcher>();
      matchers.add(TagMatcher.metric(metric));
      matchers.addAll(scan.matchers());
      for (long order : context.select(matchers)) {
        if (single) {
          rows.add(row(fields.size(), i, order));
        } else {
          context.check();
          Tags tags = context.view().tags(order).without(Tags.METRIC);
          long[] row = byTags.get(tags);
          if (row == null) {
            byTags.put(tags, row(fields.size(), i, order));
          } else {
            row[i] = order;
          }
        }
      }
    }
    rows.addAll(byTags.values());
    return rows;
  }

  private static long[] row(int width, int field, long order) {
    var row = new long[width];
    Arrays.fill(row, NONE);
    row[field] = order;
    return row;
  }

  private static long first(long[] row) {
    for (long order : row) {
      if (order != NONE) {
        return order;
      }
    }
    throw new IllegalStateException("an entity without a series");
  }

  int count() {
    return count;
  }

  List<ScanColumn> fields() {
    return fields;
  }

  boolean has(int entity, int field) {
    return orders[entity * fields.size() + field] != NONE;
  }

  /** The series of a field. */
  long order(int entity, int field) {
    return orders[entity * fields.size() + field];
  }

  /** The name of the source. */
  String metric(int entity) {
    return sourceList.get(sources[entity]).name();
  }

  /** The tags, with the metric of some field among them. */
  Tags tags(int entity) {
    int from = entity * fields.size();
    return context.view().tags(first(Arrays.copyOfRange(orders, from, from + fields.size())));
  }

  /** The value of a column that is the same in all rows of an entity; null for NULL. */
  @Nullable
  String text(ScanColumn column, int entity, Tags tags) {
    return column.kind() == ScanColumn.Kind.METRIC ? metric(entity) : tags.get(column.name());
  }
}
