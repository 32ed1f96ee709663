package io.chronicledb.engine.block;

import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import org.jspecify.annotations.Nullable;

/** Takes the output of a {@link RunMerge}: series in order, and for each its samples in order. */
public interface RunSink {

  /** Starts the next series; called only for series that have samples. */
  void series(long order);

  /**
   * Adds the samples from {@code start} to {@code end}, at least one, to the series started last. Arrays and column are the caller's and
   * will change.
   *
   * @param histograms what the values refer to, as {@link HistogramRows} says; null where they are the samples themselves
   */
  void samples(
      long[] timestamps, double[] values, @Nullable HistogramColumn histograms, int start, int end);
}
