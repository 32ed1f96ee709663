package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.PromQlResult;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.reliability.Trials;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
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

  private static final List<QueryOptions> OPTIONS =
      List.of(QueryOptions.defaults(), QueryOptions.defaults().withoutRewrites());

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
    // Rare, since one such life takes as long as twenty others.
    piling = random.nextInt(100) == 0;
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
    return name("m" + series % 2, series);
  }

  private static String name(String metric, int series) {
    return Tags.of("host", "h" + series).with(Tags.METRIC, metric).toString();
  }

  private String write(ChronicleDatabase database, Random random, int series, long width) {
    boolean many = random.nextInt(8) == 0;
    int rows = 1 + random.nextInt(piling ? (many ? 1_000 : 5) : many ? 300 : 20);
    var batch = new PointBatch();
    int runs = 1 + random.nextInt(3);
    for (int run = 0; run < runs; run++) {
      int id = random.nextInt(series);
      // Others hold histograms among their doubles, which SQL refuses to read.
      boolean mixed = random.nextInt(5) == 0;
      String metric = (mixed ? "n" : "m") + id % 2;
      batch.series(metric, Tags.of("host", "h" + id));
      // Mostly on a grid, so that points are written again with other values.
      boolean grid = random.nextInt(4) > 0;
      long time = anyTime(random, width, grid);
      for (int i = 0; i < rows; i++) {
        double value = random.nextInt(50) == 0
            ? StaleMarker.value()
            : piling ? random.nextDouble() : random.nextInt(1000) / 10.0;
        HistogramPoints.add(batch, time, value, mixed && random.nextInt(10) > 0);
        model
            .computeIfAbsent(name(metric, id), n -> new TreeMap<>())
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
        for (String metric :
            selector.equals("m0") ? List.of("m0") : List.of("m" + i % 2, "n" + i % 2)) {
          model
              .getOrDefault(name(metric, i), new TreeMap<>())
              .subMap(range.start(), range.end())
              .clear();
        }
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
    int kind = random.nextInt(6);
    if (kind < 2) {
      Map<String, TreeMap<Long, Long>> read = Points.of(database).bySeries();
      if (!read.equals(expected)) {
        assertThat(read).as(did).isEqualTo(expected); // Says where they differ.
      }
    } else if (kind == 2) {
      checkWithin(database, did, random, width, expected);
    } else if (kind == 3) {
      checkAggregates(database, did, random.nextInt(6));
      checkRangeQueries(database, did, random, width);
    } else if (kind == 4) {
      checkRows(database, did, random, width);
    } else {
      checkBuckets(database, did, random, width);
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
    if (table.rowCount() == 0) {
      // Nothing of the metric is left, not even its name.
      assertThat(values).as(did).isEmpty();
      assertThat(table.warnings()).as(did).hasSize(1);
      return;
    }
    assertThat(table.rowCount()).as(did).isEqualTo(1);
    assertThat(number(table, 0)).as(did).isEqualTo(values.length);
    if (values.length == 0) {
      for (int column = 1; column < 5; column++) {
        assertThat(table.value(0, column)).as(did).isNull();
      }
      return;
    }
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

  /** A point of the model, as SQL sees it. */
  private record Row(long time, String host, double value) {}

  /** A condition in SQL, and what it means. */
  private record Condition(String text, Predicate<Row> holds) {}

  private static Condition condition(Random random) {
    double low = random.nextInt(1000) / 10.0;
    double high = low + random.nextInt(300) / 10.0;
    String host = "h" + random.nextInt(6);
    return switch (random.nextInt(8)) {
      case 0 -> new Condition("value > " + low, row -> row.value > low);
      case 1 -> new Condition("value <= " + low, row -> row.value <= low);
      case 2 -> new Condition("NOT (value != " + low + ")", row -> row.value == low);
      case 3 ->
        new Condition(
            "value BETWEEN " + low + " AND " + high, row -> row.value >= low && row.value <= high);
      case 4 ->
        new Condition(
            "(value < " + low + " OR value > " + high + ")",
            row -> row.value < low || row.value > high);
      case 5 ->
        new Condition(
            "(host = '" + host + "' OR value >= " + high + ")",
            row -> row.host.equals(host) || row.value >= high);
      case 6 -> new Condition("host != '" + host + "'", row -> !row.host.equals(host));
      default -> new Condition("value * 2 >= 0", row -> true);
    };
  }

  /** The rows of one metric in the order of SQL: by time, then by tags. */
  private List<Row> rows(int metric, TimeRange range, Predicate<Row> condition) {
    var rows = new ArrayList<Row>();
    for (int id = metric; id < 6; id += 2) {
      String host = "h" + id;
      model
          .getOrDefault(name(id), new TreeMap<>())
          .subMap(range.start(), range.end())
          .forEach((time, bits) -> rows.add(new Row(time, host, Double.longBitsToDouble(bits))));
    }
    rows.removeIf(row -> StaleMarker.is(row.value) || !condition.test(row));
    rows.sort(Comparator.comparingLong(Row::time).thenComparing(Row::host));
    return rows;
  }

  private static TimeRange range(Random random, long width) {
    long start = Math.floorMod(random.nextLong(), width);
    return new TimeRange(start, start + 1 + Math.floorMod(random.nextLong(), width));
  }

  private static String where(TimeRange range) {
    return "time >= " + range.start() + " AND time < " + range.end();
  }

  /** Raw rows, all of them or those that a condition keeps, with all rewrites and with none. */
  private void checkRows(ChronicleDatabase database, String did, Random random, long width) {
    int metric = random.nextInt(2);
    boolean bounded = random.nextInt(3) > 0;
    TimeRange range = bounded ? range(random, width) : TimeRange.ALL;
    Condition condition = condition(random);
    int offset = random.nextInt(3) == 0 ? random.nextInt(20) : 0;
    int limit = random.nextInt(3) == 0 ? random.nextInt(50) : Integer.MAX_VALUE;
    List<Row> expected =
        rows(metric, range, condition.holds).stream().skip(offset).limit(limit).toList();
    String sql = "SELECT time, host, value FROM m" + metric + " WHERE " + condition.text
        + (bounded ? " AND " + where(range) : "")
        + (limit < Integer.MAX_VALUE ? " LIMIT " + limit : "")
        + (offset > 0 ? " OFFSET " + offset : "");
    for (QueryOptions options : OPTIONS) {
      Table table = database.queryEngine().sql(sql, options);
      var actual = new ArrayList<Row>();
      for (int row = 0; row < table.rowCount(); row++) {
        actual.add(new Row((Long) table.value(row, 0), (String) table.value(row, 1), (Double)
            table.value(row, 2)));
      }
      if (!actual.equals(expected)) {
        assertThat(actual).as("%s, %s, %s", did, sql, options).isEqualTo(expected);
      }
    }
  }

  /** Aggregates by bucket, and by bucket and tag, with all rewrites and with none. */
  private void checkBuckets(ChronicleDatabase database, String did, Random random, long width) {
    int metric = random.nextInt(2);
    TimeRange range = range(random, width);
    Condition condition = condition(random);
    boolean byHost = random.nextBoolean();
    long bucket = (1 + random.nextInt(7_200)) * 1_000_000_000L;
    var groups = new TreeMap<Long, TreeMap<String, List<Row>>>();
    for (Row row : rows(metric, range, condition.holds)) {
      groups
          .computeIfAbsent(Math.floorDiv(row.time, bucket) * bucket, start -> new TreeMap<>())
          .computeIfAbsent(byHost ? row.host : "", host -> new ArrayList<>())
          .add(row);
    }
    String sql =
        "SELECT count(value), sum(value), min(value), max(value), first(value), last(value), "
            + "mean(value) FROM m" + metric + " WHERE " + where(range) + " AND " + condition.text
            + " GROUP BY time(" + bucket + "ns)" + (byHost ? ", host" : "");
    for (QueryOptions options : OPTIONS) {
      Table table = database.queryEngine().sql(sql, options);
      String what = did + ", " + sql + ", " + options;
      int row = 0;
      for (var start : groups.entrySet()) {
        for (var group : start.getValue().entrySet()) {
          assertThat(table.rowCount()).as(what).isGreaterThan(row);
          assertThat(table.value(row, 0)).as(what).isEqualTo(start.getKey());
          if (byHost) {
            assertThat(table.value(row, 1)).as(what).isEqualTo(group.getKey());
          }
          checkGroup(table, row++, byHost ? 2 : 1, group.getValue(), what);
        }
      }
      assertThat(table.rowCount()).as(what).isEqualTo(row);
    }
  }

  private static void checkGroup(Table table, int row, int column, List<Row> group, String what) {
    double[] values = group.stream().mapToDouble(Row::value).toArray();
    double sum = Arrays.stream(values).sum();
    double[] expected = {
      values.length,
      sum,
      Arrays.stream(values).min().getAsDouble(),
      Arrays.stream(values).max().getAsDouble(),
      values[0],
      values[values.length - 1],
      sum / values.length
    };
    for (int i = 0; i < expected.length; i++) {
      double actual = ((Number) table.value(row, column + i)).doubleValue();
      // Sums in another order round otherwise.
      double tolerance = i == 1 || i == 6 ? 1e-9 * Math.max(1, Math.abs(expected[i])) : 0;
      if (!(Math.abs(actual - expected[i]) <= tolerance)) {
        assertThat(actual).as("%s, row %d, item %d", what, row, i).isEqualTo(expected[i]);
      }
    }
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
