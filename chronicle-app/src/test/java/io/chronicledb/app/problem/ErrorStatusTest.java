package io.chronicledb.app.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.error.InvalidQueryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

class ErrorStatusTest {

  @ParameterizedTest
  @CsvSource({
    "INVALID_QUERY, 400", "BAD_DATA, 400", "UNSUPPORTED, 422", "NOT_FOUND, 404",
        "UNAUTHORIZED, 401", "FORBIDDEN, 403",
    "QUERY_TIMEOUT, 503", "OVERLOADED, 503", "READ_ONLY, 503", "STORAGE_FULL, 503", "WAL_SYNC, 503",
        "CORRUPTION, 500"
  })
  void mapsCodes(ErrorCode code, int status) {
    assertThat(ErrorStatus.of(code).value()).isEqualTo(status);
  }

  @ParameterizedTest
  @EnumSource
  void givesEveryCodeAnErrorStatusAndEveryPassingOneATimeToComeAgain(ErrorCode code) {
    assertThat(ErrorStatus.of(code).isError()).isTrue();
    int status = ErrorStatus.of(code).value();
    assertThat(ErrorStatus.headers(code).containsHeader(HttpHeaders.RETRY_AFTER))
        .isEqualTo(status == 503 || status == 429);
  }

  @Test
  void saysWhereAQueryIsWrong() {
    var response = Problem.response(InvalidQueryException.at(1, 8, "unknown function"));
    assertThat(response.getHeaders().getContentType()).hasToString("application/problem+json");
    var problem = (ProblemDetail) response.getBody();
    assertThat(problem).isNotNull();
    assertThat(problem.getDetail()).isEqualTo("unknown function");
    assertThat(problem.getProperties())
        .containsEntry("error", "invalid_query")
        .containsEntry("line", 1)
        .containsEntry("column", 8);
  }

  @Test
  void prefersAStatusOfItsOwn() {
    var error =
        new RequestRefusedException(HttpStatus.CONTENT_TOO_LARGE, ErrorCode.BAD_DATA, "too large");
    assertThat(Problem.response(error).getStatusCode()).isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
  }
}
