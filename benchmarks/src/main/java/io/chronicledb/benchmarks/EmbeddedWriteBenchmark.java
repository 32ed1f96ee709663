package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.write.PointBatch;
import io.chronicledb.engine.write.SeriesWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
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

/**
 * Writes from inside of a process to known series, WAL in its default mode, flushes and merges in the background included. One operation is one
 * point. The values are integers that change by small steps, as counters of a service do.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class EmbeddedWriteBenchmark {

  private static final int BATCH = 10_000;
  private static final int SAMPLES_PER_SERIES = 10;
  private static final long STEP = 10_000_000_000L;

  @Param({"1000", "100000"})
  int series;

  private Path directory;
  private ChronicleDatabase database;
  private SeriesWriter handle;
  private Tags[] tags;
  private final PointBatch batch = new PointBatch(BATCH);
  private long[] nextTime;
  private int nextSeries;
  private long handleTime = 1_700_000_000_000_000_000L;

  @Setup(Level.Trial)
  public void open() throws IOException {
    directory = Files.createTempDirectory("chronicle-benchmark");
    database = ChronicleDatabase.open(directory.resolve("bench.db"));
    tags = new Tags[series];
    nextTime = new long[series];
    for (int i = 0; i < series; i++) {
      tags[i] = Tags.of("host", "host_" + i, "region", "region_" + i % 7);
      nextTime[i] = 1_700_000_000_000_000_000L;
    }
    handle = database.series("handle", Tags.of("host", "a"));
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    database.close();
    try (var files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
    }
  }

  /** Batches of 10,000 points: 1,000 series with ten samples each. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long batch() {
    batch.clear();
    for (int i = 0; i < BATCH / SAMPLES_PER_SERIES; i++) {
      int at = nextSeries;
      nextSeries = at + 1 == series ? 0 : at + 1;
      batch.series("requests", tags[at]);
      long time = nextTime[at];
      for (int j = 0; j < SAMPLES_PER_SERIES; j++) {
        batch.add(time, (time / STEP + at) % 1000);
        time += STEP;
      }
      nextTime[at] = time;
    }
    return database.write(batch).sequence();
  }

  /** One point at a time through a handle. */
  @Benchmark
  public long handle() {
    handleTime += 1_000_000L;
    return handle.write(handleTime, handleTime % 1000).sequence();
  }
}
