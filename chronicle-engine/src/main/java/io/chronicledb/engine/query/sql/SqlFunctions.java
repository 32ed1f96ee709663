package io.chronicledb.engine.query.sql;

import static io.chronicledb.engine.query.sql.SqlFunctions.Kind.AGGREGATE;
import static io.chronicledb.engine.query.sql.SqlFunctions.Kind.SCALAR;

import io.chronicledb.engine.error.NearestName;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every function that SQL knows by name. Whether a version also evaluates one is decided where plans are built. */
public final class SqlFunctions {

  /** What a function works on. */
  public enum Kind {
    /** Many points. */
    AGGREGATE,
    /** One row. */
    SCALAR
  }

  /**
   * One function.
   *
   * @param name in lower case
   * @param perSeries whether it looks at the points of one series in their order, so that a group sums its results unless another
   *     aggregate stands around it
   * @param argumentsMax {@link Integer#MAX_VALUE} for any number
   */
  public record Function(
      String name, Kind kind, boolean perSeries, int argumentsMin, int argumentsMax) {
    public Function {
      if (argumentsMin < 0 || argumentsMax < argumentsMin) {
        throw new IllegalArgumentException(
            name + " takes " + argumentsMin + " to " + argumentsMax + " arguments");
      }
    }

    /** Whether {@code name(*)} is allowed. */
    public boolean takesStar() {
      return name.equals("count");
    }
  }

  private static final Map<String, Function> BY_NAME = new LinkedHashMap<>();

  static {
    for (String name : new String[] {
      "count",
      "sum",
      "mean",
      "avg",
      "min",
      "max",
      "first",
      "last",
      "stddev",
      "variance",
      "median",
      "spread",
      "distinct"
    }) {
      add(new Function(name, AGGREGATE, false, 1, 1));
    }
    add(new Function("percentile", AGGREGATE, false, 2, 2)); // value, p
    add(new Function("histogram_quantile", AGGREGATE, false, 2, 2)); // q, value
    for (String name : new String[] {"rate", "derivative", "integral"}) {
      add(new Function(name, AGGREGATE, true, 1, 2)); // value, unit
    }
    add(new Function("increase", AGGREGATE, true, 1, 1));
    add(new Function("delta", AGGREGATE, true, 1, 1));
    add(new Function("moving_average", AGGREGATE, true, 2, 2)); // value, points
    add(new Function("holt_winters", AGGREGATE, true, 2, 3)); // value, points ahead, season

    for (String name : new String[] {
      "abs", "ceil", "floor", "trunc", "sign", "sqrt", "cbrt", "exp", "ln", "log2", "log10", "sin",
      "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "degrees", "radians"
    }) {
      add(new Function(name, SCALAR, false, 1, 1));
    }
    add(new Function("round", SCALAR, false, 1, 2)); // value, decimal places
    // With the base spelled out: log(x) is the natural one to some databases and the decimal one to
    // others.
    for (String name : new String[] {"log", "pow", "mod", "atan2", "nullif"}) {
      add(new Function(name, SCALAR, false, 2, 2));
    }
    for (String name : new String[] {"coalesce", "greatest", "least"}) {
      add(new Function(name, SCALAR, false, 1, Integer.MAX_VALUE));
    }
  }

  private SqlFunctions() {}

  private static void add(Function function) {
    BY_NAME.put(function.name(), function);
  }

  /** All of them, aggregates first. */
  public static Collection<Function> all() {
    return Collections.unmodifiableCollection(BY_NAME.values());
  }

  /** The function of that name in any case, or null. */
  public static @Nullable Function find(String name) {
    return BY_NAME.get(name.toLowerCase(Locale.ROOT));
  }

  /** The known name that is nearest to an unknown one, or null where none is near. */
  public static @Nullable String nearest(String unknown) {
    return NearestName.of(unknown, BY_NAME.keySet().stream());
  }
}
