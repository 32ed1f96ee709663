package io.chronicledb.app.wire;

import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.DurationText;
import org.jspecify.annotations.Nullable;

/** Durations in parameters as Prometheus takes them: seconds as a number ({@code 15}, {@code 0.5}) or units ({@code 1h30m}). */
public final class DurationParameter {

  private DurationParameter() {}

  /** Nanoseconds; null when the text is malformed. The sign is kept: whoever asks knows whether negative makes sense. */
  public static @Nullable Long parseNanos(String text) {
    Double seconds = NumberText.parse(text);
    if (seconds != null) {
      double nanos = seconds * 1e9;
      return Math.abs(nanos) < 0x1p63 ? (Long) (long) nanos : null;
    }
    try {
      return DurationText.parse(text);
    } catch (BadDataException e) {
      return null;
    }
  }
}
