package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;

/**
 * One series over the grid of a query.
 *
 * @param labels with the metric under {@link Tags#METRIC}, where the values are the metric's
 * @param values one for each instant, absent where there is none; owned by whoever got the batch
 */
public record SeriesBatch(Tags labels, double[] values) {

  /** Makes something of labels and samples. */
  @FunctionalInterface
  public interface Samples<R> {
    R of(Tags labels, long[] timestamps, double[] values);
  }

  /** The values that are present, with their timestamps. */
  public <R> R samples(long[] grid, Samples<R> maker) {
    int count = 0;
    for (double value : values) {
      count += StaleMarker.is(value) ? 0 : 1;
    }
    if (count == values.length) {
      return maker.of(labels, grid, values);
    }
    var presentTimes = new long[count];
    var presentValues = new double[count];
    int at = 0;
    for (int i = 0; i < values.length; i++) {
      if (!StaleMarker.is(values[i])) {
        presentTimes[at] = grid[i];
        presentValues[at++] = values[i];
      }
    }
    return maker.of(labels, presentTimes, presentValues);
  }

  boolean isEmpty() {
    for (double value : values) {
      if (!StaleMarker.is(value)) {
        return false;
      }
    }
    return true;
  }
}
