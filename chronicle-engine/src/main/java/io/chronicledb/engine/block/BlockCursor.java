package io.chronicledb.engine.block;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.codec.ChunkDecoder;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks the series of one block: one directory page at a time, and chunks read ahead while they follow one another. Its arrays serve all
 * series, so a walk allocates with the pages and not with the series.
 */
final class BlockCursor implements RunCursor {

  /** What a walk over neighbouring chunks reads at once. */
  private static final int READ_AHEAD_BYTES = 32 << 10;

  private final Block block;
  private final PageCache cache;
  private final ChunkDecoder decoder;
  private final Samples samples = new Samples();

  /** -1 before the first page. */
  private int pageNumber = -1;

  private DirectoryPage page = EMPTY;
  private int series = -1;

  /** Bytes of the block around the chunk read last. */
  private ByteBuffer ahead = ByteBuffer.allocate(0);

  private int aheadOffset;

  private long[] timestamps = {};
  private double[] values = {};

  /** Of the chunk decoded last; null where it has doubles. */
  private @Nullable HistogramColumn histograms;

  private @Nullable HistogramColumn histogramsKept;

  private static final DirectoryPage EMPTY = DirectoryPage.empty();

  BlockCursor(Block block, PageCache cache, ChunkDecoder decoder) {
    this.block = block;
    this.decoder = decoder;
    this.cache = cache;
  }

  @Override
  public boolean next() {
    series++;
    while (series >= page.orders.length) {
      if (pageNumber + 1 >= block.pages().size()) {
        // A merge has many cursors, of which some end long before others.
        ahead = ByteBuffer.allocate(0);
        aheadOffset = 0;
        timestamps = new long[0];
        values = new double[0];
        histograms = null;
        histogramsKept = null;
        return false;
      }
      load(pageNumber + 1);
      series = 0;
    }
    return true;
  }

  @Override
  public boolean seek(long order) {
    int number = block.pages().find(order);
    if (number < 0) {
      pageNumber = -1;
      page = EMPTY;
      series = -1;
      return false;
    }
    if (number != pageNumber) {
      load(number);
    }
    int found = page.find(order);
    series = found >= 0 ? found : -found - 2; // Before the next one, to which next() then goes.
    return found >= 0;
  }

  private void load(int number) {
    page = cache.page(number, block::readPage);
    pageNumber = number;
  }

  @Override
  public long order() {
    return page.orders[series];
  }

  @Override
  public long minTime() {
    return page.minTimes[page.firstChunks[series]];
  }

  @Override
  public long maxTime() {
    return page.maxTimes[page.firstChunks[series + 1] - 1];
  }

  @Override
  public SampleCursor samples(TimeRange range) {
    samples.reset(range);
    return samples;
  }

  /** Decodes a chunk of the present page into the arrays. */
  private void decode(int chunk) {
    int count = page.counts[chunk];
    if (timestamps.length < count) {
      timestamps = new long[count];
      values = new double[count];
    }
    int length = page.length(chunk);
    int at = fetch(page.offsets[chunk], length);
    byte[] array = ahead.array();
    int end = length - BlockLayout.CRC_BYTES;
    try {
      if (new ByteReader(array, at + end, BlockLayout.CRC_BYTES).readInt()
          != Crc32c.of(array, at, end)) {
        throw new CorruptionException("chunk does not match its checksum");
      }
      if (page.hasHistograms(chunk)) {
        decodeHistograms(array, at, end, count);
      } else {
        histograms = null;
        decoder.decode(array, at, end, count, timestamps, values);
      }
      if (timestamps[0] != page.minTimes[chunk] || timestamps[count - 1] != page.maxTimes[chunk]) {
        throw new CorruptionException("chunk does not span the times that the directory states");
      }
    } catch (CorruptionException e) {
      throw new CorruptionException(
          block.name() + ", chunk at offset " + page.offsets[chunk] + ": " + e.getMessage());
    }
  }

  private void decodeHistograms(byte[] array, int at, int length, int count) {
    if (histogramsKept == null) {
      histogramsKept = new HistogramColumn(count);
    }
    histograms = histogramsKept;
    decoder.histograms().decode(array, at, length, count, timestamps, histogramsKept);
    for (int i = 0; i < count; i++) {
      values[i] = HistogramRows.reference(i);
    }
  }

  /** Makes {@link #ahead} hold a stretch of the block and returns its place in the array. */
  private int fetch(int offset, int length) {
    int aheadEnd = aheadOffset + ahead.remaining();
    if (offset < aheadOffset || offset + length > aheadEnd) {
      // A chunk that follows what was read last is a walk: more of it will be asked for.
      boolean walking = offset >= aheadOffset && offset <= aheadEnd;
      int chunksEnd = block.pages().chunkOffsets[block.pages().size()];
      int wanted =
          walking ? Math.max(length, Math.min(READ_AHEAD_BYTES, chunksEnd - offset)) : length;
      ahead = block.read(offset, wanted);
      aheadOffset = offset;
    }
    return ahead.arrayOffset() + ahead.position() + offset - aheadOffset;
  }

  /** Walks the chunks of one series that overlap a range. */
  private final class Samples implements SampleCursor {

    private TimeRange range = TimeRange.ALL;
    private int chunk;
    private int endChunk;
    private int start;
    private int end;

    void reset(TimeRange within) {
      range = within;
      chunk = page.firstChunks[series];
      endChunk = page.firstChunks[series + 1];
      while (chunk < endChunk && page.maxTimes[chunk] < within.start()) {
        chunk++;
      }
      while (endChunk > chunk && page.minTimes[endChunk - 1] >= within.end()) {
        endChunk--;
      }
    }

    @Override
    public long nextTime() {
      return chunk < endChunk ? Math.max(page.minTimes[chunk], range.start()) : Long.MAX_VALUE;
    }

    @Override
    public boolean next() {
      while (chunk < endChunk) {
        decode(chunk);
        int count = page.counts[chunk];
        start = page.minTimes[chunk] >= range.start() ? 0 : lowerBound(range.start(), count);
        end = page.maxTimes[chunk] < range.end() ? count : lowerBound(range.end(), count);
        chunk++;
        if (start < end) {
          return true;
        }
      }
      return false;
    }

    private int lowerBound(long time, int count) {
      int found = Arrays.binarySearch(timestamps, 0, count, time);
      return found >= 0 ? found : -found - 1;
    }

    @Override
    public boolean describeNext(ChunkStatistics into) {
      if (chunk >= endChunk
          || page.hasNaN(chunk)
          || page.minTimes[chunk] < range.start()
          || page.maxTimes[chunk] >= range.end()) {
        return false;
      }
      page.statistics(chunk, into);
      return true;
    }

    @Override
    public void skip() {
      chunk++;
    }

    @Override
    public long[] timestamps() {
      return timestamps;
    }

    @Override
    public double[] values() {
      return values;
    }

    @Override
    public @Nullable HistogramColumn histograms() {
      return histograms;
    }

    @Override
    public int start() {
      return start;
    }

    @Override
    public int end() {
      return end;
    }
  }
}
