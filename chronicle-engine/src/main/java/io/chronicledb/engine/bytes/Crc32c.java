package io.chronicledb.engine.bytes;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4) over several pieces of memory. Reusable after {@link #reset()}; not
 * thread-safe. The JDK's implementation uses the processor's instruction.
 */
public final class Crc32c {

  private final CRC32C crc = new CRC32C();

  public static int of(byte[] bytes, int offset, int length) {
    var crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  public Crc32c reset() {
    crc.reset();
    return this;
  }

  public Crc32c update(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
    return this;
  }

  /** Adds the remaining bytes of a buffer without moving its position. */
  public Crc32c update(ByteBuffer buffer) {
    crc.update(buffer.duplicate());
    return this;
  }

  public int value() {
    return (int) crc.getValue();
  }
}
