package io.chronicledb.app.wire;

import io.chronicledb.app.problem.RequestRefusedException;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * A request's body, read as a whole within limits: {@value #BYTES_MAX} bytes on the wire, {@value #DECODED_BYTES_MAX} after decoding, and
 * {@value #RATIO_MAX} times as many decoded as came in. What a client declares is only believed when it says that the body is too
 * large; memory grows with what arrives. Belongs to one request; {@link #close()} gives its share of {@link BodyMemory} back.
 */
public final class RequestBody implements AutoCloseable {

  public static final int BYTES_MAX = 10 << 20;
  public static final int DECODED_BYTES_MAX = 32 << 20;
  public static final int RATIO_MAX = 100;

  private static final int BYTES_AT_FIRST = 16 * 1024;

  private final BodyMemory memory;
  private long reserved;
  private byte[] bytes = new byte[0];
  private int length;

  private RequestBody(BodyMemory memory) {
    this.memory = memory;
  }

  /** Reads a body and undoes {@code Content-Encoding: gzip}; other encodings are refused with 415. */
  public static RequestBody read(HttpServletRequest request, BodyMemory memory) throws IOException {
    return switch (encoding(request)) {
      case "", "identity" -> readRaw(request, memory);
      case "gzip", "x-gzip" -> readGzip(request, memory);
      default ->
        throw new RequestRefusedException(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            ErrorCode.UNSUPPORTED,
            "content encoding \"" + request.getHeader("Content-Encoding")
                + "\" is not supported; use gzip or none");
    };
  }

  /** Reads a body as it is on the wire. */
  public static RequestBody readRaw(HttpServletRequest request, BodyMemory memory)
      throws IOException {
    return readFrom(request, memory, false);
  }

  private static RequestBody readGzip(HttpServletRequest request, BodyMemory memory)
      throws IOException {
    return readFrom(request, memory, true);
  }

  /** The content encoding in lower case; empty without one. */
  public static String encoding(HttpServletRequest request) {
    String encoding = request.getHeader("Content-Encoding");
    return encoding == null ? "" : encoding.strip().toLowerCase(Locale.ROOT);
  }

  private static RequestBody readFrom(HttpServletRequest request, BodyMemory memory, boolean gzip)
      throws IOException {
    if (request.getContentLengthLong() > BYTES_MAX) {
      throw tooLarge("the body has " + request.getContentLengthLong() + " bytes");
    }
    var body = new RequestBody(memory);
    try {
      var wire = new LimitedInputStream(request.getInputStream());
      if (gzip) {
        body.inflate(wire);
      } else {
        body.fill(wire, null);
      }
      return body;
    } catch (Throwable e) {
      body.close();
      throw e;
    }
  }

  private void inflate(LimitedInputStream wire) throws IOException {
    try (var decoded = new GzipInputStream(wire)) {
      fill(decoded, wire);
    } catch (EOFException | ZipException e) {
      throw new BadDataException(
          "the body is not sound gzip after " + length + " decoded bytes: " + e.getMessage());
    }
  }

  private void fill(InputStream in, @Nullable LimitedInputStream compressed) throws IOException {
    while (true) {
      if (length == bytes.length) {
        grow();
      }
      int count = in.read(bytes, length, bytes.length - length);
      if (count < 0) {
        return;
      }
      length += count;
      if (compressed != null
          && length > BYTES_AT_FIRST
          && length > (long) RATIO_MAX * compressed.count()) {
        throw tooLarge("the body expands to more than " + RATIO_MAX + " times its size, " + length
            + " from " + compressed.count() + " bytes so far");
      }
      if (length > DECODED_BYTES_MAX) {
        throw tooLarge("the body has more than " + DECODED_BYTES_MAX + " bytes when decoded");
      }
    }
  }

  private void grow() {
    int more =
        Math.max(BYTES_AT_FIRST, Math.min(bytes.length, DECODED_BYTES_MAX + 1 - bytes.length));
    // While it is copied, the old one is there too.
    int old = bytes.length;
    reserve((long) more + old);
    bytes = Arrays.copyOf(bytes, old + more);
    memory.release(old);
    reserved -= old;
  }

  /** The content; valid up to {@link #length()}. A decoder may overwrite it. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /**
   * Accounts for memory that decoding this body takes, until it is closed.
   *
   * @throws io.chronicledb.engine.error.ChronicleException with {@link ErrorCode#OVERLOADED} when there is no room
   */
  public void reserve(long more) {
    memory.reserve(more);
    reserved += more;
  }

  @Override
  public void close() {
    memory.release(reserved);
    reserved = 0;
  }

  private static RequestRefusedException tooLarge(String what) {
    return new RequestRefusedException(
        HttpStatus.CONTENT_TOO_LARGE,
        ErrorCode.BAD_DATA,
        what + "; the limits are " + BYTES_MAX + " bytes as sent and " + DECODED_BYTES_MAX
            + " decoded");
  }

  /** Counts what comes from the wire and stops a body that does not declare its length. */
  private static final class LimitedInputStream extends FilterInputStream {

    private long count;

    LimitedInputStream(InputStream in) {
      super(in);
    }

    long count() {
      return count;
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      if (next >= 0) {
        add(1);
      }
      return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      if (read > 0) {
        add(read);
      }
      return read;
    }

    private void add(int more) {
      count += more;
      if (count > BYTES_MAX) {
        throw tooLarge("the body has more than " + BYTES_MAX + " bytes");
      }
    }
  }
}
