package io.chronicledb.engine.write;

/** Writes to one series without looking it up each time. Thread-safe. */
public final class SeriesWriter {

  private final WritePath path;
  private final int id;

  /** @param id the registered series */
  public SeriesWriter(WritePath path, int id) {
    this.path = path;
    this.id = id;
  }

  /**
   * Writes one sample.
   *
   * @param timestamp nanoseconds since the epoch; any but {@link Long#MAX_VALUE}
   */
  public WritePosition write(long timestamp, double value) {
    PointBatch.checkTimestamp(timestamp);
    return path.write(id, timestamp, value);
  }
}
