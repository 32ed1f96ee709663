package io.chronicledb.engine.block;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.SeriesOrder;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A stretch of a block's chunk directory in memory, in columns: series with their first chunk, chunks with their place. The statistics of
 * a chunk stay bytes until they are asked for. Immutable.
 */
public final class DirectoryPage {

  final long[] orders;
  /** Index of each series' first chunk; one more entry ends the last series. */
  final int[] firstChunks;

  final long[] minTimes;
  final long[] maxTimes;
  final int[] counts;
  /** Offsets of the chunks within the block; one more entry ends the last. */
  final int[] offsets;

  private final byte[] forms;
  private final int[] statisticsOffsets;
  private final byte[] bytes;
  private final int bytesEnd;

  private DirectoryPage(int seriesCount, int chunkCount, byte[] bytes, int bytesEnd) {
    orders = new long[seriesCount];
    firstChunks = new int[seriesCount + 1];
    minTimes = new long[chunkCount];
    maxTimes = new long[chunkCount];
    counts = new int[chunkCount];
    offsets = new int[chunkCount + 1];
    forms = new byte[chunkCount];
    statisticsOffsets = new int[chunkCount];
    this.bytes = bytes;
    this.bytesEnd = bytesEnd;
  }

  /** A page without series. */
  static DirectoryPage empty() {
    return new DirectoryPage(0, 0, new byte[0], 0);
  }

  /** Bytes of memory, for the cache's accounts. */
  public long memoryBytes() {
    return 160 + orders.length * 12L + minTimes.length * 29L + bytes.length;
  }

  /** Reads and checks one page. */
  static DirectoryPage read(ByteBuffer buffer, PageIndex index, int number, long windowStart) {
    byte[] bytes = buffer.array();
    int start = buffer.arrayOffset() + buffer.position();
    int end = start + buffer.remaining() - BlockLayout.CRC_BYTES;
    var crc = new ByteReader(bytes, end, BlockLayout.CRC_BYTES);
    if (crc.readInt() != Crc32c.of(bytes, start, end - start)) {
      throw new CorruptionException("directory page " + number + " does not match its checksum");
    }
    var page = new DirectoryPage(index.seriesCounts[number], index.chunkCounts[number], bytes, end);
    var in = new ByteReader(bytes, start, end - start);
    page.fill(
        in,
        index.firstOrders[number],
        windowStart,
        index.chunkOffsets[number],
        index.chunkOffsets[number + 1]);
    return page;
  }

  private void fill(
      ByteReader in, long firstOrder, long windowStart, int chunksStart, int chunksEnd) {
    var skipped = new ChunkStatistics();
    long metricId = SeriesOrder.metricId(firstOrder);
    long seriesId = SeriesOrder.seriesId(firstOrder);
    long offset = chunksStart;
    long previousOrder = -1;
    int chunk = 0;
    for (int series = 0; series < orders.length; series++) {
      long metricGap = in.readUnsignedVarint();
      long id = in.readUnsignedVarint();
      metricId += metricGap;
      seriesId = metricGap == 0 ? seriesId + id : id;
      check(
          metricId >= 0
              && metricId <= Integer.MAX_VALUE
              && seriesId >= 0
              && seriesId <= Integer.MAX_VALUE,
          in);
      long order = SeriesOrder.of((int) metricId, (int) seriesId);
      check(order > previousOrder && (series > 0 || order == firstOrder), in);
      previousOrder = order;
      orders[series] = order;
      firstChunks[series] = chunk;
      long chunks = in.readUnsignedVarint();
      check(chunks > 0 && chunks <= counts.length - chunk, in);
      long previousMax = windowStart;
      for (long last = chunk + chunks; chunk < last; chunk++) {
        int form = in.readByte();
        check(
            form <= BlockLayout.FORM_BITS_MAX
                && ((form & BlockLayout.FORM_HISTOGRAMS) == 0
                    || (form & ~BlockLayout.FORM_UNIT_MASK) == BlockLayout.FORM_OF_HISTOGRAMS),
            in);
        long unit = BlockLayout.UNITS[form & BlockLayout.FORM_UNIT_MASK];
        minTimes[chunk] = previousMax + in.readUnsignedVarint() * unit;
        maxTimes[chunk] = minTimes[chunk] + in.readUnsignedVarint() * unit;
        long count = in.readUnsignedVarint();
        long length = in.readUnsignedVarint();
        check(minTimes[chunk] >= previousMax && maxTimes[chunk] >= minTimes[chunk], in);
        check(count > 0 && count <= BlockLayout.CHUNK_SAMPLES_MAX, in);
        check(length > BlockLayout.CRC_BYTES && length <= chunksEnd - offset, in);
        previousMax = maxTimes[chunk];
        counts[chunk] = (int) count;
        offsets[chunk] = (int) offset;
        offset += length;
        forms[chunk] = (byte) form;
        statisticsOffsets[chunk] = in.arrayOffset();
        skipped.count = (int) count;
        skipped.read(statisticsForm(chunk), in);
      }
    }
    check(chunk == counts.length && in.remaining() == 0 && offset == chunksEnd, in);
    firstChunks[orders.length] = chunk;
    offsets[chunk] = chunksEnd;
  }

  private int statisticsForm(int chunk) {
    return forms[chunk] >> BlockLayout.FORM_STATISTICS_SHIFT & BlockLayout.FORM_STATISTICS_MASK;
  }

  /** The index of a series within the page, or, where it is not here, that of the next one as {@code -index - 1}. */
  int find(long order) {
    return Arrays.binarySearch(orders, order);
  }

  int length(int chunk) {
    return offsets[chunk + 1] - offsets[chunk];
  }

  boolean hasNaN(int chunk) {
    return (forms[chunk] & BlockLayout.FORM_HAS_NAN) != 0;
  }

  boolean hasHistograms(int chunk) {
    return (forms[chunk] & BlockLayout.FORM_HISTOGRAMS) != 0;
  }

  void statistics(int chunk, ChunkStatistics into) {
    into.minTime = minTimes[chunk];
    into.maxTime = maxTimes[chunk];
    into.count = counts[chunk];
    into.hasNaN = hasNaN(chunk);
    int offset = statisticsOffsets[chunk];
    into.read(statisticsForm(chunk), new ByteReader(bytes, offset, bytesEnd - offset));
  }

  private static void check(boolean holds, ByteReader in) {
    if (!holds) {
      throw new CorruptionException(
          "directory page breaks its format before byte " + in.position());
    }
  }
}
