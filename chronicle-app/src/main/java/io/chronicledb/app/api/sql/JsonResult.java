package io.chronicledb.app.api.sql;

import io.chronicledb.app.wire.JsonWriter;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.query.QueryStatistics;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;

/** <code>{"columns":[{"name","type"}],"rows":[[...]],"warnings":[...],"stats":{...}}</code>, without warnings where there are none. */
final class JsonResult implements ResultWriter {

  private final JsonWriter json;
  private final Cells cells;
  private final List<String> warnings;
  private final boolean detailed;

  /** @param detailed whether the statistics have everything that is known */
  JsonResult(
      OutputStream out,
      TimeFormat times,
      List<Table.Header> columns,
      List<String> warnings,
      boolean detailed)
      throws IOException {
    this.json = new JsonWriter(out);
    this.cells = new Cells(json, times);
    this.warnings = warnings;
    this.detailed = detailed;
    json.beginObject().name("columns").beginArray();
    for (Table.Header column : columns) {
      json.beginObject().name("name").string(column.name());
      json.name("type").string(column.type().name().toLowerCase(Locale.ROOT)).endObject();
    }
    json.endArray().name("rows").beginArray();
  }

  @Override
  public void rows(Table rows) throws IOException {
    List<Table.Column> columns = rows.columns();
    for (int row = 0; row < rows.rowCount(); row++) {
      json.beginArray();
      for (Table.Column column : columns) {
        cells.write(column, row);
      }
      json.endArray();
    }
  }

  @Override
  public void end(QueryStatistics statistics) throws IOException {
    json.endArray();
    writeEnd(json, warnings, statistics, detailed);
  }

  /** What every JSON answer ends with. */
  static void writeEnd(
      JsonWriter json, List<String> warnings, QueryStatistics statistics, boolean detailed)
      throws IOException {
    if (!warnings.isEmpty()) {
      json.name("warnings").beginArray();
      for (String warning : warnings) {
        json.string(warning);
      }
      json.endArray();
    }
    json.name("stats").beginObject();
    json.name("rows").number(statistics.rows());
    json.name("elapsedMillis").number(statistics.elapsedNanos() / 1e6);
    if (detailed) {
      json.name("samples").number(statistics.samples());
      json.name("memoryBytes").number(statistics.memoryBytes());
    }
    json.endObject().endObject().flush();
  }
}
