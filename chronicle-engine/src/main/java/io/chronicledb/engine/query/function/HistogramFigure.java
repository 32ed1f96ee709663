package io.chronicledb.engine.query.function;

import io.chronicledb.engine.histogram.NativeHistogram;

/** What one number says about a native histogram. */
public enum HistogramFigure {
  COUNT,
  SUM,
  AVERAGE,
  STANDARD_DEVIATION,
  VARIANCE;

  public double of(NativeHistogram histogram) {
    return switch (this) {
      case COUNT -> histogram.count();
      case SUM -> histogram.sum();
      case AVERAGE -> histogram.average();
      case STANDARD_DEVIATION -> histogram.standardDeviation();
      case VARIANCE -> histogram.variance();
    };
  }
}
