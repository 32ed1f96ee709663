package io.chronicledb.engine.block;

/** Takes the output of a {@link RunMerge}: series in order, and for each its samples in order. */
public interface RunSink {

  /** Starts the next series; called only for series that have samples. */
  void series(long order);

  /**
   * Adds the samples from {@code start} to {@code end}, at least one, to the series started last. The arrays are the caller's and will
   * change.
   */
  void samples(long[] timestamps, double[] values, int start, int end);
}
