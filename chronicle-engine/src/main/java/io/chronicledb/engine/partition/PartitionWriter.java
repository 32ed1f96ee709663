package io.chronicledb.engine.partition;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.BlockWriter;
import io.chronicledb.engine.block.RunSink;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Distributes merged samples over the windows of time, one block for each. Not thread-safe. */
public final class PartitionWriter implements RunSink {

  private final PartitionWindows windows;
  private final long firstSequence;
  private final long lastSequence;
  private final TreeMap<Long, OpenBlock> open = new TreeMap<>();
  private long order;

  /** A block being written and the series that it is at. */
  private static final class OpenBlock {
    final BlockWriter writer;
    long order = -1;

    OpenBlock(BlockWriter writer) {
      this.writer = writer;
    }
  }

  /**
   * @param windows knows every timestamp that will come
   * @param firstSequence the first WAL sequence of the points
   * @param lastSequence the last one
   */
  public PartitionWriter(PartitionWindows windows, long firstSequence, long lastSequence) {
    this.windows = windows;
    this.firstSequence = firstSequence;
    this.lastSequence = lastSequence;
  }

  @Override
  public void series(long nextOrder) {
    order = nextOrder;
  }

  @Override
  public void samples(long[] timestamps, double[] values, int count) {
    int from = 0;
    while (from < count) {
      TimeRange window = windows.window(timestamps[from]);
      int end = count;
      if (timestamps[count - 1] >= window.end()) {
        int found = Arrays.binarySearch(timestamps, from, count, window.end());
        end = found >= 0 ? found : -found - 1;
      }
      OpenBlock block = open.computeIfAbsent(
          window.start(),
          start -> new OpenBlock(new BlockWriter(window, firstSequence, lastSequence)));
      if (block.order != order) {
        block.order = order;
        block.writer.series(order);
      }
      block.writer.append(timestamps, values, from, end);
      from = end;
    }
  }

  /**
   * Stores the blocks. Where one fails, those before it are given up again.
   *
   * @return the stored blocks in order of time; a root still has to name them
   */
  public List<StoredBlock> finish(StorageBackend backend) {
    var stored = new ArrayList<StoredBlock>(open.size());
    try {
      for (OpenBlock block : open.values()) {
        BlockWriter writer = block.writer;
        ByteBuffer payload = writer.finish();
        stored.add(backend.put(new NewBlock(
            BlockKind.DATA,
            firstSequence,
            lastSequence,
            writer.window(),
            writer.minTime(),
            writer.maxTime(),
            writer.firstOrder(),
            writer.lastOrder(),
            writer.sampleCount(),
            List.of(),
            payload)));
      }
      return stored;
    } catch (RuntimeException e) {
      stored.forEach(backend::discard);
      throw e;
    }
  }
}
