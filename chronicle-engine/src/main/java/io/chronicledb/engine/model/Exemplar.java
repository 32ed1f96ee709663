package io.chronicledb.engine.model;

import java.util.Comparator;

/**
 * An example of what a series measured, such as the request that a trace belongs to.
 *
 * @param labels what tells about it, for example {@code trace_id}; {@link ExemplarLabels} has the limit
 * @param timestamp nanoseconds since the epoch
 * @param value any double
 */
public record Exemplar(Tags labels, long timestamp, double value) {

  /** By time, then by value and labels. */
  public static final Comparator<Exemplar> ORDER = Comparator.comparingLong(Exemplar::timestamp)
      .thenComparingDouble(Exemplar::value)
      .thenComparing(Exemplar::labels);
}
