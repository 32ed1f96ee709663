package io.chronicledb.engine.read;

import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.Block;
import io.chronicledb.engine.block.MaskedRun;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.SortedRun;
import io.chronicledb.engine.codec.ChunkDecoder;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.exemplar.ExemplarBatch;
import io.chronicledb.engine.exemplar.ExemplarBlocks;
import io.chronicledb.engine.exemplar.ExemplarReader;
import io.chronicledb.engine.head.HeadSnapshot;
import io.chronicledb.engine.head.MemoryBlock;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.index.SeriesSnapshot;
import io.chronicledb.engine.metadata.MetadataStore;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.partition.BlockCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.roaringbitmap.RoaringBitmap;

/**
 * All points as they were at one moment, over memory and storage. What is written afterwards does not show; what is flushed afterwards stays.
 * Thread-safe; holds memory and keeps blocks of storage from being given up, so whoever takes one closes it.
 */
public final class ReadView implements AutoCloseable {

  private final SeriesRegistry registry;
  /** What is collected while the view is open keeps its tags here. */
  private final SeriesSnapshot series;

  private final HeadSnapshot snapshot;
  private final BlockCache blocks;
  private final StorageBackend.Pin pin;

  /** @param pin keeps the blocks of the snapshot, and was taken before it */
  public ReadView(
      SeriesRegistry registry, HeadSnapshot snapshot, BlockCache blocks, StorageBackend.Pin pin) {
    this.registry = registry;
    this.series = registry.snapshot();
    this.snapshot = snapshot;
    this.blocks = blocks;
    this.pin = pin;
  }

  /**
   * The series that all matchers match, by their {@linkplain SeriesOrder order}, ascending.
   *
   * @param matchers none means every series
   * @param progress called again and again while values are matched; may throw to end the search
   */
  public long[] select(List<TagMatcher> matchers, Runnable progress) {
    // Ones that were registered since the view was taken have no points in it.
    return LongStream.of(registry.select(matchers, progress))
        .filter(order -> series.isLive(SeriesOrder.seriesId(order)))
        .toArray();
  }

  /** The tags of a series with its metric among them under {@link Tags#METRIC}. */
  public Tags tags(long order) {
    return series.tags(SeriesOrder.seriesId(order));
  }

  /** Names of all tags, {@link Tags#METRIC} included, in no particular order. */
  public List<String> tagNames() {
    return registry.names();
  }

  /** All values of a tag in no particular order. */
  public List<String> tagValues(String name) {
    return registry.values(name);
  }

  /** A cursor that reads one series after the other within a range; for one thread. */
  public SeriesCursor cursor(TimeRange range) {
    return new SeriesCursor(runs(range), range);
  }

  /** A cursor for every run with samples in a range, from the lowest sequences to the highest. */
  private List<RunCursor> runs(TimeRange range) {
    var runs = new ArrayList<RunCursor>();
    var decoder = new ChunkDecoder();
    for (StoredBlock stored : snapshot.catalog().overlapping(range)) {
      runs.add(new StoredRunCursor(stored, () -> {
        Block block = blocks.get(stored);
        return visible(block, block.cursor(decoder));
      }));
    }
    for (MemoryBlock run : snapshot.runs()) {
      if (range.overlapsClosed(run.minTime(), run.maxTime())) {
        runs.add(visible(run, run.cursor()));
      }
    }
    return runs;
  }

  /** How many series there are, about. */
  public int seriesCount() {
    return registry.liveCount();
  }

  /** How many blocks and runs in memory there are. */
  public int blockCount() {
    return snapshot.catalog().overlapping(TimeRange.ALL).size()
        + snapshot.runs().size();
  }

  /** A range around all samples within another one, as blocks and runs state it, and how many they hold together. */
  public Bounds bounds(TimeRange within) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    long samples = 0;
    for (StoredBlock stored : snapshot.catalog().overlapping(within)) {
      min = Math.min(min, stored.minTime());
      max = Math.max(max, stored.maxTime());
      samples += stored.count();
    }
    for (MemoryBlock run : snapshot.runs()) {
      if (within.overlapsClosed(run.minTime(), run.maxTime())) {
        min = Math.min(min, run.minTime());
        max = Math.max(max, run.maxTime());
        samples += run.sampleCount();
      }
    }
    min = Math.max(min, within.start());
    max = Math.min(max, within.end() - 1);
    return new Bounds(
        min > max ? new TimeRange(within.start(), within.start()) : new TimeRange(min, max + 1),
        samples);
  }

  /**
   * Where samples may be.
   *
   * @param range empty where there are none
   * @param samplesMax how many there are at most
   */
  public record Bounds(TimeRange range, long samplesMax) {}

  private RunCursor visible(SortedRun run, RunCursor cursor) {
    return MaskedRun.mask(cursor, MaskedRun.concerning(run, snapshot.tombstones()));
  }

  /**
   * The smallest and largest timestamp of the given series, as a half-open range; empty at 0 where they have no samples. Where points were
   * deleted it may be wider.
   */
  public TimeRange extent(long[] orders, TimeRange within) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (RunCursor run : runs(within)) {
      for (long order : orders) {
        if (run.seek(order)) {
          min = Math.min(min, run.minTime());
          max = Math.max(max, run.maxTime());
        }
      }
    }
    min = Math.max(min, within.start());
    max = Math.min(max, within.end() - 1);
    return min > max ? new TimeRange(0, 0) : new TimeRange(min, max + 1);
  }

  /** The given series that may have samples in a range, judged by the bounds of chunks and memory blocks. */
  public long[] present(long[] orders, TimeRange range) {
    if (range.equals(TimeRange.ALL) && snapshot.tombstones().isEmpty()) {
      return orders;
    }
    var kept = new long[orders.length];
    int count = 0;
    List<RunCursor> runs = runs(range);
    for (long order : orders) {
      for (RunCursor run : runs) {
        if (run.seek(order) && run.samples(range).nextTime() != Long.MAX_VALUE) {
          kept[count++] = order;
          break;
        }
      }
    }
    return Arrays.copyOf(kept, count);
  }

  /**
   * The exemplars of the given series within a range, ascending by series, time, value and labels; series are given by their ids.
   *
   * @param holds told again and again about bytes that the result takes; may throw to end the search
   */
  public ExemplarRows exemplars(long[] orders, TimeRange range, LongConsumer holds) {
    var ids = new RoaringBitmap();
    for (long order : orders) {
      ids.add(SeriesOrder.seriesId(order));
    }
    Root root = snapshot.catalog().root();
    var reader = new ExemplarReader(ids, range, snapshot.tombstones(), holds);
    for (StoredBlock stored : ExemplarBlocks.of(root)) {
      holds.accept(0);
      if (reader.concerns(stored)) {
        reader.add(stored, blocks.payload(stored));
      }
    }
    for (ExemplarBatch batch : snapshot.exemplars()) {
      if (batch.sequence() > root.checkpoint()) {
        reader.add(batch);
      }
    }
    return reader.finish();
  }

  /** What is known of metrics and measurements now. */
  public MetadataStore metadata() {
    return snapshot.metadata();
  }

  /** Lets go of the blocks. Further calls do nothing. */
  @Override
  public void close() {
    pin.close();
  }
}
