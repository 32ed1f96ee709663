package io.chronicledb.engine.query.promql;

import org.jspecify.annotations.Nullable;

/**
 * What moves a selector or subquery away from the evaluation time.
 *
 * @param at the fixed instant that replaces the evaluation time, or null
 * @param offset how far to look back from there; negative looks ahead, 0 is no offset
 */
public record TimeModifiers(@Nullable At at, QueryDuration offset) {

  /** Evaluate where the query says. */
  public static final TimeModifiers NONE = new TimeModifiers(null, 0);

  public TimeModifiers(@Nullable At at, long offsetNanos) {
    this(at, new QueryDuration(offsetNanos, null));
  }

  boolean hasOffset() {
    return !offset.equals(QueryDuration.ZERO);
  }

  /**
   * The {@code @} modifier.
   *
   * @param anchor what the instant is
   * @param timestampMillis milliseconds since the epoch; 0 unless the anchor is a timestamp
   */
  public record At(Anchor anchor, long timestampMillis) {

    public At {
      if (anchor != Anchor.TIMESTAMP && timestampMillis != 0) {
        throw new IllegalArgumentException("@ " + anchor + " with timestamp " + timestampMillis);
      }
    }
  }

  /** The instants that can be named. */
  public enum Anchor {
    TIMESTAMP,
    /** The start of the query's range. */
    START,
    /** The end of the query's range. */
    END
  }

  TimeModifiers withAt(At newAt) {
    return new TimeModifiers(newAt, offset);
  }

  TimeModifiers withOffset(QueryDuration newOffset) {
    return new TimeModifiers(at, newOffset);
  }
}
