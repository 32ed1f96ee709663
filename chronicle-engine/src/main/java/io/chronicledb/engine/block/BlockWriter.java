package io.chronicledb.engine.block;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;

/**
 * Builds one data block from series in order and, within each, samples in order. Holds the encoded bytes in memory until {@link
 * #finish}. Not thread-safe.
 */
public final class BlockWriter implements RunSink {

  private final TimeRange window;
  private final long firstSequence;
  private final long lastSequence;

  private final ByteWriter chunks = new ByteWriter(1 << 14);
  private final ChunkEncoder encoder = new ChunkEncoder(Effort.FRESH);

  private final long[] times = new long[BlockLayout.CHUNK_SAMPLES_MAX];
  private final double[] values = new double[BlockLayout.CHUNK_SAMPLES_MAX];
  private int pending;

  /** The directory's pieces, inside out, since each is headed by the count of what it holds. */
  private final ByteWriter metricEntries = new ByteWriter(1 << 10);

  private final ByteWriter seriesEntries = new ByteWriter(1 << 10);
  private final ByteWriter chunkEntries = new ByteWriter(1 << 10);
  private int metricCount;
  private int seriesInMetric;
  private int chunksInSeries;
  private int lastMetricId;
  private int lastSeriesId;
  private long firstOrder = -1;
  private long currentOrder = -1;
  private long previousMaxTime;

  private int seriesCount;
  private int chunkCount;
  private long sampleCount;
  private long maxTime = Long.MIN_VALUE;
  private long minTime = Long.MAX_VALUE;

  /**
   * @param window the time that the block covers
   * @param firstSequence the first WAL sequence whose points of the window are here
   * @param lastSequence the last one
   */
  public BlockWriter(TimeRange window, long firstSequence, long lastSequence) {
    this.window = window;
    this.firstSequence = firstSequence;
    this.lastSequence = lastSequence;
  }

  @Override
  public void series(long order) {
    if (order <= currentOrder) {
      throw new IllegalStateException("series out of order: " + order + " after " + currentOrder);
    }
    endSeries();
    if (currentOrder >= 0 && SeriesOrder.metricId(order) != SeriesOrder.metricId(currentOrder)) {
      endMetric();
    }
    currentOrder = order;
    firstOrder = firstOrder < 0 ? order : firstOrder;
    previousMaxTime = window.start();
  }

  @Override
  public void samples(long[] timestamps, double[] sampleValues, int count) {
    append(timestamps, sampleValues, 0, count);
  }

  /** Adds the samples from {@code start} to {@code end} to the series started last. */
  public void append(long[] timestamps, double[] sampleValues, int start, int end) {
    int from = start;
    while (from < end) {
      int count = Math.min(end - from, BlockLayout.CHUNK_SAMPLES_MAX - pending);
      System.arraycopy(timestamps, from, times, pending, count);
      System.arraycopy(sampleValues, from, values, pending, count);
      pending += count;
      from += count;
      if (pending == BlockLayout.CHUNK_SAMPLES_MAX) {
        endChunk();
      }
    }
  }

  public long sampleCount() {
    return sampleCount + pending;
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
    int start = chunks.size();
    encoder.encode(times, values, 0, pending, chunks);
    chunks.writeInt(Crc32c.of(chunks.array(), start, chunks.size() - start));

    double min = Double.NaN;
    double max = Double.NaN;
    int flags = 0;
    for (int i = 0; i < pending; i++) {
      double value = values[i];
      if (Double.isNaN(value)) {
        flags |= BlockLayout.FLAG_HAS_NAN;
      } else {
        min = Double.isNaN(min) ? value : Math.min(min, value);
        max = Double.isNaN(max) ? value : Math.max(max, value);
      }
    }
    chunkEntries.writeUnsignedVarint(times[0] - previousMaxTime);
    chunkEntries.writeUnsignedVarint(times[pending - 1] - times[0]);
    chunkEntries.writeUnsignedVarint(pending);
    chunkEntries.writeUnsignedVarint(chunks.size() - start);
    chunkEntries.writeByte(0);
    chunkEntries.writeByte(0);
    chunkEntries.writeByte(flags);
    chunkEntries.writeDouble(min);
    chunkEntries.writeDouble(max);
    previousMaxTime = times[pending - 1];
    minTime = Math.min(minTime, times[0]);
    maxTime = Math.max(maxTime, previousMaxTime);
    sampleCount += pending;
    chunksInSeries++;
    chunkCount++;
    pending = 0;
  }

  private void endSeries() {
    endChunk();
    if (chunksInSeries == 0) {
      return;
    }
    int seriesId = SeriesOrder.seriesId(currentOrder);
    seriesEntries.writeUnsignedVarint(seriesId - lastSeriesId);
    seriesEntries.writeUnsignedVarint(chunksInSeries);
    seriesEntries.writeBytes(chunkEntries.array(), 0, chunkEntries.size());
    chunkEntries.clear();
    lastSeriesId = seriesId;
    chunksInSeries = 0;
    seriesInMetric++;
    seriesCount++;
  }

  private void endMetric() {
    if (seriesInMetric == 0) {
      return;
    }
    int metricId = SeriesOrder.metricId(currentOrder);
    metricEntries.writeUnsignedVarint(metricId - lastMetricId);
    metricEntries.writeUnsignedVarint(seriesInMetric);
    metricEntries.writeBytes(seriesEntries.array(), 0, seriesEntries.size());
    seriesEntries.clear();
    lastMetricId = metricId;
    lastSeriesId = 0;
    seriesInMetric = 0;
    metricCount++;
  }

  /** Completes the block and returns its bytes. */
  public ByteBuffer finish() {
    endSeries();
    endMetric();
    var directory = new ByteWriter(metricEntries.size() + 5);
    directory.writeUnsignedVarint(metricCount);
    directory.writeBytes(metricEntries.array(), 0, metricEntries.size());

    var out = new ByteWriter(BlockLayout.HEADER_BYTES + chunks.size() + directory.size());
    out.writeBytes(BlockLayout.MAGIC);
    out.writeByte(BlockLayout.VERSION);
    out.writeByte(BlockLayout.VERSION >>> 8);
    out.writeLong(window.start());
    out.writeLong(window.end());
    out.writeLong(minTime);
    out.writeLong(maxTime);
    out.writeLong(firstSequence);
    out.writeLong(lastSequence);
    out.writeLong(sampleCount);
    out.writeInt(chunkCount);
    out.writeInt(seriesCount);
    out.writeInt(BlockLayout.HEADER_BYTES + chunks.size());
    out.writeInt(directory.size());
    out.writeInt(Crc32c.of(directory.array(), 0, directory.size()));
    out.writeInt(Crc32c.of(out.array(), 0, out.size()));
    assert out.size() == BlockLayout.HEADER_BYTES;
    out.writeBytes(chunks.array(), 0, chunks.size());
    out.writeBytes(directory.array(), 0, directory.size());
    return out.toByteBuffer();
  }
}
