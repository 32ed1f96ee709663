package io.chronicledb.app.problem;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Turns what a request handler throws, and what Spring refuses before one is reached, into problem JSON. The last resort for every
 * surface; the Prometheus API puts its own, more specific advice before it.
 */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  @Nullable
  ResponseEntity<Object> handle(ChronicleException error, HttpServletResponse response) {
    if (ErrorStatus.of(error).is5xxServerError()
        && error.code().category() != ErrorCode.Category.RESOURCES) {
      LOG.error("request failed: {}", error.code().wireName(), error);
    }
    // Half an answer is on its way: ending it there is all that can still be said.
    return response.isCommitted() ? null : Problem.response(error);
  }

  /** A body that ends early or is framed wrongly; mostly the client has gone away and nobody reads the answer. */
  @ExceptionHandler
  @Nullable
  ResponseEntity<Object> handle(IOException error, HttpServletResponse response) {
    LOG.debug("connection lost: {}", error.toString());
    return response.isCommitted()
        ? null
        : Problem.response(
            Problem.detail(
                HttpStatus.BAD_REQUEST,
                ErrorCode.BAD_DATA,
                "the request could not be read to its end"),
            new HttpHeaders());
  }

  @ExceptionHandler
  @Nullable
  ResponseEntity<Object> handle(RuntimeException error, HttpServletResponse response) {
    // The cause may say anything about paths and data: it is for the log.
    LOG.error("request failed", error);
    return response.isCommitted()
        ? null
        : Problem.response(
            ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "internal error; the server's log has it"),
            new HttpHeaders());
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception error,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    ResponseEntity<Object> response =
        super.handleExceptionInternal(error, body, headers, status, request);
    if (response == null) {
      return null;
    }
    ProblemDetail problem =
        response.getBody() instanceof ProblemDetail given ? given : ProblemDetail.forStatus(status);
    if (status.value() == HttpStatus.NOT_FOUND.value()) {
      // Spring speaks of static resources here, whatever was looked for.
      problem.setDetail("there is nothing at this path");
    }
    return Problem.response(Problem.mark(problem, codeOf(status)), headers);
  }

  private static ErrorCode codeOf(HttpStatusCode status) {
    return switch (status.value()) {
      case 404 -> ErrorCode.NOT_FOUND;
      case 405, 406, 415 -> ErrorCode.UNSUPPORTED;
      case 401 -> ErrorCode.UNAUTHORIZED;
      case 403 -> ErrorCode.FORBIDDEN;
      case 503 -> ErrorCode.OVERLOADED;
      default -> ErrorCode.BAD_DATA;
    };
  }
}
