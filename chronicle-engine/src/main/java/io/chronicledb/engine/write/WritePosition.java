package io.chronicledb.engine.write;

/**
 * Where in the log a write stands. The write is acknowledged and visible; how durable that already is says the WAL's {@link
 * io.chronicledb.engine.wal.SyncMode}.
 */
public final class WritePosition {

  private final WritePath path;
  private final long sequence;

  WritePosition(WritePath path, long sequence) {
    this.path = path;
    this.sequence = sequence;
  }

  /** The WAL sequence of the batch; later writes have higher ones. 0 for an empty batch. */
  public long sequence() {
    return sequence;
  }

  /**
   * Returns once a power cut cannot take the write any more. Callers that wait at the same time share an fsync.
   *
   * @throws io.chronicledb.engine.error.ChronicleException with {@code wal_sync} where that cannot be made sure
   */
  public void awaitDurable() {
    path.awaitDurable(sequence);
  }

  @Override
  public String toString() {
    return Long.toString(sequence);
  }
}
