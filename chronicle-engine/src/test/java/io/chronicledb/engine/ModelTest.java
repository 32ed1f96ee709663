package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.PromQlResult;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.reliability.Trials;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of everything that changes data, against a map of maps. After each step the database must hold what the map holds,
 * wherever the points are by then. {@code -Dmodel.sequences} says how many, {@code -Dseed} repeats one.
 */
class ModelTest {

  private static final long HOUR = 3_600_000_000_000L;
  /** Most lives are short, so that there are many; one of ten is long, and one of twenty a life of small flushes that pile up. */
  private static final int SHORT_LIFE = 25;

  private static final int LONG_LIFE = 80;
  private static final int PILING_LIFE = 300;

  /** PromQL's own. */
  private static final long LOOKBACK = 300_000_000_000L;

  private static final LongAdder STEPS_DONE = new LongAdder();

  private final TreeMap<String, TreeMap<Long, Long>> model = new TreeMap<>();
  /** Whether small flushes pile up. */
  private boolean piling;
  /** The distance of most points. */
  private long spacing = 15_000_000_000L;

  @Test
  void holdsWhatTheNaiveModelHoldsAfterEveryStep() {
    long sequences = Long.getLong("model.sequences", 1_000);
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("M1").seed(seed);
    Trials.run(sequences, number -> {
      try {
        new ModelTest().run(new Random(seed + number));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dmodel.sequences=1 -Dseed=" + (seed + number), e);
      }
    });
    evidence.figure("sequences", sequences).figure("steps", STEPS_DONE.sum()).passed();
  }

  private void run(Random random) {
    model.clear();
    var disk = new MemoryDisk();
    ChronicleOptions options = TestDatabase.options(SyncMode.INTERVAL, 64 << 10, random.nextInt(3))
        .withBufferPoints(1 + random.nextInt(40))
        .withPartition(random.nextBoolean() ? Duration.ofHours(1) : Duration.ofMinutes(5));
    ChronicleDatabase database = ChronicleDatabase.open(disk, TestDatabase.PATH, options);
    int steps = random.nextInt(10) == 0 ? LONG_LIFE : 5 + random.nextInt(SHORT_LIFE - 5);
    int series = 1 + random.nextInt(6);
    long width = (1 + random.nextInt(60)) * HOUR;
    piling = random.nextInt(20) == 0;
    if (piling) {
      steps = PILING_LIFE;
      width = (1 + random.nextInt(8)) * HOUR / 4;
      spacing = 1_000_000_000L;
    }
    try {
      for (int step = 0; step < steps; step++) {
        String did;
        int kind = piling ? pilingKind(random.nextInt(100)) : random.nextInt(20);
        if (kind < 10) {
          did = write(database, random, series, width);
        } else if (kind < 13) {
          did = "flush";
          database.flush();
        } else if (kind == 13) {
          did = "merge";
          database.compactor().mergePiledUp();
        } else if (kind == 14) {
          did = "settle";
          database.compactor().settle();
        } else if (kind == 15) {
          did = "compact";
          database.compact();
        } else if (kind < 18) {
          did = delete(database, random, series, width);
        } else if (kind == 20) {
          did = "apply";
          database.compactor().applyDeletions();
        } else if (kind == 18) {
          did = drop(database, random, width);
        } else {
          did = "reopen";
          database.close();
          database = ChronicleDatabase.open(disk, TestDatabase.PATH, options);
        }
        STEPS_DONE.increment();
        check(database, did + " at step " + step, random, width);
      }
    } finally {
      database.close();
    }
  }

  /** Flushes pile up, some of their blocks are rewritten or merged, and all of them only now and then. */
  private static int pilingKind(int dice) {
    if (dice < 45) {
      return 0;
    }
    return dice < 80 ? 10 : dice < 87 ? 13 : dice < 92 ? 16 : dice < 98 ? 20 : dice == 98 ? 19 : 18;
  }

  private static String name(int series) {
    return Tags.of("host", "h" + series).with(Tags.METRIC, "m" + series % 2).toString();
  }

