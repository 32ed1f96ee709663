package io.chronicledb.app.api.remoteread;

import io.chronicledb.app.wire.Millis;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.query.SeriesSamples;
import org.jspecify.annotations.Nullable;

/** The samples of a series by the millisecond: of several within one, the last. Moves with the series of what it reads; not thread-safe. */
final class MillisSamples {

  private final SeriesSamples samples;
  private int at;
  private int end;
  private boolean ahead;
  private long aheadMillis;
  private double aheadValue;
  private @Nullable NativeHistogram aheadHistogram;
  private long millis;
  private double value;
  private @Nullable NativeHistogram histogram;

  MillisSamples(SeriesSamples samples) {
    this.samples = samples;
  }

  /** Moves to the next sample of the present series; false at its end, after which the next series can follow. */
  boolean next() {
    if (!ahead && !take()) {
      return false;
    }
    do {
      millis = aheadMillis;
      value = aheadValue;
      histogram = aheadHistogram;
      ahead = take();
    } while (ahead && aheadMillis == millis);
    return true;
  }

  private boolean take() {
    if (at == end) {
      if (!samples.next()) {
        at = 0;
        end = 0;
        return false;
      }
      at = samples.start();
      end = samples.end();
    }
    aheadMillis = Millis.of(samples.timestamps()[at]);
    boolean stale = samples.isStale(at);
    aheadHistogram = samples.areHistograms() && !stale ? samples.histogram(at) : null;
    aheadValue = stale ? StaleMarker.value() : samples.values()[at];
    at++;
    return true;
  }

  long millis() {
    return millis;
  }

  /** The sample where it is a double. */
  double value() {
    return value;
  }

  /** The sample where it is a native histogram; else null. */
  @Nullable
  NativeHistogram histogram() {
    return histogram;
  }
}
