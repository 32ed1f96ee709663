package io.chronicledb.engine;

import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.write.PointBatch;
import java.util.SplittableRandom;

/**
 * Histograms that stand for doubles: everything in them follows from their sum. So ledgers and models of doubles watch over histograms too,
 * and notice where one comes back with something else in it.
 */
public final class HistogramPoints {

  private HistogramPoints() {}

  /** The histogram with that sum. */
  public static NativeHistogram of(double sum) {
    if (StaleMarker.is(sum)) {
      return NativeHistogram.of(
          BucketLayout.EMPTY, CounterResetHint.UNKNOWN, 0, sum, 0, new double[0], 0);
    }
    var random = new SplittableRandom(Double.doubleToRawLongBits(sum));
    int kind = random.nextInt(12);
    var indexes = new int[random.nextInt(6)];
    int index = random.nextInt(3);
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] = index;
      index += 1 + random.nextInt(2);
    }
    boolean custom = kind == 0;
    BucketLayout layout = custom
        ? BucketLayout.custom(bounds(index), indexes)
        : BucketLayout.exponential(
            kind == 1 ? 0 : 3,
            kind == 2 ? 0.3 : 0x1p-128,
            kind == 3 ? indexes.clone() : new int[0],
            indexes);
    var buckets = new double[layout.bucketCount()];
    double count = 0;
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = random.nextInt(1_000) + (kind == 4 ? 0.25 : 0);
      count += buckets[i];
    }
    CounterResetHint hint = CounterResetHint.of(kind < 4 ? kind : 0);
    return NativeHistogram.of(layout, hint, count, sum, custom ? 0 : random.nextInt(5), buckets, 0);
  }

  private static double[] bounds(int count) {
    var bounds = new double[count];
    for (int i = 0; i < count; i++) {
      bounds[i] = 0.5 * i;
    }
    return bounds;
  }

  /** Adds a double, or the histogram that stands for it. */
  public static void add(PointBatch batch, long timestamp, double value, boolean histogram) {
    if (histogram) {
      batch.add(timestamp, of(value));
    } else {
      batch.add(timestamp, value);
    }
  }

  /**
   * A sample of a slice as a double.
   *
   * @param histograms those of the slice; null where it holds doubles
   */
  public static double value(double[] values, HistogramColumn histograms, int place) {
    if (histograms == null) {
      return values[place];
    }
    NativeHistogram histogram = histograms.get(HistogramRows.row(values[place]));
    if (!StaleMarker.is(histogram.sum()) && !histogram.equals(of(histogram.sum()))) {
      throw new AssertionError(
          "a histogram of sum " + histogram.sum() + " has come to be " + histogram);
    }
    return histogram.sum();
  }
}
