package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.column.StringColumn;
import io.chronicledb.engine.column.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows in columns. A column is an array of times, of numbers ({@link StaleMarker} is NULL) or of texts, or one text for all rows. Arrays may be
 * longer than the rows. Not thread-safe.
 */
final class RowBatch {

  /** Rows that a scan hands on at once. */
  static final int ROWS = 1024;

  private final @Nullable Object[] columns;
  int rows;

  RowBatch(int columnCount) {
    columns = new Object[columnCount];
  }

  int columnCount() {
    return columns.length;
  }

  long[] times(int column) {
    return (long[]) get(column);
  }

  double[] numbers(int column) {
    return (double[]) get(column);
  }

  private Object get(int column) {
    Object values = columns[column];
    if (values == null) {
      throw new IllegalStateException("column " + column + " is one text for all rows");
    }
    return values;
  }

  /** Whether a column of texts has the same one in all rows. */
  boolean isConstant(int column) {
    return columns[column] == null || columns[column] instanceof String;
  }

  @Nullable
  String text(int column, int row) {
    Object values = columns[column];
    return values instanceof String[] texts ? texts[row] : (String) values;
  }

  /** Sets a column of times, numbers or texts: an array of them. */
  void set(int column, Object array) {
    columns[column] = array;
  }

  /** Sets a column that has one text in all rows, or NULL. */
  void setConstant(int column, @Nullable String text) {
    columns[column] = text;
  }

  /** Takes a column of another batch as it is. */
  void share(int column, RowBatch other, int otherColumn) {
    columns[column] = other.columns[otherColumn];
  }

  /** The rows in another order, or some of them. */
  RowBatch take(int[] order, int count) {
    var taken = new RowBatch(columns.length);
    taken.rows = count;
    for (int i = 0; i < columns.length; i++) {
      Object values = columns[i];
      if (values instanceof long[] longs) {
        var to = new long[count];
        for (int row = 0; row < count; row++) {
          to[row] = longs[order[row]];
        }
        taken.columns[i] = to;
      } else if (values instanceof double[] doubles) {
        var to = new double[count];
        for (int row = 0; row < count; row++) {
          to[row] = doubles[order[row]];
        }
        taken.columns[i] = to;
      } else if (values instanceof String[] texts) {
        var to = new String[count];
        for (int row = 0; row < count; row++) {
          to[row] = texts[order[row]];
        }
        taken.columns[i] = to;
      } else {
        taken.columns[i] = values;
      }
    }
    return taken;
  }

  /** A stretch of the rows. */
  RowBatch slice(int from, int to) {
    if (from == 0 && to == rows) {
      return this;
    }
    var order = new int[to - from];
    for (int i = 0; i < order.length; i++) {
      order[i] = from + i;
    }
    return take(order, order.length);
  }

  /** All rows of some batches with the same columns, one after the other. */
  static RowBatch concat(List<Table.Header> headers, List<RowBatch> batches) {
    if (batches.size() == 1) {
      return batches.get(0);
    }
    int rows = batches.stream().mapToInt(batch -> batch.rows).sum();
    var all = new RowBatch(headers.size());
    all.rows = rows;
    for (int column = 0; column < headers.size(); column++) {
      Object to = switch (headers.get(column).type()) {
        case TIMESTAMP, LONG -> new long[rows];
        case DOUBLE -> new double[rows];
        case STRING -> new String[rows];
      };
      int at = 0;
      for (RowBatch batch : batches) {
        if (to instanceof String[] texts && batch.isConstant(column)) {
          Arrays.fill(texts, at, at + batch.rows, batch.text(column, 0));
        } else {
          System.arraycopy(batch.get(column), 0, to, at, batch.rows);
        }
        at += batch.rows;
      }
      all.columns[column] = to;
    }
    return all;
  }

  /** Bytes of the arrays, roughly. */
  long bytes() {
    return 8L * rows * columns.length;
  }

  /** The rows as a result. */
  Table toTable(List<Table.Header> headers) {
    var result = new ArrayList<Table.Column>(headers.size());
    for (int column = 0; column < headers.size(); column++) {
      String name = headers.get(column).name();
      Object values = columns[column];
      switch (headers.get(column).type()) {
        case TIMESTAMP, LONG -> {
          var longs = new LongColumn(rows);
          longs.addAll(times(column), 0, rows);
          result.add(new Table.Column(name, headers.get(column).type(), longs, null, null));
        }
        case DOUBLE -> {
          var doubles = new DoubleColumn(rows);
          doubles.addAll(numbers(column), 0, rows);
          result.add(Table.Column.doubles(name, doubles));
        }
        case STRING -> {
          var strings = new StringColumn();
          for (int row = 0; row < rows; row++) {
            strings.add(values instanceof String[] texts ? texts[row] : (String) values);
          }
          result.add(Table.Column.strings(name, strings));
        }
      }
    }
    return new Table(result, List.of());
  }
}
