package io.chronicledb.engine.write;

import io.chronicledb.engine.index.SeriesRegistry;

/** Writes to one series without looking it up each time. Thread-safe. */
public final class SeriesWriter {

  private final WritePath path;
  private final SeriesRegistry registry;
  private final byte[] key;
  private volatile Registration registration;

  /** @param epoch of the registry, noted before the id was looked up */
  private record Registration(int id, int epoch) {}

  /** @param key the canonical bytes of the series, which is registered; not to be changed */
  public SeriesWriter(WritePath path, SeriesRegistry registry, byte[] key) {
    this.path = path;
    this.registry = registry;
    this.key = key;
    this.registration = register();
  }

  private Registration register() {
    int epoch = registry.epoch();
    return new Registration(registry.register(key, 0, key.length), epoch);
  }

  /**
   * Writes one sample.
   *
   * @param timestamp nanoseconds since the epoch; any but {@link Long#MAX_VALUE}
   */
  public WritePosition write(long timestamp, double value) {
    PointBatch.checkTimestamp(timestamp);
    while (true) {
      Registration known = registration;
      WritePosition position = path.write(known.id, known.epoch, timestamp, value);
      if (position != null) {
        return position;
      }
      // The series lost its last point and was forgotten; it comes back under another id.
      registration = register();
    }
  }
}
