package io.chronicledb.engine.query.promql;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as Prometheus writes them: whole numbers of {@code y w d h m s ms}, each unit at most once and in this order; a year
 * has 365 days. Their resolution is the millisecond.
 */
final class PromQlDuration {

  private static final Pattern SHAPE = Pattern.compile(
      "(?:([0-9]+)y)?(?:([0-9]+)w)?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?");

  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
  private static final long DAY_MILLIS = 24 * 3_600_000L;
  private static final long[] UNIT_MILLIS = {
    365 * DAY_MILLIS, 7 * DAY_MILLIS, DAY_MILLIS, 3_600_000, 60_000, 1_000, 1
  };

  /** What fits into a long as nanoseconds: 292 years. */
  private static final long MILLIS_MAX = Long.MAX_VALUE / 1_000_000;

  /** From here on, seconds in a double are too coarse for nanoseconds but hold every millisecond. */
  private static final double COARSE_SECONDS = (1L << 53) / 1e9;

  private PromQlDuration() {}

  /**
   * The milliseconds of a literal.
   *
   * @throws IllegalArgumentException with a message for the query's author
   */
  static long parseMillis(String literal) {
    Matcher matcher = SHAPE.matcher(literal);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a valid duration string: \"" + literal
          + "\" (units in this order, each once: " + String.join(" ", UNITS) + ")");
    }
    try {
      long millis = 0;
      for (int unit = 0; unit < UNITS.length; unit++) {
        String digits = matcher.group(unit + 1);
        if (digits != null) {
          millis =
              Math.addExact(millis, Math.multiplyExact(Long.parseLong(digits), UNIT_MILLIS[unit]));
        }
      }
      if (millis <= MILLIS_MAX) {
        return millis;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Too large even to say how large it is.
    }
    throw new IllegalArgumentException("duration out of range");
  }

  /**
   * Seconds as nanoseconds.
   *
   * @throws IllegalArgumentException with a message for the query's author
   */
  static long nanos(double seconds) {
    if (Double.isNaN(seconds) || Math.abs(seconds) > MILLIS_MAX / 1e3) {
      throw new IllegalArgumentException("duration out of range");
    }
    return Math.abs(seconds) < COARSE_SECONDS
        ? Math.round(seconds * 1e9)
        : Math.min(MILLIS_MAX, Math.max(-MILLIS_MAX, Math.round(seconds * 1e3))) * 1_000_000;
  }

  /** A duration that is not negative as a literal; as seconds where it is no whole number of milliseconds. */
  static String print(long nanos) {
    if (nanos % 1_000_000 != 0) {
      return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }
    long millis = nanos / 1_000_000;
    if (millis == 0) {
      return "0s";
    }
    var literal = new StringBuilder();
    for (int unit = 0; unit < UNITS.length; unit++) {
      // As in Prometheus, years and weeks only where they leave nothing over.
      if (unit < 2 ? millis % UNIT_MILLIS[unit] == 0 : millis >= UNIT_MILLIS[unit]) {
        if (millis >= UNIT_MILLIS[unit]) {
          literal.append(millis / UNIT_MILLIS[unit]).append(UNITS[unit]);
          millis %= UNIT_MILLIS[unit];
        }
      }
    }
    return literal.toString();
  }
}
