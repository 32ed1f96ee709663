package io.chronicledb.engine.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file with positional access. Thread-safe. */
public interface DiskFile extends Closeable {

  /**
   * Reads from {@code position} until {@code into} is full or the file ends.
   *
   * @return the number of bytes read, 0 at or beyond the end
   */
  int read(long position, ByteBuffer into) throws IOException;

  /** Writes all remaining bytes of {@code from} at {@code position}, growing the file as needed. */
  void write(long position, ByteBuffer from) throws IOException;

  /** Makes all written bytes, and the size, durable. After a failure nothing is known about bytes written since the last success. */
  void sync() throws IOException;

  long size() throws IOException;

  void truncate(long size) throws IOException;
}
