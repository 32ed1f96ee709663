package io.chronicledb.engine.histogram;

import java.util.Arrays;

/** Compares two histograms of a counter: did it begin again in between? */
final class ResetDetection {

  private ResetDetection() {}

  static boolean isReset(NativeHistogram current, NativeHistogram previous) {
    BucketLayout layout = current.layout();
    BucketLayout before = previous.layout();
    if (current.count() < previous.count()) {
      return true;
    }
    if (layout.equals(before) && layout.hidesNothing()) {
      return current.hasLess(previous);
    }
    if (layout.isCustom() != before.isCustom()) {
      return true;
    }
    if (layout.isCustom() && !Arrays.equals(layout.bounds(), before.bounds())) {
      return isResetOnCommonBounds(current, previous);
    }
    // Resolution is only ever lowered while a counter runs.
    if (layout.schema() > before.schema() || layout.zeroThreshold() < before.zeroThreshold()) {
      return true;
    }
    Side negative = previous.negativeSide();
    Side positive = previous.positiveSide();
    double zeroCount = previous.zeroCount();
    if (layout.zeroThreshold() > before.zeroThreshold()) {
      var wider = new ZeroBuckets.Widening(before.schema(), zeroCount, negative, positive);
      wider.to(layout.zeroThreshold());
      // A zero bucket never becomes wider by a part of a populated bucket.
      if (wider.threshold != layout.zeroThreshold()) {
        return true;
      }
      zeroCount = wider.count;
    }
    if (current.zeroCount() < zeroCount) {
      return true;
    }
    int steps = before.schema() - layout.schema();
    return isLess(layout, current.positiveSide(), positive.coarser(steps))
        || isLess(layout, current.negativeSide(), negative.coarser(steps));
  }

  /** Whether some bucket before, outside of the zero bucket, held more than it does now. */
  private static boolean isLess(BucketLayout layout, Side current, Side previous) {
    int first = layout.isCustom() ? 0 : firstOutside(layout, previous);
    int at = layout.isCustom() ? 0 : firstOutside(layout, current);
    for (int i = first; i < previous.size(); i++) {
      int index = previous.indexes()[i];
      while (at < current.size() && current.indexes()[at] < index) {
        at++;
      }
      double before = previous.counts()[i];
      boolean present = at < current.size() && current.indexes()[at] == index;
      if (present ? current.counts()[at] < before : before != 0) {
        return true;
      }
    }
    return false;
  }

  private static int firstOutside(BucketLayout layout, Side side) {
    int first = 0;
    double threshold = layout.zeroThreshold();
    while (threshold != 0
        && first < side.size()
        && layout.upper(side.indexes()[first]) <= threshold) {
      first++;
    }
    return first;
  }

  private static boolean isResetOnCommonBounds(NativeHistogram current, NativeHistogram previous) {
    double[] bounds =
        CustomBounds.common(current.layout().bounds(), previous.layout().bounds());
    double[] now = CustomBounds.counts(current, bounds);
    double[] before = CustomBounds.counts(previous, bounds);
    for (int i = 0; i < now.length; i++) {
      if (now[i] < before[i]) {
        return true;
      }
    }
    return false;
  }
}
