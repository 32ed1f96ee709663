package io.chronicledb.app.wire;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * The memory that bodies of requests under way take together. Each one is limited, but with a thread per request there may be thousands of
 * them; past the total a request is told to come again, before the heap is full. Thread-safe.
 */
@Component
public final class BodyMemory {

  /** Enough for one request at all limits. */
  private static final long BYTES_MIN = 64L << 20;

  private final long bytesMax;
  private final AtomicLong used = new AtomicLong();

  public BodyMemory() {
    this(Math.max(BYTES_MIN, Runtime.getRuntime().maxMemory() / 4));
  }

  BodyMemory(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** @throws ChronicleException with {@link ErrorCode#OVERLOADED} when there is no room */
  void reserve(long bytes) {
    if (used.addAndGet(bytes) > bytesMax) {
      used.addAndGet(-bytes);
      throw new ChronicleException(
          ErrorCode.OVERLOADED,
          "requests under way take " + used.get() + " of " + bytesMax + " bytes; " + bytes
              + " more do not fit, try again");
    }
  }

  void release(long bytes) {
    used.addAndGet(-bytes);
  }

  /** Bytes reserved at the moment. */
  public long used() {
    return used.get();
  }
}
