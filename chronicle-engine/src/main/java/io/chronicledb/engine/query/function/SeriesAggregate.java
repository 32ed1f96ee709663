package io.chronicledb.engine.query.function;

/**
 * How PromQL makes one series out of a group of series: at each instant from the values that are present there. {@link #TOPK} and {@link
 * #BOTTOMK} keep series instead.
 */
public enum SeriesAggregate {
  SUM,
  AVG,
  MIN,
  MAX,
  COUNT,
  GROUP,
  STDDEV,
  STDVAR,
  /** Takes a parameter, the quantile. */
  QUANTILE,
  /** Takes a parameter, how many. */
  TOPK,
  /** Takes a parameter, how many. */
  BOTTOMK;

  /** Whether it keeps series as they are. */
  public boolean selectsSeries() {
    return this == TOPK || this == BOTTOMK;
  }
}
