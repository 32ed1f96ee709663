package io.chronicledb.app.it;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What clients attempted to write and what was acknowledged, kept by a process that is never killed, and the judge of what a database returns.
 *
 * <p>The points of a series are numbered. Timestamp and value follow from the number by a hash, so that the ledger needs two bits for a
 * point, and any point that a database returns can be judged, also one that nobody wrote.
 */
final class PointLedger {

  /** What may be wrong with what a database returns. */
  enum Violation {
    /** Acknowledged, and not there. */
    MISSING,
    /** There more than once. */
    DUPLICATE,
    /** Never attempted. */
    INVENTED,
    /** Attempted, but with another value. */
    WRONG_VALUE,
    /** Not after the point before it. */
    OUT_OF_ORDER
  }

  /** Nanoseconds between two points of a series, before each is moved by less than a millisecond. */
  private static final long STEP_NANOS = 100_000_000;

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** So many violations are described, the others only counted. */
  private static final int DESCRIBED_MAX = 20;

  private final long seed;
  private final long startNanos;
  private final Map<String, Series> series = new LinkedHashMap<>();

  /** @param startMillis the time of the first point of each series */
  PointLedger(long seed, long startMillis) {
    this.seed = seed;
    this.startNanos = startMillis * NANOS_PER_MILLI;
  }

  /** The series with this name, new where there is none. */
  synchronized Series series(String name) {
    return series.computeIfAbsent(name, Series::new);
  }

  synchronized Collection<Series> allSeries() {
    return List.copyOf(series.values());
  }

  long attempted() {
    return allSeries().stream().mapToLong(each -> each.attempted.cardinality()).sum();
  }

  long acknowledged() {
    return allSeries().stream()
        .mapToLong(each -> each.acknowledged.cardinality())
        .sum();
  }

  /** One series. Belongs to one thread at a time. */
  final class Series {

    private final String name;
    private final long hash;
    private final BitSet attempted = new BitSet();
    private final BitSet acknowledged = new BitSet();

    private Series(String name) {
      this.name = name;
      this.hash = mix(seed ^ mix(name.hashCode()));
    }

    String name() {
      return name;
    }

    /** Nanoseconds. Strictly increasing with the number, also when cut to milliseconds. */
    long timestamp(int number) {
      return startNanos
          + number * STEP_NANOS
          + Long.remainderUnsigned(mix(hash + number), NANOS_PER_MILLI);
    }

    /** In [0, 1), with all 53 bits in use. */
    double value(int number) {
      return (mix(hash ^ mix(timestamp(number))) >>> 11) * 0x1p-53;
    }

    void attempt(int number) {
      attempted.set(number);
    }

    void acknowledge(int number) {
      acknowledged.set(number);
    }

    int attemptedCount() {
      return attempted.cardinality();
    }

    /** Judges all points that a database has of this series, with times in nanoseconds. */
    Verdict judgeNanos(long[] timestamps, double[] values) {
      return judge(timestamps, values, 1);
    }

    /** The same for an interface whose times are milliseconds. */
    Verdict judgeMillis(long[] timestamps, double[] values) {
      return judge(timestamps, values, NANOS_PER_MILLI);
    }

    private Verdict judge(long[] timestamps, double[] values, long unitNanos) {
      var verdict = new Verdict(timestamps.length);
      var seen = new BitSet();
      for (int i = 0; i < timestamps.length; i++) {
        long timestamp = timestamps[i];
        if (i > 0 && timestamp < timestamps[i - 1]) {
          verdict.add(Violation.OUT_OF_ORDER, describe(timestamp));
        }
        int number = numberOf(timestamp, unitNanos);
        if (number < 0 || !attempted.get(number)) {
          verdict.add(Violation.INVENTED, describe(timestamp) + " value=" + values[i]);
          continue;
        }
        if (seen.get(number)) {
          verdict.add(Violation.DUPLICATE, describe(timestamp) + " number=" + number);
        }
        seen.set(number);
        if (Double.compare(values[i], value(number)) != 0) {
          verdict.add(
              Violation.WRONG_VALUE,
              describe(timestamp) + " value=" + values[i] + " written=" + value(number));
        }
      }
      var missing = (BitSet) acknowledged.clone();
      missing.andNot(seen);
      missing.stream()
          .forEach(number -> verdict.add(
              Violation.MISSING, describe(timestamp(number) / unitNanos) + " number=" + number));
      return verdict;
    }

    /** The number of the point with this timestamp; -1 where no number has it. */
    private int numberOf(long timestamp, long unitNanos) {
      long number = Math.floorDiv(timestamp * unitNanos - startNanos, STEP_NANOS);
      return number >= 0
              && number <= Integer.MAX_VALUE
              && Math.floorDiv(timestamp((int) number), unitNanos) == timestamp
          ? (int) number
          : -1;
    }

    private String describe(long timestamp) {
      return "series=" + name + " timestamp=" + timestamp;
    }
  }

  /** What is wrong with the points of a series. */
  static final class Verdict {

    private final long points;
    private final List<String> described = new ArrayList<>();
    private final Map<Violation, Integer> counts = new LinkedHashMap<>();

    private Verdict(long points) {
      this.points = points;
    }

    private void add(Violation violation, String where) {
      counts.merge(violation, 1, Integer::sum);
      if (described.size() < DESCRIBED_MAX) {
        described.add(violation + " " + where);
      }
    }

    long points() {
      return points;
    }

    Map<Violation, Integer> counts() {
      return counts;
    }

    boolean isClean() {
      return counts.isEmpty();
    }

    @Override
    public String toString() {
      return points + " points, " + counts + " " + String.join("; ", described);
    }
  }

  /** The finaliser of SplitMix64: every bit of the input moves half of the bits of the output. */
  private static long mix(long z) {
    z += 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
