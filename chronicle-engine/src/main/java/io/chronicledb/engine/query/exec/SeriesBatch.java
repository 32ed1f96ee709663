package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import java.util.Arrays;

/**
 * One series over a grid of instants.
 *
 * @param labels with the metric under {@link Tags#METRIC}
 * @param values one for each instant, absent where there is none; owned by whoever got the batch
 * @param dropsMetric whether the values are the metric's no more, so that its name is to go once the query is done; until then it tells
 *     series apart, and labels can be made of it
 */
public record SeriesBatch(Tags labels, double[] values, boolean dropsMetric) {

  private static final int OVERHEAD_BYTES = 64;

  public SeriesBatch(Tags labels, double[] values) {
    this(labels, values, false);
  }

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

  /** Values that are all absent. */
  static double[] absent(int count) {
    var values = new double[count];
    Arrays.fill(values, StaleMarker.value());
    return values;
  }

  boolean isEmpty() {
    for (double value : values) {
      if (!StaleMarker.is(value)) {
        return false;
      }
    }
    return true;
  }

  boolean has(int instant) {
    return !StaleMarker.is(values[instant]);
  }

  /** The metric's name; empty where there is none, or none that still counts. */
  String metric() {
    String name = dropsMetric ? null : labels.get(Tags.METRIC);
    return name == null ? "" : name;
  }

  long heldBytes() {
    return OVERHEAD_BYTES + 8L * values.length;
  }
}
