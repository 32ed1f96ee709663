package io.chronicledb.engine.model;

import io.chronicledb.engine.error.BadDataException;

/**
 * Durations as text, in the form of Prometheus extended below the millisecond: numbers with units, the largest unit first, each at
 * most once, as in {@code 1h30m}, {@code 90s} or {@code 500ms}. Units are y (365 days), w, d (24 hours), h, m, s, ms, us or µs, ns.
 */
public final class DurationText {

  /** From the largest to the smallest. */
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms", "us", "ns"};

  private static final long[] NANOS = {
    365 * 86_400_000_000_000L,
    7 * 86_400_000_000_000L,
    86_400_000_000_000L,
    3_600_000_000_000L,
    60_000_000_000L,
    1_000_000_000L,
    1_000_000L,
    1_000L,
    1L
  };

  /** Units before this one are printed only where nothing is left over: 36h is not a day and a half. */
  private static final int FIRST_SPLIT = 3;

  private DurationText() {}

  /**
   * Nanoseconds of a duration; never negative. {@code 0} needs no unit.
   *
   * @throws BadDataException for anything else, with the text
   */
  public static long parse(String text) {
    if (text.equals("0")) {
      return 0;
    }
    if (text.isEmpty()) {
      throw malformed(text, "it is empty");
    }
    long nanos = 0;
    int unitsFrom = 0;
    int at = 0;
    try {
      while (at < text.length()) {
        int digits = at;
        long count = 0;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
          count = Math.addExact(Math.multiplyExact(count, 10L), text.charAt(at) - '0');
          at++;
        }
        if (at == digits) {
          throw malformed(text, "a number is missing at character " + (at + 1));
        }
        int unitStart = at;
        while (at < text.length() && !(text.charAt(at) >= '0' && text.charAt(at) <= '9')) {
          at++;
        }
        int unit = unit(text, text.substring(unitStart, at));
        if (unit < unitsFrom) {
          throw malformed(text, "units come in order, the largest first and each once");
        }
        unitsFrom = unit + 1;
        nanos = Math.addExact(nanos, Math.multiplyExact(count, NANOS[unit]));
      }
    } catch (ArithmeticException overflow) {
      throw malformed(text, "it is longer than " + Long.MAX_VALUE + " ns");
    }
    return nanos;
  }

  /**
   * The canonical text, which parses back to the same number.
   *
   * @param nanos not negative
   */
  public static String format(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("a duration is negative: " + nanos + " ns");
    }
    if (nanos == 0) {
      return "0s";
    }
    var text = new StringBuilder();
    long left = nanos;
    for (int unit = 0; unit < UNITS.length; unit++) {
      long count = left / NANOS[unit];
      if (count > 0 && (unit >= FIRST_SPLIT || left % NANOS[unit] == 0)) {
        text.append(count).append(UNITS[unit]);
        left -= count * NANOS[unit];
      }
    }
    return text.toString();
  }

  private static int unit(String text, String unit) {
    // The micro sign, and the Greek letter that keyboards have.
    String ascii = unit.equals("\u00b5s") || unit.equals("\u03bcs") ? "us" : unit;
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(ascii)) {
        return i;
      }
    }
    throw malformed(
        text,
        unit.isEmpty()
            ? "a unit is missing at its end"
            : "the unit \"" + shortened(unit) + "\" is none of y, w, d, h, m, s, ms, us, µs, ns");
  }

  private static BadDataException malformed(String text, String reason) {
    return new BadDataException("\"" + shortened(text) + "\" is not a duration: " + reason);
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
