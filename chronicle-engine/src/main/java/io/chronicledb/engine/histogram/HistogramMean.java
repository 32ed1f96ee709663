package io.chronicledb.engine.histogram;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mean of many histograms. Where their sum passes what a double holds, it goes on as a mean of means, as Prometheus does. Not
 * thread-safe.
 */
public final class HistogramMean {

  private @Nullable HistogramSum sum;
  private long count;
  /** What was summed up before {@link #sum} would have overflowed; from then on the mean is kept here. */
  private @Nullable NativeHistogram mean;

  private final Set<CounterResetHint> hints = EnumSet.noneOf(CounterResetHint.class);
  private boolean boundsReconciled;

  /** Whether {@link #add} takes it. */
  public boolean takes(NativeHistogram histogram) {
    if (mean != null) {
      return mean.isCompatibleWith(histogram);
    }
    return sum == null || sum.takes(histogram);
  }

  /**
   * Adds one.
   *
   * @throws IllegalArgumentException where it is not compatible with the others
   */
  public void add(NativeHistogram histogram) {
    count++;
    hints.add(histogram.hint());
    if (sum == null) {
      sum = new HistogramSum(histogram);
    } else if (mean == null && !sum.overflowsWith(histogram)) {
      sum.add(histogram);
    } else {
      addToMean(histogram);
    }
  }

  private void addToMean(NativeHistogram histogram) {
    NativeHistogram before = mean == null && sum != null ? sum.result().dividedBy(count - 1) : mean;
    if (before == null) {
      return;
    }
    NativeHistogram.Combined next =
        before.times((double) (count - 1) / count).plus(histogram.dividedBy(count));
    boundsReconciled |= next.boundsReconciled();
    mean = next.histogram();
  }

  /** Whether some of the hints contradict each other. */
  public boolean hintsContradict() {
    return CounterResetHint.contradict(hints);
  }

  /** Whether custom bounds had to be given up because not all have them. */
  public boolean boundsReconciled() {
    return boundsReconciled || sum != null && sum.boundsReconciled();
  }

  /** The mean of those added, without empty buckets; null where there was none. */
  public @Nullable NativeHistogram result() {
    if (mean != null) {
      return mean.compact(0);
    }
    return sum == null ? null : sum.result().dividedBy(count);
  }
}
