package io.chronicledb.engine.histogram;

import java.util.Arrays;

/** Histograms with different custom bounds, brought to the bounds that both have. */
final class CustomBounds {

  private CustomBounds() {}

  /** The bounds that both have, ascending. */
  static double[] common(double[] a, double[] b) {
    var both = new double[Math.min(a.length, b.length)];
    int size = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        both[size++] = a[i];
        i++;
        j++;
      } else if (a[i] < b[j]) {
        i++;
      } else {
        j++;
      }
    }
    return Arrays.copyOf(both, size);
  }

  /** What a histogram holds up to each of some of its bounds, and behind the last one. */
  static double[] counts(NativeHistogram histogram, double[] bounds) {
    BucketLayout layout = histogram.layout();
    var counts = new double[bounds.length + 1];
    int target = 0;
    for (int i = 0; i < layout.positiveCount(); i++) {
      double upper = layout.upper(layout.positiveIndex(i));
      while (target < bounds.length && bounds[target] < upper) {
        target++;
      }
      counts[target] += histogram.positive(i);
    }
    return counts;
  }
}
