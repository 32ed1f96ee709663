package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ChunkEncoder} writes. Holds everything that decoding needs, some 100 KiB, so that a chunk allocates nothing.
 * Reusable; not thread-safe.
 */
public final class ChunkDecoder {

  private final ByteReader in = new ByteReader(new byte[0]);
  private final ByteCompression compression = new ByteCompression();
  private final TimestampDecoder timestampDecoder;
  private final ValueDecoder valueDecoder;
  /** Most threads never meet one. */
  private @Nullable HistogramChunkDecoder histogramDecoder;

  public ChunkDecoder() {
    var integers = new IntegerDecoder();
    this.timestampDecoder = new TimestampDecoder(integers);
    this.valueDecoder = new ValueDecoder(integers);
  }

  /**
   * Decodes the chunk that fills {@code length} bytes into the front of two arrays that hold {@code count}. What they hold after an
   * error is undefined.
   *
   * @throws CorruptionException where the bytes are not what encode writes
   * @throws ChronicleException with {@link ErrorCode#UNSUPPORTED} for an encoding of a newer version, or a chunk compressed with
   *     Zstandard where that is not on the class path
   */
  public void decode(
      byte[] bytes, int offset, int length, int count, long[] timestamps, double[] values) {
    if (count < 1 || count > ChunkEncoder.SAMPLES_MAX) {
      throw new CorruptionException("a chunk of " + count + " samples");
    }
    in.reset(bytes, offset, length);
    compression.decompress(in.readByte(), in);
    timestampDecoder.decode(in, count, timestamps);
    valueDecoder.decode(in, count, values);
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes after the values of a chunk");
    }
  }

  /** The decoder of chunks with histograms, for the same thread. */
  public HistogramChunkDecoder histograms() {
    HistogramChunkDecoder decoder = histogramDecoder;
    if (decoder == null) {
      decoder = new HistogramChunkDecoder();
      histogramDecoder = decoder;
    }
    return decoder;
  }

  static ChronicleException unknown(String what, int id) {
    return new ChronicleException(
        ErrorCode.UNSUPPORTED,
        what + " " + id + " is not known: the chunk was written by a newer version of Chronicle");
  }
}
