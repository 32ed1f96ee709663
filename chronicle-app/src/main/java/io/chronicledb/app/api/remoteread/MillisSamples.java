package io.chronicledb.app.api.remoteread;

import io.chronicledb.app.wire.Millis;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.query.SeriesSamples;

/** The samples of a series by the millisecond: of several within one, the last. Moves with the series of what it reads; not thread-safe. */
final class MillisSamples {

  private final SeriesSamples samples;
  private int at;
  private int end;
  private boolean ahead;
  private long aheadMillis;
  private double aheadValue;
  private long millis;
  private double value;

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
      if (samples.areHistograms()) {
        throw new ChronicleException(
            ErrorCode.UNSUPPORTED,
            "some samples of " + samples.labels()
                + " are native histograms, which remote read does not send");
      }
      at = samples.start();
      end = samples.end();
    }
    aheadMillis = Millis.of(samples.timestamps()[at]);
    aheadValue = samples.values()[at];
    at++;
    return true;
  }

  long millis() {
    return millis;
  }

  double value() {
    return value;
  }
}
