package io.chronicledb.engine.query.exec;

import org.jspecify.annotations.Nullable;

/**
 * Counts the samples that the windows of selectors show at each instant of a query. What is evaluated once for all instants counts at each of
 * them; what a subquery looks at does not, since the windows over its values do. Not thread-safe.
 */
final class ShownSamples {

  private static final ShownSamples NONE = new ShownSamples(null, false);

  private final long @Nullable [] steps;
  private final boolean forAll;

  private ShownSamples(long @Nullable [] steps, boolean forAll) {
    this.steps = steps;
    this.forAll = forAll;
  }

  /** @param steps an element for each instant; null where nobody counts */
  static ShownSamples to(long @Nullable [] steps) {
    return steps == null ? NONE : new ShownSamples(steps, false);
  }

  /** For what is evaluated once for all instants. */
  ShownSamples once() {
    return new ShownSamples(steps, true);
  }

  /** For what is evaluated on a grid of its own. */
  static ShownSamples ofSubquery() {
    return NONE;
  }

  void add(int step, int samples) {
    if (steps == null) {
      return;
    }
    if (!forAll) {
      steps[step] += samples;
      return;
    }
    for (int i = 0; i < steps.length; i++) {
      steps[i] += samples;
    }
  }
}
