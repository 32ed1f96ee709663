package io.chronicledb.app.problem;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * The HTTP status of every error code. Clients that write in the background decide by it: what can never succeed is 4xx, so that they
 * drop it, and what may succeed later is 5xx, so that they keep it and come again.
 */
public final class ErrorStatus {

  /** What nginx, and after it Prometheus, answers when the client gave up; nobody sees it but the access log. */
  private static final int CLIENT_CLOSED_REQUEST = 499;

  private static final Duration RETRY_SOON = Duration.ofSeconds(1);
  /** Room on disk, a repaired disk and a released lock take somebody's action. */
  private static final Duration RETRY_LATER = Duration.ofSeconds(10);

  private ErrorStatus() {}

  public static HttpStatusCode of(ChronicleException error) {
    return error instanceof RequestRefusedException refused ? refused.status() : of(error.code());
  }

  public static HttpStatusCode of(ErrorCode code) {
    return switch (code) {
      case INVALID_QUERY, BAD_DATA, TOO_OLD, SCHEMA_VIOLATION, CARDINALITY_LIMIT ->
        HttpStatus.BAD_REQUEST;
      case UNAUTHORIZED -> HttpStatus.UNAUTHORIZED;
      case FORBIDDEN -> HttpStatus.FORBIDDEN;
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case UNSUPPORTED, QUERY_MEMORY_EXCEEDED -> HttpStatus.UNPROCESSABLE_CONTENT;
      case QUERY_CANCELED -> HttpStatusCode.valueOf(CLIENT_CLOSED_REQUEST);
      case QUERY_TIMEOUT, OVERLOADED, CLOSED, READ_ONLY, LOCKED, STORAGE_FULL, WAL_SYNC ->
        HttpStatus.SERVICE_UNAVAILABLE;
      case CORRUPTION, STORAGE_READ, STORAGE_WRITE -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }

  /** When to come again, for an error that passes; empty for the others. */
  public static Optional<Duration> retryAfter(ErrorCode code) {
    return switch (code) {
      case QUERY_TIMEOUT, OVERLOADED -> Optional.of(RETRY_SOON);
      case CLOSED, READ_ONLY, LOCKED, STORAGE_FULL, WAL_SYNC -> Optional.of(RETRY_LATER);
      default -> Optional.empty();
    };
  }

  /** The headers that go with an error: {@code Retry-After} where it passes. */
  public static HttpHeaders headers(ErrorCode code) {
    var headers = new HttpHeaders();
    retryAfter(code)
        .ifPresent(
            after -> headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(after.toSeconds())));
    return headers;
  }
}
