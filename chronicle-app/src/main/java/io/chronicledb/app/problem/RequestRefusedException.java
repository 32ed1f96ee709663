package io.chronicledb.app.problem;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import org.springframework.http.HttpStatus;

/** A request that HTTP itself has a status for, more exact than its error code: too large, of the wrong type, not acceptable. */
public final class RequestRefusedException extends ChronicleException {

  private static final long serialVersionUID = 1L;

  private final HttpStatus status;

  public RequestRefusedException(HttpStatus status, ErrorCode code, String message) {
    super(code, message);
    this.status = status;
  }

  public HttpStatus status() {
    return status;
  }
}
