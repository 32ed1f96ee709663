package io.chronicledb.engine.query.function;

/** Tells the samples that are new in a window from those that the window before it had as well. */
final class SlidingWindow {

  private boolean any;
  private long newest;

  /** Forgets the windows so far. */
  void restart() {
    any = false;
  }

  /** Moves on to a window; returns the place of the first of its samples that are new, {@code to} where none is. */
  int firstNew(long[] timestamps, int from, int to) {
    int place = to;
    while (place > from && (!any || timestamps[place - 1] > newest)) {
      place--;
    }
    any = true;
    newest = timestamps[to - 1];
    return place;
  }
}
