package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.PromQlResult;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/**
 * Readers beside a writer that also deletes, and a thread that flushes, merges and compacts without pause. One operation follows the other, so
 * whatever a query answers must be the state after one of those between its start and its end. States are told apart by their hashes; of
 * the latest all points are kept too, to say what is wrong where an answer is none of them. In the end the database holds what was written,
 * also once it is opened again. {@code -Dreaders.seconds} says for how long.
 */
public class ConsistentReadTest {

  private static final long SECONDS = Long.getLong("readers.seconds", 15);

  private static final int SERIES = 6;
  /** As many of them are always there. The others come, are dropped to the last point, and come again. */
  private static final int RESIDENTS = 4;

  private static final long STEP = 10_000_000_000L;
  /** So many batches are kept by dropping old ones, so that a query stays short. */
  private static final int BATCHES = 250;
  /** For so many times a series comes that is not always there. */
  private static final int VISIT = 50;
  /** So many operations are remembered. */
  private static final int STATES = 1 << 16;
  /** Of so many the points, too. */
  private static final int SNAPSHOTS = 1 << 12;

  private static final int READERS = 3;
  /** So often the tidying changes its habit. */
  private static final int TIDY_ROUNDS = 200;

  private static final int TOLD_MAX = 12;

  /** What the writer has written, by time and series. The values of a time are replaced and never changed. */
  private final TreeMap<Long, double[]> model = new TreeMap<>();

  private final long[] hashes = new long[STATES];
  private final long[] counts = new long[STATES];
  private final double[] sums = new double[STATES];
  private final Snapshot[] snapshots = new Snapshot[SNAPSHOTS];
  private volatile String tidying = "";
  private volatile long started;
  private volatile long done;
  private volatile boolean stopped;
  private final AtomicLong queries = new AtomicLong();

  private static final String[] NAMES = new String[SERIES];

  static {
    for (int i = 0; i < SERIES; i++) {
      NAMES[i] = Tags.of("s", String.valueOf(i)).with(Tags.METRIC, "m").toString();
    }
  }

  /** The state after an operation. */
  private record Snapshot(long number, String operation, long[] times, double[][] values) {

    /** NaN where there is none. */
    double value(int series, long time) {
      int found = Arrays.binarySearch(times, time);
      return found < 0 ? Double.NaN : values[found][series];
    }
  }

  /** The points of an answer. */
  private static final class Answer {
    private int count;
    private int[] series = new int[2 * SERIES * BATCHES];
    private long[] times = new long[series.length];
    private double[] values = new double[series.length];
    private long hash;

    void add(String name, long time, double value) {
      add(List.of(NAMES).indexOf(name), time, value);
    }

    void add(int number, long time, double value) {
      if (count == times.length) {
        series = Arrays.copyOf(series, 2 * count);
        times = Arrays.copyOf(times, 2 * count);
        values = Arrays.copyOf(values, 2 * count);
      }
      series[count] = number;
      times[count] = time;
      values[count++] = value;
      hash += hash(NAMES[number], time, value);
    }

    /** Point by point, in what the answer differs from a state. */
    List<String> differences(Snapshot state, LongFunction<Snapshot> others) {
      var differences = new ArrayList<String>();
      var seen = new HashSet<List<Long>>();
      for (int i = 0; i < count; i++) {
        if (!seen.add(List.of((long) series[i], times[i]))) {
          differences.add(point(series[i], times[i]) + " is there twice");
        }
        double expected = state.value(series[i], times[i]);
        if (expected != values[i]) {
          differences.add(point(series[i], times[i]) + " is " + values[i] + " instead of "
              + (Double.isNaN(expected) ? "nothing" : expected)
              + history(series[i], times[i], values[i], state.number, others));
        }
      }
      for (int row = 0; row < state.times.length; row++) {
        for (int number = 0; number < SERIES; number++) {
          double expected = state.values[row][number];
          if (!Double.isNaN(expected) && !seen.contains(List.of((long) number, state.times[row]))) {
            differences.add(point(number, state.times[row]) + " is missing, " + expected
                + history(number, state.times[row], Double.NaN, state.number, others));
          }
        }
      }
      return differences;
    }