  private String write(ChronicleDatabase database, Random random, int series, long width) {
    boolean many = random.nextInt(8) == 0;
    int rows = 1 + random.nextInt(piling ? (many ? 1_000 : 5) : many ? 300 : 20);
    var batch = new PointBatch();
    int runs = 1 + random.nextInt(3);
    for (int run = 0; run < runs; run++) {
      int id = random.nextInt(series);
      batch.series("m" + id % 2, Tags.of("host", "h" + id));
      // Mostly on a grid, so that points are written again with other values.
      boolean grid = random.nextInt(4) > 0;
      long time = anyTime(random, width, grid);
      for (int i = 0; i < rows; i++) {
        double value = random.nextInt(50) == 0
            ? StaleMarker.value()
            : piling ? random.nextDouble() : random.nextInt(1000) / 10.0;
        batch.add(time, value);
        model
            .computeIfAbsent(name(id), n -> new TreeMap<>())
            .put(time, Double.doubleToRawLongBits(value));
        time += !grid && random.nextInt(4) == 0 ? random.nextInt(1_000_000_000) : spacing;
        if (random.nextInt(40) == 0) {
          time = anyTime(random, width, grid);
        }
      }
    }
    if (random.nextInt(30) == 0) {
      long edge = random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE - 1;
      batch.add("m0", Tags.of("host", "h0"), edge, 1);
      model.computeIfAbsent(name(0), n -> new TreeMap<>()).put(edge, Double.doubleToRawLongBits(1));
    }
    database.write(batch);
    return "write of " + batch.size();
  }

  private long anyTime(Random random, long width, boolean grid) {
    long time = Math.floorMod(random.nextLong(), width);
    return grid ? time / spacing * spacing : time;
  }

  private String delete(ChronicleDatabase database, Random random, int series, long width) {
    int id = random.nextInt(series);
    String selector = switch (random.nextInt(4)) {
      case 0 -> "m0";
      case 1 -> "{host=\"h" + id + "\"}";
      case 2 -> "{host=~\"h[0-" + id + "]\"}";
      default -> "{host!=\"h" + id + "\",__name__=~\".+\"}";
    };
    long start = Math.floorMod(random.nextLong(), width);
    var range = switch (piling ? 1 : random.nextInt(4)) {
      case 0 -> TimeRange.ALL;
      case 1 -> new TimeRange(start, start + random.nextInt(20) * spacing);
      default -> new TimeRange(start, start + Math.floorMod(random.nextLong(), width));
    };
    database.delete(selector, range);
    for (int i = 0; i < series; i++) {
      boolean hit = selector.equals("m0")
          ? i % 2 == 0
          : selector.contains("!=") ? i != id : selector.contains("=~") ? i <= id : i == id;
      if (hit) {
        model
            .getOrDefault(name(i), new TreeMap<>())
            .subMap(range.start(), range.end())
            .clear();
      }
    }
    return "delete " + selector + " " + range;
  }

  private String drop(ChronicleDatabase database, Random random, long width) {
    long time = Math.floorMod(random.nextLong(), width) / 2;
    database.dropBefore(time);
    model.values().forEach(samples -> samples.headMap(time).clear());
    return "drop before " + time;
  }

  private void check(ChronicleDatabase database, String did, Random random, long width) {
    var expected = new TreeMap<String, TreeMap<Long, Long>>();
    model.forEach((name, samples) -> {
      if (!samples.isEmpty()) {
        expected.put(name, samples);
      }
    });
    // One of the checks after a step: doing all would leave most of the time to reading.
    int kind = random.nextInt(4);
    if (kind < 2) {
      Map<String, TreeMap<Long, Long>> read = Points.of(database).bySeries();
      if (!read.equals(expected)) {
        assertThat(read).as(did).isEqualTo(expected); // Says where they differ.
      }
    } else if (kind == 2) {
      checkWithin(database, did, random, width, expected);
    } else {
      checkAggregates(database, did, random.nextInt(6));
      checkRangeQueries(database, did, random, width);
    }
    if (random.nextInt(20) == 0) {
      assertThat(database.verify().damages()).as(did).isEmpty();
    }
  }

  private static void checkWithin(
      ChronicleDatabase database,
      String did,
      Random random,
      long width,
      Map<String, TreeMap<Long, Long>> expected) {
    long start = Math.floorMod(random.nextLong(), width);
    var range = new TimeRange(start, start + Math.floorMod(random.nextLong(), width));
    var within = new TreeMap<String, TreeMap<Long, Long>>();
    expected.forEach((name, samples) -> {
      var part = new TreeMap<>(samples.subMap(range.start(), range.end()));
      if (!part.isEmpty()) {
        within.put(name, part);
      }
    });
    assertThat(Points.of(database, range).bySeries())
        .as("%s, within %s", did, range)
        .isEqualTo(within);
  }

