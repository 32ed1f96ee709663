package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Goes over a stretch of the file page by page and stops where one starts like a block: what is left when no root can be trusted. */
final class BlockWalk {

  private static final int WINDOW_BYTES = 1 << 20;

  private final DiskFile file;
  private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
  private long windowOffset;

  BlockWalk(DiskFile file) {
    this.file = file;
    window.limit(0);
  }

  /** Told of every page that starts with a block's magic. */
  interface Visitor {

    /** @return where to look next: at the next page, or behind a block that proved sound */
    long block(long offset) throws IOException;
  }

  void run(long from, long to, Visitor visitor) throws IOException {
    long offset = from;
    while (offset < to) {
      if (!fill(offset, Layout.BLOCK_MAGIC.length, to)) {
        return;
      }
      int at = (int) (offset - windowOffset);
      boolean starts = Arrays.equals(
          window.array(),
          at,
          at + Layout.BLOCK_MAGIC.length,
          Layout.BLOCK_MAGIC,
          0,
          Layout.BLOCK_MAGIC.length);
      offset = starts ? visitor.block(offset) : offset + Layout.PAGE;
    }
  }

  private boolean fill(long offset, int length, long to) throws IOException {
    if (offset < windowOffset || offset + length > windowOffset + window.limit()) {
      window.clear().limit((int) Math.min(window.capacity(), to - offset));
      windowOffset = offset;
      file.read(offset, window);
      window.flip();
    }
    return window.limit() >= length;
  }

  /** The header of the block at an offset, whose checksum is not checked; null where there is none that makes sense. */
  static @Nullable BlockFrame header(DiskFile file, long offset) throws IOException {
    try {
      ByteReader fixed = read(file, offset, Layout.BLOCK_FIXED_BYTES);
      int replaced = new ByteReader(fixed.array(), Layout.BLOCK_FIXED_BYTES - 4, 4).readInt();
      if (replaced < 0 || replaced > Layout.REPLACED_MAX) {
        return null;
      }
      ByteReader whole =
          replaced == 0 ? fixed : read(file, offset, Layout.blockHeaderBytes(replaced));
      return BlockFrame.decodeHeader(whole);
    } catch (ChronicleException e) {
      return null; // Cut off, or not a header at all.
    }
  }

  private static ByteReader read(DiskFile file, long offset, int length) throws IOException {
    var buffer = ByteBuffer.allocate(length);
    int read = file.read(offset, buffer);
    return new ByteReader(buffer.array(), 0, read);
  }
}
