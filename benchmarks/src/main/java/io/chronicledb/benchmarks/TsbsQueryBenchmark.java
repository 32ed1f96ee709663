package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.column.Table;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * The queries of TSBS' devops cpu-only as SQL text, over a settled database of {@link DataSets#CPU} on disk, with the default memory. One
 * operation is one query, each over another window and other hosts than the one before.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class TsbsQueryBenchmark {

  private static final int STATEMENTS = 64;
  private static final long MEMORY_BYTES = 64L << 20;

  @Param({
    "single-groupby-1-1-1",
    "single-groupby-1-1-12",
    "single-groupby-1-8-1",
    "single-groupby-5-1-1",
    "single-groupby-5-1-12",
    "single-groupby-5-8-1",
    "cpu-max-all-1",
    "cpu-max-all-8",
    "double-groupby-1",
    "double-groupby-5",
    "double-groupby-all",
    "high-cpu-1",
    "high-cpu-all",
    "lastpoint",
    "groupby-orderby-limit"
  })
  String query;

  /** How long 100 hosts were watched. */
  @Param("24")
  int hours;

  private final ScratchDirectory scratch = ScratchDirectory.temporary();
  private ChronicleDatabase database;
  private List<String> statements;
  private int next;

  @Setup(Level.Trial)
  public void load() {
    DataSets data = DataSets.CPU;
    int steps = data.steps(hours);
    SettledSize.write(data, data.open(data.sources), steps, MEMORY_BYTES, scratch.database());
    database = ChronicleDatabase.open(
        scratch.database(),
        ChronicleOptions.defaults()
            .withMemoryBytes(MEMORY_BYTES)
            .withCompactionInterval(Duration.ofDays(1)));
    statements = TsbsQuery.of(query)
        .statements(
            STATEMENTS,
            data.sources,
            DataSets.START_MILLIS,
            DataSets.START_MILLIS + (long) steps * data.intervalMillis);
  }

  @TearDown(Level.Trial)
  public void close() {
    database.close();
    scratch.close();
  }

  @Benchmark
  public Table sql() {
    next = (next + 1) % STATEMENTS;
    return database.query(statements.get(next));
  }
}
