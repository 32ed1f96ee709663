package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteReader;

/** Reads what {@link ChunkEncoder} writes. Reusable; not thread-safe. */
public final class ChunkDecoder {

  /**
   * Decodes the chunk that fills {@code length} bytes into the front of two arrays that hold {@code count}.
   *
   * @throws io.chronicledb.engine.error.CorruptionException where the bytes are not what encode writes
   * @throws io.chronicledb.engine.error.ChronicleException with {@code unsupported} for a codec of a newer version
   */
  public void decode(
      byte[] bytes, int offset, int length, int count, long[] timestamps, double[] values) {
    var columns = new ByteReader(bytes, offset, length);
    int timestampsLength = columns.readCount(1);
    DeltaOfDeltaCodec.decode(bytes, columns.arrayOffset(), timestampsLength, count, timestamps);
    columns.skip(timestampsLength);
    XorCodec.decode(bytes, columns.arrayOffset(), columns.remaining(), count, values);
  }
}
