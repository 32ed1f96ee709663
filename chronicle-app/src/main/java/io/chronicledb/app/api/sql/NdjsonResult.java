package io.chronicledb.app.api.sql;

import io.chronicledb.app.wire.JsonWriter;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.query.QueryStatistics;
import java.io.IOException;
import java.io.OutputStream;

/** One object for each row. */
final class NdjsonResult implements ResultWriter {

  private final JsonWriter json;
  private final Cells cells;

  NdjsonResult(OutputStream out, TimeFormat times) {
    this.json = new JsonWriter(out);
    this.cells = new Cells(json, times);
  }

  @Override
  public void rows(Table rows) throws IOException {
    for (int row = 0; row < rows.rowCount(); row++) {
      json.beginObject();
      for (Table.Column column : rows.columns()) {
        json.name(column.name());
        cells.write(column, row);
      }
      json.endObject().newLine();
    }
  }

  @Override
  public void end(QueryStatistics statistics) throws IOException {
    json.flush();
  }
}
