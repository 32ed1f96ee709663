package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.error.ErrorCode;
import java.util.concurrent.atomic.AtomicLong;

/** What the queries of a database hold together. Thread-safe. */
public final class QueryMemory {

  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  public QueryMemory(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Bytes held now. */
  public long bytes() {
    return bytes.get();
  }

  void take(long more) {
    bytes.addAndGet(more);
  }

  void check() {
    if (bytes.get() > bytesMax) {
      throw new QueryLimitException(
          ErrorCode.OVERLOADED,
          "the running queries need more than " + bytesMax / 1024
              + " KiB of memory together; try again later");
    }
  }
}
