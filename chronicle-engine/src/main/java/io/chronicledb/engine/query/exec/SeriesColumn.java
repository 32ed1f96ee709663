package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.Tags;
import org.jspecify.annotations.Nullable;

/** The samples of a series of a result, put together instant by instant. Not thread-safe. */
final class SeriesColumn {

  private final double[] values;
  private @Nullable NativeHistogram @Nullable [] histograms;

  SeriesColumn(int instants) {
    this.values = SeriesBatch.absent(instants);
  }

  boolean has(int instant) {
    return !StaleMarker.is(values[instant]) || histograms != null && histograms[instant] != null;
  }

  void set(int instant, double value) {
    values[instant] = value;
  }

  void set(int instant, NativeHistogram histogram) {
    if (histograms == null) {
      histograms = new NativeHistogram[values.length];
    }
    histograms[instant] = histogram;
  }

  /** Takes what a series has at an instant. */
  void take(SeriesBatch batch, int instant) {
    NativeHistogram histogram = batch.histogram(instant);
    if (histogram != null) {
      set(instant, histogram);
    } else {
      values[instant] = batch.values()[instant];
    }
  }

  /** Takes what a series has at its first instant. */
  void repeat(SeriesBatch batch, int instant) {
    NativeHistogram histogram = batch.histogram(0);
    if (histogram != null) {
      set(instant, histogram);
    } else {
      values[instant] = batch.values()[0];
    }
  }

  /** Takes the result of an operation. */
  void take(SampleOperation operation, int instant) {
    NativeHistogram histogram = operation.histogram();
    if (histogram != null) {
      set(instant, histogram);
    } else {
      values[instant] = operation.value();
    }
  }

  SeriesBatch batch(Tags labels, boolean dropsMetric) {
    return new SeriesBatch(labels, values, histograms, dropsMetric);
  }
}
