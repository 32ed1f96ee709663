package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteWriter;

/** Turns the columns of one chunk into bytes, with whichever codecs suit the data. Reusable; not thread-safe. */
public final class ChunkEncoder {

  /** Samples of a chunk at most. */
  public static final int SAMPLES_MAX = 4096;

  private final ByteWriter column = new ByteWriter(1 << 12);

  public ChunkEncoder(Effort effort) {
    assert effort != null;
  }

  /**
   * Appends the chunk of {@code count} samples from {@code offset} on.
   *
   * @param timestamps strictly ascending
   * @param count from 1 to {@link #SAMPLES_MAX}
   */
  public void encode(long[] timestamps, double[] values, int offset, int count, ByteWriter out) {
    column.clear();
    DeltaOfDeltaCodec.encode(timestamps, offset, count, column);
    out.writeUnsignedVarint(column.size());
    out.writeBytes(column.array(), 0, column.size());
    XorCodec.encode(values, offset, count, out);
  }
}
