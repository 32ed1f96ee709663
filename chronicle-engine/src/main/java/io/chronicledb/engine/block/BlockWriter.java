package io.chronicledb.engine.block;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.HistogramChunkEncoder;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds one data block from series in order and, within each, samples in order. Holds the encoded bytes in memory until {@link
 * #finish}. Not thread-safe.
 */
public final class BlockWriter implements RunSink {

  private static final int PENDING_MIN = 64;

  private final TimeRange window;
  private final long firstSequence;
  private final long lastSequence;
  private final ChunkEncoder encoder;

  private final ByteWriter chunks = new ByteWriter(1 << 12);
  /** Finished directory pages, one behind the other. */
  private final ByteWriter pages = new ByteWriter(1 << 10);

  private final ByteWriter pageIndex = new ByteWriter(64);
  /** Entries of the series that is being written, headed by their count once it is known. */
  private final ByteWriter chunkEntries = new ByteWriter(64);

  private final ByteWriter page = new ByteWriter(1 << 10);
  private final ChunkStatistics statistics = new ChunkStatistics();
  private final ByteWriter figures = new ByteWriter(64);

  /** Samples of the chunk that is not full yet. */
  private long[] times = new long[PENDING_MIN];

  private double[] values = new double[PENDING_MIN];
  private int pending;

  /** Those of the pending samples; null where they are doubles. */
  private @Nullable HistogramColumn pendingHistograms;

  private boolean hasHistograms;

  private int chunksInSeries;
  private long previousMaxTime;
  private long firstOrder = -1;
  private long currentOrder = -1;

  private int pageCount;
  private int seriesInPage;
  private int chunksInPage;
  private int pageChunkStart;
  private long pageFirstOrder;
  /** The last order that went into the page. */
  private long pageLastOrder;
  /** First order of the page before. */
  private long previousPageOrder;

  private int seriesCount;
  private int chunkCount;
  private long sampleCount;
  private long maxTime = Long.MIN_VALUE;
  private long minTime = Long.MAX_VALUE;

  /**
   * @param window the time that the block covers
   * @param firstSequence the first WAL sequence whose points of the window are here
   * @param lastSequence the last one
   * @param encoder may be shared with other writers of the same thread
   */
  public BlockWriter(
      TimeRange window, long firstSequence, long lastSequence, ChunkEncoder encoder) {
    this.window = window;
    this.firstSequence = firstSequence;
    this.lastSequence = lastSequence;
    this.encoder = encoder;
  }

  @Override
  public void series(long order) {
    if (order <= currentOrder) {
      throw new IllegalStateException("series out of order: " + order + " after " + currentOrder);
    }
    endSeries();
    currentOrder = order;
    firstOrder = firstOrder < 0 ? order : firstOrder;
    previousMaxTime = window.start();
  }

  @Override
  public void samples(
      long[] timestamps,
      double[] sampleValues,
      @Nullable HistogramColumn histograms,
      int start,
      int end) {
    if (histograms != null) {
      addHistograms(timestamps, sampleValues, histograms, start, end);
      return;
    }
    int from = pendingHistograms == null ? start : addStale(timestamps, sampleValues, start, end);
    while (from < end) {
      int count = Math.min(end - from, BlockLayout.CHUNK_SAMPLES_MAX - pending);
      ensurePending(pending + count);
      System.arraycopy(timestamps, from, times, pending, count);
      System.arraycopy(sampleValues, from, values, pending, count);
      pending += count;
      from += count;
      if (pending == BlockLayout.CHUNK_SAMPLES_MAX) {
        endChunk();
      }
    }
  }

  private void addHistograms(
      long[] timestamps, double[] rows, HistogramColumn histograms, int start, int end) {
    if (pendingHistograms == null) {
      endChunk();
      pendingHistograms = new HistogramColumn(end - start);
      hasHistograms = true;
    }
    HistogramColumn column = pendingHistograms;
    for (int i = start; i < end; i++) {
      ensurePending(pending + 1);
      times[pending++] = timestamps[i];
      column.add(histograms, HistogramRows.row(rows[i]));
      if (pending == BlockLayout.CHUNK_SAMPLES_MAX
          || column.cells() >= HistogramChunkEncoder.CELLS_MAX) {
        column = endFullChunks(column);
        pendingHistograms = column;
      }
    }
  }

  /**
   * Adds the stale markers that doubles behind histograms begin with to the histograms, where they need no chunk of their own, and then
   * ends those.
   *
   * @return where the rest starts
   */
  private int addStale(long[] timestamps, double[] sampleValues, int start, int end) {
    int from = start;
    while (from < end
        && StaleMarker.is(sampleValues[from])
        && pending < BlockLayout.CHUNK_SAMPLES_MAX
        && pendingHistograms != null) {
      ensurePending(pending + 1);
      times[pending++] = timestamps[from++];
      pendingHistograms.addStale();
    }
    if (from < end) {
      endChunk();
    }
    return from;
  }

  private void ensurePending(int size) {
    if (size > times.length) {
      int capacity = Math.min(BlockLayout.CHUNK_SAMPLES_MAX, Math.max(size, times.length * 4));
      times = Arrays.copyOf(times, capacity);
      values = Arrays.copyOf(values, capacity);
    }
  }

  public long sampleCount() {
    return sampleCount + pending;
  }

  /** Bytes of the block as far as it is encoded. */
  public int encodedBytes() {
    return BlockLayout.HEADER_BYTES + chunks.size() + pages.size() + page.size();
  }

  /** The smallest timestamp; of use after {@link #finish}. */
  public long minTime() {
    return minTime;
  }

  /** The largest timestamp; of use after {@link #finish}. */
  public long maxTime() {
    return maxTime;
  }

  /** The order of the first series; -1 before there is one. */
  public long firstOrder() {
    return firstOrder;
  }

  /** The order of the series started last; -1 before there is one. */
  public long lastOrder() {
    return currentOrder;
  }

  public TimeRange window() {
    return window;
  }

  private void endChunk() {
    if (pending == 0) {
      return;
    }
    if (pendingHistograms != null) {
      HistogramColumn column = pendingHistograms;
      while (pending > 0) {
        column = endHistogramChunk(column);
      }
      pendingHistograms = null;
      return;
    }
    int start = chunks.size();
    encoder.encode(times, values, 0, pending, chunks);
    statistics.compute(times, values, pending);
    figures.clear();
    int form = statistics.write(figures) << BlockLayout.FORM_STATISTICS_SHIFT;
    addEntry(
        form | (statistics.hasNaN ? BlockLayout.FORM_HAS_NAN : 0),
        start,
        pending,
        statistics.minTime,
        statistics.maxTime);
    pending = 0;
  }

  /** Writes chunks while they are full, and returns the column of what is left. */
  private HistogramColumn endFullChunks(HistogramColumn histograms) {
    HistogramColumn column = histograms;
    while (encoder.histograms().fitting(column, 0, pending) < pending
        || pending == BlockLayout.CHUNK_SAMPLES_MAX) {
      column = endHistogramChunk(column);
    }
    return column;
  }

  /** Writes as many of the pending histograms as fit into a chunk, and returns the column of the others. */
  private HistogramColumn endHistogramChunk(HistogramColumn histograms) {
    int count = encoder.histograms().fitting(histograms, 0, pending);
    int start = chunks.size();
    encoder.histograms().encode(times, histograms, 0, count, chunks);
    figures.clear();
    addEntry(BlockLayout.FORM_OF_HISTOGRAMS, start, count, times[0], times[count - 1]);
    var rest = new HistogramColumn(pending - count);
    for (int i = count; i < pending; i++) {
      rest.add(histograms, i);
    }
    System.arraycopy(times, count, times, 0, pending - count);
    pending -= count;
    return rest;
  }

  /** Ends a chunk with its checksum and describes it in the directory, with the present {@link #figures}. */
  private void addEntry(int form, int start, int count, long first, long last) {
    chunks.writeInt(Crc32c.of(chunks.array(), start, chunks.size() - start));
    long gap = first - previousMaxTime;
    long span = last - first;
    int unit = unit(gap, span);
    chunkEntries.writeByte(form | unit);
    chunkEntries.writeUnsignedVarint(unit == 0 ? gap : gap / BlockLayout.UNITS[unit]);
    chunkEntries.writeUnsignedVarint(unit == 0 ? span : span / BlockLayout.UNITS[unit]);
    chunkEntries.writeUnsignedVarint(count);
    chunkEntries.writeUnsignedVarint(chunks.size() - start);
    chunkEntries.writeBytes(figures.array(), 0, figures.size());

    previousMaxTime = last;
    minTime = Math.min(minTime, first);
    maxTime = Math.max(maxTime, last);
    sampleCount += count;
    chunksInSeries++;
    chunkCount++;
  }

  /** The coarsest unit that divides both; differences past 2^63 only the first one does. */
  private static int unit(long gap, long span) {
    int unit = gap < 0 || span < 0 ? 0 : BlockLayout.UNITS.length - 1;
    while (unit > 0
        && (gap % BlockLayout.UNITS[unit] != 0 || span % BlockLayout.UNITS[unit] != 0)) {
      unit--;
    }
    return unit;
  }

  private void endSeries() {
    endChunk();
    if (chunksInSeries == 0) {
      return;
    }
    if (seriesInPage == 0) {
      pageFirstOrder = currentOrder;
      pageLastOrder = currentOrder;
    }
    int metricGap = SeriesOrder.metricId(currentOrder) - SeriesOrder.metricId(pageLastOrder);
    int seriesId = SeriesOrder.seriesId(currentOrder);
    page.writeUnsignedVarint(metricGap);
    page.writeUnsignedVarint(
        metricGap == 0 ? seriesId - SeriesOrder.seriesId(pageLastOrder) : seriesId);
    page.writeUnsignedVarint(chunksInSeries);
    page.writeBytes(chunkEntries.array(), 0, chunkEntries.size());
    chunkEntries.clear();
    pageLastOrder = currentOrder;
    chunksInPage += chunksInSeries;
    chunksInSeries = 0;
    seriesInPage++;
    seriesCount++;
    if (page.size() >= BlockLayout.PAGE_BYTES) {
      endPage();
    }
  }

  private void endPage() {
    if (seriesInPage == 0) {
      return;
    }
    int start = pages.size();
    pages.writeBytes(page.array(), 0, page.size());
    pages.writeInt(Crc32c.of(pages.array(), start, pages.size() - start));
    pageIndex.writeUnsignedVarint(
        SeriesOrder.metricId(pageFirstOrder) - SeriesOrder.metricId(previousPageOrder));
    pageIndex.writeUnsignedVarint(SeriesOrder.seriesId(pageFirstOrder));
    pageIndex.writeUnsignedVarint(seriesInPage);
    pageIndex.writeUnsignedVarint(chunksInPage);
    pageIndex.writeUnsignedVarint(pages.size() - start);
    pageIndex.writeUnsignedVarint(chunks.size() - pageChunkStart);
    previousPageOrder = pageFirstOrder;
    pageChunkStart = chunks.size();
    page.clear();
    seriesInPage = 0;
    chunksInPage = 0;
    pageCount++;
  }

  /** Completes the block and returns its bytes. */
  public ByteBuffer finish() {
    endSeries();
    endPage();
    var index = new ByteWriter(pageIndex.size() + 5);
    index.writeUnsignedVarint(pageCount);
    index.writeBytes(pageIndex.array(), 0, pageIndex.size());

    int pagesOffset = BlockLayout.HEADER_BYTES + chunks.size();
    int indexOffset = pagesOffset + pages.size();
    var out = new ByteWriter(indexOffset + index.size());
    out.writeBytes(BlockLayout.MAGIC);
    // Who has no histograms has files that the version before reads.
    int version = hasHistograms ? BlockLayout.VERSION : BlockLayout.VERSION_PLAIN;
    out.writeByte(version);
    out.writeByte(version >>> 8);
    out.writeLong(window.start());
    out.writeLong(window.end());
    out.writeLong(minTime);
    out.writeLong(maxTime);
    out.writeLong(firstSequence);
    out.writeLong(lastSequence);
    out.writeLong(sampleCount);
    out.writeLong(firstOrder);
    out.writeLong(currentOrder);
    out.writeInt(chunkCount);
    out.writeInt(seriesCount);
    out.writeInt(pagesOffset);
    out.writeInt(indexOffset);
    out.writeInt(index.size());
    out.writeInt(Crc32c.of(index.array(), 0, index.size()));
    out.writeInt(Crc32c.of(out.array(), 0, out.size()));
    assert out.size() == BlockLayout.HEADER_BYTES;
    out.writeBytes(chunks.array(), 0, chunks.size());
    out.writeBytes(pages.array(), 0, pages.size());
    out.writeBytes(index.array(), 0, index.size());
    return out.toByteBuffer();
  }
}
