package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.plan.TableNode.SortKey;
import java.util.List;

/** Compares rows of batches by keys: NULL last whatever the direction, NaN above all numbers. */
final class RowOrder {

  private final List<SortKey> keys;
  private final List<Table.Header> columns;

  RowOrder(List<SortKey> keys, List<Table.Header> columns) {
    this.keys = keys;
    this.columns = columns;
  }

  int compare(RowBatch a, int rowA, RowBatch b, int rowB) {
    for (SortKey key : keys) {
      int order = compare(key, a, rowA, b, rowB);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private int compare(SortKey key, RowBatch a, int rowA, RowBatch b, int rowB) {
    int column = key.column();
    switch (columns.get(column).type()) {
      case TIMESTAMP, LONG -> {
        int order = Long.compare(a.times(column)[rowA], b.times(column)[rowB]);
        return key.descending() ? -order : order;
      }
      case DOUBLE -> {
        double x = a.numbers(column)[rowA];
        double y = b.numbers(column)[rowB];
        boolean xNull = StaleMarker.is(x);
        boolean yNull = StaleMarker.is(y);
        if (xNull || yNull) {
          return Boolean.compare(xNull, yNull);
        }
        int order = x == y ? 0 : Double.compare(x, y); // -0 and 0 are equal.
        return key.descending() ? -order : order;
      }
      default -> {
        String x = a.text(column, rowA);
        String y = b.text(column, rowB);
        if (x == null || y == null) {
          return Boolean.compare(x == null, y == null);
        }
        int order = Tags.ORDER.compare(x, y);
        return key.descending() ? -order : order;
      }
    }
  }
}
