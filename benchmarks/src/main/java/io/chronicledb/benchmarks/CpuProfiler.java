package io.chronicledb.benchmarks;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Operations per second of CPU time that the process took, all of its threads together. Unlike those per second of wall time they stay about
 * the same when the machine has other work to do.
 */
public final class CpuProfiler implements InternalProfiler {

  private double cpuBefore;

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    cpuBefore = ProcessFigures.cpuSeconds();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double seconds = ProcessFigures.cpuSeconds() - cpuBefore;
    double operations = result.getMetadata().getAllOps();
    return List.of(
        new ScalarResult("cpu", operations / seconds, "ops/CPU s", AggregationPolicy.AVG));
  }

  @Override
  public String getDescription() {
    return "operations per second of CPU time";
  }
}
