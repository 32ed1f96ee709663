package io.chronicledb.engine.query.plan;

/**
 * A window of time by its distance from an instant, nanoseconds.
 *
 * @param from its first nanosecond
 * @param to behind its last
 */
public record Bounds(long from, long to) {

  @Override
  public String toString() {
    return "[" + from + ", " + to + ")";
  }
}
