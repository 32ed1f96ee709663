package io.chronicledb.app.ingest;

import io.chronicledb.engine.model.SeriesKey;

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
   * Notes that a line, point or series is not stored.
   *
   * @param number where it stands in the request
   */
  void refuse(long number, String reason);
}
