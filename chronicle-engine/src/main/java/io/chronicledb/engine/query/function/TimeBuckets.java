package io.chronicledb.engine.query.function;

import io.chronicledb.engine.model.DurationText;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of {@code GROUP BY time(width, offset, 'zone')}: they follow each other without gaps, and every instant is in one.
 *
 * <p>A bucket begins at a multiple of its width, a time or a number of months, since 1970-01-01T00:00, plus the offset. In a zone that is
 * counted on the wall clock:
 *
 * <ul>
 *   <li>Clocks are set forward: a bucket whose start is skipped begins right after what is skipped; one that would lie wholly in it does
 *       not exist.
 *   <li>Clocks are set back by at least the width of a bucket: each of the two passes has buckets of its own, and the second pass begins
 *       with a new one.
 *   <li>Clocks are set back by less: buckets begin in the first pass, and the last of them holds all of the second one too.
 * </ul>
 *
 * <p>Timestamps are nanoseconds since the epoch. Immutable; equal where made from equal parts.
 */
public final class TimeBuckets {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long SECONDS_PER_DAY = 86_400;
  /** As an unsigned number: more nanoseconds than there are instants. */
  private static final long AEONS = -1;
  /** So many seconds in nanoseconds still fit an unsigned number. */
  private static final long SECONDS_MAX = Long.divideUnsigned(AEONS, NANOS_PER_SECOND) - 1;

  private final long widthNanos;
  private final int months;
  private final long offsetNanos;
  private final ZoneId zone;
  /** The offset as a time within a bucket; 0 for months. */
  private final long phase;
  /** Null where a bucket's start is plain arithmetic. */
  private final @Nullable WallClock clock;

  private TimeBuckets(
      long widthNanos, int months, long offsetNanos, ZoneId zone, @Nullable WallClock clock) {
    this.widthNanos = widthNanos;
    this.months = months;
    this.offsetNanos = offsetNanos;
    this.zone = zone;
    this.phase = months == 0 ? Math.floorMod(offsetNanos, widthNanos) : 0;
    this.clock = clock;
  }

  /**
   * Buckets of the same length in UTC.
   *
   * @param widthNanos positive
   * @param offsetNanos of any sign, and longer than the width if you like
   */
  public static TimeBuckets fixed(long widthNanos, long offsetNanos) {
    if (widthNanos <= 0) {
      throw new IllegalArgumentException("a bucket is " + widthNanos + " ns wide");
    }
    return new TimeBuckets(widthNanos, 0, offsetNanos, ZoneOffset.UTC, null);
  }

  /**
   * Buckets of a zone's wall clock. This looks at all changes of the zone's clocks: make them once for a query.
   *
   * @param widthNanos positive where {@code months} is 0, else 0
   * @param months positive where {@code widthNanos} is 0, else 0; a year is 12
   * @param offsetNanos on the wall clock, of any sign
   * @param zone {@link ZoneOffset#UTC} where a statement names none
   */
  public static TimeBuckets calendar(long widthNanos, int months, long offsetNanos, ZoneId zone) {
    if (widthNanos < 0 || months < 0 || (widthNanos == 0) == (months == 0)) {
      throw new IllegalArgumentException(
          "a bucket is " + widthNanos + " ns and " + months + " months wide");
    }
    if (months == 0 && zone.equals(ZoneOffset.UTC)) {
      return fixed(widthNanos, offsetNanos);
    }
    // No clock was ever set back by a month.
    var clock = WallClock.of(zone.getRules(), months == 0 ? widthNanos : Long.MAX_VALUE);
    return new TimeBuckets(widthNanos, months, offsetNanos, zone, clock);
  }

  /** The first instant of the bucket that holds a timestamp, or {@link Long#MIN_VALUE} where that is earlier. */
  public long startOf(long timestamp) {
    if (clock == null) {
      long start = timestamp - sinceStart(timestamp, 0);
      return start <= timestamp ? start : Long.MIN_VALUE;
    }
    long at = timestamp;
    int piece = clock.pieceAt(at);
    while (true) {
      if (!clock.stands(piece)) {
        long since = sinceStart(at, piece);
        long run = at - clock.start(piece);
        if (Long.compareUnsigned(since, run) <= 0) {
          return at - since;
        }
        if (Long.compareUnsigned(since - run, clock.skipped(piece)) <= 0) {
          return clock.start(piece);
        }
      }
      at = clock.start(piece) - 1;
      piece--;
    }
  }

