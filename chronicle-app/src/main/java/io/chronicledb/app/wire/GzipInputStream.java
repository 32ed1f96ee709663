package io.chronicledb.app.wire;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Undoes gzip (RFC 1952) to the end of the input, however many members there are. The JDK's own stream takes its input for ended where
 * the next member has not arrived yet, and passes over whatever follows a member that is no other one; both would lose content that is
 * acknowledged afterwards. It also reads empty members by recursion.
 */
final class GzipInputStream extends FilterInputStream {

  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[8192];
  private int position;
  private int limit;
  private boolean inMember;
  private boolean first = true;

  GzipInputStream(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      if (!inMember) {
        if (!first && !more()) {
          return -1;
        }
        first = false;
        header();
        inMember = true;
      }
      int count = inflate(target, offset, length);
      if (count > 0) {
        crc.update(target, offset, count);
        return count;
      }
      if (inflater.finished()) {
        position = limit - inflater.getRemaining();
        trailer();
        inMember = false;
      } else if (inflater.needsDictionary()) {
        throw new ZipException("a preset dictionary");
      } else if (inflater.needsInput()) {
        if (!more()) {
          throw new EOFException("unexpected end");
        }
        inflater.setInput(buffer, position, limit - position);
        position = limit;
      }
    }
  }

  private int inflate(byte[] target, int offset, int length) throws ZipException {
    try {
      return inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      throw new ZipException(e.getMessage() == null ? "malformed content" : e.getMessage());
    }
  }

  private void header() throws IOException {
    crc.reset();
    inflater.reset();
    if (next() != MAGIC_1 || next() != MAGIC_2) {
      throw new ZipException("not in gzip format");
    }
    int method = next();
    int flags = next();
    if (method != DEFLATE || (flags & RESERVED) != 0) {
      throw new ZipException("an unknown method or flag");
    }
    // Time, hints, system.
    skipBytes(6);
    if ((flags & EXTRA) != 0) {
      skipBytes(next() | next() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      int expected = (int) crc.getValue() & 0xffff;
      if ((next() | next() << 8) != expected) {
        throw new ZipException("corrupt header");
      }
    }
    crc.reset();
  }

  private void skipBytes(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    int next;
    do {
      next = next();
    } while (next != 0);
  }

  private void trailer() throws IOException {
    long expected = crc.getValue();
    if (fourBytes() != expected || fourBytes() != (inflater.getBytesWritten() & 0xffff_ffffL)) {
      throw new ZipException("corrupt trailer");
    }
  }

  private long fourBytes() throws IOException {
    return next() | next() << 8 | next() << 16 | (long) next() << 24;
  }

  private int next() throws IOException {
    if (!more()) {
      throw new EOFException("unexpected end");
    }
    int next = buffer[position++] & 0xff;
    crc.update(next);
    return next;
  }

  /** Whether there is another byte of input; waits for it. */
  private boolean more() throws IOException {
    if (position < limit) {
      return true;
    }
    position = 0;
    limit = 0;
    int count = in.read(buffer, 0, buffer.length);
    if (count <= 0) {
      return false;
    }
    limit = count;
    return true;
  }

  @Override
  public long skip(long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int available() {
    return 0;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    super.close();
  }
}
