package io.chronicledb.engine.model;

import io.chronicledb.engine.error.BadDataException;

/**
 * Instants as text: RFC 3339 and the ISO 8601 dates near to it, to and from nanoseconds since the epoch. All times are UTC unless
 * the text has an offset; leap seconds do not exist, as everywhere in POSIX time.
 */
public final class TimeText {

  /** The first instant that fits: {@code 1677-09-21T00:12:43.145224192Z}. */
  public static final long MIN = Long.MIN_VALUE;

  /** The last one: {@code 2262-04-11T23:47:16.854775807Z}. */
  public static final long MAX = Long.MAX_VALUE;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long SECONDS_PER_DAY = 86_400L;
  private static final int FRACTION_DIGITS_MAX = 9;

  /** Days of 400 years: after them the calendar repeats. */
  private static final long DAYS_PER_ERA = 146_097L;

  /** From 0000-03-01, where this arithmetic starts, to 1970-01-01. */
  private static final long DAYS_TO_EPOCH = 719_468L;

  private TimeText() {}

  /**
   * Nanoseconds since the epoch of {@code 2024-01-01}, {@code 2024-01-01T12:30}, {@code 2024-01-01 12:30:05.25} or
   * {@code 2024-01-01T12:30:05+01:00}: a date, or a date and a time after {@code T} or a space, with up to nine digits of a second,
   * then {@code Z}, an offset ({@code +01:00}, {@code +0100}, {@code +01}) or nothing for UTC.
   *
   * @throws BadDataException for anything else, or for an instant outside of {@link #MIN} and {@link #MAX}, with the text
   */
  public static long parse(String text) {
    return new Reader(text).read();
  }

  /** RFC 3339 in UTC, with no, 3, 6 or 9 digits of a second: as many as it takes. */
  public static String format(long nanos) {
    var text = new StringBuilder(30);
    append(nanos, text);
    return text.toString();
  }

  /** Appends what {@link #format} returns. */
  public static void append(long nanos, StringBuilder to) {
    long seconds = Math.floorDiv(nanos, NANOS_PER_SECOND);
    int fraction = (int) Math.floorMod(nanos, NANOS_PER_SECOND);
    long days = Math.floorDiv(seconds, SECONDS_PER_DAY);
    int second = (int) Math.floorMod(seconds, SECONDS_PER_DAY);
    appendDate(days, to);
    to.append('T');
    appendTwo(second / 3600, to);
    to.append(':');
    appendTwo(second / 60 % 60, to);
    to.append(':');
    appendTwo(second % 60, to);
    if (fraction != 0) {
      to.append('.');
      appendThree(fraction / 1_000_000, to);
      if (fraction % 1_000_000 != 0) {
        appendThree(fraction / 1_000 % 1_000, to);
        if (fraction % 1_000 != 0) {
          appendThree(fraction % 1_000, to);
        }
      }
    }
    to.append('Z');
  }

  /**
   * The civil date of a day since the epoch, after Howard Hinnant: years start in March, so that the leap day is their last and months
   * have a formula.
   */
  private static void appendDate(long epochDay, StringBuilder to) {
    long day = epochDay + DAYS_TO_EPOCH;
    long era = Math.floorDiv(day, DAYS_PER_ERA);
    long dayOfEra = day - era * DAYS_PER_ERA;
    long yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int monthFromMarch = (int) ((5 * dayOfYear + 2) / 153);
    int dayOfMonth = (int) (dayOfYear - (153L * monthFromMarch + 2) / 5 + 1);
    int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    int year = (int) (yearOfEra + era * 400 + (month <= 2 ? 1 : 0));
    appendTwo(year / 100, to);
    appendTwo(year % 100, to);
    to.append('-');
    appendTwo(month, to);
    to.append('-');
    appendTwo(dayOfMonth, to);
  }

  private static long epochDay(int year, int month, int day) {
    int yearFromMarch = month <= 2 ? year - 1 : year;
    long era = Math.floorDiv(yearFromMarch, 400);
    long yearOfEra = yearFromMarch - era * 400;
    long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * DAYS_PER_ERA
        + yearOfEra * 365
        + yearOfEra / 4
        - yearOfEra / 100
        + dayOfYear
        - DAYS_TO_EPOCH;
  }

