package io.chronicledb.engine.query.promql;

import io.chronicledb.engine.query.function.ScalarFunction;
import io.chronicledb.engine.query.function.WindowFunction;
import java.util.Map;

/** What functions of PromQL are in the algebra, where one is one. */
final class FunctionTables {

  private FunctionTables() {}

  /** Functions of one range vector and scalars. */
  static final Map<PromQlFunction, WindowFunction> RANGES = Map.ofEntries(
      Map.entry(PromQlFunction.RATE, WindowFunction.RATE),
      Map.entry(PromQlFunction.INCREASE, WindowFunction.INCREASE),
      Map.entry(PromQlFunction.DELTA, WindowFunction.DELTA),
      Map.entry(PromQlFunction.IRATE, WindowFunction.IRATE),
      Map.entry(PromQlFunction.IDELTA, WindowFunction.IDELTA),
      Map.entry(PromQlFunction.CHANGES, WindowFunction.CHANGES),
      Map.entry(PromQlFunction.RESETS, WindowFunction.RESETS),
      Map.entry(PromQlFunction.SUM_OVER_TIME, WindowFunction.SUM_OVER_TIME),
      Map.entry(PromQlFunction.AVG_OVER_TIME, WindowFunction.AVG_OVER_TIME),
      Map.entry(PromQlFunction.MIN_OVER_TIME, WindowFunction.MIN_OVER_TIME),
      Map.entry(PromQlFunction.MAX_OVER_TIME, WindowFunction.MAX_OVER_TIME),
      Map.entry(PromQlFunction.COUNT_OVER_TIME, WindowFunction.COUNT_OVER_TIME),
      Map.entry(PromQlFunction.LAST_OVER_TIME, WindowFunction.LAST_OVER_TIME),
      Map.entry(PromQlFunction.FIRST_OVER_TIME, WindowFunction.FIRST_OVER_TIME),
      Map.entry(PromQlFunction.PRESENT_OVER_TIME, WindowFunction.PRESENT_OVER_TIME),
      Map.entry(PromQlFunction.STDDEV_OVER_TIME, WindowFunction.STDDEV_OVER_TIME),
      Map.entry(PromQlFunction.STDVAR_OVER_TIME, WindowFunction.STDVAR_OVER_TIME),
      Map.entry(PromQlFunction.QUANTILE_OVER_TIME, WindowFunction.QUANTILE_OVER_TIME),
      Map.entry(PromQlFunction.MAD_OVER_TIME, WindowFunction.MAD_OVER_TIME),
      Map.entry(PromQlFunction.TS_OF_FIRST_OVER_TIME, WindowFunction.TS_OF_FIRST_OVER_TIME),
      Map.entry(PromQlFunction.TS_OF_LAST_OVER_TIME, WindowFunction.TS_OF_LAST_OVER_TIME),
      Map.entry(PromQlFunction.TS_OF_MIN_OVER_TIME, WindowFunction.TS_OF_MIN_OVER_TIME),
      Map.entry(PromQlFunction.TS_OF_MAX_OVER_TIME, WindowFunction.TS_OF_MAX_OVER_TIME),
      Map.entry(PromQlFunction.DERIV, WindowFunction.DERIV),
      Map.entry(PromQlFunction.PREDICT_LINEAR, WindowFunction.PREDICT_LINEAR),
      Map.entry(
          PromQlFunction.DOUBLE_EXPONENTIAL_SMOOTHING,
          WindowFunction.DOUBLE_EXPONENTIAL_SMOOTHING));

  static final Map<WindowFunction, WindowFunction> ANCHORED = Map.of(
      WindowFunction.RATE, WindowFunction.ANCHORED_RATE,
      WindowFunction.INCREASE, WindowFunction.ANCHORED_INCREASE,
      WindowFunction.DELTA, WindowFunction.ANCHORED_DELTA,
      WindowFunction.CHANGES, WindowFunction.ANCHORED_CHANGES,
      WindowFunction.RESETS, WindowFunction.ANCHORED_RESETS);

  static final Map<WindowFunction, WindowFunction> SMOOTHED = Map.of(
      WindowFunction.RATE, WindowFunction.SMOOTHED_RATE,
      WindowFunction.INCREASE, WindowFunction.SMOOTHED_INCREASE,
      WindowFunction.DELTA, WindowFunction.SMOOTHED_DELTA);

  /** Functions of each value, with scalars behind the vector. */
  static final Map<PromQlFunction, ScalarFunction> SCALARS = Map.ofEntries(
      Map.entry(PromQlFunction.ABS, ScalarFunction.ABS),
      Map.entry(PromQlFunction.CEIL, ScalarFunction.CEIL),
      Map.entry(PromQlFunction.FLOOR, ScalarFunction.FLOOR),
      Map.entry(PromQlFunction.EXP, ScalarFunction.EXP),
      Map.entry(PromQlFunction.SQRT, ScalarFunction.SQRT),
      Map.entry(PromQlFunction.LN, ScalarFunction.LN),
      Map.entry(PromQlFunction.LOG2, ScalarFunction.LOG2),
      Map.entry(PromQlFunction.LOG10, ScalarFunction.LOG10),
      Map.entry(PromQlFunction.SGN, ScalarFunction.SGN),
      Map.entry(PromQlFunction.SIN, ScalarFunction.SIN),
      Map.entry(PromQlFunction.COS, ScalarFunction.COS),
      Map.entry(PromQlFunction.TAN, ScalarFunction.TAN),
      Map.entry(PromQlFunction.ASIN, ScalarFunction.ASIN),
      Map.entry(PromQlFunction.ACOS, ScalarFunction.ACOS),
      Map.entry(PromQlFunction.ATAN, ScalarFunction.ATAN),
      Map.entry(PromQlFunction.SINH, ScalarFunction.SINH),
      Map.entry(PromQlFunction.COSH, ScalarFunction.COSH),
      Map.entry(PromQlFunction.TANH, ScalarFunction.TANH),
      Map.entry(PromQlFunction.ASINH, ScalarFunction.ASINH),
      Map.entry(PromQlFunction.ACOSH, ScalarFunction.ACOSH),
      Map.entry(PromQlFunction.ATANH, ScalarFunction.ATANH),
      Map.entry(PromQlFunction.DEG, ScalarFunction.DEG),
      Map.entry(PromQlFunction.RAD, ScalarFunction.RAD),
      Map.entry(PromQlFunction.ROUND, ScalarFunction.ROUND),
      Map.entry(PromQlFunction.CLAMP, ScalarFunction.CLAMP),
      Map.entry(PromQlFunction.CLAMP_MIN, ScalarFunction.CLAMP_MIN),
      Map.entry(PromQlFunction.CLAMP_MAX, ScalarFunction.CLAMP_MAX));

  /** Functions of a time, which is the instant's where none is given. */
  static final Map<PromQlFunction, ScalarFunction> CALENDARS = Map.of(
      PromQlFunction.YEAR, ScalarFunction.YEAR,
      PromQlFunction.MONTH, ScalarFunction.MONTH,
      PromQlFunction.DAY_OF_MONTH, ScalarFunction.DAY_OF_MONTH,
      PromQlFunction.DAY_OF_YEAR, ScalarFunction.DAY_OF_YEAR,
      PromQlFunction.DAY_OF_WEEK, ScalarFunction.DAY_OF_WEEK,
      PromQlFunction.DAYS_IN_MONTH, ScalarFunction.DAYS_IN_MONTH,
      PromQlFunction.HOUR, ScalarFunction.HOUR,
      PromQlFunction.MINUTE, ScalarFunction.MINUTE);
}
