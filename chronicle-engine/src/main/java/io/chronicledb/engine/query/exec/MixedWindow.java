package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.HistogramMean;
import io.chronicledb.engine.histogram.HistogramSum;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.function.WindowFunction;
import io.chronicledb.engine.query.function.WindowFunction.Accumulator;
import io.chronicledb.engine.query.plan.PlanNode.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Functions over windows with native histograms, alone or among doubles, as Prometheus 3 has them: most functions pass over histograms, some
 * take either kind, and some both. For one thread.
 */
final class MixedWindow {

  private static final double NANOS_PER_SECOND = 1e9;

  private final Annotations annotations;
  private final Window window;
  private final Accumulator accumulator;

  private final List<NativeHistogram> histograms = new ArrayList<>();
  private long[] floatTimes = {};
  private double[] floats = {};
  private int floatCount;
  private long firstTime;
  private long lastTime;
  private String metric = "";

  private @Nullable NativeHistogram result;

  /** @param accumulator of the function; started for each window by the caller */
  MixedWindow(Annotations annotations, Window window, Accumulator accumulator) {
    this.annotations = annotations;
    this.window = window;
    this.accumulator = accumulator;
  }

  /** Whether there is a histogram in the present window. */
  static boolean applies(SlidingSamples samples) {
    for (int i = samples.from; samples.histograms != null && i < samples.to; i++) {
      if (samples.histograms[i] != null) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is nothing but histograms in the present window. */
  static boolean isAllHistograms(SlidingSamples samples) {
    for (int i = samples.from; i < samples.to; i++) {
      if (samples.histogram(i) == null) {
        return false;
      }
    }
    return true;
  }

  /** The histogram that the last evaluation came to; null where that was a double, or nothing. */
  @Nullable
  NativeHistogram histogram() {
    return result;
  }

  /** Forgets it. */
  void clear() {
    result = null;
  }

  /**
   * Evaluates the function.
   *
   * @param start,end the range selector's bounds
   * @return the double that it comes to, absent where that is none
   */
  double evaluate(SlidingSamples samples, long start, long end) {
    String name = samples.labels().get(Tags.METRIC);
    metric = name == null ? "" : name;
    WindowFunction function = window.function();
    return switch (function) {
      case LATEST, LAST_OVER_TIME -> sample(samples, samples.to - 1);
      case FIRST_OVER_TIME -> sample(samples, samples.from);
      case LATEST_TIMESTAMP,
          COUNT_OVER_TIME,
          PRESENT_OVER_TIME,
          TS_OF_FIRST_OVER_TIME,
          TS_OF_LAST_OVER_TIME -> {
        accumulator.add(samples.timestamps, samples.values, samples.from, samples.to);
        yield accumulator.result();
      }
      case RATE, INCREASE, DELTA -> {
        collect(samples);
        rate(start, end);
        yield StaleMarker.value();
      }
      case IRATE, IDELTA -> {
        lastTwo(samples);
        yield accumulator.result();
      }
      case CHANGES, RESETS -> transitions(samples, samples.from);
      case ANCHORED_CHANGES, ANCHORED_RESETS ->
        samples.timestamps[samples.to - 1] <= start
            ? StaleMarker.value()
            : transitions(samples, BoundedHistograms.newestUpTo(samples, start));
      case SUM_OVER_TIME, AVG_OVER_TIME -> {
        collect(samples);
        total();
        yield StaleMarker.value();
      }
      case INTERPOLATED,
          ANCHORED_RATE,
          ANCHORED_INCREASE,
          ANCHORED_DELTA,
          SMOOTHED_RATE,
          SMOOTHED_INCREASE,
          SMOOTHED_DELTA -> {
        collect(samples);
        if (!isMixed()) {
          bounded(
              new BoundedHistograms(annotations, metric, window.position(), samples), start, end);
        }
        yield StaleMarker.value();
      }
      default -> {
        collect(samples);
        yield ofFloats();
      }
    };
  }

  private double sample(SlidingSamples samples, int place) {
    result = samples.histogram(place);
    return result == null ? samples.values[place] : StaleMarker.value();
  }

  /** Takes the two kinds apart. */
  private void collect(SlidingSamples samples) {
    histograms.clear();
    floatCount = 0;
    int count = samples.to - samples.from;
    if (floats.length < count) {
      floats = new double[count];
      floatTimes = new long[count];
    }
    firstTime = samples.timestamps[samples.from];
    lastTime = samples.timestamps[samples.to - 1];
    for (int i = samples.from; i < samples.to; i++) {
      NativeHistogram histogram = samples.histogram(i);
      if (histogram == null) {
        floatTimes[floatCount] = samples.timestamps[i];
        floats[floatCount++] = samples.values[i];
      } else {
        histograms.add(histogram);
      }
    }
  }

  private double ofFloats() {
    if (floatCount == 0) {
      return StaleMarker.value();
    }
    annotations.ignoredInRange(metric, window.position());
    accumulator.add(floatTimes, floats, 0, floatCount);
    return accumulator.result();
  }

  private boolean isMixed() {
    if (floatCount > 0) {
      annotations.mixedKinds(metric, window.position());
    }
    return floatCount > 0;
  }

  private void total() {
    if (isMixed()) {
      return;
    }
    if (window.function() == WindowFunction.AVG_OVER_TIME) {
      var mean = new HistogramMean();
      if (addAll(mean::takes, mean::add)) {
        result = mean.result();
        tell(mean.hintsContradict(), mean.boundsReconciled());
      }
      return;
    }
    var sum = new HistogramSum(histograms.get(0));
    if (addAll(sum::takes, histogram -> add(sum, histogram))) {
      result = sum.result();
      tell(sum.hintsContradict(), sum.boundsReconciled());
    }
  }

  /** The first one is there from the beginning. */
  private void add(HistogramSum sum, NativeHistogram histogram) {
    if (histogram != histograms.get(0)) {
      sum.add(histogram);
    }
  }

  private boolean addAll(Predicate<NativeHistogram> takes, Consumer<NativeHistogram> add) {
    for (NativeHistogram histogram : histograms) {
      if (!takes.test(histogram)) {
        annotations.mixedBuckets(metric, window.position());
        return false;
      }
      add.accept(histogram);
    }
    return true;
  }

  private void tell(boolean hintsContradict, boolean boundsReconciled) {
    if (hintsContradict) {
      annotations.contradictingResets("aggregation", window.position());
    }
    if (boundsReconciled) {
      annotations.reconciledBounds("aggregation", window.position());
    }
  }

  private void rate(long start, long end) {
    int count = histograms.size();
    if (isMixed() || count < 2) {
      return;
    }
    boolean counter = window.function() != WindowFunction.DELTA;
    if (counter) {
      checkIsCounter();
    }
    NativeHistogram change = counter ? counterChange() : gaugeChange();
    if (change == null) {
      annotations.mixedBuckets(metric, window.position());
      return;
    }
    if (!counter) {
      checkIsGauge();
    }
    double sampled = (lastTime - firstTime) / NANOS_PER_SECOND;
    double distance = sampled / (count - 1);
    double near = distance * 1.1;
    double toStart = (firstTime - start) / NANOS_PER_SECOND;
    double toEnd = (end - lastTime) / NANOS_PER_SECOND;
    if (toStart >= near) {
      toStart = distance / 2;
    }
    double firstCount = histograms.get(0).count();
    if (counter && change.count() > 0 && firstCount >= 0) {
      toStart = Math.min(toStart, sampled * (firstCount / change.count()));
    }
    if (toEnd >= near) {
      toEnd = distance / 2;
    }
    double factor = (sampled + toStart + toEnd) / sampled;
    if (window.function() == WindowFunction.RATE) {
      factor /= (end - start) / NANOS_PER_SECOND;
    }
    result = change.withHint(CounterResetHint.GAUGE).compact(0).times(factor);
  }

  private void checkIsCounter() {
    if (histograms.stream().anyMatch(histogram -> histogram.hint() == CounterResetHint.GAUGE)) {
      annotations.notACounter(metric, window.position());
    }
  }

  /** Only the first and the last one matter. */
  private void checkIsGauge() {
    if (histograms.get(0).hint() != CounterResetHint.GAUGE
        || histograms.get(histograms.size() - 1).hint() != CounterResetHint.GAUGE) {
      annotations.notAGauge(metric, window.position());
    }
  }

  private @Nullable NativeHistogram gaugeChange() {
    NativeHistogram last = histograms.get(histograms.size() - 1);
    return minus(last, histograms.get(0));
  }

  /** The last one less the first, and what was lost to resets in between; null where buckets do not go together. */
  private @Nullable NativeHistogram counterChange() {
    NativeHistogram first = histograms.get(0);
    NativeHistogram last = histograms.get(histograms.size() - 1);
    // What was before a reset between the first two does not matter, whatever its buckets are.
    boolean resetAtOnce = histograms.get(1).isResetFrom(first);
    NativeHistogram base = resetAtOnce ? histograms.get(1) : first;
    int schema = last.layout().schema();
    for (NativeHistogram histogram : histograms.subList(resetAtOnce ? 1 : 0, histograms.size())) {
      if (!histogram.isCompatibleWith(base) || !histogram.isCompatibleWith(last)) {
        return null;
      }
      schema = Math.min(schema, histogram.layout().schema());
    }
    NativeHistogram change = last.atSchema(schema);
    if (!resetAtOnce) {
      change = minus(change, first);
    }
    for (int i = 2; change != null && i < histograms.size(); i++) {
      if (histograms.get(i).isResetFrom(histograms.get(i - 1))) {
        NativeHistogram.Combined sum = change.plus(histograms.get(i - 1));
        if (sum.boundsReconciled()) {
          annotations.reconciledBounds("addition", window.position());
        }
        change = sum.histogram();
      }
    }
    return change;
  }

  private @Nullable NativeHistogram minus(NativeHistogram a, NativeHistogram b) {
    if (!a.isCompatibleWith(b)) {
      return null;
    }
    NativeHistogram.Combined difference = a.minus(b);
    if (difference.boundsReconciled()) {
      annotations.reconciledBounds("subtraction", window.position());
    }
    return difference.histogram();
  }

  private void bounded(BoundedHistograms bounded, long start, long end) {
    double seconds = (end - start) / NANOS_PER_SECOND;
    NativeHistogram change = switch (window.function()) {
      case ANCHORED_RATE -> perSecond(bounded.change(start, end, true, false), seconds);
      case ANCHORED_INCREASE -> bounded.change(start, end, true, false);
      case ANCHORED_DELTA -> bounded.change(start, end, false, false);
      case SMOOTHED_RATE -> perSecond(bounded.change(start, end, true, true), seconds);
      case SMOOTHED_INCREASE -> bounded.change(start, end, true, true);
      case SMOOTHED_DELTA -> bounded.change(start, end, false, true);
      default -> {
        result = bounded.at(end);
        yield null;
      }
    };
    if (change != null) {
      result = change.withHint(CounterResetHint.GAUGE).compact(0);
    }
  }

  private static @Nullable NativeHistogram perSecond(
      @Nullable NativeHistogram change, double seconds) {
    return change == null ? null : change.dividedBy(seconds);
  }

  private void lastTwo(SlidingSamples samples) {
    if (samples.to - samples.from < 2) {
      return; // The accumulator has nothing either.
    }
    int place = samples.to - 1;
    NativeHistogram last = samples.histogram(place);
    NativeHistogram previous = samples.histogram(place - 1);
    if (last == null && previous == null) {
      accumulator.add(samples.timestamps, samples.values, place - 1, samples.to);
      return;
    }
    if (last == null || previous == null) {
      annotations.mixedKinds(metric, window.position());
      return;
    }
    boolean rate = window.function() == WindowFunction.IRATE;
    boolean gauges = last.hint() == CounterResetHint.GAUGE && previous.hint() == last.hint();
    boolean anyGauge =
        last.hint() == CounterResetHint.GAUGE || previous.hint() == CounterResetHint.GAUGE;
    if (rate && anyGauge) {
      annotations.notACounter(metric, window.position());
    } else if (!rate && !gauges) {
      annotations.notAGauge(metric, window.position());
    }
    NativeHistogram change = rate && last.isResetFrom(previous) ? last : minus(last, previous);
    if (change == null) {
      annotations.mixedBuckets(metric, window.position());
      return;
    }
    change = change.withHint(CounterResetHint.GAUGE).compact(0);
    double seconds = (samples.timestamps[place] - samples.timestamps[place - 1]) / NANOS_PER_SECOND;
    result = rate ? change.dividedBy(seconds) : change;
  }

  private double transitions(SlidingSamples samples, int from) {
    boolean resets = window.function() == WindowFunction.RESETS
        || window.function() == WindowFunction.ANCHORED_RESETS;
    int count = 0;
    for (int i = from + 1; i < samples.to; i++) {
      NativeHistogram histogram = samples.histogram(i);
      NativeHistogram previous = samples.histogram(i - 1);
      boolean changed;
      if (histogram != null && previous != null) {
        changed =
            resets ? histogram.isResetFrom(previous) : !histogram.hasSameObservations(previous);
      } else if (histogram != null || previous != null) {
        changed = true;
      } else {
        double value = samples.values[i];
        double before = samples.values[i - 1];
        changed = resets
            ? value < before
            : value != before && !(Double.isNaN(value) && Double.isNaN(before));
      }
      count += changed ? 1 : 0;
    }
    return count;
  }
}
