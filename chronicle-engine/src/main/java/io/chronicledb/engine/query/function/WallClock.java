package io.chronicledb.engine.query.function;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Arrays;

/**
 * The wall clock of a zone as buckets need it: one that never goes back. All of time is cut into pieces, and within a piece the clock
 * either <i>runs</i> at a fixed offset to UTC or <i>stands</i>.
 *
 * <pre>
 * clocks set forward    │ runs │ runs, having skipped an hour ...
 * clocks set back       │ runs │ stands until the hour comes again and is over │ runs ...
 * the same, narrow      │ runs │ cut: runs, from an hour earlier ...
 * </pre>
 *
 * Where clocks are set back by at least the width of a bucket, each pass has buckets of its own, and the second piece begins anew. A
 * wider bucket holds both passes: as the clock stands in the second one, no bucket begins there.
 *
 * <p>Immutable.
 */
final class WallClock {

  /** What a piece that begins anew skips: as an unsigned number, the largest. */
  private static final long CUT = -1;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final long[] starts;
  /** In nanoseconds, added to UTC; of a piece that stands, without meaning. */
  private final long[] offsets;

  private final long[] skips;
  private final boolean[] stands;

  private WallClock(Builder pieces) {
    starts = Arrays.copyOf(pieces.starts, pieces.count);
    offsets = Arrays.copyOf(pieces.offsets, pieces.count);
    skips = Arrays.copyOf(pieces.skips, pieces.count);
    stands = Arrays.copyOf(pieces.stands, pieces.count);
  }

  /** @param widthNanos of the buckets: an overlap at least that long is cut */
  static WallClock of(ZoneRules rules, long widthNanos) {
    return new Builder(rules, widthNanos).build();
  }

  int pieces() {
    return starts.length;
  }

  /** The piece that holds an instant. */
  int pieceAt(long timestamp) {
    int found = Arrays.binarySearch(starts, timestamp);
    return found >= 0 ? found : -found - 2;
  }

  /** Its first instant; of the first piece {@link Long#MIN_VALUE}. */
  long start(int piece) {
    return starts[piece];
  }

  /** Wall clock less UTC in nanoseconds, of a piece that runs. */
  long offset(int piece) {
    return offsets[piece];
  }

  boolean stands(int piece) {
    return stands[piece];
  }

  /** What the clock skips where a piece begins, unsigned; more than anything else where it is cut there. */
  long skipped(int piece) {
    return skips[piece];
  }

  /** Works in seconds, as zones do: they leave room beyond the first and last nanosecond. */
  private static final class Builder {

    private final ZoneRules rules;
    private final long widthNanos;
    private long[] starts = new long[16];
    private long[] offsets = new long[16];
    private long[] skips = new long[16];
    private boolean[] stands = new boolean[16];
    private int count;

    private Builder(ZoneRules rules, long widthNanos) {
      this.rules = rules;
      this.widthNanos = widthNanos;
    }

    private WallClock build() {
      Instant from = Instant.ofEpochSecond(Math.floorDiv(Long.MIN_VALUE, NANOS_PER_SECOND));
      ZoneOffset first = rules.getOffset(from);
      add(Long.MIN_VALUE, first.getTotalSeconds(), CUT, false);
      long secondsMax = Math.floorDiv(Long.MAX_VALUE, NANOS_PER_SECOND);
      int offset = first.getTotalSeconds();
      // The local second at which a clock that stands goes on, and whether it stands.
      long resumesAt = 0;
      boolean standing = false;
      ZoneOffsetTransition next = rules.nextTransition(from);
      while (next != null && next.toEpochSecond() <= secondsMax) {
        long at = next.toEpochSecond();
        if (standing && resumesAt - offset <= at) {
          standing = false;
          if (resumesAt - offset < at) {
            addSecond(resumesAt - offset, offset, 0, false);
          }
        }
        long reached = standing ? resumesAt : at + offset;
        int back = offset - next.getOffsetAfter().getTotalSeconds();
        offset -= back;
        if (back > 0 && widthNanos <= back * NANOS_PER_SECOND) {
          addSecond(at, offset, CUT, false);
          standing = false;
        } else if (at + offset < reached) {
          if (!standing) {
            addSecond(at, offset, 0, true);
          }
          standing = true;
          resumesAt = reached;
        } else {
          addSecond(at, offset, (at + offset - reached) * NANOS_PER_SECOND, false);
          standing = false;
        }
        next = rules.nextTransition(next.getInstant());
      }
      if (standing && resumesAt - offset <= secondsMax) {
        addSecond(resumesAt - offset, offset, 0, false);
      }
      return new WallClock(this);
    }

    private void addSecond(long second, int offsetSeconds, long skip, boolean stand) {
      add(second * NANOS_PER_SECOND, offsetSeconds, skip, stand);
    }

    private void add(long start, int offsetSeconds, long skip, boolean stand) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, 2 * count);
        offsets = Arrays.copyOf(offsets, 2 * count);
        skips = Arrays.copyOf(skips, 2 * count);
        stands = Arrays.copyOf(stands, 2 * count);
      }
      starts[count] = start;
      offsets[count] = offsetSeconds * NANOS_PER_SECOND;
      skips[count] = skip;
      stands[count] = stand;
      count++;
    }
  }
}
