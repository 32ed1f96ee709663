package io.chronicledb.app.api.sql;

import io.chronicledb.app.wire.JsonWriter;
import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.QueryStatistics;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * <code>{"series":[{"metric","tags":{...},"points":[{"timestamp","value"}]}],"warnings":[...],"stats":{...}}</code>: the rows, taken apart into
 * one series for each combination of texts and each column of numbers. Rows come by time and series are written one after the other, so all
 * points are kept until the end; that memory is the query's.
 */
final class SeriesResult implements ResultWriter {

  private static final Pattern IDENTIFIER = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");

  /** An entry of the map, its key and the objects of a series, roughly. */
  private static final long BYTES_PER_SERIES = 250;

  private static final int POINTS_AT_FIRST = 8;

  private static final Comparator<List<@Nullable String>> BY_TEXTS = (a, b) -> {
    for (int i = 0; i < a.size(); i++) {
      int order = Comparator.nullsFirst(Tags.ORDER).compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  };

  private final OutputStream out;
  private final TimeFormat times;
  private final List<Table.Header> columns;
  private final @Nullable String source;
  private final List<String> warnings;
  private final boolean detailed;
  private final LongConsumer hold;

  private final int time;
  private final int metric;
  private final List<Integer> texts = new ArrayList<>();
  private final List<Integer> numbers = new ArrayList<>();
  /** The points of each column of numbers, by the values of {@link #texts}. */
  private final Map<List<@Nullable String>, Points[]> series = new LinkedHashMap<>();

  /**
   * @param source the metric or measurement of the statement; null where it is not exactly one
   * @param hold accounts for the bytes that are kept
   * @throws ChronicleException with {@link ErrorCode#UNSUPPORTED} where the columns do not make series
   */
  SeriesResult(
      OutputStream out,
      TimeFormat times,
      List<Table.Header> columns,
      @Nullable String source,
      List<String> warnings,
      boolean detailed,
      LongConsumer hold) {
    this.out = out;
    this.times = times;
    this.columns = columns;
    this.source = source;
    this.warnings = warnings;
    this.detailed = detailed;
    this.hold = hold;
    int timeFound = -1;
    int metricFound = -1;
    for (int i = 0; i < columns.size(); i++) {
      Table.Header column = columns.get(i);
      switch (column.type()) {
        case TIMESTAMP -> {
          if (timeFound >= 0) {
            throw unsupported("a series has one time, and the result has the columns \""
                + columns.get(timeFound).name() + "\" and \"" + column.name() + "\"; select one");
          }
          timeFound = i;
        }
        case STRING -> {
          texts.add(i);
          if (column.name().equals("metric")) {
            metricFound = i;
          }
        }
        case DOUBLE, LONG -> numbers.add(i);
      }
    }
    if (timeFound < 0) {
      throw unsupported("the result has no column of times, which series need; select time,"
          + " or GROUP BY time(...), or use another format");
    }
    if (numbers.isEmpty()) {
      throw unsupported(
          "the result has no column of numbers; select value, a field or an aggregate");
    }
    this.time = timeFound;
    this.metric = metricFound;
  }

  private static ChronicleException unsupported(String what) {
    return new ChronicleException(ErrorCode.UNSUPPORTED, "format series: " + what);
  }

  @Override
  public void rows(Table rows) {
    List<Table.Column> all = rows.columns();
    LongColumn timestamps = all.get(time).longs();
    if (timestamps == null) {
      throw new IllegalStateException("column " + time + " has no times");
    }
    for (int row = 0; row < rows.rowCount(); row++) {
      Points[] points = pointsAt(all, row);
      for (int i = 0; i < points.length; i++) {
        Table.Column column = all.get(numbers.get(i));
        DoubleColumn doubles = column.doubles();
        LongColumn longs = column.longs();
        if (doubles != null && !doubles.isAbsent(row)) {
          points[i].add(timestamps.get(row), doubles.get(row), hold);
        } else if (longs != null) {
          points[i].add(timestamps.get(row), (double) longs.get(row), hold);
        }
      }
    }
  }

  private Points[] pointsAt(List<Table.Column> all, int row) {
    List<@Nullable String> key = new ArrayList<>(texts.size());
    for (int column : texts) {
      key.add(Cells.text(all.get(column), row));
    }
    Points[] points = series.get(key);
    if (points == null) {
      hold.accept(BYTES_PER_SERIES * (1 + numbers.size()) + 8L * key.size());
      points = new Points[numbers.size()];
      Arrays.setAll(points, i -> new Points());
      series.put(key, points);
    }
    return points;
  }

  @Override
  public void end(QueryStatistics statistics) throws IOException {
    var json = new JsonWriter(out);
    var cells = new Cells(json, times);
    json.beginObject().name("series").beginArray();
    for (List<@Nullable String> key : series.keySet().stream().sorted(BY_TEXTS).toList()) {
      Points[] points = series.getOrDefault(key, new Points[0]);
      for (int i = 0; i < points.length; i++) {
        if (points[i].count > 0) {
          json.beginObject()
              .name("metric")
              .string(name(columns.get(numbers.get(i)).name(), key));
          json.name("tags");
          writeTags(json, key);
          json.name("points");
          points[i].write(cells);
          json.endObject();
        }
      }
    }
    json.endArray();
    JsonResult.writeEnd(json, warnings, statistics, detailed);
  }

  /**
   * What a column of numbers is called: as the metric, where it is its value or the only number; as a field of it, where it has a plain name;
   * otherwise as written.
   */
  private String name(String column, List<@Nullable String> key) {
    String of = metric < 0 ? source : key.get(texts.indexOf(metric));
    if (of == null) {
      return column;
    }
    if (column.equals("value")) {
      return of;
    }
    if (IDENTIFIER.matcher(column).matches()) {
      return of + "_" + column;
    }
    return numbers.size() == 1 ? of : column;
  }

  private void writeTags(JsonWriter json, List<@Nullable String> key) throws IOException {
    json.beginObject();
    for (int i = 0; i < key.size(); i++) {
      String text = key.get(i);
      if (text != null && texts.get(i) != metric) {
        json.name(columns.get(texts.get(i)).name()).string(text);
      }
    }
    json.endObject();
  }

  /** The points of one series. */
  private static final class Points {
    private long[] timestamps = {};
    private double[] values = {};
    private int count;

    void add(long timestamp, double value, LongConsumer hold) {
      if (count == timestamps.length) {
        int more = Math.max(POINTS_AT_FIRST, count / 2);
        hold.accept(16L * more);
        timestamps = Arrays.copyOf(timestamps, count + more);
        values = Arrays.copyOf(values, count + more);
      }
      timestamps[count] = timestamp;
      values[count++] = value;
    }

    void write(Cells cells) throws IOException {
      JsonWriter json = cells.json();
      json.beginArray();
      for (int i = 0; i < count; i++) {
        json.beginObject().name("timestamp");
        cells.time(timestamps[i]);
        json.name("value").number(values[i]).endObject();
      }
      json.endArray();
    }
  }
}
