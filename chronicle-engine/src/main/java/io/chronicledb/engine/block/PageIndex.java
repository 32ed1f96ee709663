package io.chronicledb.engine.block;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.SeriesOrder;
import java.util.Arrays;

/** Where the pages of a block's directory lie, and which series each starts with. */
final class PageIndex {

  final long[] firstOrders;
  /** Offsets of the pages within the block; one more entry ends the last. */
  final int[] offsets;
  /** Offsets of the first chunk that each page describes; one more entry ends the last. */
  final int[] chunkOffsets;

  final int[] seriesCounts;
  final int[] chunkCounts;

  private PageIndex(int pages) {
    firstOrders = new long[pages];
    offsets = new int[pages + 1];
    chunkOffsets = new int[pages + 1];
    seriesCounts = new int[pages];
    chunkCounts = new int[pages];
  }

  int size() {
    return firstOrders.length;
  }

  /** The only page that may describe a series; -1 where it lies before the first. */
  int find(long order) {
    int found = Arrays.binarySearch(firstOrders, order);
    return found >= 0 ? found : -found - 2;
  }

  long memoryBytes() {
    return 64 + firstOrders.length * 24L;
  }

  /**
   * Reads an index whose checksum is right.
   *
   * @param pagesOffset where the chunks end and the pages start
   * @param indexOffset where the pages end
   */
  static PageIndex read(
      ByteReader in, int seriesCount, int chunkCount, int pagesOffset, int indexOffset) {
    var index = new PageIndex(in.readCount(BlockLayout.PAGE_ENTRY_BYTES_MIN));
    long series = 0;
    long chunks = 0;
    long offset = pagesOffset;
    long chunkOffset = BlockLayout.HEADER_BYTES;
    long metricId = 0;
    long previous = -1;
    for (int page = 0; page < index.size(); page++) {
      metricId += in.readUnsignedVarint();
      long seriesId = in.readUnsignedVarint();
      long seriesInPage = in.readUnsignedVarint();
      long chunksInPage = in.readUnsignedVarint();
      long length = in.readUnsignedVarint();
      long chunkBytes = in.readUnsignedVarint();
      check(isId(metricId) && isId(seriesId), page);
      long order = SeriesOrder.of((int) metricId, (int) seriesId);
      check(order > previous, page);
      check(seriesInPage > 0 && seriesInPage <= seriesCount - series, page);
      check(chunksInPage >= seriesInPage && chunksInPage <= chunkCount - chunks, page);
      check(length > BlockLayout.CRC_BYTES && length <= indexOffset - offset, page);
      check(chunksInPage <= length / BlockLayout.CHUNK_ENTRY_BYTES_MIN, page);
      check(chunkBytes > 0 && chunkBytes <= pagesOffset - chunkOffset, page);
      index.firstOrders[page] = order;
      index.offsets[page] = (int) offset;
      index.chunkOffsets[page] = (int) chunkOffset;
      index.seriesCounts[page] = (int) seriesInPage;
      index.chunkCounts[page] = (int) chunksInPage;
      previous = order;
      series += seriesInPage;
      chunks += chunksInPage;
      offset += length;
      chunkOffset += chunkBytes;
    }
    if (series != seriesCount
        || chunks != chunkCount
        || offset != indexOffset
        || chunkOffset != pagesOffset
        || in.remaining() != 0) {
      throw new CorruptionException("page index does not add up to its block");
    }
    index.offsets[index.size()] = indexOffset;
    index.chunkOffsets[index.size()] = pagesOffset;
    return index;
  }

  private static boolean isId(long id) {
    return id >= 0 && id <= Integer.MAX_VALUE;
  }

  private static void check(boolean holds, int page) {
    if (!holds) {
      throw new CorruptionException("page index breaks its format at page " + page);
    }
  }
}
