package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;

/** A query that is well-formed and cannot be answered for the data that it meets, such as an ambiguous match of series. */
public final class QueryExecutionException extends ChronicleException {

  private static final long serialVersionUID = 1L;

  QueryExecutionException(String message) {
    super(ErrorCode.UNSUPPORTED, message);
  }
}
