package io.chronicledb.engine.histogram;

import java.util.Set;

/** What is known of the counter that a histogram is a sample of. The order is the one of the protocols. */
public enum CounterResetHint {
  /** Nothing: whoever needs to know compares with the sample before. */
  UNKNOWN,
  /** The counter began again between the sample before and this one. */
  RESET,
  /** It did not. */
  NOT_RESET,
  /** No counter at all. */
  GAUGE;

  private static final CounterResetHint[] ALL = values();

  /** The hint of that ordinal, 0 to 3. */
  public static CounterResetHint of(int ordinal) {
    return ALL[ordinal];
  }

  /** The hint of a sum or a difference of two histograms. */
  CounterResetHint combinedWith(CounterResetHint other) {
    if (this == other) {
      return this;
    }
    // A gauge makes everything a gauge; what contradicts each other leaves nothing known.
    return this == GAUGE || other == GAUGE ? GAUGE : UNKNOWN;
  }

  /** Whether one says that there was a reset, and the other that there was none: worth a warning. */
  boolean contradicts(CounterResetHint other) {
    return this == RESET && other == NOT_RESET || this == NOT_RESET && other == RESET;
  }

  /** Whether some of many hints contradict each other, whatever comes between them. */
  static boolean contradict(Set<CounterResetHint> hints) {
    return hints.contains(RESET) && hints.contains(NOT_RESET);
  }
}
