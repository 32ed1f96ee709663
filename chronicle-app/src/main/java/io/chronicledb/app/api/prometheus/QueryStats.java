package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.Millis;
import io.chronicledb.engine.query.PromQlStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the parameter {@code stats} asks for: times in seconds and counts of samples. */
final class QueryStats {

  /** A sample in memory is its time and its value. */
  private static final long SAMPLE_BYTES = 16;

  private QueryStats() {}

  /** @param perStep whether samples are counted for each instant too */
  static Map<String, Object> of(PromQlStatistics statistics, boolean perStep) {
    long evaluated =
        statistics.preparationNanos() + statistics.evaluationNanos() + statistics.sortNanos();
    var timings = new LinkedHashMap<String, Object>();
    timings.put("evalTotalTime", seconds(evaluated));
    timings.put("resultSortTime", seconds(statistics.sortNanos()));
    timings.put("queryPreparationTime", seconds(statistics.preparationNanos()));
    timings.put("innerEvalTime", seconds(statistics.evaluationNanos()));
    timings.put("execQueueTime", seconds(statistics.queueNanos()));
    timings.put("execTotalTime", seconds(statistics.queueNanos() + evaluated));
    var samples = new LinkedHashMap<String, Object>();
    if (perStep) {
      samples.put("totalQueryableSamplesPerStep", steps(statistics));
    }
    samples.put("totalQueryableSamples", statistics.samples());
    samples.put("peakSamples", (statistics.peakBytes() + SAMPLE_BYTES - 1) / SAMPLE_BYTES);
    var stats = new LinkedHashMap<String, Object>();
    stats.put("timings", timings);
    stats.put("samples", samples);
    return stats;
  }

  private static List<List<Object>> steps(PromQlStatistics statistics) {
    long[] timestamps = statistics.timestamps();
    long[] samples = statistics.samplesPerStep();
    var steps = new ArrayList<List<Object>>(samples.length);
    for (int i = 0; i < samples.length; i++) {
      steps.add(List.of(Millis.of(timestamps[i]) / 1e3, samples[i]));
    }
    return steps;
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
