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

  /** For what is no time, or one beyond all calendars, the date that Prometheus takes it for. */
  double of(double epochSeconds) {
    if (!(Math.abs(epochSeconds) < SECONDS_MAX)) {
      return ofNoTime();
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

  /** In Go it becomes the smallest whole number, and as a time that is the 4th of December of a late year. */
  private double ofNoTime() {
    return switch (this) {
      case YEAR -> 292_277_026_596L;
      case MONTH -> 12;
      case DAY_OF_MONTH -> 4;
      case DAY_OF_YEAR -> 339;
      case DAY_OF_WEEK -> 0;
      case DAYS_IN_MONTH -> 31;
      case HOUR -> 15;
      case MINUTE -> 30;
    };
  }
}
