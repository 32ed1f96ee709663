package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.Views;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.read.SeriesCursor;
import io.chronicledb.engine.write.PointBatch;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Reads stored points, in one thread. One operation is one point. All but {@link #sumDescribed()} decode every chunk. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class ScanBenchmark {

  private static final int SERIES = 100;
  private static final int SAMPLES = 20_000;
  private static final int POINTS = SERIES * SAMPLES;
  private static final int ROUND = 100;

  /** {@code regular}: every 10 s, integers of a random walk. {@code jittered}: some milliseconds off, three decimals with noise. */
  @Param({"regular", "jittered"})
  String data;

  /** {@code fresh}: as flushed. {@code cold}: after compaction. */
  @Param({"fresh", "cold"})
  String state;

  private final ScratchDirectory scratch = ScratchDirectory.temporary();
  private ChronicleDatabase database;

  @Setup(Level.Trial)
  public void load() {
    var options = ChronicleOptions.defaults()
        .withMemoryBytes(256L << 20)
        .withCompactionInterval(Duration.ofDays(1));
    database = ChronicleDatabase.open(scratch.database(), options);
    var random = new SplittableRandom(42);
    boolean jittered = data.equals("jittered");
    var at = new double[SERIES];
    var batch = new PointBatch(SERIES * ROUND);
    for (int round = 0; round < SAMPLES / ROUND; round++) {
      batch.clear();
      for (int i = 0; i < SERIES; i++) {
        batch.series("m", Tags.of("host", "host_" + i));
        for (int j = round * ROUND; j < (round + 1) * ROUND; j++) {
          long millis = DataSets.START_MILLIS + j * 10_000L + (jittered ? random.nextInt(5) : 0);
          at[i] = Math.max(0, Math.min(100, at[i] + random.nextGaussian()));
          double value =
              jittered ? Math.round(1000 * (50 + random.nextGaussian())) / 1000.0 : (long) at[i];
          batch.add(millis * 1_000_000, value);
        }
      }
      database.write(batch);
    }
    database.flush();
    if (state.equals("cold")) {
      database.compact();
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    database.close();
    scratch.close();
  }

  /** The sum of all points, right from the cursor that all queries read with. */
  @Benchmark
  @OperationsPerInvocation(POINTS)
  public double cursorSum() {
    double sum = 0;
    try (var view = Views.of(database)) {
      SeriesCursor cursor = view.cursor(TimeRange.ALL);
      for (long order : view.select(List.of(), () -> {})) {
        cursor.series(order);
        while (cursor.next()) {
          double[] values = cursor.values();
          int end = cursor.end();
          for (int i = cursor.start(); i < end; i++) {
            sum += values[i];
          }
        }
      }
    }
    return sum;
  }

  /** Sums over windows of 10 min, which cut every chunk. */
  @Benchmark
  @OperationsPerInvocation(POINTS)
  public Table sumBy10Minutes() {
    return database.query("SELECT sum(value) FROM m GROUP BY time(10m)");
  }

  /** A statistic that chunk directories do not have. */
  @Benchmark
  @OperationsPerInvocation(POINTS)
  public Table stddev() {
    return database.query("SELECT stddev(value) FROM m");
  }

  /** The sum of all points by the statistics of their chunks, where those answer. */
  @Benchmark
  @OperationsPerInvocation(POINTS)
  public Table sumDescribed() {
    return database.query("SELECT sum(value) FROM m");
  }
}