  /**
   * The first instant after a bucket, which is the start of the next one, or {@link Long#MAX_VALUE} where that is later.
   *
   * @param start of the bucket; any other instant in it does as well
   */
  public long endOf(long start) {
    if (clock == null) {
      long end = start + (widthNanos - sinceStart(start, 0));
      return end > start ? end : Long.MAX_VALUE;
    }
    long at = start;
    int piece = clock.pieceAt(at);
    while (clock.stands(piece)) {
      at = clock.start(piece) - 1;
      piece--;
    }
    long left = untilEnd(at, piece);
    if (left == AEONS) {
      return Long.MAX_VALUE;
    }
    while (piece + 1 < clock.pieces()) {
      long run = clock.start(piece + 1) - at;
      if (!clock.stands(piece)) {
        // A bucket that is just over when the clock stops holds the time in which it stands.
        if (Long.compareUnsigned(left, run) < 0) {
          return at + left;
        }
        left -= run;
      }
      piece++;
      at = clock.start(piece);
      if (!clock.stands(piece)) {
        if (Long.compareUnsigned(left, clock.skipped(piece)) <= 0) {
          return at;
        }
        left -= clock.skipped(piece);
      }
    }
    return clock.stands(piece) || Long.compareUnsigned(left, Long.MAX_VALUE - at) > 0
        ? Long.MAX_VALUE
        : at + left;
  }

  /** Wall clock time since the bucket began, unsigned; of a piece that runs. */
  private long sinceStart(long timestamp, int piece) {
    if (months > 0) {
      return ofMonths(timestamp, piece, false);
    }
    // The remainders first: a sum of the whole could overflow.
    long since = Math.floorMod(timestamp, widthNanos) - phase;
    if (since < 0) {
      since += widthNanos;
    }
    if (clock == null) {
      return since;
    }
    since += Math.floorMod(clock.offset(piece), widthNanos) - widthNanos;
    return since < 0 ? since + widthNanos : since;
  }

  /** Wall clock time until the bucket ends, unsigned; of a piece that runs. */
  private long untilEnd(long timestamp, int piece) {
    return months > 0
        ? ofMonths(timestamp, piece, true)
        : widthNanos - sinceStart(timestamp, piece);
  }

  private long ofMonths(long timestamp, int piece, boolean untilEnd) {
    // In seconds, where neither an offset nor the start of the first bucket overflows.
    long nanoOfSecond =
        Math.floorMod(timestamp, NANOS_PER_SECOND) - Math.floorMod(offsetNanos, NANOS_PER_SECOND);
    long second = Math.floorDiv(timestamp, NANOS_PER_SECOND)
        - Math.floorDiv(offsetNanos, NANOS_PER_SECOND)
        + Objects.requireNonNull(clock).offset(piece) / NANOS_PER_SECOND;
    if (nanoOfSecond < 0) {
      nanoOfSecond += NANOS_PER_SECOND;
      second--;
    }
    var day = LocalDate.ofEpochDay(Math.floorDiv(second, SECONDS_PER_DAY));
    long month = 12L * (day.getYear() - 1970) + day.getMonthValue() - 1;
    long first = month - Math.floorMod(month, months);
    return untilEnd
        ? nanos(secondOf(first + months) - second, -nanoOfSecond)
        : nanos(second - secondOf(first), nanoOfSecond);
  }

  /** The local second at which a month begins, both counted from the first of 1970. */
  private static long secondOf(long month) {
    int year = 1970 + (int) Math.floorDiv(month, 12);
    return LocalDate.of(year, Math.floorMod(month, 12) + 1, 1).toEpochDay() * SECONDS_PER_DAY;
  }

  private static long nanos(long seconds, long nanoAdjustment) {
    return seconds > SECONDS_MAX ? AEONS : seconds * NANOS_PER_SECOND + nanoAdjustment;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TimeBuckets that
        && widthNanos == that.widthNanos
        && months == that.months
        && offsetNanos == that.offsetNanos
        && zone.equals(that.zone);
  }

  @Override
  public int hashCode() {
    return Objects.hash(widthNanos, months, offsetNanos, zone);
  }

  /** As in a statement: {@code time(1d, -2h, 'Europe/Berlin')}. */
  @Override
  public String toString() {
    var text = new StringBuilder("time(");
    if (months == 0) {
      text.append(duration(widthNanos));
    } else if (months % 12 == 0) {
      text.append(months / 12).append('y');
    } else {
      text.append(months).append("mo");
    }
    if (offsetNanos != 0) {
      text.append(", ").append(duration(offsetNanos));
    }
    if (!zone.equals(ZoneOffset.UTC)) {
      text.append(", '").append(zone.getId()).append('\'');
    }
    return text.append(')').toString();
  }

  private static String duration(long nanos) {
    if (nanos < 0) {
      return nanos == Long.MIN_VALUE ? nanos + "ns" : "-" + duration(-nanos);
    }
    // A year is a calendar's here, and not 365 days.
    String text = DurationText.format(nanos);
    int year = text.indexOf('y');
    return year < 0 ? text : Long.parseLong(text.substring(0, year)) * 365 + "d";
  }
}
