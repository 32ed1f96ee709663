package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.query.function.WindowFunction.Accumulator;

/** Statistics over the values of a window. */
final class WindowStatistics {

  private WindowStatistics() {}

  /** {@code present_over_time}. */
  static final class Present implements Accumulator {
    private boolean any;

    @Override
    public void start(long windowStart, long windowEnd) {
      any = false;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      any = true;
    }

    @Override
    public double result() {
      return any ? 1 : StaleMarker.value();
    }
  }

  /** A mergeable statistic that is finished with each window. */
  static final class Finished implements Accumulator {
    private final Statistic statistic;
    private final Statistic.Accumulator accumulator;
    private final double[] state;
    private boolean any;

    Finished(Statistic statistic) {
      this.statistic = statistic;
      this.accumulator = statistic.accumulator();
      this.state = new double[statistic.width()];
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      accumulator.reset();
      any = false;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      accumulator.add(timestamps, values, from, to);
      any = true;
    }

    @Override
    public double result() {
      if (!any) {
        return StaleMarker.value();
      }
      accumulator.state(state, 0);
      return statistic.finish(state, 0);
    }
  }

  /** {@code avg_over_time}. */
  static final class Mean implements Accumulator {
    private final CompensatedMean mean = new CompensatedMean();

    @Override
    public void start(long windowStart, long windowEnd) {
      mean.reset();
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      mean.addAll(values, from, to);
    }

    @Override
    public double result() {
      return mean.count() == 0 ? StaleMarker.value() : mean.value();
    }
  }

  /** {@code stdvar_over_time} and its root, {@code stddev_over_time}. */
  static final class Variance implements Accumulator {
    private final boolean root;
    private final CompensatedSum mean = new CompensatedSum();
    private final CompensatedSum squares = new CompensatedSum();
    private long count;

    Variance(boolean root) {
      this.root = root;
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      mean.reset();
      squares.reset();
      count = 0;
    }

    @Override
    public void add(long[] timestamps, double[] values, int from, int to) {
      for (int i = from; i < to; i++) {
        count++;
        double distance = values[i] - mean.value();
        mean.add(distance / count);
        squares.add(distance * (values[i] - mean.value()));
      }
    }

    @Override
    public double result() {
      if (count == 0) {
        return StaleMarker.value();
      }
      double variance = squares.value() / count;
      return root ? Math.sqrt(variance) : variance;
    }
  }

  /** {@code quantile_over_time}: needs all values of the window. The parameter is the quantile. */
  static final class QuantileOfWindow implements Accumulator {
    private final DoubleColumn values = new DoubleColumn(64);
    private final SortedWindow sorted = new SortedWindow();
    private boolean slides;
    private double quantile;

    @Override
    public void restart() {
      sorted.restart();
    }

    @Override
    public void evaluateAt(long instant, double first, double second) {
      quantile = first;
    }

    @Override
    public void start(long windowStart, long windowEnd) {
      slides = false;
      values.clear();
    }

    @Override
    public void add(long[] timestamps, double[] windowValues, int from, int to) {
      values.addAll(windowValues, from, to - from);
    }

    @Override
    public void slide(long[] timestamps, double[] windowValues, int from, int to, int firstNew) {
      sorted.moveTo(windowValues, from, to, firstNew);
      slides = true;
    }

    @Override
    public double result() {
      if (slides) {
        return sorted.quantile(quantile);
      }
      return values.size() == 0
          ? StaleMarker.value()
          : Quantile.of(values.array(), values.size(), quantile);
    }
  }

  /** {@code mad_over_time}: the median of the distances from the median. */
  static final class MedianDeviation implements Accumulator {
    private final DoubleColumn values = new DoubleColumn(64);

    @Override
    public void start(long windowStart, long windowEnd) {
      values.clear();
    }

    @Override
    public void add(long[] timestamps, double[] windowValues, int from, int to) {
      values.addAll(windowValues, from, to - from);
    }

    @Override
    public double result() {
      int count = values.size();
      if (count == 0) {
        return StaleMarker.value();
      }
      double[] distances = values.array();
      double median = Quantile.of(distances, count, 0.5);
      for (int i = 0; i < count; i++) {
        distances[i] = Math.abs(distances[i] - median);
      }
      return Quantile.of(distances, count, 0.5);
    }
  }
}
