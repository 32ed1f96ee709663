package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.query.function.WindowFunction;
import io.chronicledb.engine.query.function.WindowFunction.Accumulator;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.PlanNode.Window;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Evaluates a function over a window of samples at each instant, series after series. */
final class WindowOperator implements SeriesOperator {

  private static final int CHECK_INTERVAL = 1024;

  private final ExecutionContext context;
  private final Annotations annotations;
  private final Grid grid;
  private final ShownSamples shown;
  private final Window window;
  private final WindowFunction function;
  private final Accumulator accumulator;
  private final SlidingSamples samples;
  private final double[] first;
  private final double[] second;
  private final boolean parametrised;
  private final MixedWindow mixed;
  /** Of the series at hand; null as long as it has none. */
  private @Nullable NativeHistogram @Nullable [] histograms;

  private long histogramBytes;
  /** Whether one evaluation says it all. */
  private final boolean constant;

  /**
   * @param annotations takes what is to be told
   * @param parameters of the function, each over the grid
   */
  WindowOperator(
      ExecutionContext context,
      Annotations annotations,
      Grid grid,
      ShownSamples shown,
      Window window,
      SlidingSamples samples,
      List<double[]> parameters) {
    this.context = context;
    this.annotations = annotations;
    this.grid = grid;
    this.window = window;
    this.function = window.function();
    this.accumulator = function.accumulator();
    this.samples = samples;
    this.mixed = new MixedWindow(annotations, window, accumulator);
    var none = new double[grid.count()];
    this.first = parameters.isEmpty() ? none : parameters.get(0);
    this.second = parameters.size() < 2 ? none : parameters.get(1);
    this.parametrised = !parameters.isEmpty();
    this.constant =
        window.fixedInstant() != null && parameters.isEmpty() && !function.dependsOnInstant();
    this.shown = constant ? shown.once() : shown;
  }

  @Override
  public @Nullable SeriesBatch next() {
    while (samples.nextSeries()) {
      context.check();
      accumulator.restart();
      histograms = null;
      context.release(histogramBytes);
      histogramBytes = 0;
      double[] values = constant ? evaluateOnce() : evaluateGrid();
      if (values != null) {
        boolean dropsMetric = !function.keepsMetric() || samples.dropsMetric();
        var batch = new SeriesBatch(samples.labels(), values, histograms, dropsMetric);
        if (function.isForCounters() && !batch.name().isEmpty() && !samples.dropsMetric()) {
          adviseOnCounter(batch);
        }
        return batch;
      }
    }
    return null;
  }

  private void adviseOnCounter(SeriesBatch batch) {
    if (batch.hasFloats()) {
      annotations.counter(batch.name(), window.position());
    }
  }

  private double @Nullable [] evaluateGrid() {
    Long fixed = window.fixedInstant();
    double[] values = null;
    for (int i = 0; i < grid.count(); i++) {
      if (i % CHECK_INTERVAL == 0) {
        context.check();
      }
      double value = evaluate(i, fixed == null ? grid.at(i) : fixed);
      NativeHistogram histogram = mixed.histogram();
      if (!StaleMarker.is(value) || histogram != null) {
        if (values == null) {
          values = new double[grid.count()];
          Arrays.fill(values, 0, i, StaleMarker.value());
        }
        values[i] = value;
        if (histogram != null) {
          put(i, histogram);
        }
      } else if (values != null) {
        values[i] = value;
      } else if (samples.isExhausted()) {
        return null;
      }
    }
    return values;
  }

  private double @Nullable [] evaluateOnce() {
    Long fixed = window.fixedInstant();
    double value = fixed == null ? StaleMarker.value() : evaluate(0, fixed);
    NativeHistogram histogram = mixed.histogram();
    if (StaleMarker.is(value) && histogram == null) {
      return null;
    }
    var values = new double[grid.count()];
    Arrays.fill(values, value);
    for (int i = 0; histogram != null && i < grid.count(); i++) {
      put(i, histogram);
    }
    return values;
  }

  private void put(int index, NativeHistogram histogram) {
    if (histograms == null) {
      histograms = new NativeHistogram[grid.count()];
    }
    context.hold(histogram.memoryBytes());
    histogramBytes += histogram.memoryBytes();
    histograms[index] = histogram;
  }

  private double evaluate(int index, long instant) {
    mixed.clear();
    samples.moveTo(instant + window.read().from(), instant + window.read().to());
    if (samples.isEmpty()) {
      return StaleMarker.value();
    }
    if (parametrised) {
      checkParameters(index);
      accumulator.evaluateAt(grid.at(index), first[index], second[index]);
    }
    // The range selector's own bounds: open at the left, closed at the right, hence one nanosecond
    // earlier each.
    long start = instant + window.range().from() - 1;
    long end = instant + window.range().to() - 1;
    accumulator.start(start, end);
    double result;
    if (MixedWindow.applies(samples)) {
      result = mixed.evaluate(samples, start, end);
      accumulator.restart(); // It has not slid over this window.
      samples.forget();
    } else {
      accumulator.slide(
          samples.timestamps, samples.values, samples.from, samples.to, samples.firstNew());
      samples.see();
      result = accumulator.result();
    }
    if (!function.seesStaleMarkers()) {
      shown.add(index, samples.to - samples.from);
    } else if (!StaleMarker.is(result) || mixed.histogram() != null) {
      // An instant selector shows one sample, whatever it looks through.
      shown.add(index, 1);
    }
    return result;
  }

  private void checkParameters(int index) {
    if (function == WindowFunction.QUANTILE_OVER_TIME && !MixedWindow.isAllHistograms(samples)) {
      annotations.quantile(first[index], window.position());
    } else if (function == WindowFunction.DOUBLE_EXPONENTIAL_SMOOTHING) {
      checkFactor("smoothing factor", "sf", first[index]);
      checkFactor("trend factor", "tf", second[index]);
    }
  }

  private static void checkFactor(String what, String name, double factor) {
    if (factor <= 0 || factor >= 1) {
      throw new QueryExecutionException("invalid " + what + ". Expected: 0 < " + name
          + " < 1, got: " + String.format(Locale.ROOT, "%f", factor));
    }
  }
}
