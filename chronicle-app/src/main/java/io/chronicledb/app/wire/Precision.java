package io.chronicledb.app.wire;

import io.chronicledb.engine.error.BadDataException;

/** The unit of integer timestamps, as Influx' clients name it in {@code precision}. */
public enum Precision {
  NANOSECONDS(1),
  MICROSECONDS(1_000),
  MILLISECONDS(1_000_000),
  SECONDS(1_000_000_000),
  MINUTES(60_000_000_000L),
  HOURS(3_600_000_000_000L);

  private final long nanos;

  Precision(long nanos) {
    this.nanos = nanos;
  }

  /** @throws BadDataException for anything but {@code n}, {@code ns}, {@code u}, {@code us}, {@code ms}, {@code s}, {@code m}, {@code h} */
  public static Precision parse(String text) {
    return switch (text) {
      case "n", "ns" -> NANOSECONDS;
      case "u", "us", "µ", "µs" -> MICROSECONDS;
      case "ms" -> MILLISECONDS;
      case "s" -> SECONDS;
      case "m" -> MINUTES;
      case "h" -> HOURS;
      default ->
        throw new BadDataException("precision \"" + text + "\" is none of ns, us, ms, s, m, h");
    };
  }

  public long nanosPerUnit() {
    return nanos;
  }

  /** Whether {@code timestamp} in this unit can be said in nanoseconds, and is not the end of time that open ranges use. */
  public boolean fits(long timestamp) {
    return timestamp <= (Long.MAX_VALUE - 1) / nanos && timestamp >= Long.MIN_VALUE / nanos;
  }

  /** @throws BadDataException when the instant lies outside of the years 1677 to 2262 */
  public long toNanos(long timestamp) {
    if (!fits(timestamp)) {
      throw new BadDataException("timestamp " + timestamp + " with precision " + this
          + " lies outside of the years 1677 to 2262");
    }
    return timestamp * nanos;
  }

  /** A timestamp in nanoseconds in this unit, rounded down. */
  public long fromNanos(long timestampNanos) {
    return Math.floorDiv(timestampNanos, nanos);
  }

  @Override
  public String toString() {
    return switch (this) {
      case NANOSECONDS -> "ns";
      case MICROSECONDS -> "us";
      case MILLISECONDS -> "ms";
      case SECONDS -> "s";
      case MINUTES -> "m";
      case HOURS -> "h";
    };
  }
}
