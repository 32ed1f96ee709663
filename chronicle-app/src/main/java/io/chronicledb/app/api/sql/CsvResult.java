package io.chronicledb.app.api.sql;

import io.chronicledb.app.wire.NumberText;
import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.query.QueryStatistics;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A header and the rows, lines ended by a line feed; NULL is nothing between commas, an empty string is {@code ""}. */
final class CsvResult implements ResultWriter {

  private final BufferedWriter text;
  private final TimeFormat times;

  CsvResult(OutputStream out, TimeFormat times, List<Table.Header> columns) throws IOException {
    this.text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 16 * 1024);
    this.times = times;
    String separator = "";
    for (Table.Header column : columns) {
      text.append(separator).append(quoted(column.name()));
      separator = ",";
    }
    text.append('\n');
  }

  @Override
  public void rows(Table rows) throws IOException {
    for (int row = 0; row < rows.rowCount(); row++) {
      String separator = "";
      for (Table.Column column : rows.columns()) {
        text.append(separator).append(cell(column, row));
        separator = ",";
      }
      text.append('\n');
    }
  }

  @Override
  public void end(QueryStatistics statistics) throws IOException {
    text.flush();
  }

  private String cell(Table.Column column, int row) {
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
    String value = Cells.text(column, row);
    return value == null ? "" : quoted(value);
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
