package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.query.function.WindowFunction.Accumulator;

/** {@code min_over_time} and {@code max_over_time}: the first of the extreme values, and any number rather than NaN. */
final class WindowExtreme implements Accumulator {

  private final boolean least;
  private boolean any;
  private double extreme;
  /** Of a window that slides: its extreme value, and when that was. */
  private double slidingExtreme;

  private long slidingTime;

  WindowExtreme(boolean least) {
    this.least = least;
  }

  @Override
  public void start(long windowStart, long windowEnd) {
    any = false;
    extreme = Double.NaN;
  }

  @Override
  public void add(long[] timestamps, double[] values, int from, int to) {
    any = true;
    for (int i = from; i < to; i++) {
      if (isBetter(values[i], extreme)) {
        extreme = values[i];
      }
    }
  }

  /** As long as the extreme value stays in the window, only new ones can take its place. */
  @Override
  public void slide(long[] timestamps, double[] values, int from, int to, int firstNew) {
    int next = firstNew;
    if (next == from || slidingTime < timestamps[from]) {
      slidingExtreme = values[from];
      slidingTime = timestamps[from];
      next = from + 1;
    }
    for (int i = next; i < to; i++) {
      if (isBetter(values[i], slidingExtreme)) {
        slidingExtreme = values[i];
        slidingTime = timestamps[i];
      }
    }
    any = true;
    extreme = slidingExtreme;
  }

  private boolean isBetter(double value, double best) {
    return (least ? value < best : value > best) || Double.isNaN(best);
  }

  @Override
  public double result() {
    return any ? extreme : StaleMarker.value();
  }
}
