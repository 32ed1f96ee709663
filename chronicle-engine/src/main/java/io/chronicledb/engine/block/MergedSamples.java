package io.chronicledb.engine.block;

import java.util.Arrays;
import java.util.List;

/**
 * Merges the samples that several runs hold of one series into one ascending stream without repeats. Where runs share a timestamp, the
 * run with the higher sequences wins.
 *
 * <p>Runs mostly follow one another in time, so the merge copies whole stretches up to the next run's first timestamp, and loads a slice
 * only when its time has come. Reusable through {@link #reset}; not thread-safe.
 */
public final class MergedSamples {

  private SampleCursor[] sources = new SampleCursor[8];
  /** Next sample's place in each source's slice; -1 where the slice is not loaded yet. */
  private int[] positions = new int[8];
  /** The next sample's timestamp, or a lower bound for it where the slice is not loaded. MAX_VALUE at the end. */
  private long[] heads = new long[8];

  private int count;

  /** Starts on the samples of {@code cursors}, which are given from the lowest sequences to the highest. */
  public void reset(List<SampleCursor> cursors) {
    count = cursors.size();
    if (count > sources.length) {
      sources = new SampleCursor[count * 2];
      positions = new int[count * 2];
      heads = new long[count * 2];
    }
    for (int i = 0; i < count; i++) {
      sources[i] = cursors.get(i);
      positions[i] = -1;
      heads[i] = sources[i].nextTime();
    }
  }

  /**
   * Fills the front of two arrays of the same length with the next samples.
   *
   * @return how many; 0 at the end
   */
  public int fill(long[] timestamps, double[] values) {
    int filled = 0;
    while (filled < timestamps.length) {
      int best = -1;
      long bestHead = Long.MAX_VALUE;
      long otherHead = Long.MAX_VALUE;
      for (int i = 0; i < count; i++) {
        long head = heads[i];
        if (head < bestHead) {
          otherHead = bestHead;
          bestHead = head;
          best = i;
        } else if (head < otherHead) {
          otherHead = head;
        }
      }
      if (best < 0) {
        break;
      }
      if (positions[best] < 0) {
        load(best);
      } else if (otherHead == bestHead) {
        filled = takeNewest(bestHead, timestamps, values, filled);
      } else {
        filled = takeUntil(otherHead, best, timestamps, values, filled);
      }
    }
    return filled;
  }

  private void load(int source) {
    SampleCursor cursor = sources[source];
    if (cursor.next()) {
      positions[source] = cursor.start();
      heads[source] = cursor.timestamps()[cursor.start()];
    } else {
      heads[source] = Long.MAX_VALUE;
    }
  }

  /** Copies a stretch of one source that no other source reaches into. */
  private int takeUntil(long limit, int source, long[] timestamps, double[] values, int filled) {
    SampleCursor cursor = sources[source];
    long[] from = cursor.timestamps();
    int start = positions[source];
    int end = Math.min(cursor.end(), start + timestamps.length - filled);
    if (from[end - 1] >= limit) {
      int found = Arrays.binarySearch(from, start, end, limit);
      end = found >= 0 ? found : -found - 1;
    }
    System.arraycopy(from, start, timestamps, filled, end - start);
    System.arraycopy(cursor.values(), start, values, filled, end - start);
    advance(source, end);
    return filled + end - start;
  }

  /** Takes the sample that several sources have: the newest counts, the others are passed over. */
  private int takeNewest(long time, long[] timestamps, double[] values, int filled) {
    int newest = -1;
    for (int i = 0; i < count; i++) {
      if (heads[i] == time && positions[i] < 0) {
        load(i); // Only a bound so far; its real head decides whether it takes part.
        return filled;
      }
      if (heads[i] == time) {
        newest = i;
      }
    }
    timestamps[filled] = time;
    values[filled] = sources[newest].values()[positions[newest]];
    for (int i = 0; i < count; i++) {
      if (heads[i] == time) {
        advance(i, positions[i] + 1);
      }
    }
    return filled + 1;
  }

  private void advance(int source, int position) {
    SampleCursor cursor = sources[source];
    if (position < cursor.end()) {
      positions[source] = position;
      heads[source] = cursor.timestamps()[position];
    } else {
      positions[source] = -1;
      heads[source] = cursor.nextTime();
    }
  }
}
