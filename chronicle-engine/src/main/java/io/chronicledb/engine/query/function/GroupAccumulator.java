package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.StaleMarker;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The running aggregate of one group of series over a grid of instants. Memory grows with the grid, not with the series, but for {@link
 * SeriesAggregate#QUANTILE}, which needs every value. For one thread.
 */
public final class GroupAccumulator {

  private final SeriesAggregate aggregate;
  private final int instants;
  /** Sum, mean, extreme, by aggregate; meaningful where {@link #counts} is not 0. */
  private final double[] values;

  /** Compensation of a sum, or squared differences from the mean. */
  private final double[] second;

  private final int[] counts;
  /** Means where the sum did not fit a double any more; null while there is none. */
  private @Nullable CompensatedMean @Nullable [] means;

  private final @Nullable DoubleColumn[] all;

  public GroupAccumulator(SeriesAggregate aggregate, int instants) {
    this.aggregate = aggregate;
    this.instants = instants;
    this.values = new double[instants];
    this.second = new double[instants];
    this.counts = new int[instants];
    this.all = new DoubleColumn[aggregate == SeriesAggregate.QUANTILE ? instants : 0];
  }

  /** Adds one series of the group. */
  public void add(double[] column) {
    switch (aggregate) {
      case SUM -> addSum(column);
      case AVG -> addMean(column);
      case MIN -> addExtreme(column, true);
      case MAX -> addExtreme(column, false);
      case COUNT, GROUP -> addCount(column);
      case STDDEV, STDVAR -> addMoments(column);
      case QUANTILE -> addAll(column);
      case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO ->
        throw new IllegalStateException(aggregate + " keeps no running value");
    }
  }

  private void addSum(double[] column) {
    for (int i = 0; i < instants; i++) {
      double value = column[i];
      if (!StaleMarker.is(value)) {
        double sum = values[i];
        double next = sum + value;
        if (!Double.isInfinite(next)) {
          second[i] +=
              Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
        }
        values[i] = next;
        counts[i]++;
      }
    }
  }

  private void addMean(double[] column) {
    if (means != null || overflows(column)) {
      addMeans(column);
    } else {
      addSum(column);
    }
  }

  private boolean overflows(double[] column) {
    for (int i = 0; i < instants; i++) {
      if (Double.isInfinite(values[i] + column[i])) {
        return true;
      }
    }
    return false;
  }

  /** Rare: where sums pass what a double holds, means go on from the values so far. */
  private void addMeans(double[] column) {
    @Nullable CompensatedMean[] incremental = means;
    if (incremental == null) {
      incremental = new CompensatedMean[instants];
      means = incremental;
    }
    for (int i = 0; i < instants; i++) {
      if (StaleMarker.is(column[i])) {
        continue;
      }
      CompensatedMean mean = incremental[i];
      if (mean == null) {
        mean = CompensatedMean.of(values[i], second[i], counts[i]);
        incremental[i] = mean;
      }
      mean.add(column[i]);
      counts[i]++;
    }
  }

  private double mean(int instant) {
    @Nullable CompensatedMean[] incremental = means;
    CompensatedMean mean = incremental == null ? null : incremental[instant];
    return mean == null
        ? values[instant] / counts[instant] + second[instant] / counts[instant]
        : mean.value();
  }

  private void addExtreme(double[] column, boolean least) {
    for (int i = 0; i < instants; i++) {
      double value = column[i];
      if (!StaleMarker.is(value)) {
        double best = values[i];
        if (counts[i]++ == 0 || (least ? value < best : value > best) || Double.isNaN(best)) {
          values[i] = value;
        }
      }
    }
  }

  private void addCount(double[] column) {
    for (int i = 0; i < instants; i++) {
      if (!StaleMarker.is(column[i])) {
        counts[i]++;
      }
    }
  }

  private void addMoments(double[] column) {
    for (int i = 0; i < instants; i++) {
      double value = column[i];
      if (!StaleMarker.is(value)) {
        counts[i]++;
        double delta = value - values[i];
        values[i] += delta / counts[i];
        second[i] += delta * (value - values[i]);
      }
    }
  }

  private void addAll(double[] column) {
    for (int i = 0; i < instants; i++) {
      if (!StaleMarker.is(column[i])) {
        DoubleColumn sample = all[i];
        if (sample == null) {
          sample = new DoubleColumn(8);
          all[i] = sample;
        }
        sample.add(column[i]);
        counts[i]++;
      }
    }
  }

  /**
   * The aggregate at each instant, absent where the group had no value.
   *
   * @param parameters of {@link SeriesAggregate#QUANTILE} at each instant; else not looked at
   */
  public double[] result(double[] parameters) {
    var result = new double[instants];
    Arrays.fill(result, StaleMarker.value());
    for (int i = 0; i < instants; i++) {
      if (counts[i] == 0) {
        continue;
      }
      result[i] = switch (aggregate) {
        case SUM -> sum(i);
        case AVG -> mean(i);
        case MIN, MAX -> values[i];
        case COUNT -> counts[i];
        case GROUP -> 1;
        case STDVAR -> second[i] / counts[i];
        case STDDEV -> Math.sqrt(second[i] / counts[i]);
        case QUANTILE -> quantile(i, parameters[i]);
        case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO ->
          throw new IllegalStateException(aggregate + " keeps no running value");
      };
    }
    return result;
  }

  private double sum(int instant) {
    double sum = values[instant];
    return Double.isInfinite(sum) ? sum : sum + second[instant];
  }

  private double quantile(int instant, double quantile) {
    DoubleColumn sample = all[instant];
    return sample == null
        ? StaleMarker.value()
        : Quantile.of(sample.array(), sample.size(), quantile);
  }
}
