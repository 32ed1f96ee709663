package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.Tags;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One series over a grid of instants.
 *
 * @param labels with the metric under {@link Tags#METRIC}
 * @param values one for each instant, absent where there is none or a histogram; owned by whoever got the batch
 * @param histograms one for each instant, null where there is none; null where there are none at all. Owned likewise
 * @param dropsMetric whether the values are the metric's no more, so that its name is to go once the query is done; until then it tells
 *     series apart, and labels can be made of it
 */
public record SeriesBatch(
    Tags labels,
    double[] values,
    @Nullable NativeHistogram @Nullable [] histograms,
    boolean dropsMetric) {

  private static final int OVERHEAD_BYTES = 64;

  public SeriesBatch(Tags labels, double[] values) {
    this(labels, values, null, false);
  }

  public SeriesBatch(Tags labels, double[] values, boolean dropsMetric) {
    this(labels, values, null, dropsMetric);
  }

  /** Makes something of labels and samples. */
  @FunctionalInterface
  public interface Samples<R> {
    R of(
        Tags labels,
        long[] timestamps,
        double[] values,
        long[] histogramTimestamps,
        NativeHistogram[] histograms);
  }

  /** The samples that are present, with their timestamps. */
  public <R> R samples(long[] grid, Samples<R> maker) {
    int count = 0;
    for (double value : values) {
      count += StaleMarker.is(value) ? 0 : 1;
    }
    long[] presentTimes = grid;
    double[] presentValues = values;
    if (count < values.length) {
      presentTimes = new long[count];
      presentValues = new double[count];
      int at = 0;
      for (int i = 0; i < values.length; i++) {
        if (!StaleMarker.is(values[i])) {
          presentTimes[at] = grid[i];
          presentValues[at++] = values[i];
        }
      }
    }
    int histogramCount = 0;
    for (int i = 0; histograms != null && i < histograms.length; i++) {
      histogramCount += histograms[i] == null ? 0 : 1;
    }
    var histogramTimes = new long[histogramCount];
    var present = new NativeHistogram[histogramCount];
    int at = 0;
    for (int i = 0; at < histogramCount; i++) {
      NativeHistogram histogram = histogram(i);
      if (histogram != null) {
        histogramTimes[at] = grid[i];
        present[at++] = histogram;
      }
    }
    return maker.of(labels, presentTimes, presentValues, histogramTimes, present);
  }

  /** Values that are all absent. */
  static double[] absent(int count) {
    var values = new double[count];
    Arrays.fill(values, StaleMarker.value());
    return values;
  }

  boolean isEmpty() {
    return !hasFloats() && !hasHistograms();
  }

  /** Whether some value is a double. */
  boolean hasFloats() {
    for (double value : values) {
      if (!StaleMarker.is(value)) {
        return true;
      }
    }
    return false;
  }

  boolean hasHistograms() {
    for (int i = 0; histograms != null && i < histograms.length; i++) {
      if (histograms[i] != null) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is a double or a histogram. */
  boolean has(int instant) {
    return !StaleMarker.is(values[instant]) || histogram(instant) != null;
  }

  /** The histogram at an instant; null where there is none. */
  public @Nullable NativeHistogram histogram(int instant) {
    return histograms == null ? null : histograms[instant];
  }

  /** The same doubles, without histograms. */
  SeriesBatch floats() {
    return histograms == null ? this : new SeriesBatch(labels, values, null, dropsMetric);
  }

  /** The same samples under other labels. */
  SeriesBatch named(Tags newLabels, boolean newDropsMetric) {
    return new SeriesBatch(newLabels, values, histograms, newDropsMetric);
  }

  /** The metric's name; empty where there is none, or none that still counts. */
  String metric() {
    return dropsMetric ? "" : name();
  }

  /** The metric's name, also where it is to go; empty where there is none. */
  String name() {
    String name = labels.get(Tags.METRIC);
    return name == null ? "" : name;
  }

  /** The same samples in arrays of their own. */
  SeriesBatch copy() {
    return new SeriesBatch(
        labels, values.clone(), histograms == null ? null : histograms.clone(), dropsMetric);
  }

  /** Of a series without histograms. */
  static long heldBytes(int instants) {
    return OVERHEAD_BYTES + 8L * instants;
  }

  long heldBytes() {
    long bytes = heldBytes(values.length);
    for (int i = 0; histograms != null && i < histograms.length; i++) {
      NativeHistogram histogram = histograms[i];
      bytes += 8 + (histogram == null ? 0 : histogram.memoryBytes());
    }
    return bytes;
  }
}
