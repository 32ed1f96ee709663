package io.chronicledb.app.api.prometheus;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;

/** A request that Prometheus' API refuses before a query runs: {@code bad_data}. */
final class ApiException extends ChronicleException {

  private static final long serialVersionUID = 1L;

  ApiException(String message) {
    super(ErrorCode.BAD_DATA, message);
  }

  static ApiException parameter(String name, String message) {
    return new ApiException("invalid parameter \"" + name + "\": " + message);
  }
}
