package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.NearestName;
import io.chronicledb.engine.model.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values bound to a statement's parameters: numbers, texts, instants and null, by position or by name. Immutable. */
public final class SqlParameters {

  private static final SqlParameters NONE = new SqlParameters(List.of(), null);

  private final List<@Nullable Object> positional;
  /** Null where the values are bound by position. */
  private final @Nullable Map<String, @Nullable Object> named;

  private SqlParameters(
      List<@Nullable Object> positional, @Nullable Map<String, @Nullable Object> named) {
    this.positional = positional;
    this.named = named;
  }

  public static SqlParameters none() {
    return NONE;
  }

  /** Values of the {@code ?}, in their order. */
  public static SqlParameters of(@Nullable Object... values) {
    return of(Arrays.asList(values));
  }

  /** Values of the {@code ?}, in their order. */
  public static SqlParameters of(List<? extends @Nullable Object> values) {
    return new SqlParameters(Collections.unmodifiableList(new ArrayList<>(values)), null);
  }

  /** Values of the {@code :name}, without the colon. */
  public static SqlParameters named(Map<String, ? extends @Nullable Object> values) {
    return new SqlParameters(List.of(), Collections.unmodifiableMap(new LinkedHashMap<>(values)));
  }

  /** The value as {@link Long}, {@link Double} or {@link String}; instants become nanoseconds; null for NULL. */
  @Nullable
  Object get(SqlExpr.Parameter parameter) {
    String name = parameter.name();
    return name == null
        ? convert(positional(parameter), "parameter " + (parameter.index() + 1), parameter)
        : convert(named(name, parameter), "parameter :" + name, parameter);
  }

  private @Nullable Object positional(SqlExpr.Parameter parameter) {
    if (parameter.index() >= positional.size()) {
      throw parameter
          .at()
          .invalid(
              "no value is bound for parameter " + (parameter.index() + 1) + " of "
                  + positional.size(),
              named == null ? "bind one value for each ?" : "bind values by position, not by name");
    }
    return positional.get(parameter.index());
  }

  private @Nullable Object named(String name, SqlExpr.Parameter parameter) {
    Map<String, @Nullable Object> values = named == null ? Map.of() : named;
    if (!values.containsKey(name)) {
      throw parameter
          .at()
          .invalid("no value is bound for parameter :" + name
              + NearestName.hint(name, values.keySet().stream()));
    }
    return values.get(name);
  }

  private static @Nullable Object convert(
      @Nullable Object value, String which, SqlExpr.Parameter parameter) {
    if (value instanceof Instant instant) {
      try {
        return Timestamp.of(instant);
      } catch (ArithmeticException e) {
        throw new BadDataException(which + " is a time outside of 1677 to 2262: " + instant);
      }
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Float number) {
      return number.doubleValue();
    }
    if (value == null
        || value instanceof Long
        || value instanceof Double
        || value instanceof String) {
      return value;
    }
    throw parameter
        .at()
        .invalid(
            which + " is a " + value.getClass().getName(), "bind a number, a text or an Instant");
  }

  /** Refuses values that the statement has no place for: one of the two is wrong. */
  void refuseSurplus(SqlStatement statement) {
    var used = new ParameterUse();
    used.visit(statement);
    if (positional.size() > used.count) {
      throw statement
          .at()
          .invalid(positional.size() + " values are bound, and the statement has " + used.count
              + " parameters");
    }
    if (named != null) {
      for (String name : named.keySet()) {
        if (!used.names.contains(name)) {
          throw statement
              .at()
              .invalid("a value is bound for :" + name + ", which is no parameter of the statement"
                  + NearestName.hint(name, used.names.stream()));
        }
      }
    }
  }

  /** The parameters that a statement has. */
  private static final class ParameterUse {
    private int count;
    private final List<String> names = new ArrayList<>();

    void visit(SqlStatement statement) {
      statement.expressions().forEach(this::visit);
    }

    private void visit(SqlExpr expression) {
      if (expression instanceof SqlExpr.Parameter parameter) {
        count = Math.max(count, parameter.index() + 1);
        if (parameter.name() != null) {
          names.add(parameter.name());
        }
      }
      expression.children().forEach(this::visit);
    }
  }
}
