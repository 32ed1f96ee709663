package io.chronicledb.engine.model;

import java.util.Locale;

/** What kind of metric a metric is, in the words of OpenMetrics and Prometheus. The id is part of the file formats. */
public enum MetricType {
  UNKNOWN(0),
  COUNTER(1),
  GAUGE(2),
  HISTOGRAM(3),
  /** A histogram of a present state, whose buckets may fall. */
  GAUGEHISTOGRAM(4),
  SUMMARY(5),
  INFO(6),
  STATESET(7);

  private final int id;

  MetricType(int id) {
    this.id = id;
  }

  public int id() {
    return id;
  }

  /** The type with an id; {@link #UNKNOWN} for one that is none. */
  public static MetricType of(int id) {
    for (MetricType type : values()) {
      if (type.id == id) {
        return type;
      }
    }
    return UNKNOWN;
  }

  /** The name on the wire, for example {@code gaugehistogram}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
