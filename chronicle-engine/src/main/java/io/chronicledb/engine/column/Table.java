package io.chronicledb.engine.column;

import io.chronicledb.engine.error.NearestName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The result of an SQL statement: named, typed columns of equal length. Immutable.
 *
 * <p>It is read row by row, as records with {@link #toRecords}, or, fastest, by column:
 *
 * <pre>{@code
 * for (Table.Row row : table) {
 *   System.out.println(row.getInstant("time") + " " + row.getDouble("mean(value)"));
 * }
 * double[] means = table.column("mean(value)").doubles().array();   // the first rowCount() of them
 * }</pre>
 */
public final class Table implements Iterable<Table.Row> {

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

  /**
   * A row: a view of its table, from which it copies nothing. Columns go by their name in the result, or by index, from 0. Immutable.
   *
   * <p>Getters throw {@link IllegalArgumentException} where there is no such column, or the value does not fit the type that is asked for.
   */
  public static final class Row {

    private final Table table;
    private final int index;

    private Row(Table table, int index) {
      this.table = table;
      this.index = index;
    }

    /** Its number in the result, from 0. */
    public long number() {
      return table.firstNumber + index;
    }

    /** The names and types of its values. */
    public List<Header> headers() {
      return table.headers();
    }

    public boolean isNull(String column) {
      return get(column) == null;
    }

    public boolean isNull(int column) {
      return get(column) == null;
    }

    /** The value as {@link Long}, a time in nanoseconds, {@link Double} or {@link String}; null for NULL. */
    public @Nullable Object get(String column) {
      return table.column(column).value(index);
    }

    /** As {@link #get(String)}. */
    public @Nullable Object get(int column) {
      return table.column(column).value(index);
    }

    /** A number; of a column of whole numbers where a double can be that number. NULL is an error. */
    public double getDouble(String column) {
      return doubleOf(table.column(column));
    }

    /** As {@link #getDouble(String)}. */
    public double getDouble(int column) {
      return doubleOf(table.column(column));
    }

    /** A whole number, or a time in nanoseconds since the epoch; of a column of doubles where the number is whole. NULL is an error. */
    public long getLong(String column) {
      return longOf(table.column(column));
    }

    /** As {@link #getLong(String)}. */
    public long getLong(int column) {
      return longOf(table.column(column));
    }

    /** A text; null for NULL. */
    public @Nullable String getString(String column) {
      return stringOf(table.column(column));
    }

    /** As {@link #getString(String)}. */
    public @Nullable String getString(int column) {
      return stringOf(table.column(column));
    }

    /** A time. */
    public Instant getInstant(String column) {
      return Target.instant(nanosOf(table.column(column), "getInstant"));
    }

    /** As {@link #getInstant(String)}. */
    public Instant getInstant(int column) {
      return Target.instant(nanosOf(table.column(column), "getInstant"));
    }

    /** A time in nanoseconds since the epoch. */
    public long getNanos(String column) {
      return nanosOf(table.column(column), "getNanos");
    }

    /** As {@link #getNanos(String)}. */
    public long getNanos(int column) {
      return nanosOf(table.column(column), "getNanos");
    }

    private double doubleOf(Column column) {
      if (column.doubles != null && !column.doubles.isAbsent(index)) {
        return column.doubles.get(index);
      }
      return (double) converted(column, Target.DOUBLE, "getDouble");
    }

    private long longOf(Column column) {
      return column.longs != null
          ? column.longs.get(index)
          : (long) converted(column, Target.LONG, "getLong");
    }

    private Object converted(Column column, Target target, String getter) {
      require(column, target, getter);
      Object value = column.value(index);
      if (value == null) {
        throw new IllegalArgumentException(
            "column \"" + column.name() + "\" is NULL in row " + this + ", which " + getter
                + " cannot give: ask isNull before, or take get, which gives null");
      }
      Object converted = target.convert(value);
      if (converted == null) {
        throw new IllegalArgumentException(
            "column \"" + column.name() + "\" is " + value + " in row " + this + ", which " + getter
                + " cannot give exactly: use " + Target.getter(column.type()));
      }
      return converted;
    }

    private @Nullable String stringOf(Column column) {
      require(column, Target.STRING, "getString");
      return column.strings == null ? null : column.strings.get(index);
    }

    private long nanosOf(Column column, String getter) {
      require(column, Target.INSTANT, getter);
      return column.longs == null ? 0 : column.longs.get(index);
    }

    private static void require(Column column, Target target, String getter) {
      if (!target.accepts(column.type())) {
        throw new IllegalArgumentException("column \"" + column.name() + "\" is of type "
            + column.type() + ", which " + getter + " cannot give: use "
            + Target.getter(column.type()));
      }
    }

    /** Its number and its values, {@code 0 {time=2026-01-01T00:00:00Z, host=a, value=0.5}}. */
    @Override
    public String toString() {
      var values = new StringJoiner(", ", number() + " {", "}");
      for (Column column : table.columns) {
        Object value = column.value(index);
        Object shown = value == null
            ? "NULL"
            : column.type() == Type.TIMESTAMP ? Target.instant((Long) value) : value;
        values.add(column.name() + "=" + shown);
      }
      return values.toString();
    }
  }

  private final List<Column> columns;
  private final int rowCount;
  private final List<String> warnings;
  /** The number of the first row in a result of which this is a part. */
  private final long firstNumber;
  /** The first column of each name; made when it is first needed, at worst by several threads. */
  private @Nullable Map<String, Column> byName;

  public Table(List<Column> columns, List<String> warnings) {
    this(columns, warnings, 0);
  }

  private Table(List<Column> columns, List<String> warnings, long firstNumber) {
    this.firstNumber = firstNumber;
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
    return new Table(columns, all, firstNumber);
  }

  /** The same rows as a part of a larger result, in which so many come before. */
  public Table after(long rows) {
    return new Table(columns, warnings, rows);
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

  /**
   * The column of that name; the first where several have it.
   *
   * @throws IllegalArgumentException where there is none
   */
  public Column column(String name) {
    Map<String, Column> known = byName;
    if (known == null) {
      var first = new HashMap<String, Column>();
      columns.forEach(column -> first.putIfAbsent(column.name(), column));
      known = Map.copyOf(first);
      byName = known;
    }
    Column column = known.get(name);
    if (column == null) {
      List<String> names = names();
      throw new IllegalArgumentException(
          "no column \"" + name + "\" among " + names + NearestName.hint(name, names.stream()));
    }
    return column;
  }

  private List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  private Column column(int index) {
    if (index < 0 || index >= columns.size()) {
      throw new IllegalArgumentException("no column " + index + " among " + columns.size() + ", "
          + names() + ", which count from 0");
    }
    return columns.get(index);
  }

  /** One cell; null for NULL. */
  public @Nullable Object value(int row, int column) {
    return columns.get(column).value(row);
  }

  /** A row, from 0. */
  public Row row(int index) {
    if (index < 0 || index >= rowCount) {
      throw new IndexOutOfBoundsException("no row " + index + " among " + rowCount);
    }
    return new Row(this, index);
  }

  /** The rows in their order. */
  @Override
  public Iterator<Row> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < rowCount;
      }

      @Override
      public Row next() {
        if (next >= rowCount) {
          throw new NoSuchElementException("the table has " + rowCount + " rows");
        }
        return new Row(Table.this, next++);
      }
    };
  }

  /** The rows in their order. */
  public Stream<Row> stream() {
    return IntStream.range(0, rowCount).mapToObj(index -> new Row(this, index));
  }

  /**
   * The rows in their order, each as a record of the caller's:
   *
   * <pre>{@code
   * record Usage(Instant time, String hostname, double usageUser, @Nullable Double peak) {}
   *
   * List<Usage> usage = database
   *     .query("SELECT mean(usage_user) AS usage_user, max(usage_system) AS peak FROM cpu GROUP BY time(5m), hostname")
   *     .toRecords(Usage.class);
   * }</pre>
   *
   * <p>A component takes the column of its name, where neither case nor underscores matter: {@code usageUser} takes {@code usage_user}. Other
   * columns are passed over. What has no name that Java knows, such as {@code mean(value)}, needs an {@code AS}. By type a component takes
   *
   * <ul>
   *   <li>{@code double}, {@link Double}: a number; of a column of whole numbers where a double can be that number
   *   <li>{@code long}, {@link Long}: a whole number, or a time in nanoseconds since the epoch; of a column of doubles where the number is whole
   *   <li>{@code int}, {@link Integer}: a whole number that fits; of a column of doubles, too
   *   <li>{@link String}: a text
   *   <li>{@link Instant}: a time
   * </ul>
   *
   * <p>NULL becomes null, and is an error where the component is a primitive. A tag that not every series has is NULL where it is absent.
   *
   * <p>The record may be private or local. In a named module a record that is not public, or whose package is not exported, needs {@code opens
   * <its package> to io.chronicledb.engine}, or {@code opens} alone where the engine is on the class path. What its constructor throws comes
   * through.
   *
   * @throws IllegalArgumentException where a component has no column or not one of these types, or a value does not fit it
   */
  public <T extends Record> List<T> toRecords(Class<T> type) {
    return stream(type).toList();
  }

  /** The rows in their order, each made a record, as by {@link #toRecords}, when the stream comes to it. */
  public <T extends Record> Stream<T> stream(Class<T> type) {
    return stream().map(mapper(type, headers()));
  }

  /**
   * What makes records, as by {@link #toRecords}, of the rows of any table with such columns. Thread-safe.
   *
   * @throws IllegalArgumentException where a component has no column or not a type for it
   */
  public static <T extends Record> Function<Row, T> mapper(Class<T> type, List<Header> columns) {
    return RecordMapper.of(type, columns)::map;
  }
}
