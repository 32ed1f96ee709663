package io.chronicledb.engine.column;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of an SQL statement: named, typed columns of equal length. Immutable. */
public final class Table {

  /** What a column holds. */
  public enum Type {
    /** Nanoseconds since the epoch. */
    TIMESTAMP,
    /** A double; NaN and infinities are values, NULL is none. */
    DOUBLE,
    /** A whole number. */
    LONG,
    STRING
  }

  /** The name and the type of a column. */
  public record Header(String name, Type type) {}

  /**
   * A column: its name, its type and its values.
   *
   * @param longs the values of a {@link Type#TIMESTAMP} or {@link Type#LONG} column, never NULL
   * @param doubles the values of a {@link Type#DOUBLE} column; the stale marker's bits stand for NULL
   * @param strings the values of a {@link Type#STRING} column, where null is NULL
   */
  public record Column(
      String name,
      Type type,
      @Nullable LongColumn longs,
      @Nullable DoubleColumn doubles,
      @Nullable StringColumn strings) {

    public static Column timestamps(String name, LongColumn values) {
      return new Column(name, Type.TIMESTAMP, values, null, null);
    }

    public static Column longs(String name, LongColumn values) {
      return new Column(name, Type.LONG, values, null, null);
    }

    public static Column doubles(String name, DoubleColumn values) {
      return new Column(name, Type.DOUBLE, null, values, null);
    }

    public static Column strings(String name, StringColumn values) {
      return new Column(name, Type.STRING, null, null, values);
    }

    int size() {
      return longs != null
          ? longs.size()
          : doubles != null ? doubles.size() : strings != null ? strings.size() : 0;
    }

    /** A column of some of the rows, in the given order. */
    public Column take(List<Integer> rows) {
      if (longs != null) {
        var taken = new LongColumn(rows.size());
        rows.forEach(row -> taken.add(longs.get(row)));
        return new Column(name, type, taken, null, null);
      }
      if (doubles != null) {
        var taken = new DoubleColumn(rows.size());
        rows.forEach(row -> taken.add(doubles.get(row)));
        return doubles(name, taken);
      }
      var taken = new StringColumn();
      rows.forEach(row -> taken.add(strings == null ? null : strings.get(row)));
      return strings(name, taken);
    }

    /** The value as {@link Long}, {@link Double} or {@link String}; null for NULL. */
    public @Nullable Object value(int row) {
      if (longs != null) {
        return longs.get(row);
      }
      if (doubles != null) {
        return doubles.isAbsent(row) ? null : (Object) doubles.get(row);
      }
      return strings == null ? null : strings.get(row);
    }
  }

  private final List<Column> columns;
  private final int rowCount;
  private final List<String> warnings;

  public Table(List<Column> columns, List<String> warnings) {
    this.columns = List.copyOf(columns);
    this.rowCount = columns.isEmpty() ? 0 : columns.get(0).size();
    this.warnings = List.copyOf(warnings);
    for (Column column : columns) {
      if (column.size() != rowCount) {
        throw new IllegalArgumentException("column " + column.name() + " has " + column.size()
            + " rows, the first has " + rowCount);
      }
    }
  }

  /** The rows of some tables with the same columns, one after the other. */
  public static Table concat(List<Header> headers, List<Table> tables, List<String> warnings) {
    if (tables.size() == 1) {
      return tables.get(0).withWarnings(warnings);
    }
    var columns = new ArrayList<Column>(headers.size());
    for (int i = 0; i < headers.size(); i++) {
      columns.add(concat(headers.get(i), tables, i));
    }
    return new Table(columns, warnings);
  }

  private static Column concat(Header header, List<Table> tables, int index) {
    int rows = tables.stream().mapToInt(Table::rowCount).sum();
    switch (header.type()) {
      case TIMESTAMP, LONG -> {
        var all = new LongColumn(rows);
        for (Table table : tables) {
          LongColumn part = table.columns.get(index).longs();
          if (part != null) {
            all.addAll(part.toArray(), 0, part.size());
          }
        }
        return new Column(header.name(), header.type(), all, null, null);
      }
      case DOUBLE -> {
        var all = new DoubleColumn(rows);
        for (Table table : tables) {
          DoubleColumn part = table.columns.get(index).doubles();
          if (part != null) {
            all.addAll(part.array(), 0, part.size());
          }
        }
        return Column.doubles(header.name(), all);
      }
      default -> {
        var all = new StringColumn();
        for (Table table : tables) {
          for (int row = 0; row < table.rowCount; row++) {
            StringColumn part = table.columns.get(index).strings();
            all.add(part == null ? null : part.get(row));
          }
        }
        return Column.strings(header.name(), all);
      }
    }
  }

  /** The same rows with further warnings. */
  public Table withWarnings(List<String> further) {
    var all = new ArrayList<>(warnings);
    all.addAll(further);
    return new Table(columns, all);
  }

  public List<Column> columns() {
    return columns;
  }

  /** The names and types of the columns. */
  public List<Header> headers() {
    return columns.stream()
        .map(column -> new Header(column.name(), column.type()))
        .toList();
  }

  public int rowCount() {
    return rowCount;
  }

  /** Things worth telling the user, such as a metric that does not exist; empty in the ordinary case. */
  public List<String> warnings() {
    return warnings;
  }

  /** The column of that name. */
  public Column column(String name) {
    for (Column column : columns) {
      if (column.name().equals(name)) {
        return column;
      }
    }
    throw new IllegalArgumentException(
        "no column \"" + name + "\" among " + columns.stream().map(Column::name).toList());
  }

  /** One cell; null for NULL. */
  public @Nullable Object value(int row, int column) {
    return columns.get(column).value(row);
  }
}