  private static int daysOfMonth(int year, int month) {
    return switch (month) {
      case 4, 6, 9, 11 -> 30;
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      default -> 31;
    };
  }

  private static void appendTwo(int number, StringBuilder to) {
    to.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  private static void appendThree(int number, StringBuilder to) {
    to.append((char) ('0' + number / 100));
    appendTwo(number % 100, to);
  }

  /** Goes through one text from left to right. */
  private static final class Reader {

    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    long read() {
      int year = digits(2, "a year of four digits") * 100 + digits(2, "a year of four digits");
      expect('-');
      int month = number(1, 12, "a month from 01 to 12");
      expect('-');
      int day = number(1, daysOfMonth(year, month), "a day of that month");
      long seconds = epochDay(year, month, day) * SECONDS_PER_DAY;
      int fraction = 0;
      if (at < text.length()) {
        if (!(take('T') || take('t') || take(' '))) {
          throw malformed("T or the end");
        }
        seconds += number(0, 23, "an hour from 00 to 23") * 3600L;
        expect(':');
        seconds += number(0, 59, "a minute from 00 to 59") * 60L;
        if (take(':')) {
          seconds += number(0, 59, "a second from 00 to 59");
          if (take('.')) {
            fraction = fraction();
          }
        }
        seconds -= offsetSeconds();
        if (at < text.length()) {
          throw malformed("the end");
        }
      }
      return nanos(seconds, fraction);
    }

    private long nanos(long seconds, int fraction) {
      try {
        // Towards zero first: the seconds of the smallest instant, times a billion, are already too
        // small.
        return seconds < 0
            ? Math.addExact(
                Math.multiplyExact(seconds + 1, NANOS_PER_SECOND), fraction - NANOS_PER_SECOND)
            : Math.addExact(Math.multiplyExact(seconds, NANOS_PER_SECOND), (long) fraction);
      } catch (ArithmeticException overflow) {
        throw new BadDataException(
            "time \"" + text + "\" is outside of " + format(MIN) + " to " + format(MAX));
      }
    }

    /** Seconds to take away. */
    private int offsetSeconds() {
      if (at == text.length() || take('Z') || take('z')) {
        return 0;
      }
      boolean east = take('+');
      if (!east && !take('-')) {
        throw malformed("Z, an offset or the end");
      }
      int seconds = number(0, 23, "hours of the offset from 00 to 23") * 3600;
      if (at < text.length()) {
        take(':');
        seconds += number(0, 59, "minutes of the offset from 00 to 59") * 60;
      }
      return east ? seconds : -seconds;
    }

    private int fraction() {
      int fraction = 0;
      int start = at;
      while (at < text.length() && isDigit(text.charAt(at))) {
        if (at - start == FRACTION_DIGITS_MAX) {
          throw malformed("at most " + FRACTION_DIGITS_MAX + " digits of a second");
        }
        fraction = fraction * 10 + (text.charAt(at++) - '0');
      }
      if (at == start) {
        throw malformed("digits of a second");
      }
      for (int digits = at - start; digits < FRACTION_DIGITS_MAX; digits++) {
        fraction *= 10;
      }
      return fraction;
    }

    /** Two digits within bounds. */
    private int number(int min, int max, String what) {
      int start = at;
      int number = digits(2, what);
      if (number < min || number > max) {
        at = start;
        throw malformed(what);
      }
      return number;
    }

    private int digits(int count, String what) {
      int number = 0;
      for (int i = 0; i < count; i++) {
        if (at + i >= text.length() || !isDigit(text.charAt(at + i))) {
          throw malformed(what);
        }
        number = number * 10 + (text.charAt(at + i) - '0');
      }
      at += count;
      return number;
    }

    private void expect(char c) {
      if (!take(c)) {
        throw malformed("\"" + c + "\"");
      }
    }

    private boolean take(char c) {
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }

    private BadDataException malformed(String expected) {
      String shown = text.length() <= 60 ? text : text.substring(0, 60) + "…";
      return new BadDataException(
          "\"" + shown + "\" is not a time: expected " + expected + " at character " + (at + 1)
              + "; a time looks like 2024-01-31 or 2024-01-31T12:30:05.123Z");
    }
  }
}
