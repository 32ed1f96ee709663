package io.chronicledb.engine.query.function;

import java.time.LocalDate;

/** Fields of the date and time, UTC, of a number of seconds since 1970; fractions are cut off. */
enum CalendarField {
  YEAR,
  MONTH,
  DAY_OF_MONTH,
  DAY_OF_YEAR,
  /** Sunday is 0. */
  DAY_OF_WEEK,
  DAYS_IN_MONTH,
  HOUR,
  MINUTE;

  private static final long DAY_SECONDS = 86_400;
  private static final double SECONDS_MAX = LocalDate.MAX.toEpochDay() * (double) DAY_SECONDS;

  /** NaN for what is no time, or one beyond all calendars. */
  double of(double epochSeconds) {
    if (!(Math.abs(epochSeconds) < SECONDS_MAX)) {
      return Double.NaN;
    }
    long seconds = (long) epochSeconds;
    long secondOfDay = Math.floorMod(seconds, DAY_SECONDS);
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(seconds, DAY_SECONDS));
    return switch (this) {
      case YEAR -> date.getYear();
      case MONTH -> date.getMonthValue();
      case DAY_OF_MONTH -> date.getDayOfMonth();
      case DAY_OF_YEAR -> date.getDayOfYear();
      case DAY_OF_WEEK -> date.getDayOfWeek().getValue() % 7;
      case DAYS_IN_MONTH -> date.lengthOfMonth();
      case HOUR -> secondOfDay / 3600;
      case MINUTE -> secondOfDay % 3600 / 60;
    };
  }
}
