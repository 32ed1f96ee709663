package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.SeriesWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** One point at a time through handles, each thread to a series of its own. One operation is one point, acknowledged and visible. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class HandleWriteBenchmark {

  @Param({"INTERVAL", "RELAXED"})
  SyncMode sync;

  private final ScratchDirectory scratch = ScratchDirectory.temporary();
  private final AtomicInteger handles = new AtomicInteger();
  private ChronicleDatabase database;

  @Setup(Level.Trial)
  public void open() {
    var defaults = ChronicleOptions.defaults();
    database = ChronicleDatabase.open(
        scratch.database(), defaults.withWal(defaults.wal().withSync(sync)));
  }

  @TearDown(Level.Trial)
  public void close() {
    database.close();
    scratch.close();
  }

  /** A thread's series. */
  @State(Scope.Thread)
  public static class Handle {
    private SeriesWriter writer;
    private long time = SeriesFeed.START_NANOS;

    @Setup(Level.Trial)
    public void open(HandleWriteBenchmark benchmark) {
      int number = benchmark.handles.incrementAndGet();
      writer = benchmark.database.series("requests", Tags.of("thread", "thread_" + number));
    }

    long write() {
      time += 1_000_000;
      return writer.write(time, time % 1000).sequence();
    }
  }

  @Benchmark
  @Threads(1)
  public long oneThread(Handle handle) {
    return handle.write();
  }

  @Benchmark
  @Threads(4)
  public long fourThreads(Handle handle) {
    return handle.write();
  }
}
