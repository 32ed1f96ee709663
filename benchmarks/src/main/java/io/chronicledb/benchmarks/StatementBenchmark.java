package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.PreparedSql;
import io.chronicledb.engine.write.PointBatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a statement costs apart from its points: one that reads 360 of them, an hour of one of ten series, in memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class StatementBenchmark {

  private static final String TEXT = "SELECT mean(value) FROM m WHERE host = ? GROUP BY time(5m)";

  private ChronicleDatabase database;
  private PreparedSql prepared;

  @Setup(Level.Trial)
  public void load() {
    database = ChronicleDatabase.inMemory();
    var batch = new PointBatch(3600);
    for (int host = 0; host < 10; host++) {
      batch.series("m", Tags.of("host", "host_" + host));
      for (int i = 0; i < 360; i++) {
        batch.add(SeriesFeed.START_NANOS + i * SeriesFeed.STEP_NANOS, i * 31 % 100);
      }
    }
    database.write(batch);
    database.flush();
    prepared = database.queryEngine().prepare(TEXT);
  }

  @TearDown(Level.Trial)
  public void close() {
    database.close();
  }

  /** Reads the text. */
  @Benchmark
  public PreparedSql parse() {
    return database.queryEngine().prepare(TEXT);
  }

  /** Plans and runs a statement that was read before. */
  @Benchmark
  public Table prepared() {
    return prepared.run("host_3");
  }

  /** All of it, each time. */
  @Benchmark
  public Table text() {
    return database.query(TEXT, "host_3");
  }
}
