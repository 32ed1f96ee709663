package io.chronicledb.engine.model;

/**
 * A condition on one tag, or on the metric's name under {@link Tags#METRIC}. An absent tag counts as the empty string, as in
 * Prometheus: {@code env=""} matches series without the tag {@code env}.
 *
 * @param name the tag's name
 * @param op how to compare
 * @param value a literal, or a regular expression in RE2 syntax that must match the whole value
 */
public record TagMatcher(String name, Op op, String value) {

  /** How a value is compared. */
  public enum Op {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String symbol;

    Op(String symbol) {
      this.symbol = symbol;
    }

    public String symbol() {
      return symbol;
    }
  }

  public static TagMatcher equal(String name, String value) {
    return new TagMatcher(name, Op.EQUAL, value);
  }

  /** Matches one metric by its name. */
  public static TagMatcher metric(String metric) {
    return equal(Tags.METRIC, metric);
  }

  @Override
  public String toString() {
    return name + op.symbol() + '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
