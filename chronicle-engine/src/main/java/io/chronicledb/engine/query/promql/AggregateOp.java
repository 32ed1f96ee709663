package io.chronicledb.engine.query.promql;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The aggregation operators. */
public enum AggregateOp {
  SUM(null),
  AVG(null),
  MIN(null),
  MAX(null),
  COUNT(null),
  GROUP(null),
  STDDEV(null),
  STDVAR(null),
  TOPK(ValueType.SCALAR),
  BOTTOMK(ValueType.SCALAR),
  COUNT_VALUES(ValueType.STRING),
  QUANTILE(ValueType.SCALAR),
  LIMITK(ValueType.SCALAR),
  LIMIT_RATIO(ValueType.SCALAR);

  private final @Nullable ValueType parameterType;

  AggregateOp(@Nullable ValueType parameterType) {
    this.parameterType = parameterType;
  }

  /** As written in a query, for example {@code count_values}. */
  public String symbol() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of the parameter in front of the vector; null where there is none. */
  public @Nullable ValueType parameterType() {
    return parameterType;
  }
}
