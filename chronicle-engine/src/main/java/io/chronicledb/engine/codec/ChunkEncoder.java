package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Zstandard;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Turns the columns of one chunk into bytes: looks at the data, picks the smallest of the encodings and writes that.
 * {@link ChunkDecoder} reads them. Reusable; not thread-safe.
 *
 * <pre>
 * │ compressor u8 │ timestamps │ values │
 *
 * compressor   0: none │ 1: the rest is a Snappy block │ 2: the rest is a Zstandard frame
 * timestamps   begin with the id of their encoding, drawn in {@link TimestampEncoder}
 * values       likewise, drawn in {@link ValueEncoder}
 * </pre>
 *
 * A {@link Effort#FRESH} chunk has neither an entropy stage nor Zstandard.
 */
public final class ChunkEncoder {

  /** Samples of a chunk at most. */
  public static final int SAMPLES_MAX = 4096;

  private final Effort effort;
  private final boolean zstandard;
  private final TimestampEncoder timestampEncoder;
  private final ValueEncoder valueEncoder;
  private @Nullable HistogramChunkEncoder histogramEncoder;

  public ChunkEncoder(Effort effort) {
    this(effort, false);
  }

  /**
   * An encoder that may use Zstandard for cold chunks.
   *
   * @param zstandard tries Zstandard where {@code effort} is cold; a reader then needs it too
   * @throws ChronicleException with {@link ErrorCode#UNSUPPORTED} where zstd-jni is not on the class path
   */
  public ChunkEncoder(Effort effort, boolean zstandard) {
    if (zstandard && !Zstandard.isAvailable()) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          "Zstandard is switched on: add com.github.luben:zstd-jni to the class path");
    }
    this.effort = effort;
    this.zstandard = zstandard && effort == Effort.COLD;
    var integers = new IntegerEncoder(effort);
    this.timestampEncoder = new TimestampEncoder(integers);
    this.valueEncoder = new ValueEncoder(effort, integers);
  }

  /** The encoder of chunks with histograms, for the same thread. */
  public HistogramChunkEncoder histograms() {
    HistogramChunkEncoder encoder = histogramEncoder;
    if (encoder == null) {
      encoder = new HistogramChunkEncoder(effort);
      histogramEncoder = encoder;
    }
    return encoder;
  }

  /**
   * Appends the chunk of {@code count} samples from {@code offset} on.
   *
   * @param timestamps strictly ascending, below {@link Long#MAX_VALUE}
   * @param values any bit patterns
   * @param count from 1 to {@link #SAMPLES_MAX}
   */
  public void encode(long[] timestamps, double[] values, int offset, int count, ByteWriter out) {
    if (count < 1 || count > SAMPLES_MAX) {
      throw new IllegalArgumentException("a chunk of " + count + " samples");
    }
    int start = out.size();
    out.writeByte(ByteCompression.NONE);
    timestampEncoder.encode(timestamps, offset, count, out);
    int encoding = valueEncoder.encode(values, offset, count, out);
    // The others leave packed noise, in which Snappy finds nothing.
    if (zstandard) {
      ByteCompression.compress(out, start, true);
    } else if (encoding >= EncodingId.DICTIONARY) {
      ByteCompression.compress(out, start, false);
    }
  }
}
