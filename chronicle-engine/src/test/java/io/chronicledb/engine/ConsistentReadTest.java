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
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Readers beside a writer that also deletes, and a thread that flushes, merges and compacts without pause. One operation follows the other, so
 * whatever a query answers must be the state after one of those between its start and its end. States are told apart by their hashes.
 * {@code -Dreaders.seconds} says for how long.
 */
public class ConsistentReadTest {

  private static final long SECONDS = Long.getLong("readers.seconds", 15);

  private static final int SERIES = 4;
  private static final long STEP = 10_000_000_000L;
  /** So many batches are kept by dropping old ones, so that a query stays short. */
  private static final int BATCHES = 250;
  /** So many operations are remembered. */
  private static final int STATES = 1 << 16;

  private static final int READERS = 3;

  /** What the writer has written, by time and series. */
  private final TreeMap<Long, double[]> model = new TreeMap<>();

  private final long[] hashes = new long[STATES];
  private final long[] counts = new long[STATES];
  private final double[] sums = new double[STATES];
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
    try (var database = ChronicleDatabase.open(new MemoryDisk(), TestDatabase.PATH, options)) {
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
      for (Future<?> one : running) {
        one.get();
      }
      assertThat(database.verify().damages()).isEmpty();
    } finally {
      stopped = true;
      threads.shutdownNow();
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
      switch (random.nextInt(4)) {
        case 0 -> database.flush();
        case 1 -> TestDatabase.mergePiledUp(database);
        case 2 -> TestDatabase.settle(database);
        default -> database.compact();
      }
    }
  }

  private void write(ChronicleDatabase database, Random random) {
    var batch = new PointBatch();
    long next = 0;
    while (!stopped) {
      int dice = random.nextInt(20);
      if (model.size() > BATCHES) {
        long before = model.firstKey() + random.nextInt(BATCHES / 2) * STEP;
        model.headMap(before).clear();
        run(() -> database.dropBefore(before));
      } else if (dice == 0 && !model.isEmpty()) {
        int series = random.nextInt(SERIES);
        long from = anyTime(random);
        var range = new TimeRange(from, from + random.nextInt(20) * STEP);
        model.subMap(range.start(), range.end()).values().forEach(v -> v[series] = Double.NaN);
        run(() -> database.delete("m{s=\"" + series + "\"}", range));
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
            values[row][series] = 1 + random.nextInt(1_000_000);
          }
        }
        for (int series = 0; series < SERIES; series++) {
          batch.series("m", Tags.of("s", String.valueOf(series)));
          for (int row = 0; row < rows; row++) {
            batch.add(times[row], values[row][series]);
          }
        }
        for (int row = 0; row < rows; row++) {
          model.put(times[row], values[row]);
        }
        run(() -> database.write(batch));
      }
    }
  }

  private long anyTime(Random random) {
    long first = model.firstKey();
    long width = (model.lastKey() - first) / STEP + 1;
    return first + (long) (random.nextDouble() * width) * STEP;
  }

  /** Does what the model has done already. */
  private void run(Runnable operation) {
    long number = started + 1;
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
          var hash = new long[1];
          Points.visit(database, (name, time, value) -> hash[0] += hash(name, time, value));
          expectHash("a view", from, hash[0]);
        }
        case 1 -> {
          Table table = database.query("SELECT time, value, s FROM m");
          long hash = 0;
          for (int row = 0; row < table.rowCount(); row++) {
            String name = NAMES[Integer.parseInt((String) table.column("s").value(row))];
            long time = nanos(table.column("time").value(row));
            hash += hash(name, time, ((Number) table.column("value").value(row)).doubleValue());
          }
          expectHash("SQL", from, hash);
        }
        case 2 -> {
          var matrix = (PromQlResult.Matrix)
              database.promql("m[100y]", Instant.ofEpochSecond(3_000_000_000L));
          long hash = 0;
          for (var series : matrix.series()) {
            for (int i = 0; i < series.values().length; i++) {
              hash += hash(
                  series.labels().toString(), series.timestamps()[i], series.values()[i]);
            }
          }
          // A range selector leaves out its start, which is before the first point here.
          expectHash("PromQL", from, hash);
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

  private void expectHash(String how, long from, long hash) {
    long to = started;
    assertThat(to - from).isLessThan(STATES);
    for (long state = from; state <= to; state++) {
      if (hashes[(int) (state % STATES)] == hash) {
        return;
      }
    }
    throw new AssertionError(
        how + " answers what was so at no moment from operation " + from + " to " + to);
  }
}
