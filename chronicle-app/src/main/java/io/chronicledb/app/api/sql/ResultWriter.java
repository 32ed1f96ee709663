package io.chronicledb.app.api.sql;

import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.query.QueryStatistics;
import java.io.IOException;

/** Writes a result as it comes. For one result. */
interface ResultWriter {

  /** Rows of the result, as many as there are at once. */
  void rows(Table rows) throws IOException;

  /** After the last rows. What a writer keeps back is written now. */
  void end(QueryStatistics statistics) throws IOException;
}
