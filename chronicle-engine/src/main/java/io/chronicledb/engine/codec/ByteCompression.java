package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.bytes.Zstandard;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;

/** The byte compressors that a chunk may have gone through; drawn in {@link ChunkEncoder}. */
final class ByteCompression {

  static final int NONE = 0;
  static final int SNAPPY = 1;
  static final int ZSTANDARD = 2;

  /** Columns of one chunk are never longer than this: nothing larger is allocated for what a block declares. */
  static final int CONTENT_MAX = 24 * ChunkEncoder.SAMPLES_MAX;

  /** Every read pays for decompression: so much has to be gained, in percent. */
  private static final int GAIN = 5;

  private static final int ZSTANDARD_LEVEL = 6;

  private static final byte[] NO_BYTES = {};

  private byte[] content = NO_BYTES;

  /** Replaces everything from {@code start} on, the id and the columns behind it, where that makes it smaller. */
  static void compress(ByteWriter out, int start, boolean zstandard) {
    int length = out.size() - start - 1;
    byte[] block = zstandard
        ? Zstandard.compress(out.array(), start + 1, length, ZSTANDARD_LEVEL)
        : Snappy.compress(out.array(), start + 1, length);
    if (block.length < length - length * GAIN / 100) {
      out.truncate(start);
      out.writeByte(zstandard ? ZSTANDARD : SNAPPY);
      out.writeBytes(block);
    }
  }

  /** Moves a reader that stands behind the id on to the columns. */
  void decompress(int id, ByteReader in) {
    if (id == NONE) {
      return;
    }
    if (id != SNAPPY && id != ZSTANDARD) {
      throw ChunkDecoder.unknown("byte compressor", id);
    }
    if (id == ZSTANDARD && !Zstandard.isAvailable()) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          "a chunk is compressed with Zstandard: add com.github.luben:zstd-jni to the class path");
    }
    if (content.length == 0) {
      content = new byte[CONTENT_MAX];
    }
    try {
      int length = id == SNAPPY
          ? Snappy.uncompressInto(in.array(), in.arrayOffset(), in.remaining(), content)
          : Zstandard.uncompressInto(in.array(), in.arrayOffset(), in.remaining(), content);
      in.reset(content, 0, length);
    } catch (BadDataException e) {
      throw new CorruptionException("columns do not decompress: " + e.getMessage());
    }
  }
}
