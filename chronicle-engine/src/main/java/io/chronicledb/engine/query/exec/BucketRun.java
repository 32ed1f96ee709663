package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.block.ChunkStatistics;
import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.SeriesFunction;
import io.chronicledb.engine.query.function.Statistic;
import io.chronicledb.engine.query.function.TimeBuckets;
import io.chronicledb.engine.query.function.ValuesFunction;
import io.chronicledb.engine.query.function.WindowFunction;
import io.chronicledb.engine.query.plan.TableNode.Aggregate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates the values of one entity, bucket after bucket, and merges each bucket's states into its group. The aggregates are those of one
 * argument. Reusable for further entities; for one thread.
 */
final class BucketRun {

  private final ExecutionContext context;
  private final GroupLayout layout;
  private final @Nullable TimeBuckets buckets;
  /** What the bucket is where there are none. */
  private final TimeRange range;

  private final int[] members;
  private final Statistic.@Nullable Accumulator[] accumulators;
  private final WindowFunction.@Nullable Accumulator[] functions;
  private final double[] state = new double[8];
  private final double[] one = new double[1];
  private final long[] bucketTime = new long[1];

  private Supplier<GroupedStates> groups = () -> {
    throw new IllegalStateException("no entity");
  };
  private @Nullable GroupedStates group;
  private int pendingRow = -1;
  private double bound = StaleMarker.value();
  private boolean open;
  private long bucket;
  private long bucketEnd;
  private long lastTime;

  /** @param members the places of the aggregates within the layout; none only makes rows */
  BucketRun(
      ExecutionContext context,
      GroupLayout layout,
      int[] members,
      @Nullable TimeBuckets buckets,
      TimeRange range) {
    this.context = context;
    this.layout = layout;
    this.members = members;
    this.buckets = buckets;
    this.range = range;
    this.accumulators = new Statistic.Accumulator[members.length];
    this.functions = new WindowFunction.Accumulator[members.length];
    for (int i = 0; i < members.length; i++) {
      Aggregate aggregate = aggregate(i);
      if (aggregate.statistic() != null) {
        accumulators[i] = aggregate.statistic().accumulator();
      }
    }
  }

  private Aggregate aggregate(int member) {
    return layout.aggregates().get(members[member]);
  }

  /** Whether chunks may be added by their statistics. */
  boolean isDescribable() {
    for (int i = 0; i < members.length; i++) {
      Statistic statistic = aggregate(i).statistic();
      if (statistic == null || !statistic.isDescribed() || aggregate(i).perSeries() != null) {
        return false;
      }
    }
    return true;
  }

