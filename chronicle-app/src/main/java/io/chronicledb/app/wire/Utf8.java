package io.chronicledb.app.wire;

import io.chronicledb.engine.error.BadDataException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Strict UTF-8. JSON parsers let overlong forms through, which would turn into other names than were sent. */
public final class Utf8 {

  private Utf8() {}

  /**
   * Checks the first {@code length} bytes.
   *
   * @throws BadDataException with the offset, where they are not UTF-8
   */
  public static void require(byte[] bytes, int length, String what) {
    int at = 0;
    while (at < length && bytes[at] >= 0) {
      at++;
    }
    if (at == length) {
      return;
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes, at, length - at);
    CharBuffer out = CharBuffer.allocate(4096);
    CoderResult result;
    do {
      out.clear();
      result = decoder.decode(in, out, true);
    } while (result.isOverflow());
    if (result.isError()) {
      throw new BadDataException(what + " is not UTF-8 at byte " + in.position());
    }
  }
}
