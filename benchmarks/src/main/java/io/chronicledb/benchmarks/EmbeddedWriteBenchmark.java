package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.write.PointBatch;
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
 * Batches of 10,000 points from inside of a process to known series, the log in its default mode, flushes and merges in the background
 * included. One operation is one point. The memory is 64 MB for 1,000 series, 256 MB for 100,000 and 1 GB for a million.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 5)
@Measurement(iterations = 6, time = 5)
public class EmbeddedWriteBenchmark {

  private static final int BATCH = 10_000;

  @Param({"1000", "100000", "1000000"})
  int series;

  /** How many samples of a series come in a row: 1 as from a scrape, 10 as from a buffer of a sender. */
  @Param({"1", "10"})
  int samples;

  private final ScratchDirectory scratch = ScratchDirectory.temporary();
  private final PointBatch batch = new PointBatch(BATCH);
  private SeriesFeed feed;
  private ChronicleDatabase database;

  @Setup(Level.Trial)
  public void open() {
    feed = new SeriesFeed(series, samples);
    var options = ChronicleOptions.defaults().withMemoryBytes(SeriesFeed.memoryBytes(series));
    database = ChronicleDatabase.open(scratch.database(), options);
    for (int known = 0; known < series; known += BATCH / samples) {
      write();
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    database.close();
    scratch.close();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long write() {
    batch.clear();
    feed.fill(batch, BATCH);
    return database.write(batch).sequence();
  }
}
