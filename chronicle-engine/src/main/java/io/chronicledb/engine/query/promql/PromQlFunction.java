package io.chronicledb.engine.query.promql;

import static io.chronicledb.engine.query.promql.ValueType.MATRIX;
import static io.chronicledb.engine.query.promql.ValueType.SCALAR;
import static io.chronicledb.engine.query.promql.ValueType.STRING;
import static io.chronicledb.engine.query.promql.ValueType.VECTOR;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All functions of Prometheus 3 with their types, the experimental ones included. The name in a query is the constant's in lower
 * case.
 */
public enum PromQlFunction {
  ABS(VECTOR, VECTOR),
  ABSENT(VECTOR, VECTOR),
  ABSENT_OVER_TIME(VECTOR, MATRIX),
  ACOS(VECTOR, VECTOR),
  ACOSH(VECTOR, VECTOR),
  ASIN(VECTOR, VECTOR),
  ASINH(VECTOR, VECTOR),
  ATAN(VECTOR, VECTOR),
  ATANH(VECTOR, VECTOR),
  AVG_OVER_TIME(VECTOR, MATRIX),
  CEIL(VECTOR, VECTOR),
  CHANGES(VECTOR, MATRIX),
  CLAMP(VECTOR, VECTOR, SCALAR, SCALAR),
  CLAMP_MAX(VECTOR, VECTOR, SCALAR),
  CLAMP_MIN(VECTOR, VECTOR, SCALAR),
  COS(VECTOR, VECTOR),
  COSH(VECTOR, VECTOR),
  COUNT_OVER_TIME(VECTOR, MATRIX),
  DAY_OF_MONTH(0, 1, VECTOR, VECTOR),
  DAY_OF_WEEK(0, 1, VECTOR, VECTOR),
  DAY_OF_YEAR(0, 1, VECTOR, VECTOR),
  DAYS_IN_MONTH(0, 1, VECTOR, VECTOR),
  DEG(VECTOR, VECTOR),
  DELTA(VECTOR, MATRIX),
  DERIV(VECTOR, MATRIX),
  DOUBLE_EXPONENTIAL_SMOOTHING(VECTOR, MATRIX, SCALAR, SCALAR),
  END(SCALAR),
  EXP(VECTOR, VECTOR),
  FIRST_OVER_TIME(VECTOR, MATRIX),
  FLOOR(VECTOR, VECTOR),
  HISTOGRAM_AVG(VECTOR, VECTOR),
  HISTOGRAM_COUNT(VECTOR, VECTOR),
  HISTOGRAM_FRACTION(VECTOR, SCALAR, SCALAR, VECTOR),
  HISTOGRAM_QUANTILE(VECTOR, SCALAR, VECTOR),
  HISTOGRAM_QUANTILES(3, 12, VECTOR, VECTOR, STRING, SCALAR),
  HISTOGRAM_STDDEV(VECTOR, VECTOR),
  HISTOGRAM_STDVAR(VECTOR, VECTOR),
  HISTOGRAM_SUM(VECTOR, VECTOR),
  HOUR(0, 1, VECTOR, VECTOR),
  IDELTA(VECTOR, MATRIX),
  INCREASE(VECTOR, MATRIX),
  INFO(1, 2, VECTOR, VECTOR, VECTOR),
  IRATE(VECTOR, MATRIX),
  LABEL_JOIN(3, Integer.MAX_VALUE, VECTOR, VECTOR, STRING),
  LABEL_REPLACE(VECTOR, VECTOR, STRING, STRING, STRING, STRING),
  LAST_OVER_TIME(VECTOR, MATRIX),
  LN(VECTOR, VECTOR),
  LOG10(VECTOR, VECTOR),
  LOG2(VECTOR, VECTOR),
  MAD_OVER_TIME(VECTOR, MATRIX),
  MAX_OF(SCALAR, SCALAR, SCALAR),
  MAX_OVER_TIME(VECTOR, MATRIX),
  MIN_OF(SCALAR, SCALAR, SCALAR),
  MIN_OVER_TIME(VECTOR, MATRIX),
  MINUTE(0, 1, VECTOR, VECTOR),
  MONTH(0, 1, VECTOR, VECTOR),
  PI(SCALAR),
  PREDICT_LINEAR(VECTOR, MATRIX, SCALAR),
  PRESENT_OVER_TIME(VECTOR, MATRIX),
  QUANTILE_OVER_TIME(VECTOR, SCALAR, MATRIX),
  RAD(VECTOR, VECTOR),
  RANGE(SCALAR),
  RATE(VECTOR, MATRIX),
  RESETS(VECTOR, MATRIX),
  ROUND(1, 2, VECTOR, VECTOR, SCALAR),
  SCALAR_OF("scalar", SCALAR, VECTOR),
  SGN(VECTOR, VECTOR),
  SIN(VECTOR, VECTOR),
  SINH(VECTOR, VECTOR),
  SORT(VECTOR, VECTOR),
  SORT_BY_LABEL(1, Integer.MAX_VALUE, VECTOR, VECTOR, STRING),
  SORT_BY_LABEL_DESC(1, Integer.MAX_VALUE, VECTOR, VECTOR, STRING),
  SORT_DESC(VECTOR, VECTOR),
  SQRT(VECTOR, VECTOR),
  START(SCALAR),
  STDDEV_OVER_TIME(VECTOR, MATRIX),
  STDVAR_OVER_TIME(VECTOR, MATRIX),
  STEP(SCALAR),
  SUM_OVER_TIME(VECTOR, MATRIX),
  TAN(VECTOR, VECTOR),
  TANH(VECTOR, VECTOR),
  TIME(SCALAR),
  TIMESTAMP(VECTOR, VECTOR),
  TS_OF_FIRST_OVER_TIME(VECTOR, MATRIX),
  TS_OF_LAST_OVER_TIME(VECTOR, MATRIX),
  TS_OF_MAX_OVER_TIME(VECTOR, MATRIX),
  TS_OF_MIN_OVER_TIME(VECTOR, MATRIX),
  VECTOR_OF("vector", VECTOR, SCALAR),
  YEAR(0, 1, VECTOR, VECTOR);

