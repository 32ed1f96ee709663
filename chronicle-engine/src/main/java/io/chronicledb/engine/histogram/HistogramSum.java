package io.chronicledb.engine.histogram;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A sum of many histograms that loses next to nothing to rounding: what each addition loses is added up beside it, as Prometheus' {@code
 * sum} does. Not thread-safe.
 */
public final class HistogramSum {

  private NativeHistogram sum;

  /** What {@link #sum} lost, in the same layout; null as long as nothing was added to the first. */
  private @Nullable NativeHistogram lost;

  private final Set<CounterResetHint> hints;
  private boolean boundsReconciled;

  public HistogramSum(NativeHistogram first) {
    this.sum = first;
    this.hints = EnumSet.of(first.hint());
  }

  /** Whether {@link #add} takes it. */
  public boolean takes(NativeHistogram histogram) {
    return sum.isCompatibleWith(histogram);
  }

  /**
   * Adds one.
   *
   * @throws IllegalArgumentException where it is not compatible with the others
   */
  public void add(NativeHistogram histogram) {
    NativeHistogram.Aligned aligned = sum.aligned(histogram);
    BucketLayout layout = aligned.layout();
    CounterResetHint hint = sum.hint().combinedWith(histogram.hint());
    hints.add(histogram.hint());
    boundsReconciled |= aligned.boundsReconciled();
    double[] sums = new double[layout.bucketCount()];
    double[] rest = lost == null ? new double[sums.length] : buckets(lost.in(layout));
    for (int i = 0; i < sums.length; i++) {
      double a = aligned.first()[i];
      double b = aligned.second()[i];
      sums[i] = a + b;
      rest[i] += CompensatedSum.lost(a, b, sums[i]);
    }
    double count = sum.count() + histogram.count();
    double total = sum.sum() + histogram.sum();
    double zeros = aligned.zeroCount() + aligned.otherZeroCount();
    lost = NativeHistogram.derived(
        layout,
        hint,
        (lost == null ? 0 : lost.count())
            + CompensatedSum.lost(sum.count(), histogram.count(), count),
        (lost == null ? 0 : lost.sum()) + CompensatedSum.lost(sum.sum(), histogram.sum(), total),
        (lost == null ? 0 : lost.in(layout).zeroCount())
            + CompensatedSum.lost(aligned.zeroCount(), aligned.otherZeroCount(), zeros),
        rest);
    sum = NativeHistogram.derived(layout, hint, count, total, zeros, sums);
  }

  /** Whether the sum with one more of those it takes holds an infinity. */
  boolean overflowsWith(NativeHistogram histogram) {
    if (Double.isInfinite(sum.sum() + histogram.sum())
        || Double.isInfinite(sum.count() + histogram.count())
        || Double.isInfinite(sum.zeroCount() + histogram.zeroCount())) {
      return true;
    }
    NativeHistogram.Aligned aligned = sum.aligned(histogram);
    for (int i = 0; i < aligned.first().length; i++) {
      if (Double.isInfinite(aligned.first()[i] + aligned.second()[i])) {
        return true;
      }
    }
    return false;
  }

  private static double[] buckets(NativeHistogram histogram) {
    var buckets = new double[histogram.layout().bucketCount()];
    histogram.copyBuckets(buckets, 0);
    return buckets;
  }

  /** Whether some of the hints contradict each other. */
  public boolean hintsContradict() {
    return CounterResetHint.contradict(hints);
  }

  /** Whether custom bounds had to be given up because not all have them. */
  public boolean boundsReconciled() {
    return boundsReconciled;
  }

  /** The sum so far, without empty buckets. */
  public NativeHistogram result() {
    NativeHistogram all = sum;
    if (lost != null) {
      double[] buckets = buckets(sum);
      double[] rest = buckets(lost);
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] += rest[i];
      }
      all = NativeHistogram.derived(
          sum.layout(),
          sum.hint(),
          sum.count() + lost.count(),
          sum.sum() + lost.sum(),
          sum.zeroCount() + lost.zeroCount(),
          buckets);
    }
    return all.compact(0);
  }
}
