package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;

/** A query that ran into one of its limits. */
public final class QueryLimitException extends ChronicleException {

  private static final long serialVersionUID = 1L;

  QueryLimitException(ErrorCode code, String message) {
    super(code, message);
  }
}