  private static final Map<String, PromQlFunction> BY_NAME = Arrays.stream(values())
      .collect(Collectors.toUnmodifiableMap(PromQlFunction::functionName, Function.identity()));

  private final String functionName;
  private final ValueType returnType;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<ValueType> argumentTypes;

  private final int argumentsMin;
  private final int argumentsMax;

  PromQlFunction(ValueType returnType, ValueType... argumentTypes) {
    this(argumentTypes.length, argumentTypes.length, returnType, argumentTypes);
  }

  /** Under a name that a type already has here. */
  PromQlFunction(String functionName, ValueType returnType, ValueType argumentType) {
    this.functionName = functionName;
    this.returnType = returnType;
    this.argumentTypes = List.of(argumentType);
    this.argumentsMin = 1;
    this.argumentsMax = 1;
  }

  PromQlFunction(
      int argumentsMin, int argumentsMax, ValueType returnType, ValueType... argumentTypes) {
    this.functionName = name().toLowerCase(Locale.ROOT);
    this.returnType = returnType;
    this.argumentTypes = List.of(argumentTypes);
    this.argumentsMin = argumentsMin;
    this.argumentsMax = argumentsMax;
  }

  /** The function with this name, which is case-sensitive; null if there is none. */
  public static @Nullable PromQlFunction named(String name) {
    return BY_NAME.get(name);
  }

  /** As written in a query. */
  public String functionName() {
    return functionName;
  }

  public ValueType returnType() {
    return returnType;
  }

  public int argumentsMin() {
    return argumentsMin;
  }

  /** {@link Integer#MAX_VALUE} if the last argument can be repeated without a limit. */
  public int argumentsMax() {
    return argumentsMax;
  }

  /**
   * How a signature tells of arguments that may be left out or repeated: 0 where all are needed, -1 where the last may be repeated without
   * a limit, else how many there may be besides those that are needed.
   */
  public int variadic() {
    return argumentsMax == Integer.MAX_VALUE ? -1 : argumentsMax - argumentsMin;
  }

  /** The types in the signature: those of the arguments that are needed, and where there may be more, that of the next. */
  public List<ValueType> signature() {
    int count = argumentsMin == argumentsMax ? argumentsMin : argumentsMin + 1;
    return IntStream.range(0, count).mapToObj(this::argumentType).toList();
  }

  /** The type of an argument; the last declared type also goes for those that repeat it. */
  public ValueType argumentType(int index) {
    if (index < 0 || index >= argumentsMax) {
      throw new IndexOutOfBoundsException(functionName + " has no argument " + index);
    }
    return argumentTypes.get(Math.min(index, argumentTypes.size() - 1));
  }
}
