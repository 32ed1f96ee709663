package io.chronicledb.app.ingest;

import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import java.util.Locale;

/** Where decoders put what they find. Belongs to one request; not thread-safe. */
public interface PointSink {

  /**
   * Names the series of the samples that follow.
   *
   * @param seriesKey must not change before the next call
   * @param bytes about as many as the key takes
   */
  void series(SeriesKey seriesKey, int bytes);

  /**
   * Adds a sample to the series named last.
   *
   * @param timestamp nanoseconds since the epoch
   */
  void add(long timestamp, double value);

  /**
   * Adds a native histogram to the series named last.
   *
   * @param timestamp nanoseconds since the epoch
   */
  void add(long timestamp, NativeHistogram histogram);

  /**
   * Adds an exemplar to the series named last. One that cannot be stored is dropped.
   *
   * @param timestamp nanoseconds since the epoch
   */
  void exemplar(Tags labels, long timestamp, double value);

  /** Says what is known of a metric. What cannot be stored is dropped. */
  void metadata(String metric, MetricMetadata metadata);

  /**
   * Says that points of a measurement come with a field other than {@code value}: its values are points of the metric {@code
   * measurement_field}. What cannot be stored is dropped.
   */
  void field(String measurement, String field);

  /** What may be left out without a request failing for it. */
  enum Dropped {
    EXEMPLAR,
    METADATA;

    /** The name in meters. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Notes that something was left out. */
  void drop(Dropped what, String reason);

  /**
   * Notes that a line, point or series is not stored.
   *
   * @param number where it stands in the request
   */
  void refuse(long number, String reason);
}
