package io.chronicledb.app.api.sql;

import io.chronicledb.app.wire.JsonWriter;
import io.chronicledb.app.wire.NumberText;
import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.column.Table.Column;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes a result row by row. */
final class TableWriter {

  private final Table table;
  private final TimeFormat times;

  TableWriter(Table table, TimeFormat times) {
    this.table = table;
    this.times = times;
  }

  /** <code>{"columns":[{"name","type"}],"rows":[[...]],"warnings":[...],"stats":{...}}</code>, without warnings where there are none. */
  void writeJson(OutputStream out, Duration elapsed) throws IOException {
    var json = new JsonWriter(out);
    json.beginObject().name("columns").beginArray();
    for (Column column : table.columns()) {
      json.beginObject().name("name").string(column.name());
      json.name("type").string(column.type().name().toLowerCase(Locale.ROOT)).endObject();
    }
    json.endArray().name("rows").beginArray();
    for (int row = 0; row < table.rowCount(); row++) {
      json.beginArray();
      for (Column column : table.columns()) {
        cell(json, column, row);
      }
      json.endArray();
    }
    json.endArray();
    if (!table.warnings().isEmpty()) {
      json.name("warnings").beginArray();
      for (String warning : table.warnings()) {
        json.string(warning);
      }
      json.endArray();
    }
    json.name("stats").beginObject();
    json.name("rows").number((long) table.rowCount());
    json.name("elapsedMillis").number(elapsed.toNanos() / 1e6);
    json.endObject().endObject().flush();
  }

  /** One object for each row. */
  void writeNdjson(OutputStream out) throws IOException {
    var json = new JsonWriter(out);
    for (int row = 0; row < table.rowCount(); row++) {
      json.beginObject();
      for (Column column : table.columns()) {
        cell(json.name(column.name()), column, row);
      }
      json.endObject().newLine();
    }
    json.flush();
  }

  /** A header and the rows, lines ended by a line feed; NULL is nothing between commas, an empty string is {@code ""}. */
  void writeCsv(OutputStream out) throws IOException {
    var text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 16 * 1024);
    String separator = "";
    for (Column column : table.columns()) {
      text.append(separator).append(quoted(column.name()));
      separator = ",";
    }
    text.append('\n');
    for (int row = 0; row < table.rowCount(); row++) {
      separator = "";
      for (Column column : table.columns()) {
        text.append(separator).append(csvCell(column, row));
        separator = ",";
      }
      text.append('\n');
    }
    text.flush();
  }

  private void cell(JsonWriter json, Column column, int row) throws IOException {
    LongColumn longs = column.longs();
    DoubleColumn doubles = column.doubles();
    if (longs != null) {
      if (column.type() == Table.Type.TIMESTAMP && times.precision() == null) {
        json.string(times.text(longs.get(row)));
      } else {
        json.number(inUnit(column, longs.get(row)));
      }
    } else if (doubles != null) {
      if (doubles.isAbsent(row)) {
        json.nullValue();
      } else {
        json.number(doubles.get(row));
      }
    } else {
      String text = string(column, row);
      if (text == null) {
        json.nullValue();
      } else {
        json.string(text);
      }
    }
  }

  private long inUnit(Column column, long value) {
    return column.type() == Table.Type.TIMESTAMP && times.precision() != null
        ? times.precision().fromNanos(value)
        : value;
  }

  private String csvCell(Column column, int row) {
    LongColumn longs = column.longs();
    DoubleColumn doubles = column.doubles();
    if (longs != null) {
      return column.type() == Table.Type.TIMESTAMP
          ? times.text(longs.get(row))
          : Long.toString(longs.get(row));
    }
    if (doubles != null) {
      return doubles.isAbsent(row) ? "" : NumberText.format(doubles.get(row));
    }
    String text = string(column, row);
    return text == null ? "" : quoted(text);
  }

  private static @Nullable String string(Column column, int row) {
    return column.strings() == null ? null : column.strings().get(row);
  }

  private static String quoted(String text) {
    boolean plain = !text.isEmpty();
    for (int i = 0; i < text.length() && plain; i++) {
      char c = text.charAt(i);
      plain = c != ',' && c != '"' && c != '\n' && c != '\r';
    }
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
