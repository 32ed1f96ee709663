package io.chronicledb.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.column.Table;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every measurement runs. What it measures is no matter of a test. */
class MeasurementsTest {

  private interface Main {
    void run(String... args) throws Exception;
  }

  private static String quick(Main main) throws Exception {
    PrintStream out = System.out;
    var captured = new ByteArrayOutputStream();
    System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      main.run("--quick");
    } finally {
      System.setOut(out);
    }
    return captured.toString(StandardCharsets.UTF_8);
  }

  @Test
  void settledSizeHasARowForEachDataSet() throws Exception {
    String report = quick(SettledSize::main);
    for (DataSets data : DataSets.values()) {
      assertThat(report).contains("| " + data.label());
    }
  }

  @Test
  void sustainedWriteReportsPhasesAndThreads() throws Exception {
    assertThat(quick(SustainedWrite::main)).contains("| write", "| compact", "| main");
  }

  @Test
  void enduranceEndsAfterItsRounds() throws Exception {
    assertThat(quick(Endurance::worstRatio)).contains("| 40 ");
  }

  @Test
  void memoryUnderChurnRunsEveryChild() throws Exception {
    assertThat(quick(MemoryUnderChurn::main)).contains("| empty", "| churn", "| many", "| over");
  }

  @Test
  void openTimeOpensAClosedAndAKilledDatabase() throws Exception {
    assertThat(quick(OpenTime::main)).contains("| closed", "| killed");
  }

  @Test
  void benchmarksRun() throws Exception {
    // Somebody else's run on this machine keeps no test from running.
    System.setProperty("jmh.ignoreLock", "true");
    var options = new OptionsBuilder()
        .forks(0)
        .warmupIterations(0)
        .measurementIterations(1)
        .measurementTime(TimeValue.milliseconds(100))
        .param("series", "1000")
        .param("samples", "10")
        .param("data", "regular")
        .param("state", "cold")
        .param("hours", "1")
        .param("query", "high-cpu-1")
        .addProfiler(CpuProfiler.class)
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true)
        .build();
    assertThat(new Runner(options).run()).isNotEmpty();
  }

  @Test
  void queriesOfTsbsAnswer(@TempDir Path directory) {
    Path file = directory.resolve("tsbs.db");
    int steps = DataSets.CPU.steps(2);
    SettledSize.write(DataSets.CPU, DataSets.CPU.open(10), steps, 64L << 20, file);
    long start = DataSets.START_MILLIS;
    try (var database = ChronicleDatabase.open(file)) {
      for (TsbsQuery query : TsbsQuery.values()) {
        long rows = 0;
        for (String statement : query.statements(5, 10, start, start + steps * 10_000L)) {
          Table table = database.query(statement);
          assertThat(table.warnings()).as(statement).isEmpty();
          rows += table.rowCount();
        }
        assertThat(rows).as(query.label).isPositive();
      }
    }
  }

  @Test
  void theBenchmarkAsksEveryQueryOfTsbs() throws Exception {
    Param labels = TsbsQueryBenchmark.class.getDeclaredField("query").getAnnotation(Param.class);
    assertThat(labels.value())
        .containsExactly(
            Arrays.stream(TsbsQuery.values()).map(query -> query.label).toArray(String[]::new));
  }

  /** 2.13 bits a sample. */
  @Test
  void entropyOfAWalkIsKnown() {
    double bits = Entropy.bitsPerSample(DataSets.CPU, DataSets.CPU.open(1));
    assertThat(bits).isBetween(2.0, 2.2);
  }
}
