package io.chronicledb.engine.model;

/**
 * What tells one series from another.
 *
 * @param metric the metric's name, never empty
 * @param tags the tags without the metric's name
 */
public record Series(String metric, Tags tags) {

  /** As in PromQL: <code>cpu{host="a"}</code>. */
  @Override
  public String toString() {
    return tags.isEmpty() ? metric : metric + tags;
  }
}
