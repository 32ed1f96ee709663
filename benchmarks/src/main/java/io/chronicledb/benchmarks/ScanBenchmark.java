package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.write.PointBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
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

/** Queries over stored points that have to be decoded, in one thread. One operation is one point. */
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

  /** {@code regular}: every 10 s, integers. {@code jittered}: a few milliseconds off, decimals with noise. */
  @Param({"regular", "jittered"})
  String data;

  private Path directory;
  private ChronicleDatabase database;

  @Setup(Level.Trial)
  public void load() throws IOException {
    directory = Files.createTempDirectory("chronicle-benchmark");
    database = ChronicleDatabase.open(directory.resolve("bench.db"));
    var random = new Random(42);
    boolean jittered = data.equals("jittered");
    var batch = new PointBatch(SAMPLES);
    for (int i = 0; i < SERIES; i++) {
      batch.clear();
      batch.series("m", Tags.of("host", "host_" + i));
      for (int j = 0; j < SAMPLES; j++) {
        long time = 1_700_000_000_000L + j * 10_000L + (jittered ? random.nextInt(5) : 0);
        double value =
            jittered ? Math.round(1000 * (50 + random.nextGaussian())) / 1000.0 : (i + j) % 100;
        batch.add(time * 1_000_000L, value);
      }
      database.write(batch);
    }
    database.flush();
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    database.close();
    try (var files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
    }
  }

  /** The sum of all points. */
  @Benchmark
  @OperationsPerInvocation(POINTS)
  public Table sum() {
    return database.query("SELECT sum(value) FROM m");
  }

  /** The mean of each series in windows of an hour. */
  @Benchmark
  @OperationsPerInvocation(POINTS)
  public Table meanByHourAndHost() {
    return database.query("SELECT mean(value) FROM m GROUP BY time(1h), host");
  }
}