  /** Whether some aggregate wants to know the upper bound of the histogram's bucket that an entity counts. */
  boolean takesBounds() {
    for (int i = 0; i < members.length; i++) {
      ValuesFunction values = aggregate(i).values();
      if (values != null && values.takesBounds()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Starts on an entity; its group is asked for when it has a row.
   *
   * @param upperBound of the histogram's bucket that the entity counts; absent where it is none
   */
  void start(Supplier<GroupedStates> groupOfEntity, double upperBound) {
    groups = groupOfEntity;
    bound = upperBound;
    group = null;
    pendingRow = -1;
    open = false;
    for (int i = 0; i < members.length; i++) {
      SeriesFunction function = aggregate(i).perSeries();
      if (function != null) {
        functions[i] = function.accumulator();
      }
    }
  }

  /** Adds values, later ones later. */
  void add(long[] timestamps, double[] values, int start, int end) {
    int from = start;
    while (from < end) {
      moveTo(timestamps[from]);
      int to = endOfBucket(timestamps, from, end, bucketEnd);
      for (int i = 0; i < members.length; i++) {
        WindowFunction.Accumulator function = functions[i];
        Statistic.Accumulator accumulator = accumulators[i];
        if (function != null) {
          function.add(timestamps, values, from, to);
        } else if (accumulator != null) {
          accumulator.add(timestamps, values, from, to);
        } else {
          context.hold(8L * (to - from));
          group().keep(row(), layout.place(members[i])).addAll(values, from, to - from);
        }
      }
      lastTime = timestamps[to - 1];
      from = to;
    }
  }

  /** Adds a chunk by its statistics where it lies in one bucket; false, and nothing is added, where it does not. */
  boolean addDescribed(ChunkStatistics chunk) {
    if (open && chunk.minTime() < bucketEnd
        ? chunk.maxTime() >= bucketEnd
        : chunk.maxTime() >= endOf(startOf(chunk.minTime()))) {
      return false;
    }
    moveTo(chunk.minTime());
    for (Statistic.Accumulator accumulator : accumulators) {
      if (accumulator != null) {
        accumulator.addDescribed(chunk);
      }
    }
    return true;
  }

  private long startOf(long time) {
    return buckets == null ? 0 : buckets.startOf(time);
  }

  private long endOf(long start) {
    return buckets == null ? Long.MAX_VALUE : buckets.endOf(start);
  }

  private void moveTo(long timestamp) {
    if (open && timestamp < bucketEnd) {
      return;
    }
    finish();
    bucket = startOf(timestamp);
    bucketEnd = endOf(bucket);
    open = true;
    for (int i = 0; i < members.length; i++) {
      WindowFunction.Accumulator function = functions[i];
      Statistic.Accumulator accumulator = accumulators[i];
      if (function != null) {
        function.start(windowStart(timestamp), bucketEnd);
      } else if (accumulator != null) {
        accumulator.reset();
      }
    }
  }

  private long windowStart(long firstTime) {
    if (buckets != null) {
      return bucket;
    }
    return range.start() == Long.MIN_VALUE ? firstTime : range.start();
  }

  /** Ends the present bucket, if any. */
  void finish() {
    if (!open) {
      return;
    }
    open = false;
    int row = row();
    pendingRow = -1;
    for (int i = 0; i < members.length; i++) {
      WindowFunction.Accumulator function = functions[i];
      Statistic.Accumulator accumulator = accumulators[i];
      if (function != null) {
        addResult(i, row, function, accumulator);
      } else if (accumulator != null) {
        accumulator.state(state, 0);
        merge(i, row);
      }
    }
  }

  private void addResult(
      int member,
      int row,
      WindowFunction.Accumulator function,
      Statistic.@Nullable Accumulator accumulator) {
    if (buckets == null) {
      function.endAt(range.end() == Long.MAX_VALUE ? lastTime : range.end());
    }
    one[0] = function.result();
    if (StaleMarker.is(one[0])) {
      return;
    }
    if (accumulator == null) {
      keep(member, row);
    } else {
      bucketTime[0] = bucket;
      accumulator.reset();
      accumulator.add(bucketTime, one, 0, 1);
      accumulator.state(state, 0);
      merge(member, row);
    }
  }

  private void keep(int member, int row) {
    ValuesFunction values = aggregate(member).values();
    boolean bounded = values != null && values.takesBounds();
    if (bounded && StaleMarker.is(bound)) {
      return; // Not a bucket of a histogram.
    }
    context.hold(bounded ? 16 : 8);
    DoubleColumn kept = group().keep(row, layout.place(members[member]));
    if (bounded) {
      kept.add(bound);
    }
    kept.add(one[0]);
  }

  private void merge(int member, int row) {
    Statistic statistic = aggregate(member).statistic();
    if (statistic != null) {
      group().merge(row, layout.place(members[member]), statistic, state, 0);
    }
  }

  private GroupedStates group() {
    GroupedStates present = group;
    if (present == null) {
      present = groups.get();
      group = present;
    }
    return present;
  }

  /** The row of the present bucket. */
  private int row() {
    if (pendingRow < 0) {
      GroupedStates states = group();
      int before = states.rows();
      pendingRow = states.row(bucket);
      if (states.rows() > before) {
        context.hold(layout.rowBytes());
      }
    }
    return pendingRow;
  }

  private static int endOfBucket(long[] timestamps, int from, int end, long bucketEnd) {
    if (timestamps[end - 1] < bucketEnd) {
      return end;
    }
    int low = from;
    int high = end - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (timestamps[middle] < bucketEnd) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
