package io.chronicledb.engine.block;

import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run without what younger deletions hide in it; for queries and merges alike. Series may be left without samples. */
public final class MaskedRun {

  private MaskedRun() {}

  /** The tombstones among {@code all} that hide points of a run. */
  public static List<Tombstone> concerning(SortedRun run, List<Tombstone> all) {
    if (all.isEmpty()) {
      return all;
    }
    return all.stream()
        .filter(t -> t.concerns(run.lastSequence(), run.minTime(), run.maxTime()))
        .toList();
  }

  /** {@code cursor} without the points that the tombstones hide. */
  public static RunCursor mask(RunCursor cursor, List<Tombstone> tombstones) {
    return tombstones.isEmpty() ? cursor : new MaskedCursor(cursor, tombstones);
  }

  private static final class MaskedCursor implements RunCursor {

    private final RunCursor cursor;
    private final List<Tombstone> tombstones;
    private final VisibleSamples visible;

    MaskedCursor(RunCursor cursor, List<Tombstone> tombstones) {
      this.cursor = cursor;
      this.tombstones = tombstones;
      this.visible = new VisibleSamples(cursor);
    }

    @Override
    public boolean next() {
      return cursor.next();
    }

    @Override
    public boolean seek(long order) {
      return cursor.seek(order);
    }

    @Override
    public long order() {
      return cursor.order();
    }

    @Override
    public long minTime() {
      return cursor.minTime();
    }

    @Override
    public long maxTime() {
      return cursor.maxTime();
    }

    @Override
    public SampleCursor samples(TimeRange range) {
      List<TimeRange> hidden = new ArrayList<>();
      for (Tombstone tombstone : tombstones) {
        if (tombstone.range().overlaps(range) && tombstone.covers(cursor.order())) {
          hidden.add(tombstone.range());
        }
      }
      if (hidden.isEmpty()) {
        return cursor.samples(range);
      }
      visible.reset(without(range, hidden));
      return visible;
    }

    /** What is left of a range, ascending. */
    private static List<TimeRange> without(TimeRange range, List<TimeRange> hidden) {
      hidden.sort(Comparator.comparingLong(TimeRange::start));
      var left = new ArrayList<TimeRange>();
      long at = range.start();
      for (TimeRange gap : hidden) {
        if (gap.start() > at) {
          left.add(new TimeRange(at, Math.min(gap.start(), range.end())));
        }
        at = Math.max(at, gap.end());
        if (at >= range.end()) {
          return left;
        }
      }
      left.add(new TimeRange(at, range.end()));
      return left;
    }
  }

  /** The samples of one series within several ranges, one range after the other. */
  private static final class VisibleSamples implements SampleCursor {

    private final RunCursor cursor;
    private List<TimeRange> ranges = List.of();
    private int nextRange;
    private SampleCursor samples = NOTHING;

    VisibleSamples(RunCursor cursor) {
      this.cursor = cursor;
    }

    void reset(List<TimeRange> visible) {
      ranges = visible;
      nextRange = 0;
      samples = NOTHING;
    }

    @Override
    public long nextTime() {
      // The cursor of a range that is used up is asked for nothing more, so the next may take its
      // place.
      while (samples.nextTime() == Long.MAX_VALUE && nextRange < ranges.size()) {
        samples = cursor.samples(ranges.get(nextRange++));
      }
      return samples.nextTime();
    }

    @Override
    public boolean next() {
      while (nextTime() != Long.MAX_VALUE) {
        if (samples.next()) {
          return true;
        }
      }
      return false;
    }

    @Override
    public long[] timestamps() {
      return samples.timestamps();
    }

    @Override
    public double[] values() {
      return samples.values();
    }

    @Override
    public @Nullable HistogramColumn histograms() {
      return samples.histograms();
    }

    @Override
    public int start() {
      return samples.start();
    }

    @Override
    public int end() {
      return samples.end();
    }

    @Override
    public boolean describeNext(ChunkStatistics into) {
      return nextTime() != Long.MAX_VALUE && samples.describeNext(into);
    }

    @Override
    public void skip() {
      samples.skip();
    }
  }

  private static final SampleCursor NOTHING = new SampleCursor() {
    @Override
    public long nextTime() {
      return Long.MAX_VALUE;
    }

    @Override
    public boolean next() {
      return false;
    }

    @Override
    public long[] timestamps() {
      return new long[0];
    }

    @Override
    public double[] values() {
      return new double[0];
    }

    @Override
    public @Nullable HistogramColumn histograms() {
      return null;
    }

    @Override
    public int start() {
      return 0;
    }

    @Override
    public int end() {
      return 0;
    }
  };
}