    private static String point(int number, long time) {
      return NAMES[number] + " at " + time;
    }

    /** When a value was right. */
    private static String history(
        int number, long time, double value, long before, LongFunction<Snapshot> others) {
      for (long state = before; others.apply(state) != null; state--) {
        double then = others.apply(state).value(number, time);
        if (then == value || Double.isNaN(then) && Double.isNaN(value)) {
          return ", as it was after operation " + state;
        }
      }
      return ", as it was at no moment that is remembered";
    }
  }

  @Test
  void everyQueryAnswersAStateBetweenItsStartAndItsEnd() throws Exception {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("M2").seed(seed);
    ConsistentReadTest run = run(seed, SECONDS);
    evidence.figure("operations", run.done).figure("queries", run.queries.get()).passed();
  }

  /** Throws where a query answers something else. */
  public static ConsistentReadTest run(long seed, long seconds) throws Exception {
    var test = new ConsistentReadTest();
    test.runFor(seed, seconds);
    return test;
  }

  private void runFor(long seed, long seconds) throws Exception {
    ChronicleOptions options = TestDatabase.options(SyncMode.INTERVAL, 64 << 10, 0)
        .withBufferPoints(40)
        .withPartition(Duration.ofMinutes(5));
    var threads = Executors.newFixedThreadPool(READERS + 2);
    var disk = new MemoryDisk();
    try (var database = ChronicleDatabase.open(disk, TestDatabase.PATH, options)) {
      List<Future<?>> running = new ArrayList<>();
      running.add(threads.submit(() -> stopAfter(() -> write(database, new Random(seed)))));
      running.add(threads.submit(() -> stopAfter(() -> tidy(database, new Random(seed + 1)))));
      for (int i = 0; i < READERS; i++) {
        var random = new Random(seed + 2 + i);
        running.add(threads.submit(() -> stopAfter(() -> read(database, random))));
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while (!stopped && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      stopped = true;
      Throwable failure = null;
      for (Future<?> one : running) {
        try {
          one.get();
        } catch (ExecutionException e) {
          failure = failure == null ? e.getCause() : failure;
        }
      }
      if (failure != null) {
        throw new AssertionError("-Dseed=" + seed + "; " + whatStays(database), failure);
      }
      assertThat(differencesInTheEnd(database))
          .as("-Dseed=%d, in the end", seed)
          .isEmpty();
      assertThat(database.verify().damages()).isEmpty();
    } finally {
      stopped = true;
      threads.shutdownNow();
    }
    try (var database = ChronicleDatabase.open(disk, TestDatabase.PATH, options)) {
      assertThat(differencesInTheEnd(database))
          .as("-Dseed=%d, opened again", seed)
          .isEmpty();
    }
    assertThat(queries.get()).as("-Dseed=%d, queries", seed).isGreaterThan(seconds);
  }

  /** The first that fails ends the others. */
  private void stopAfter(Runnable work) {
    try {
      work.run();
    } finally {
      stopped = true;
    }
  }

  private void tidy(ChronicleDatabase database, Random random) {
    while (!stopped) {
      // Where all is coalesced again and again, blocks never pile up.
      int coalescing = random.nextInt(3);
      for (int round = 0; round < TIDY_ROUNDS && !stopped; round++) {
        switch (random.nextInt(4 + coalescing)) {
          case 0, 1 -> tidy("flush", database::flush);
          case 2 -> tidy("merge", () -> TestDatabase.mergePiledUp(database));
          case 3 -> tidy("apply", () -> TestDatabase.applyDeletions(database));
          case 4 -> tidy("settle", () -> TestDatabase.settle(database));
          default -> tidy("compact", database::compact);
        }
      }
    }
  }

  private void tidy(String what, Runnable work) {
    tidying = what + " since operation " + started;
    work.run();
    tidying = "nothing after " + what;
  }

  private void write(ChronicleDatabase database, Random random) {
    var batch = new PointBatch();
    long next = 0;
    while (!stopped) {
      int dice = random.nextInt(20);
      if (model.size() > BATCHES) {
        long before = model.firstKey() + random.nextInt(BATCHES / 2) * STEP;
        model.headMap(before).clear();
        run("drop before " + before, () -> database.dropBefore(before));
      } else if (dice == 0 && !model.isEmpty()) {
        int series = random.nextInt(SERIES);
        long from = anyTime(random);
        var range = new TimeRange(from, from + random.nextInt(20) * STEP);
        model.subMap(range.start(), range.end()).replaceAll((time, values) -> {
          double[] left = values.clone();
          left[series] = Double.NaN;
          return left;
        });
        run(
            "delete " + NAMES[series] + " " + range,
            () -> database.delete("m{s=\"" + series + "\"}", range));
      } else {
        // As a rule the next time; now and then an old one gets new values.
        boolean again = dice < 5 && !model.isEmpty();
        int rows = 1 + random.nextInt(6);
        batch.clear();
        var values = new double[rows][SERIES];
        var times = new long[rows];
        for (int row = 0; row < rows; row++) {
          times[row] = again ? anyTime(random) : STEP * next++;
          for (int series = 0; series < SERIES; series++) {
            values[row][series] =
                isThere(series, times[row]) ? 1 + random.nextInt(1_000_000) : Double.NaN;
          }
        }
        for (int series = 0; series < SERIES; series++) {
          Tags tags = Tags.of("s", String.valueOf(series));
          for (int row = 0; row < rows; row++) {
            if (isThere(series, times[row])) {
              batch.add("m", tags, times[row], values[row][series]);
            }
          }
        }
        for (int row = 0; row < rows; row++) {
          model.put(times[row], values[row]);
        }
        run("write at " + Arrays.toString(times), () -> database.write(batch));
      }
    }
  }

  private static boolean isThere(int series, long time) {
    return series < RESIDENTS || time / STEP / VISIT % (2 * BATCHES / VISIT) == series - RESIDENTS;
  }

  private long anyTime(Random random) {
    long first = model.firstKey();
    long width = (model.lastKey() - first) / STEP + 1;
    return first + (long) (random.nextDouble() * width) * STEP;
  }

  /** Does what the model has done already. */
  private void run(String what, Runnable operation) {
    long number = started + 1;
    long[] times = model.keySet().stream().mapToLong(time -> time).toArray();
    snapshots[(int) (number % SNAPSHOTS)] =
        new Snapshot(number, what, times, model.values().toArray(new double[0][]));
    long hash = 0;
    long count = 0;
    double sum = 0;
    for (var entry : model.entrySet()) {
      for (int series = 0; series < SERIES; series++) {
        double value = entry.getValue()[series];
        if (!Double.isNaN(value)) {
          hash += hash(NAMES[series], entry.getKey(), value);
          count++;
          sum += value;
        }
      }
    }
    int slot = (int) (number % STATES);
    hashes[slot] = hash;
    counts[slot] = count;
    sums[slot] = sum;
    started = number;
    operation.run();
    done = number;
  }

  /** Summed up over the points: any order, but each once. */
  private static long hash(String series, long time, double value) {
    long z = (series.hashCode() * 31L + time) * 31 + Double.doubleToRawLongBits(value);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private void read(ChronicleDatabase database, Random random) {
    while (!stopped) {
      long from = done;
      switch (random.nextInt(4)) {
        case 0 -> {
          var answer = new Answer();
          Points.visit(database, answer::add);
          expect("a view", from, answer);
        }
        case 1 -> {
          Table table = database.query("SELECT time, value, s FROM m");
          var answer = new Answer();
          for (int row = 0; row < table.rowCount(); row++) {
            answer.add(
                Integer.parseInt((String) table.column("s").value(row)),
                nanos(table.column("time").value(row)),
                ((Number) table.column("value").value(row)).doubleValue());
          }
          expect("SQL", from, answer);
        }
        case 2 -> {
          var matrix = (PromQlResult.Matrix)
              database.promql("m[100y]", Instant.ofEpochSecond(3_000_000_000L));
          var answer = new Answer();
          for (var series : matrix.series()) {
            for (int i = 0; i < series.values().length; i++) {
              answer.add(
                  series.labels().toString(), series.timestamps()[i], series.values()[i]);
            }
          }
          // A range selector leaves out its start, which is before the first point here.
          expect("PromQL", from, answer);
        }
        default -> {
          Table table = database.query("SELECT count(value), sum(value) FROM m");
          long count = table.rowCount() == 0 ? 0 : ((Number) table.value(0, 0)).longValue();
          double sum = table.rowCount() == 0 ? 0 : ((Number) table.value(0, 1)).doubleValue();
          long to = started;
          for (long state = from; state <= to; state++) {
            int slot = (int) (state % STATES);
            if (counts[slot] == count && sums[slot] == sum) {
              count = -1;
              break;
            }
          }
          assertThat(count)
              .as("count and sum %s after operation %d, before %d", sum, from, to)
              .isEqualTo(-1);
        }
      }
      queries.incrementAndGet();
    }
  }

  private static long nanos(Object time) {
    return time instanceof Instant instant
        ? instant.getEpochSecond() * 1_000_000_000L + instant.getNano()
        : ((Number) time).longValue();
  }

  private void expect(String how, long from, Answer answer) {
    long to = started;
    assertThat(to - from).isLessThan(STATES);
    for (long state = from; state <= to; state++) {
      if (hashes[(int) (state % STATES)] == answer.hash) {
        return;
      }
    }
    throw new AssertionError(how + " answers what was so at no moment from operation " + from
        + " to " + to + describe(from, to, answer));
  }

  /** In what an answer differs from that state which it is most like, and what went on meanwhile. */
  private String describe(long from, long to, Answer answer) {
    stopped = true; // What is remembered must not be overwritten.
    Snapshot likest = null;
    List<String> fewest = List.of();
    var meanwhile = new ArrayList<String>();
    for (long state = from; state <= to; state++) {
      Snapshot snapshot = snapshot(state);
      if (snapshot != null) {
        meanwhile.add(state + " " + snapshot.operation);
        List<String> differences = answer.differences(snapshot, this::snapshot);
        if (likest == null || differences.size() < fewest.size()) {
          likest = snapshot;
          fewest = differences;
        }
      }
    }
    if (likest == null) {
      return "; none of them is remembered any more";
    }
    return ". It has " + answer.count + " points, and is most like the state after "
        + likest.number + ", except that\n  " + told(fewest) + "\nThe operations:\n  "
        + told(meanwhile) + "\nTidying: " + tidying;
  }

  private static String told(List<String> all) {
    String told = String.join("\n  ", all.subList(0, Math.min(all.size(), TOLD_MAX)));
    return all.size() > TOLD_MAX ? told + "\n  and " + (all.size() - TOLD_MAX) + " more" : told;
  }

  /** Null where it is not remembered. */
  private Snapshot snapshot(long state) {
    Snapshot snapshot = snapshots[(int) (state % SNAPSHOTS)];
    return snapshot != null && snapshot.number == state ? snapshot : null;
  }

  private String whatStays(ChronicleDatabase database) {
    try {
      String lasting = differencesInTheEnd(database);
      return lasting.isEmpty() ? "nothing stays wrong" : "what stays wrong:\n  " + lasting;
    } catch (RuntimeException e) {
      return "reading fails now: " + e;
    }
  }

  private String differencesInTheEnd(ChronicleDatabase database) {
    var answer = new Answer();
    Points.visit(database, answer::add);
    Snapshot last = snapshot(started);
    return last == null ? "" : told(answer.differences(last, this::snapshot));
  }
}
