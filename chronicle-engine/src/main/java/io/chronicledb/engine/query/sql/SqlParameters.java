package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.Timestamp;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values of a statement's bind parameters, by position. */
final class SqlParameters {

  private final List<? extends @Nullable Object> values;
  /** One more than the highest place that the statement refers to. */
  private int used;

  SqlParameters(List<? extends @Nullable Object> values) {
    this.values = values;
  }

  /** The value as {@link Long}, {@link Double} or {@link String}; instants become nanoseconds. */
  Object get(SqlExpr.Parameter parameter) {
    if (parameter.name() != null) {
      throw parameter.at().unsupported("a named parameter");
    }
    used = Math.max(used, parameter.index() + 1);
    if (parameter.index() >= values.size()) {
      throw parameter
          .at()
          .invalid("no value is bound for parameter " + (parameter.index() + 1) + " of "
              + values.size());
    }
    Object value = values.get(parameter.index());
    if (value instanceof Instant instant) {
      try {
        return Timestamp.of(instant);
      } catch (ArithmeticException e) {
        throw new BadDataException("parameter " + (parameter.index() + 1)
            + " is a time outside of 1677 to 2262: " + instant);
      }
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Float number) {
      return number.doubleValue();
    }
    if (value instanceof Long || value instanceof Double || value instanceof String) {
      return value;
    }
    throw parameter
        .at()
        .invalid(
            "parameter " + (parameter.index() + 1) + " is "
                + (value == null ? "null" : "a " + value.getClass().getName()),
            "bind a number, a string or an Instant");
  }

  /** Refuses values that the statement has no place for: one of the two is wrong. */
  void refuseSurplus(SqlSpan statement) {
    if (values.size() > used) {
      throw statement.invalid(
          values.size() + " values are bound, and the statement has " + used + " parameters");
    }
  }
}
