package io.chronicledb.engine.recovery;

import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.column.HistogramRows;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.index.SeriesDictionary;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.metadata.MetadataBlocks;
import io.chronicledb.engine.metadata.MetadataChange;
import io.chronicledb.engine.metadata.MetadataStore;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.partition.SeriesBlocks;
import io.chronicledb.engine.wal.WalBatch;
import io.chronicledb.engine.wal.WalReplay;
import io.chronicledb.engine.wal.WalReplay.LostRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings registry and head to the state in which the last process left them. Replay keeps the sequences, so doing it twice, or after a crash
 * in the middle, gives the same state. Memory stays bounded: a full head is flushed on the way.
 */
public final class Recovery {

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private Recovery() {}

  /**
   * Registers every series that storage knows, under the ids that its blocks use.
   *
   * @throws CorruptionException where a dictionary block is damaged: which series the points of its ids belong to is unknown then, and a point
   *     under a wrong name would be worse than none
   */
  public static void loadSeries(StorageBackend backend, SeriesRegistry registry) {
    for (StoredBlock block : SeriesBlocks.of(backend.root())) {
      try {
        // A dictionary has no checksum of its own, and a flipped bit in it would rename a
        // series.
        backend.check(block);
        SeriesDictionary.load(backend.read(block, 0, block.length()), registry);
      } catch (CorruptionException e) {
        throw new CorruptionException(e.getMessage() + ". Block " + block.id() + " of "
            + backend.name()
            + " names series, so nothing that was stored under its ids can be told apart."
            + " Repair it: ChronicleDatabase.repair keeps the points of every other series");
      }
    }
  }

  /** Reads the metadata of storage. A damaged block costs what it held and no more: points do not need it. */
  public static void loadMetadata(StorageBackend backend, MetadataStore into) {
    try {
      MetadataBlocks.read(backend).forEach(into::load);
    } catch (CorruptionException e) {
      log.error("metadata of metrics is lost: {}", e.getMessage());
    }
  }

  /** A log that can be read. */
  @FunctionalInterface
  public interface Log {

    /** Hands all records of a database's log to the visitor, but for segments that hold nothing after the checkpoint. */
    WalReplay replay(UUID databaseId, long checkpoint, WalBatch.Visitor visitor);
  }

  /**
   * Replays what only the log has into the head.
   *
   * @param makeRoom called after each batch; flushes a full head, where the database is open for writing
   */
  public static RecoveryReport replay(
      StorageBackend backend, Log wal, SeriesRegistry registry, Head head, Runnable makeRoom) {
    Root root = backend.root();
    var replayer = new Replayer(root.checkpoint(), registry, head, makeRoom);
    WalReplay replay = wal.replay(backend.databaseId(), root.checkpoint(), replayer);
    var lost = new ArrayList<LostRange>();
    for (LostRange range : replay.lost()) {
      if (range.last() > root.checkpoint()) {
        lost.add(range); // What storage has is not lost, whatever became of its records.
      }
    }
    return new RecoveryReport(
        root.generation(),
        root.checkpoint(),
        replayer.batches,
        replayer.points,
        replay.tornBytes(),
        List.copyOf(lost),
        replayer.unattributed);
  }

  /** Translates the ids of each segment to those of the registry. */
  private static final class Replayer implements WalBatch.Visitor {

    private static final int UNKNOWN = -1;

    private final long checkpoint;
    private final SeriesRegistry registry;
    private final Head head;
    private final Runnable makeRoom;
    private int[] ids = new int[1024];
    private long batches;
    private long points;
    private long unattributed;

    Replayer(long checkpoint, SeriesRegistry registry, Head head, Runnable makeRoom) {
      this.checkpoint = checkpoint;
      this.registry = registry;
      this.head = head;
      this.makeRoom = makeRoom;
    }

    @Override
    public void segment(long number) {
      Arrays.fill(ids, UNKNOWN);
    }

    @Override
    public void series(int segmentSeriesId, byte[] bytes, int offset, int length) {
      if (segmentSeriesId >= ids.length) {
        int known = ids.length;
        ids = Arrays.copyOf(ids, Math.max(segmentSeriesId + 1, known * 2));
        Arrays.fill(ids, known, ids.length, UNKNOWN);
      }
      ids[segmentSeriesId] = registry.restore(bytes, offset, length);
    }

    @Override
    public void batch(
        long sequence,
        int[] segmentSeriesIds,
        long[] timestamps,
        double[] values,
        @Nullable HistogramColumn histograms,
        int count) {
      if (sequence <= checkpoint) {
        return;
      }
      int kept = 0;
      for (int row = 0; row < count; row++) {
        boolean ofHistogram = HistogramRows.isMarked(segmentSeriesIds[row]);
        int segmentId = HistogramRows.id(segmentSeriesIds[row]);
        int id = segmentId < ids.length ? ids[segmentId] : UNKNOWN;
        if (id == UNKNOWN) {
          unattributed++;
          continue;
        }
        segmentSeriesIds[kept] = ofHistogram ? HistogramRows.marked(id) : id;
        timestamps[kept] = timestamps[row];
        values[kept] = values[row];
        kept++;
      }
      head.append(sequence, segmentSeriesIds, timestamps, values, histograms, kept);
      batches++;
      points += kept;
      makeRoom.run();
    }

    @Override
    public void deletion(long sequence, List<TagMatcher> matchers, TimeRange range) {
      if (sequence <= checkpoint) {
        return;
      }
      RoaringBitmap series = null;
      if (!matchers.isEmpty()) {
        // Series that came later are among them, but have no points that are old enough.
        series = new RoaringBitmap();
        for (long order : registry.select(matchers, () -> {})) {
          series.add(SeriesOrder.seriesId(order));
        }
      }
      head.delete(new Tombstone(sequence, series, range));
      batches++;
    }

    @Override
    public void exemplars(long sequence, ExemplarRows rows) {
      if (sequence <= checkpoint) {
        return;
      }
      var known = new ExemplarRows(rows.size());
      for (int row = 0; row < rows.size(); row++) {
        int segmentId = rows.series(row);
        int id = segmentId < ids.length ? ids[segmentId] : UNKNOWN;
        if (id != UNKNOWN) {
          known.add(id, rows, row);
        }
      }
      head.addExemplars(sequence, known);
      batches++;
      makeRoom.run();
    }

    @Override
    public void metadata(long sequence, List<MetadataChange> changes) {
      if (sequence > checkpoint) {
        head.addMetadata(sequence, changes);
        batches++;
      }
    }
  }
}
