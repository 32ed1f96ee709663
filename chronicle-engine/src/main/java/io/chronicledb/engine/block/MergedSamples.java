package io.chronicledb.engine.block;

import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Merges the samples that several runs hold of one series into one ascending stream without repeats. Where runs share a timestamp, the
 * run with the higher sequences wins.
 *
 * <p>Runs mostly follow one another in time, so the merge hands on whole stretches of a source's own arrays up to the next run's first
 * timestamp, and loads a slice only when its time has come. Reusable through {@link #reset}; not thread-safe.
 */
public final class MergedSamples {

  /** Samples that are gathered at most before they are handed on. */
  private static final int GATHERED_MAX = 1024;
  /** A stretch of one source that is as long is handed on in place. */
  private static final int COPIED_MAX = 32;

  private SampleCursor[] sources = new SampleCursor[8];
  /** Next sample's place in each source's slice; -1 where the slice is not loaded yet. */
  private int[] positions = new int[8];
  /** The next sample's timestamp, or a lower bound for it where the slice is not loaded. MAX_VALUE at the end. */
  private long[] heads = new long[8];

  private int count;
  private long secondHead;

  private final long[] gatheredTimestamps = new long[GATHERED_MAX];
  private final double[] gatheredValues = new double[GATHERED_MAX];

  /** Those of {@link #gatheredValues}, where these are rows. */
  private @Nullable HistogramColumn gatheredHistograms;

  private @Nullable HistogramColumn histogramsKept;

  private long[] timestamps = gatheredTimestamps;
  private double[] values = gatheredValues;
  private @Nullable HistogramColumn histograms;
  private int start;
  private int end;

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

  /** Moves to the next slice, which holds at least one sample; false at the end. */
  public boolean next() {
    while (true) {
      int best = findHeads();
      if (best < 0) {
        return false;
      }
      if (positions[best] < 0) {
        load(best);
        continue;
      }
      if (secondHead > heads[best]) {
        SampleCursor cursor = sources[best];
        int from = positions[best];
        int to = endBefore(secondHead, best, cursor.end());
        if (to - from >= COPIED_MAX || to == cursor.end()) {
          timestamps = cursor.timestamps();
          values = cursor.values();
          histograms = cursor.histograms();
          start = from;
          end = to;
          advance(best, to);
          return true;
        }
      }
      // Sources that interleave closely: their samples are gathered.
      start = 0;
      end = fill();
      timestamps = gatheredTimestamps;
      values = gatheredValues;
      histograms = gatheredHistograms;
      return true;
    }
  }

  /** Timestamps of the slice, from {@link #start()} to {@link #end()}; valid until the next call of {@link #next()}. */
  public long[] timestamps() {
    return timestamps;
  }

  /** Values of the slice, in the places of {@link #timestamps()}. */
  public double[] values() {
    return values;
  }

  /** What the values of the slice refer to; null where they are the samples themselves. */
  public @Nullable HistogramColumn histograms() {
    return histograms;
  }

  public int start() {
    return start;
  }

  public int end() {
    return end;
  }

  /**
   * Describes the next samples without decoding them, where they are a whole chunk that no other source reaches into.
   *
   * @return false where the samples must be read; {@code into} is undefined then
   */
  public boolean describeNext(ChunkStatistics into) {
    int best = findHeads();
    return best >= 0
        && positions[best] < 0
        && sources[best].describeNext(into)
        && secondHead > into.maxTime();
  }

  /** Passes over the chunk that {@link #describeNext} has just described. */
  public void skipDescribed() {
    int best = findHeads();
    sources[best].skip();
    heads[best] = sources[best].nextTime();
  }

  /** The source with the smallest head, the last of them where several share it, or -1; sets {@link #secondHead} to that of the others. */
  private int findHeads() {
    int best = -1;
    long bestHead = Long.MAX_VALUE;
    long second = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      long head = heads[i];
      if (head < bestHead) {
        second = bestHead;
        bestHead = head;
        best = i;
      } else if (head < second) {
        second = head;
      }
    }
    secondHead = second;
    return best;
  }

  /** Gathers samples of one kind, one by one or in short stretches, and returns how many. */
  private int fill() {
    int filled = 0;
    while (filled < GATHERED_MAX) {
      int best = findHeads();
      if (best < 0) {
        break;
      }
      if (positions[best] < 0) {
        load(best);
        continue;
      }
      boolean shared = secondHead == heads[best];
      int source = shared ? newestAt(secondHead) : best;
      if (source < 0) {
        continue;
      }
      if (filled == 0) {
        gatherLike(sources[source]);
      } else if ((sources[source].histograms() == null) != (gatheredHistograms == null)) {
        break; // A slice is of one kind.
      }
      if (shared) {
        take(source, positions[source], positions[source] + 1, filled++);
        passOver(secondHead);
        continue;
      }
      SampleCursor cursor = sources[source];
      int from = positions[source];
      int to = endBefore(secondHead, source, Math.min(cursor.end(), from + GATHERED_MAX - filled));
      take(source, from, to, filled);
      filled += to - from;
      advance(source, to);
      if (to - from >= COPIED_MAX) {
        break; // The sources have come apart; longer stretches need no copy.
      }
    }
    return filled;
  }

  private void gatherLike(SampleCursor first) {
    if (first.histograms() == null) {
      gatheredHistograms = null;
      return;
    }
    if (histogramsKept == null) {
      histogramsKept = new HistogramColumn(GATHERED_MAX);
    }
    histogramsKept.clear();
    gatheredHistograms = histogramsKept;
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

  /** The place in a source's slice, at most {@code limit}, before which its samples come earlier than {@code time}. */
  private int endBefore(long time, int source, int limit) {
    long[] from = sources[source].timestamps();
    if (from[limit - 1] < time) {
      return limit;
    }
    int found = Arrays.binarySearch(from, positions[source], limit, time);
    return found >= 0 ? found : -found - 1;
  }

  /** Copies a stretch of one source. */
  private void take(int source, int from, int to, int filled) {
    SampleCursor cursor = sources[source];
    System.arraycopy(cursor.timestamps(), from, gatheredTimestamps, filled, to - from);
    HistogramColumn column = cursor.histograms();
    if (column == null || gatheredHistograms == null) {
      System.arraycopy(cursor.values(), from, gatheredValues, filled, to - from);
      return;
    }
    for (int i = 0; i < to - from; i++) {
      gatheredValues[filled + i] = HistogramRows.reference(gatheredHistograms.size());
      gatheredHistograms.add(column, HistogramRows.row(cursor.values()[from + i]));
    }
  }

  /** The newest of the sources that have a sample at a time; -1 where one had only a bound so far, which decides no more. */
  private int newestAt(long time) {
    int newest = -1;
    for (int i = 0; i < count; i++) {
      if (heads[i] == time && positions[i] < 0) {
        load(i);
        return -1;
      }
      if (heads[i] == time) {
        newest = i;
      }
    }
    return newest;
  }

  private void passOver(long time) {
    for (int i = 0; i < count; i++) {
      if (heads[i] == time) {
        advance(i, positions[i] + 1);
      }
    }
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