  /** Chunk statistics must answer as the samples do, in both languages. */
  private void checkAggregates(ChronicleDatabase database, String did, int id) {
    double[] values = model.getOrDefault(name(id), new TreeMap<>()).values().stream()
        .mapToDouble(Double::longBitsToDouble)
        .filter(value -> !StaleMarker.is(value))
        .toArray();
    Table table = database.query(
        "SELECT count(value), sum(value), min(value), max(value), last(value) FROM m" + id % 2
            + " WHERE host = ?",
        "h" + id);
    if (values.length == 0) {
      assertThat(table.rowCount()).as(did).isZero();
      return;
    }
    assertThat(table.rowCount()).as(did).isEqualTo(1);
    assertThat(number(table, 0)).as(did).isEqualTo(values.length);
    assertThat(number(table, 1)).as(did).isCloseTo(Arrays.stream(values).sum(), offset(1e-6));
    assertThat(number(table, 2)).as(did).isEqualTo(Arrays.stream(values).min().getAsDouble());
    assertThat(number(table, 3)).as(did).isEqualTo(Arrays.stream(values).max().getAsDouble());
    assertThat(number(table, 4)).as(did).isEqualTo(values[values.length - 1]);
    Map.Entry<Long, Long> newest = model.get(name(id)).lastEntry();
    long last = newest.getKey();
    boolean marked = StaleMarker.is(Double.longBitsToDouble(newest.getValue()));
    if (last < 0 || last > Long.MAX_VALUE / 2) {
      return;
    }
    var vector = (PromQlResult.Vector) database.promql(
        "m" + id % 2 + "{host=\"h" + id + "\"}",
        Instant.ofEpochSecond(last / 1_000_000_000L, last % 1_000_000_000L));
    assertThat(vector.elements()).as(did).hasSize(marked ? 0 : 1);
  }

  /** A selector and a function over ranges, at many instants, as their definitions say. */
  private void checkRangeQueries(
      ChronicleDatabase database, String did, Random random, long width) {
    int id = random.nextInt(6);
    var samples = model.getOrDefault(name(id), new TreeMap<>());
    long second = 1_000_000_000L;
    long start = Math.floorMod(random.nextLong(), width) / second * second;
    long step = (1 + random.nextInt(1_200)) * second;
    long end = start + random.nextInt(40) * step;
    long range = (1 + random.nextInt(3_600)) * second;
    var latest = new TreeMap<Long, Double>();
    var counts = new TreeMap<Long, Double>();
    for (long time = start; time <= end; time += step) {
      Map.Entry<Long, Long> newest = samples.floorEntry(time);
      if (newest != null && newest.getKey() > time - LOOKBACK) {
        double value = Double.longBitsToDouble(newest.getValue());
        if (!StaleMarker.is(value)) {
          latest.put(time, value);
        }
      }
      long count = samples.subMap(time - range, false, time, true).values().stream()
          .filter(bits -> !StaleMarker.is(Double.longBitsToDouble(bits)))
          .count();
      if (count > 0) {
        counts.put(time, (double) count);
      }
    }
    String selector = "m" + id % 2 + "{host=\"h" + id + "\"}";
    String what = did + ", " + selector + " from " + start + " to " + end + " by " + step;
    assertThat(range(database, selector, start, end, step)).as(what).isEqualTo(latest);
    String counting = "count_over_time(" + selector + "[" + range / second + "s])";
    assertThat(range(database, counting, start, end, step))
        .as("%s, %s", what, counting)
        .isEqualTo(counts);
  }

  private static TreeMap<Long, Double> range(
      ChronicleDatabase database, String expression, long start, long end, long step) {
    var matrix = (PromQlResult.Matrix) database.promql(
        expression,
        Instant.ofEpochSecond(0, start),
        Instant.ofEpochSecond(0, end),
        Duration.ofNanos(step));
    var answer = new TreeMap<Long, Double>();
    for (var series : matrix.series()) {
      for (int i = 0; i < series.values().length; i++) {
        answer.put(series.timestamps()[i], series.values()[i]);
      }
    }
    return answer;
  }

  private static double number(Table table, int column) {
    return ((Number) table.value(0, column)).doubleValue();
  }
}
