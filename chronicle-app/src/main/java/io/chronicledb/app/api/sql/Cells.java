package io.chronicledb.app.api.sql;

import io.chronicledb.app.wire.JsonWriter;
import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.Table;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes values of a table as JSON. */
record Cells(JsonWriter json, TimeFormat times) {

  void write(Table.Column column, int row) throws IOException {
    LongColumn longs = column.longs();
    DoubleColumn doubles = column.doubles();
    if (longs != null) {
      if (column.type() == Table.Type.TIMESTAMP) {
        time(longs.get(row));
      } else {
        json.number(longs.get(row));
      }
    } else if (doubles != null) {
      if (doubles.isAbsent(row)) {
        json.nullValue();
      } else {
        json.number(doubles.get(row));
      }
    } else {
      String text = text(column, row);
      if (text == null) {
        json.nullValue();
      } else {
        json.string(text);
      }
    }
  }

  void time(long nanos) throws IOException {
    if (times.precision() == null) {
      json.string(times.text(nanos));
    } else {
      json.number(times.precision().fromNanos(nanos));
    }
  }

  static @Nullable String text(Table.Column column, int row) {
    return column.strings() == null ? null : column.strings().get(row);
  }
}
