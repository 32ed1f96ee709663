package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.problem.ErrorStatus;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Errors of this API in Prometheus' envelope, with its error types. */
@RestControllerAdvice(basePackageClasses = ErrorAdvice.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ErrorAdvice {

  private static final Logger LOG = LoggerFactory.getLogger(ErrorAdvice.class);

  @ExceptionHandler
  void handle(ChronicleException error, HttpServletResponse response) throws IOException {
    int status = ErrorStatus.of(error).value();
    if (status == HttpStatus.INTERNAL_SERVER_ERROR.value()) {
      LOG.error("request failed: {}", error.code().wireName(), error);
    }
    if (!response.isCommitted()) {
      response.resetBuffer();
      ErrorStatus.retryAfter(error.code())
          .ifPresent(after ->
              response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(after.toSeconds())));
      ApiResponse.error(
          response, status, errorType(error.code()), String.valueOf(error.getMessage()));
    }
  }

  @ExceptionHandler
  void handle(RuntimeException error, HttpServletResponse response) throws IOException {
    LOG.error("request failed", error);
    if (!response.isCommitted()) {
      response.resetBuffer();
      ApiResponse.error(
          response,
          HttpStatus.INTERNAL_SERVER_ERROR.value(),
          "internal",
          "internal error; the server's log has it");
    }
  }

  static String errorType(ErrorCode code) {
    return switch (code) {
      case INVALID_QUERY, BAD_DATA, TOO_OLD, SCHEMA_VIOLATION, CARDINALITY_LIMIT -> "bad_data";
      case UNSUPPORTED, QUERY_MEMORY_EXCEEDED -> "execution";
      case QUERY_TIMEOUT -> "timeout";
      case QUERY_CANCELED -> "canceled";
      case NOT_FOUND -> "not_found";
      case CLOSED, READ_ONLY, LOCKED, STORAGE_FULL, OVERLOADED, WAL_SYNC -> "unavailable";
      case UNAUTHORIZED -> "unauthorized";
      case FORBIDDEN -> "forbidden";
      case CORRUPTION, STORAGE_READ, STORAGE_WRITE -> "internal";
    };
  }
}
