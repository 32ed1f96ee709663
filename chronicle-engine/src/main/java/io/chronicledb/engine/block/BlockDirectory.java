package io.chronicledb.engine.block;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.SeriesOrder;
import java.util.Arrays;

/** A block's chunk directory in memory, in columns: series with their first chunk, chunks with place and statistics. */
final class BlockDirectory {

  final long[] orders;
  /** Index of each series' first chunk; one more entry ends the last series. */
  final int[] firstChunks;

  final long[] minTimes;
  final long[] maxTimes;
  final int[] counts;
  final int[] offsets;
  final int[] lengths;
  final byte[] timestampCodecs;
  final byte[] valueCodecs;
  final byte[] flags;
  final double[] minValues;
  final double[] maxValues;

  private BlockDirectory(int seriesCount, int chunkCount) {
    orders = new long[seriesCount];
    firstChunks = new int[seriesCount + 1];
    minTimes = new long[chunkCount];
    maxTimes = new long[chunkCount];
    counts = new int[chunkCount];
    offsets = new int[chunkCount];
    lengths = new int[chunkCount];
    timestampCodecs = new byte[chunkCount];
    valueCodecs = new byte[chunkCount];
    flags = new byte[chunkCount];
    minValues = new double[chunkCount];
    maxValues = new double[chunkCount];
  }

  int find(long order) {
    return Arrays.binarySearch(orders, order);
  }

  /** Bytes of memory, for the cache's accounts. */
  long memoryBytes() {
    return 128 + orders.length * 12L + minTimes.length * 43L;
  }

  /**
   * Reads a directory whose checksum is right.
   *
   * @param chunkBytes the bytes between header and directory, which the chunks must fill exactly
   */
  static BlockDirectory read(
      ByteReader in, int seriesCount, int chunkCount, long windowStart, int chunkBytes) {
    if (chunkCount < 0
        || seriesCount < 0
        || seriesCount > chunkCount
        || (long) chunkCount * BlockLayout.CHUNK_ENTRY_BYTES_MIN > in.remaining()) {
      throw new CorruptionException(seriesCount + " series and " + chunkCount
          + " chunks do not fit a directory of " + in.remaining() + " bytes");
    }
    var directory = new BlockDirectory(seriesCount, chunkCount);
    directory.fill(in, windowStart, chunkBytes);
    return directory;
  }

  private void fill(ByteReader in, long windowStart, int chunkBytes) {
    int series = 0;
    int chunk = 0;
    long offset = BlockLayout.HEADER_BYTES;
    long metricId = 0;
    long previousOrder = -1;
    for (long metrics = in.readUnsignedVarint(); metrics > 0; metrics--) {
      metricId += in.readUnsignedVarint();
      long seriesId = 0;
      for (long inMetric = in.readUnsignedVarint(); inMetric > 0; inMetric--) {
        seriesId += in.readUnsignedVarint();
        check(
            series < orders.length
                && metricId <= Integer.MAX_VALUE
                && seriesId <= Integer.MAX_VALUE,
            in);
        long order = SeriesOrder.of((int) metricId, (int) seriesId);
        check(order > previousOrder, in);
        previousOrder = order;
        orders[series] = order;
        firstChunks[series++] = chunk;
        long previousMax = windowStart;
        for (long inSeries = in.readUnsignedVarint(); inSeries > 0; inSeries--) {
          check(chunk < minTimes.length, in);
          minTimes[chunk] = previousMax + in.readUnsignedVarint();
          maxTimes[chunk] = minTimes[chunk] + in.readUnsignedVarint();
          previousMax = maxTimes[chunk];
          long count = in.readUnsignedVarint();
          long length = in.readUnsignedVarint();
          check(count > 0 && count <= BlockLayout.CHUNK_SAMPLES_MAX, in);
          check(maxTimes[chunk] >= minTimes[chunk], in);
          check(
              length > BlockLayout.CRC_BYTES
                  && length <= chunkBytes - (offset - BlockLayout.HEADER_BYTES),
              in);
          counts[chunk] = (int) count;
          offsets[chunk] = (int) offset;
          lengths[chunk] = (int) length;
          offset += length;
          timestampCodecs[chunk] = (byte) in.readByte();
          valueCodecs[chunk] = (byte) in.readByte();
          flags[chunk] = (byte) in.readByte();
          minValues[chunk] = in.readDouble();
          maxValues[chunk] = in.readDouble();
          chunk++;
        }
        check(chunk > firstChunks[series - 1], in);
      }
    }
    check(series == orders.length && chunk == minTimes.length && in.remaining() == 0, in);
    check(offset - BlockLayout.HEADER_BYTES == chunkBytes, in);
    firstChunks[series] = chunk;
  }

  private static void check(boolean holds, ByteReader in) {
    if (!holds) {
      throw new CorruptionException(
          "chunk directory breaks its format before byte " + in.position());
    }
  }
}
