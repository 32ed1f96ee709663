package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.plan.TableNode.Listing;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Lists metrics, series, tags or their values, in one batch. */
final class ListingRows {

  private final ExecutionContext context;
  private final Listing node;

  ListingRows(ExecutionContext context, Listing node) {
    this.context = context;
    this.node = node;
  }

  /** All rows; null where there are none. */
  @Nullable
  RowBatch rows() {
    var rows = new TreeSet<List<@Nullable String>>(GroupRows.KEYS);
    for (List<TagMatcher> selector : node.selectors()) {
      for (long order : context.view().present(context.select(selector), node.range())) {
        context.check();
        add(context.view().tags(order), rows);
      }
    }
    if (rows.isEmpty()) {
      return null;
    }
    var batch = new RowBatch(node.columns().size());
    batch.rows = rows.size();
    for (int column = 0; column < batch.columnCount(); column++) {
      var texts = new String[rows.size()];
      int at = 0;
      for (List<@Nullable String> row : rows) {
        texts[at++] = row.get(column);
      }
      batch.set(column, texts);
    }
    return batch;
  }

  private void add(Tags tags, TreeSet<List<@Nullable String>> rows) {
    switch (node.what()) {
      case METRICS -> add(rows, tags.get(Tags.METRIC));
      case SERIES -> {
        var row = new ArrayList<@Nullable String>();
        row.add(tags.get(Tags.METRIC));
        node.tags().forEach(tag -> row.add(tags.get(tag)));
        add(rows, row);
      }
      case TAG_KEYS ->
        tags.forEach((name, value) -> {
          if (!name.equals(Tags.METRIC)) {
            add(rows, name);
          }
        });
      case TAG_VALUES ->
        tags.forEach((name, value) -> {
          if (!name.equals(Tags.METRIC) && (node.tags().isEmpty() || node.tags().contains(name))) {
            add(rows, name, value);
          }
        });
    }
  }

  private void add(TreeSet<List<@Nullable String>> rows, @Nullable String... values) {
    var row = new ArrayList<@Nullable String>();
    for (String value : values) {
      row.add(value);
    }
    add(rows, row);
  }

  private void add(TreeSet<List<@Nullable String>> rows, List<@Nullable String> row) {
    if (rows.add(row)) {
      context.hold(64L * row.size());
    }
  }
}
