package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.histogram.HistogramMean;
import io.chronicledb.engine.histogram.HistogramSum;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The sum or the mean of the histograms of one group of series at each instant. For one thread. */
final class HistogramGroup {

  private final Annotations annotations;
  private final String position;
  private final @Nullable HistogramSum @Nullable [] sums;
  private final @Nullable HistogramMean @Nullable [] means;
  private final BitSet incompatible = new BitSet();

  HistogramGroup(Annotations annotations, String position, int instants, boolean ofMeans) {
    this.annotations = annotations;
    this.position = position;
    this.sums = ofMeans ? null : new HistogramSum[instants];
    this.means = ofMeans ? new HistogramMean[instants] : null;
  }

  void add(SeriesBatch batch) {
    for (int i = 0; i < batch.values().length; i++) {
      NativeHistogram histogram = batch.histogram(i);
      if (histogram != null && !incompatible.get(i) && !add(i, histogram)) {
        incompatible.set(i);
        annotations.mixedBuckets(batch.name(), position);
      }
    }
  }

  private boolean add(int instant, NativeHistogram histogram) {
    if (means != null) {
      HistogramMean mean = means[instant];
      if (mean == null) {
        mean = new HistogramMean();
        means[instant] = mean;
      }
      if (!mean.takes(histogram)) {
        return false;
      }
      mean.add(histogram);
      return true;
    }
    if (sums == null) {
      return true;
    }
    HistogramSum sum = sums[instant];
    if (sum == null) {
      sums[instant] = new HistogramSum(histogram);
      return true;
    }
    if (!sum.takes(histogram)) {
      return false;
    }
    sum.add(histogram);
    return true;
  }

  boolean has(int instant) {
    return sums != null && sums[instant] != null || means != null && means[instant] != null;
  }

  /** The result at an instant; null where there is none. */
  @Nullable
  NativeHistogram result(int instant) {
    if (incompatible.get(instant)) {
      return null;
    }
    HistogramSum sum = sums == null ? null : sums[instant];
    if (sum != null) {
      tell(sum.hintsContradict(), sum.boundsReconciled());
      return sum.result();
    }
    HistogramMean mean = means == null ? null : means[instant];
    if (mean != null) {
      tell(mean.hintsContradict(), mean.boundsReconciled());
      return mean.result();
    }
    return null;
  }

  private void tell(boolean hintsContradict, boolean boundsReconciled) {
    if (hintsContradict) {
      annotations.contradictingResets("aggregation", position);
    }
    if (boundsReconciled) {
      annotations.reconciledBounds("aggregation", position);
    }
  }
}
