package io.chronicledb.app.problem;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.error.InvalidQueryException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** Answers in problem JSON (RFC 9457) with the member {@code error}, the {@linkplain ErrorCode#wireName() wire name} of a code. */
public final class Problem {

  private static final String ERROR = "error";

  private Problem() {}

  public static ProblemDetail detail(HttpStatusCode status, ErrorCode code, String detail) {
    return mark(ProblemDetail.forStatusAndDetail(status, detail), code);
  }

  static ProblemDetail mark(ProblemDetail problem, ErrorCode code) {
    problem.setProperty(ERROR, code.wireName());
    return problem;
  }

  public static ResponseEntity<Object> response(ChronicleException error) {
    String message = error.getMessage();
    ProblemDetail problem = detail(
        ErrorStatus.of(error), error.code(), message == null ? error.code().wireName() : message);
    if (error instanceof InvalidQueryException query) {
      problem.setProperty("line", query.line());
      problem.setProperty("column", query.column());
    }
    return response(problem, ErrorStatus.headers(error.code()));
  }

  /** With the content type set, so that an {@code Accept} for CSV does not turn an error into a second one. */
  public static ResponseEntity<Object> response(ProblemDetail problem, HttpHeaders headers) {
    return ResponseEntity.status(problem.getStatus())
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
