package io.chronicledb.app.api.prometheus;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.query.promql.PromQlPlanner;
import java.util.List;
import java.util.function.Supplier;

/** A request that Prometheus' API refuses before a query runs: {@code bad_data}. */
final class ApiException extends ChronicleException {

  private static final long serialVersionUID = 1L;

  ApiException(String message) {
    super(ErrorCode.BAD_DATA, message);
  }

  static ApiException parameter(String name, String message) {
    return new ApiException("invalid parameter \"" + name + "\": " + message);
  }

  /** Reads a selector such as {@code match[]}. */
  static List<TagMatcher> selector(String name, String text) {
    return inParameter(name, () -> PromQlPlanner.matchers(text));
  }

  /** Does work whose text comes from a parameter: one that does not parse is a bad parameter. */
  static <T> T inParameter(String name, Supplier<T> work) {
    try {
      return work.get();
    } catch (InvalidQueryException e) {
      if (e.code() == ErrorCode.UNSUPPORTED) {
        throw e;
      }
      throw parameter(name, String.valueOf(e.getMessage()));
    }
  }
}
