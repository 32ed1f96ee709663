package io.chronicledb.engine.partition;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.BlockWriter;
import io.chronicledb.engine.block.RunSink;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Distributes merged samples over the windows of time and stores them: one block for each window, or several with a stretch of series each
 * where one would pass a size. So the memory it takes is bounded, whatever is merged. Not thread-safe.
 */
public final class PartitionWriter implements RunSink {

  private final StorageBackend backend;
  private final LongFunction<TimeRange> windows;
  private final Output output;
  private final TreeMap<Long, OpenBlock> open = new TreeMap<>();
  private final List<StoredBlock> stored = new ArrayList<>();
  private long order;

  /**
   * What all blocks of one writer share.
   *
   * @param firstSequence the first WAL sequence of the points
   * @param lastSequence the last one, deletions that were applied included
   * @param replaces ids of the blocks that the points come from
   * @param encoder of the chunks; belongs to the writer
   * @param blockBytes a block is ended at the next series once it has as many
   */
  public record Output(
      long firstSequence,
      long lastSequence,
      List<Long> replaces,
      ChunkEncoder encoder,
      int blockBytes) {}

  /** A block being written and the series that it is at. */
  private static final class OpenBlock {
    final TimeRange window;
    BlockWriter writer;
    long order = -1;

    OpenBlock(TimeRange window, BlockWriter writer) {
      this.window = window;
      this.writer = writer;
    }
  }

  /** @param windows the window of a timestamp */
  public PartitionWriter(StorageBackend backend, LongFunction<TimeRange> windows, Output output) {
    this.backend = backend;
    this.windows = windows;
    this.output = output;
  }

  @Override
  public void series(long nextOrder) {
    order = nextOrder;
  }

  @Override
  public void samples(
      long[] timestamps,
      double[] values,
      @Nullable HistogramColumn histograms,
      int start,
      int end) {
    int from = start;
    while (from < end) {
      TimeRange window = windows.apply(timestamps[from]);
      int to = end;
      if (timestamps[end - 1] >= window.end()) {
        int found = Arrays.binarySearch(timestamps, from, end, window.end());
        to = found >= 0 ? found : -found - 1;
      }
      OpenBlock block = open.get(window.start());
      if (block == null) {
        block = new OpenBlock(window, writer(window));
        open.put(window.start(), block);
      }
      if (block.order != order) {
        if (block.writer.encodedBytes() >= output.blockBytes) {
          store(block.writer);
          block.writer = writer(window);
        }
        block.order = order;
        block.writer.series(order);
      }
      block.writer.samples(timestamps, values, histograms, from, to);
      from = to;
    }
  }

  private BlockWriter writer(TimeRange window) {
    return new BlockWriter(window, output.firstSequence, output.lastSequence, output.encoder);
  }

  private void store(BlockWriter writer) {
    ByteBuffer payload = writer.finish();
    stored.add(backend.put(new NewBlock(
        BlockKind.DATA,
        output.firstSequence,
        output.lastSequence,
        writer.window(),
        writer.minTime(),
        writer.maxTime(),
        writer.firstOrder(),
        writer.lastOrder(),
        writer.sampleCount(),
        output.replaces,
        payload)));
  }

  /** Stores what is open and returns all blocks; a root still has to name them. */
  public List<StoredBlock> finish() {
    open.values().forEach(block -> store(block.writer));
    open.clear();
    return stored;
  }

  /** Gives up the blocks that were stored, after a failure. */
  public void discard() {
    stored.forEach(backend::discard);
    stored.clear();
  }
}
