package io.chronicledb.engine.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunMergeTest {

  @Test
  void mergesAsTheNaiveModelDoesAndTheLastRunWins() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      int samplesMax = round % 15 == 0 ? 5000 : 60;
      var runs = new ArrayList<RunCursor>();
      var expected = new TreeMap<Long, TreeMap<Long, Long>>();
      int count = 1 + random.nextInt(12);
      for (int i = 0; i < count; i++) {
        var model = RunFixture.random(random, 8, samplesMax);
        runs.add(RunFixture.block(model).cursor());
        model.forEach((order, samples) ->
            expected.computeIfAbsent(order, o -> new TreeMap<>()).putAll(samples));
      }
      var merged = new TreeMap<Long, TreeMap<Long, Long>>();
      RunMerge.merge(runs, new Collector(merged));
      assertThat(merged).as("-Dseed=%d, round %d", seed, round).isEqualTo(expected);
    }
  }

  @Test
  void mergesWithinARange() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    var samples = new MergedSamples();
    for (int round = 0; round < 300; round++) {
      long start = random.nextInt(3000) - 1000;
      var range = new TimeRange(start, start + random.nextInt(3000));
      var cursors = new ArrayList<SampleCursor>();
      var expected = new TreeMap<Long, Long>();
      int count = random.nextInt(10);
      for (int i = 0; i < count; i++) {
        var model = RunFixture.random(random, 1, 400);
        RunCursor run = RunFixture.block(model).cursor();
        run.next();
        cursors.add(run.samples(range));
        expected.putAll(model.firstEntry().getValue().subMap(range.start(), range.end()));
      }
      samples.reset(cursors);
      var merged = new TreeMap<Long, Long>();
      long previous = Long.MIN_VALUE;
      while (samples.next()) {
        for (int i = samples.start(); i < samples.end(); i++) {
          assertThat(samples.timestamps()[i]).as("-Dseed=%d", seed).isGreaterThan(previous);
          previous = samples.timestamps()[i];
          merged.put(previous, Double.doubleToRawLongBits(samples.values()[i]));
        }
      }
      assertThat(merged).as("-Dseed=%d, round %d", seed, round).isEqualTo(expected);
    }
  }

  @Test
  void mergesNothingIntoNothing() {
    var merged = new TreeMap<Long, TreeMap<Long, Long>>();
    RunMerge.merge(List.of(), new Collector(merged));
    assertThat(merged).isEmpty();
  }

  private static final class Collector implements RunSink {

    private final TreeMap<Long, TreeMap<Long, Long>> merged;
    private long previousOrder = -1;
    private TreeMap<Long, Long> series = new TreeMap<>();

    Collector(TreeMap<Long, TreeMap<Long, Long>> merged) {
      this.merged = merged;
    }

    @Override
    public void series(long order) {
      assertThat(order).isGreaterThan(previousOrder);
      previousOrder = order;
      series = new TreeMap<>();
      merged.put(order, series);
    }

    @Override
    public void samples(
        long[] timestamps,
        double[] values,
        @Nullable HistogramColumn histograms,
        int start,
        int end) {
      for (int i = start; i < end; i++) {
        assertThat(series.isEmpty() || series.lastKey() < timestamps[i]).isTrue();
        series.put(timestamps[i], Double.doubleToRawLongBits(values[i]));
      }
    }
  }
}
