package io.chronicledb.engine.query.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeBucketsTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long WEEK = 7 * DAY;

  private static final long FROM = nanos("1900-01-01T00:00Z");
  private static final long TO = nanos("2200-01-01T00:00Z");

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  /** Widths and months of buckets. */
  private static final long[][] WIDTHS = {
    {1, 0},
    {7 * SECOND, 0},
    {15 * MINUTE, 0},
    {30 * MINUTE, 0},
    {HOUR, 0},
    {2 * HOUR, 0},
    {5 * HOUR, 0},
    {6 * HOUR, 0},
    {DAY, 0},
    {2 * DAY, 0},
    {WEEK, 0},
    {0, 1},
    {0, 3},
    {0, 12},
    {0, 60},
  };

  private static final long[] OFFSETS = {
    0, 1, 17 * MINUTE, -30 * MINUTE, 5 * HOUR + 1, -3 * DAY, 10 * DAY, -4000 * DAY
  };

  /** Half-hour changes, hour changes, a day that was skipped, one that came twice, rules that end, Ramadan, local mean time. */
  private static final List<String> ODD_ZONES = List.of(
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Asia/Kolkata",
      "Pacific/Apia",
      "Pacific/Kwajalein",
      "Pacific/Kiritimati",
      "Asia/Manila",
      "America/Juneau",
      "America/St_Johns",
      "America/Sao_Paulo",
      "Africa/Casablanca",
      "Africa/Monrovia",
      "Antarctica/Troll",
      "Antarctica/Casey",
      "Europe/Amsterdam",
      "Asia/Pyongyang",
      "+05:45",
      "UTC");

  private static long nanos(String time) {
    Instant instant = OffsetDateTime.parse(time).toInstant();
    return nanos(instant);
  }

  private static long nanos(Instant instant) {
    return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
  }

  /** The starts of the buckets from the one that holds an instant, as local times with their offsets to UTC. */
  private static List<String> starts(TimeBuckets buckets, String zone, String from, int count) {
    var starts = new ArrayList<String>();
    long start = buckets.startOf(nanos(from));
    for (int i = 0; i < count; i++) {
      starts.add(instant(start).atZone(ZoneId.of(zone)).toOffsetDateTime().toString());
      start = buckets.endOf(start);
    }
    return starts;
  }

  private static TimeBuckets hours(int hours, String zone) {
    return TimeBuckets.calendar(hours * HOUR, 0, 0, ZoneId.of(zone));
  }

  @Test
  void weeksWithAnOffsetOfFourDaysBeginOnMondays() {
    var weeks = TimeBuckets.fixed(WEEK, 4 * DAY);
    assertThat(starts(weeks, "Z", "2024-05-15T12:34Z", 2))
        .containsExactly("2024-05-13T00:00Z", "2024-05-20T00:00Z");
  }

  @Test
  void daysAreAsLongAsTheClockSays() {
    var days = hours(24, "Europe/Berlin");
    assertThat(starts(days, "Europe/Berlin", "2024-03-30T12:00Z", 3))
        .containsExactly(
            "2024-03-30T00:00+01:00", "2024-03-31T00:00+01:00", "2024-04-01T00:00+02:00");
    long spring = nanos("2024-03-31T00:00+01:00");
    assertThat(days.endOf(spring) - spring).isEqualTo(23 * HOUR);
    long autumn = nanos("2024-10-27T00:00+02:00");
    assertThat(days.endOf(autumn) - autumn).isEqualTo(25 * HOUR);
    assertThat(days.startOf(autumn + 25 * HOUR - 1)).isEqualTo(autumn);
  }

  @Test
  void eachPassOfAnHourThatComesTwiceHasItsOwnHoursAndMinutes() {
    assertThat(starts(hours(1, "Europe/Berlin"), "Europe/Berlin", "2024-10-27T01:30+02:00", 4))
        .containsExactly(
            "2024-10-27T01:00+02:00",
            "2024-10-27T02:00+02:00",
            "2024-10-27T02:00+01:00",
            "2024-10-27T03:00+01:00");
    var halves = TimeBuckets.calendar(30 * MINUTE, 0, 0, BERLIN);
    assertThat(starts(halves, "Europe/Berlin", "2024-10-27T02:30+02:00", 4))
        .containsExactly(
            "2024-10-27T02:30+02:00",
            "2024-10-27T02:00+01:00",
            "2024-10-27T02:30+01:00",
            "2024-10-27T03:00+01:00");
  }

  @Test
  void aWiderBucketHoldsBothPasses() {
    assertThat(starts(hours(2, "Europe/Berlin"), "Europe/Berlin", "2024-10-27T01:30+02:00", 3))
        .containsExactly(
            "2024-10-27T00:00+02:00", "2024-10-27T02:00+02:00", "2024-10-27T04:00+01:00");
    // One that ends with the hour that comes twice goes on through its second pass.
    assertThat(starts(hours(3, "Europe/Berlin"), "Europe/Berlin", "2024-10-27T02:30+01:00", 2))
        .containsExactly("2024-10-27T00:00+02:00", "2024-10-27T03:00+01:00");
  }

  @Test
  void aBoundaryWithinTheHourThatComesTwiceIsThatOfTheFirstPass() {
    var buckets = TimeBuckets.calendar(2 * HOUR, 0, 30 * MINUTE, BERLIN);
    assertThat(starts(buckets, "Europe/Berlin", "2024-10-27T00:30+02:00", 3))
        .containsExactly(
            "2024-10-27T00:30+02:00", "2024-10-27T02:30+02:00", "2024-10-27T04:30+01:00");
    assertThat(buckets.startOf(nanos("2024-10-27T02:10+01:00")))
        .isEqualTo(nanos("2024-10-27T02:30+02:00"));
  }

  @Test
  void anOverlapOfHalfAnHourSplitsHalfHoursAndNoHours() {
    var halves = TimeBuckets.calendar(30 * MINUTE, 0, 0, ZoneId.of("Australia/Lord_Howe"));
    assertThat(starts(halves, "Australia/Lord_Howe", "2024-04-07T01:30+11:00", 3))
        .containsExactly(
            "2024-04-07T01:30+11:00", "2024-04-07T01:30+10:30", "2024-04-07T02:00+10:30");
    var hours = hours(1, "Australia/Lord_Howe");
    assertThat(starts(hours, "Australia/Lord_Howe", "2024-04-07T01:45+10:30", 2))
        .containsExactly("2024-04-07T01:00+11:00", "2024-04-07T02:00+10:30");
  }

  @Test
  void aPassThatBeginsAmidABucketCutsIt() {
    // At a minute past midnight the clocks went back to a minute past eleven.
    var hours = hours(1, "America/St_Johns");
    assertThat(starts(hours, "America/St_Johns", "2010-11-06T23:30-02:30", 5))
        .containsExactly(
            "2010-11-06T23:00-02:30",
            "2010-11-07T00:00-02:30",
            "2010-11-06T23:01-03:30",
            "2010-11-07T00:00-03:30",
            "2010-11-07T01:00-03:30");
  }

  @Test
  void aBucketThatWouldBeginInAGapBeginsAfterIt() {
    assertThat(starts(hours(2, "Europe/Berlin"), "Europe/Berlin", "2024-03-31T01:30+01:00", 3))
        .containsExactly(
            "2024-03-31T00:00+01:00", "2024-03-31T03:00+02:00", "2024-03-31T04:00+02:00");
    var days = hours(24, "America/Sao_Paulo");
    assertThat(starts(days, "America/Sao_Paulo", "2018-11-03T12:00Z", 3))
        .containsExactly(
            "2018-11-03T00:00-03:00", "2018-11-04T01:00-02:00", "2018-11-05T00:00-02:00");
  }

  @Test
  void aBucketThatWouldLieInAGapDoesNotExist() {
    assertThat(starts(hours(1, "Europe/Berlin"), "Europe/Berlin", "2024-03-31T01:30+01:00", 3))
        .containsExactly(
            "2024-03-31T01:00+01:00", "2024-03-31T03:00+02:00", "2024-03-31T04:00+02:00");
    assertThat(starts(hours(24, "Pacific/Apia"), "Pacific/Apia", "2011-12-29T12:00-10:00", 3))
        .containsExactly(
            "2011-12-29T00:00-10:00", "2011-12-31T00:00+14:00", "2012-01-01T00:00+14:00");
    assertThat(starts(hours(24, "Pacific/Kwajalein"), "Pacific/Kwajalein", "1993-08-20T12:00Z", 3))
        .containsExactly(
            "1993-08-20T00:00-12:00", "1993-08-22T00:00+12:00", "1993-08-23T00:00+12:00");
  }

  @Test
  void monthsAndYearsAreThoseOfTheCalendar() {
    var months = TimeBuckets.calendar(0, 1, 0, ZoneOffset.UTC);
    assertThat(starts(months, "Z", "2024-01-31T23:59:59.999999999Z", 3))
        .containsExactly("2024-01-01T00:00Z", "2024-02-01T00:00Z", "2024-03-01T00:00Z");
    var quarters = TimeBuckets.calendar(0, 3, 0, BERLIN);
    assertThat(starts(quarters, "Europe/Berlin", "1969-12-31T23:30Z", 3))
        .containsExactly(
            "1970-01-01T00:00+01:00", "1970-04-01T00:00+01:00", "1970-07-01T00:00+01:00");
    var years = TimeBuckets.calendar(0, 12, 0, ZoneId.of("America/New_York"));
    assertThat(starts(years, "America/New_York", "2024-06-01T00:00Z", 2))
        .containsExactly("2024-01-01T00:00-05:00", "2025-01-01T00:00-05:00");
    var fives = TimeBuckets.calendar(0, 60, 0, ZoneOffset.UTC);
    assertThat(starts(fives, "Z", "1969-06-01T00:00Z", 3))
        .containsExactly("1965-01-01T00:00Z", "1970-01-01T00:00Z", "1975-01-01T00:00Z");
  }

  @Test
  void anOffsetIsCountedOnTheWallClock() {
    var days = TimeBuckets.calendar(DAY, 0, 6 * HOUR, BERLIN);
    assertThat(starts(days, "Europe/Berlin", "2024-03-31T00:00Z", 3))
        .containsExactly(
            "2024-03-30T06:00+01:00", "2024-03-31T06:00+02:00", "2024-04-01T06:00+02:00");
    var months = TimeBuckets.calendar(0, 1, -30 * MINUTE, BERLIN);
    assertThat(starts(months, "Europe/Berlin", "2024-03-01T00:00Z", 2))
        .containsExactly("2024-02-29T23:30+01:00", "2024-03-31T23:30+02:00");
  }

  @Test
  void fixedBucketsAreTheFormula() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 100_000; round++) {
      long width = Math.max(1, anyLong(random) & Long.MAX_VALUE);
      long offset = anyLong(random);
      long time = anyLong(random);
      var buckets = TimeBuckets.fixed(width, offset);
      BigInteger since = big(time).subtract(big(offset)).mod(big(width));
      long start = clipped(big(time).subtract(since));
      long end = clipped(big(time).subtract(since).add(big(width)));
      String of = "-Dseed=" + seed + ", width " + width + ", offset " + offset + ", time " + time;
      assertThat(buckets.startOf(time)).as(of).isEqualTo(start);
      assertThat(buckets.endOf(start)).as(of).isEqualTo(end);
    }
  }

  private static BigInteger big(long value) {
    return BigInteger.valueOf(value);
  }

  private static long clipped(BigInteger value) {
    return value.max(big(Long.MIN_VALUE)).min(big(Long.MAX_VALUE)).longValueExact();
  }

  /** Of any magnitude, and often one of the outermost. */
  private static long anyLong(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong() >> random.nextInt(64);
      case 1 -> Long.MAX_VALUE - random.nextInt(1000);
      case 2 -> Long.MIN_VALUE + random.nextInt(1000);
      default -> random.nextLong();
    };
  }

  @Test
  void aZoneWithoutChangesIsAnOffset() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 10_000; round++) {
      long width = Math.max(1, anyLong(random) & Long.MAX_VALUE);
      long offset = anyLong(random) / 2;
      long time = anyLong(random);
      var zone = ZoneOffset.ofTotalSeconds(random.nextInt(2 * 18 * 3600 + 1) - 18 * 3600);
      var calendar = TimeBuckets.calendar(width, 0, offset, zone);
      var fixed = TimeBuckets.fixed(width, offset - zone.getTotalSeconds() * SECOND);
      String of = "-Dseed=" + seed + ", " + calendar + " of " + time;
      long start = fixed.startOf(time);
      assertThat(calendar.startOf(time)).as(of).isEqualTo(start);
      assertThat(calendar.endOf(start)).as(of).isEqualTo(fixed.endOf(start));
    }
  }

  @Test
  void bucketsOfOddZonesFollowEachOther() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (String zone : ODD_ZONES) {
      for (long[] width : WIDTHS) {
        for (long offset : OFFSETS) {
          followEachOther(ZoneId.of(zone), width, offset, random, 20, "-Dseed=" + seed);
        }
      }
    }
  }

  @Test
  void bucketsOfEveryZoneFollowEachOther() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (String zone : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
      for (int round = 0; round < 4; round++) {
        long[] width = WIDTHS[random.nextInt(WIDTHS.length)];
        long offset = OFFSETS[random.nextInt(OFFSETS.length)];
        followEachOther(ZoneId.of(zone), width, offset, random, 50, "-Dseed=" + seed);
      }
    }
  }

  private static void followEachOther(
      ZoneId zone, long[] width, long offset, Random random, int count, String of) {
    var buckets = TimeBuckets.calendar(width[0], (int) width[1], offset, zone);
    for (int i = 0; i < count; i++) {
      long time = time(zone, random);
      long later = time + (random.nextLong() >>> (1 + random.nextInt(60))) % (10 * DAY);
      long start = buckets.startOf(time);
      long end = buckets.endOf(start);
      if (start <= time
          && time < end
          && buckets.startOf(start) == start
          && buckets.startOf(end) == end
          && buckets.startOf(end - 1) == start
          && buckets.endOf(time) == end
          && buckets.startOf(later) >= start
          && (buckets.startOf(later) == start) == (later < end)) {
        continue;
      }
      assertThat(List.of(
              start, end, buckets.startOf(start), buckets.startOf(end), buckets.startOf(end - 1)))
          .as(of + ", " + buckets + " of " + time + " and " + later)
          .isNull();
    }
  }

  /** Any, or close to a change of the clocks. */
  private static long time(ZoneId zone, Random random) {
    long any = FROM + (random.nextLong() & Long.MAX_VALUE) % (TO - FROM);
    if (random.nextInt(4) == 0) {
      return any;
    }
    ZoneOffsetTransition change = zone.getRules().nextTransition(instant(any));
    if (random.nextBoolean() && !zone.getRules().getTransitions().isEmpty()) {
      // Most zones had their odd changes early, and only regular ones since.
      List<ZoneOffsetTransition> changes = zone.getRules().getTransitions();
      change = changes.get(random.nextInt(changes.size()));
    }
    if (change == null) {
      return any;
    }
    long around = (long) (3 * DAY * Math.pow(random.nextDouble(), 4));
    return nanos(change.getInstant()) + (random.nextBoolean() ? around : -around);
  }

  /** Walks over each change in steps, with a clock that keeps in mind what it has shown. */
  @Test
  void aroundEveryChangeBucketsAreThoseOfTheClock() {
    int changes = 0;
    for (String zone : ODD_ZONES) {
      var lone = loneChanges(ZoneId.of(zone));
      changes += lone.size();
      for (long width : new long[] {7 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, DAY}) {
        for (long offset : new long[] {0, 10 * MINUTE}) {
          var buckets = TimeBuckets.calendar(width, 0, offset, ZoneId.of(zone));
          lone.forEach(change -> areThoseOfTheClock(buckets, change, width, offset));
        }
      }
    }
    assertThat(changes).isGreaterThan(1000);
  }

  /** Those that have no other change within days. */
  private static List<ZoneOffsetTransition> loneChanges(ZoneId zone) {
    var lone = new ArrayList<ZoneOffsetTransition>();
    Instant before = Instant.MIN;
    Instant from = instant(Long.MIN_VALUE);
    var change = zone.getRules().nextTransition(from);
    while (change != null && change.getInstant().isBefore(instant(TO))) {
      var next = zone.getRules().nextTransition(change.getInstant());
      if (before.isBefore(change.getInstant().minus(Duration.ofDays(4)))
          && (next == null
              || next.getInstant().isAfter(change.getInstant().plus(Duration.ofDays(4))))) {
        lone.add(change);
      }
      before = change.getInstant();
      change = next;
    }
    return lone;
  }

  private static void areThoseOfTheClock(
      TimeBuckets buckets, ZoneOffsetTransition change, long width, long offset) {
    long at = nanos(change.getInstant());
    long before = change.getOffsetBefore().getTotalSeconds() * SECOND;
    long after = change.getOffsetAfter().getTotalSeconds() * SECOND;
    boolean cut = before - after >= width;
    long step = 10 * MINUTE;
    long shown = at - 40 * HOUR + before;
    long bucket = Math.floorDiv(shown - offset, width);
    long start = buckets.startOf(at - 40 * HOUR);
    for (long time = at - 40 * HOUR + step; time < at + 40 * HOUR; time += step) {
      if (time == at) {
        shown = cut ? Long.MIN_VALUE : at + before - 1;
      }
      shown = Math.max(shown, time + (time < at ? before : after));
      long next = Math.floorDiv(shown - offset, width);
      long found = buckets.startOf(time);
      boolean begins = next != bucket || (time == at && cut);
      if (begins ? found <= time - step || found > time : found != start) {
        assertThat(instant(found))
            .as(buckets + " at " + instant(time))
            .isEqualTo(begins ? "one after " + instant(time - step) : instant(start));
      }
      bucket = next;
      start = found;
    }
  }

  @Test
  void theOutermostBucketsEndWithTime() {
    for (String zone : ODD_ZONES) {
      for (long[] width : WIDTHS) {
        var buckets = TimeBuckets.calendar(width[0], (int) width[1], 1, ZoneId.of(zone));
        long first = buckets.startOf(Long.MIN_VALUE);
        long last = buckets.startOf(Long.MAX_VALUE);
        assertThat(first).as(buckets.toString()).isEqualTo(Long.MIN_VALUE);
        assertThat(buckets.endOf(first)).as(buckets.toString()).isGreaterThan(first);
        assertThat(buckets.startOf(buckets.endOf(first) - 1)).isEqualTo(first);
        assertThat(buckets.startOf(last)).as(buckets.toString()).isEqualTo(last);
        assertThat(buckets.endOf(last)).as(buckets.toString()).isEqualTo(Long.MAX_VALUE);
      }
    }
    var aeons = TimeBuckets.calendar(0, Integer.MAX_VALUE, Long.MIN_VALUE, BERLIN);
    assertThat(aeons.startOf(Long.MAX_VALUE)).isEqualTo(Long.MIN_VALUE);
    assertThat(aeons.endOf(Long.MIN_VALUE)).isEqualTo(Long.MAX_VALUE);
    // In that April the clock in Berlin is two hours ahead.
    var ending = TimeBuckets.calendar(0, Integer.MAX_VALUE, Long.MAX_VALUE, BERLIN);
    assertThat(ending.endOf(Long.MIN_VALUE)).isEqualTo(Long.MAX_VALUE - 2 * HOUR);
    assertThat(ending.startOf(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE - 2 * HOUR);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "300000000000   | 0  | 60000000000 | Z             | time(5m, 1m)",
        "86400000000000 | 0  | 0           | Europe/Berlin | time(1d, 'Europe/Berlin')",
        "86400000000000 | 0  | -5400000000000 | +05:30     | time(1d, -1h30m, '+05:30')",
        "31536000000000000 | 0 | 0         | Z             | time(365d)",
        "0              | 1  | 0           | Z             | time(1mo)",
        "0              | 18 | 1           | Z             | time(18mo, 1ns)",
        "0              | 24 | 0           | UTC           | time(2y, 'UTC')",
      })
  void printsAsAStatementHasIt(long width, int months, long offset, String zone, String text) {
    var buckets = TimeBuckets.calendar(width, months, offset, ZoneId.of(zone));
    assertThat(buckets).hasToString(text);
    var same = TimeBuckets.calendar(width, months, offset, ZoneId.of(zone));
    assertThat(buckets).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(buckets)
        .isNotEqualTo(TimeBuckets.calendar(width, months, offset + 1, ZoneId.of(zone)))
        .isNotEqualTo(TimeBuckets.calendar(width, months, offset, ZoneId.of("Asia/Tokyo")));
  }

  @Test
  void aZoneOfUtcIsNoZone() {
    assertThat(TimeBuckets.calendar(HOUR, 0, 1, ZoneOffset.UTC))
        .isEqualTo(TimeBuckets.fixed(HOUR, 1));
  }

  @Test
  void aWidthIsOfOneKindAndPositive() {
    assertThatThrownBy(() -> TimeBuckets.fixed(0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TimeBuckets.calendar(0, 0, 0, BERLIN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TimeBuckets.calendar(HOUR, 1, 0, BERLIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a bucket is 3600000000000 ns and 1 months wide");
    assertThatThrownBy(() -> TimeBuckets.calendar(HOUR, -1, 0, BERLIN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TimeBuckets.calendar(-HOUR, 0, 0, BERLIN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
