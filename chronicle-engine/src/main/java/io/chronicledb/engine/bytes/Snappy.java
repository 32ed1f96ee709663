package io.chronicledb.engine.bytes;

import io.chronicledb.engine.error.BadDataException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Snappy's raw block format, as in Prometheus remote write: a length and then literals and copies, without the framing of
 * {@code .sz} files.
 *
 * <p>Compresses with snappy-java's native library where that can be loaded, and decodes with it from then on. Before, and where it cannot
 * be (no writable temporary directory, an unknown platform), our own {@link SnappyDecoder} and {@link SnappyEncoder} do the work. The
 * decoder is about as fast, but loading the library takes as long as decoding a hundred megabytes, which opening a database must not
 * wait for. Input is never trusted: the length that it declares is checked against the caller's limit, and against what its size could
 * possibly expand to, before anything is allocated. Thread-safe.
 */
public final class Snappy {

  /** A copy of 64 bytes takes three: nothing in a block expands more. */
  private static final int BYTES_PER_BYTE_MAX = 22;

  /** Whether something was compressed here, with the native library. */
  private static volatile boolean nativeLoaded;

  private Snappy() {}

  /**
   * The length that a block declares for its content.
   *
   * @throws BadDataException when the length is malformed, or larger than the block could hold
   */
  public static int uncompressedLength(byte[] source, int offset, int length) {
    return SnappyDecoder.declaredLength(source, offset, length, Integer.MAX_VALUE);
  }

  /**
   * The content of a block.
   *
   * @param lengthMax bytes that the content may have at most
   * @throws BadDataException when the block declares more than {@code lengthMax} or is malformed
   */
  public static byte[] uncompress(byte[] source, int offset, int length, int lengthMax) {
    int declared = SnappyDecoder.declaredLength(source, offset, length, lengthMax);
    var content = new byte[declared];
    uncompress(source, offset, length, declared, content);
    return content;
  }

  /**
   * Writes the content of a block to the front of an array.
   *
   * @return its length
   * @throws BadDataException when the block declares more than the array holds or is malformed
   */
  public static int uncompressInto(byte[] source, int offset, int length, byte[] into) {
    int declared = SnappyDecoder.declaredLength(source, offset, length, into.length);
    uncompress(source, offset, length, declared, into);
    return declared;
  }

  private static void uncompress(
      byte[] source, int offset, int length, int declared, byte[] content) {
    if (!nativeLoaded) {
      SnappyDecoder.decode(source, offset, length, declared, content);
      return;
    }
    int written;
    try {
      written = org.xerial.snappy.Snappy.uncompress(source, offset, length, content, 0);
    } catch (IOException e) {
      // The native decoder does not say where it stopped; ours does, and has to agree that the
      // block is bad.
      SnappyDecoder.decode(source, offset, length, declared, content);
      return;
    }
    if (written != declared) {
      throw new BadDataException(
          "snappy: " + written + " bytes came out of a block that declares " + declared);
    }
  }

  /** A block with the given content. */
  public static byte[] compress(byte[] source, int offset, int length) {
    if (!Native.AVAILABLE) {
      return SnappyEncoder.encode(source, offset, length);
    }
    var block = new byte[org.xerial.snappy.Snappy.maxCompressedLength(length)];
    try {
      return Arrays.copyOf(
          block, org.xerial.snappy.Snappy.compress(source, offset, length, block, 0));
    } catch (IOException e) {
      return SnappyEncoder.encode(source, offset, length);
    }
  }

  static boolean canHold(int blockLength, long contentLength) {
    return contentLength <= (long) blockLength * BYTES_PER_BYTE_MAX;
  }

  /** Its initialisation tries to load the native library, once. */
  private static final class Native {

    static final boolean AVAILABLE = load();

    private static boolean load() {
      try {
        nativeLoaded = org.xerial.snappy.Snappy.maxCompressedLength(1) > 0;
        return nativeLoaded;
      } catch (LinkageError | RuntimeException | org.xerial.snappy.SnappyError e) {
        return false;
      }
    }
  }
}
