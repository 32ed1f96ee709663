package io.chronicledb.engine.query.function;

/** How PromQL makes one series out of a group of series, or keeps some of them: at each instant from the values that are present there. */
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
  BOTTOMK,
  /** Takes a parameter, how many. */
  LIMITK,
  /** Takes a parameter, which part of all: the first so much of them, or from the end where it is negative. */
  LIMIT_RATIO;

  /** Whether it keeps series as they are. */
  public boolean selectsSeries() {
    return switch (this) {
      case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO -> true;
      default -> false;
    };
  }
}
