package io.chronicledb.engine.bytes;

import com.github.luben.zstd.Zstd;
import io.chronicledb.engine.error.BadDataException;
import java.util.Arrays;

/**
 * Zstandard frames, where the optional zstd-jni is on the class path and its native library can be loaded: ask
 * {@link #isAvailable} first. Input is never trusted: content that does not fit is refused. Thread-safe.
 */
public final class Zstandard {

  private Zstandard() {}

  public static boolean isAvailable() {
    return Native.AVAILABLE;
  }

  /** A frame with the given content. */
  public static byte[] compress(byte[] source, int offset, int length, int level) {
    var frame = new byte[Math.toIntExact(Zstd.compressBound(length))];
    long size = Zstd.compressByteArray(frame, 0, frame.length, source, offset, length, level);
    return Arrays.copyOf(frame, (int) size);
  }

  /**
   * Writes the content of a frame to the front of an array.
   *
   * @return its length
   * @throws BadDataException when the content is larger than the array or the frame is malformed
   */
  public static int uncompressInto(byte[] source, int offset, int length, byte[] into) {
    try {
      return (int) Zstd.decompressByteArray(into, 0, into.length, source, offset, length);
    } catch (RuntimeException e) {
      // A ZstdException; to name it here would keep this class from being linked where zstd-jni is
      // absent.
      throw new BadDataException("zstd: malformed frame: " + e.getMessage());
    }
  }

  /** Its initialisation tries to load the classes and the native library, once. */
  private static final class Native {

    static final boolean AVAILABLE = load();

    private static boolean load() {
      try {
        return Zstd.compressBound(1) > 0;
      } catch (LinkageError | RuntimeException e) {
        return false;
      }
    }
  }
}
