package io.chronicledb.engine.integrity;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.block.Block;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.SampleCursor;
import io.chronicledb.engine.codec.ChunkDecoder;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.exemplar.ExemplarBlocks;
import io.chronicledb.engine.index.SeriesDictionary;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.metadata.MetadataFormat;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.partition.SeriesBlocks;
import io.chronicledb.engine.partition.TombstoneList;
import io.chronicledb.engine.storage.Disk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Checks the blocks of a root: checksums, formats, order, and that each agrees with what the root says of it. */
public final class IntegrityCheck {

  private final StorageBackend backend;
  private final List<String> damages = new ArrayList<>();
  private final ChunkDecoder decoder = new ChunkDecoder();
  private long blocks;
  private long samples;

  private IntegrityCheck(StorageBackend backend) {
    this.backend = backend;
  }

  /** Reads every block that the present root names. */
  public static IntegrityReport run(StorageBackend backend) {
    var check = new IntegrityCheck(backend);
    check.walk(backend.root());
    return new IntegrityReport(check.blocks, check.samples, check.damages);
  }

  /**
   * Checks a data file, whether or not a process has it open, without changing anything of a closed one.
   *
   * @param lockPath the writer's lock, in the directory of the log
   * @throws ChronicleException where the file cannot be read at all; one that holds no sound root is a damage in the report
   */
  public static IntegrityReport run(Disk disk, Path data, Path lockPath) {
    try (StorageBackend backend = DataFileBackend.openForCheck(disk, data, lockPath)) {
      return run(backend);
    } catch (CorruptionException e) {
      return new IntegrityReport(0, 0, List.of(String.valueOf(e.getMessage())));
    }
  }

  private void walk(Root root) {
    var ids = new HashSet<Long>();
    var registry = new SeriesRegistry();
    // The dictionary comes first, since it says which series the data may name.
    for (BlockKind kind : List.of(
        BlockKind.SERIES,
        BlockKind.DATA,
        BlockKind.TOMBSTONES,
        BlockKind.EXEMPLARS,
        BlockKind.METADATA)) {
      for (StoredBlock block :
          kind == BlockKind.SERIES ? SeriesBlocks.of(root) : root.blocks(kind)) {
        blocks++;
        expect(ids.add(block.id()), "block " + block.id() + " is listed twice");
        expect(
            block.firstSequence() <= block.lastSequence()
                && block.lastSequence() <= root.checkpoint(),
            "block " + block.id() + " holds sequences " + block.firstSequence() + " to "
                + block.lastSequence() + ", the checkpoint is " + root.checkpoint());
        try {
          backend.check(block);
          walk(block, registry);
        } catch (ChronicleException e) {
          damages.add(String.valueOf(e.getMessage()));
        }
      }
    }
  }

  private void walk(StoredBlock block, SeriesRegistry registry) {
    switch (block.kind()) {
      case SERIES -> {
        int before = registry.size();
        SeriesDictionary.load(backend.read(block, 0, block.length()), registry);
        expect(
            registry.size() - before == block.count(),
            "block " + block.id() + " holds another number of series");
      }
      case DATA -> walkSamples(block, registry);
      case TOMBSTONES -> {
        int tombstones =
            TombstoneList.decode(backend.read(block, 0, block.length())).size();
        expect(
            tombstones == block.count(),
            "block " + block.id() + " holds another number of tombstones");
      }
      case EXEMPLARS -> walkExemplars(block, registry);
      case METADATA -> {
        int entries =
            MetadataFormat.decodeBlock(backend.read(block, 0, block.length()), entry -> {});
        expect(
            entries == block.count(), "block " + block.id() + " holds another number of entries");
      }
      case INDEX -> damages.add("block " + block.id() + " is an index, which no root may list");
    }
  }

  private void walkSamples(StoredBlock stored, SeriesRegistry registry) {
    String name = "block " + stored.id();
    Block block = Block.open((offset, length) -> backend.read(stored, offset, length), name);
    expect(
        block.window().equals(stored.window()),
        name + " covers another window than the index says");
    expect(
        block.firstSequence() == stored.firstSequence()
            && block.lastSequence() == stored.lastSequence(),
        name + " holds other sequences than the index says");
    long count = 0;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    RunCursor series = block.scan(decoder);
    while (series.next()) {
      int id = SeriesOrder.seriesId(series.order());
      expect(
          registry.isLive(id) && registry.order(id) == series.order(),
          name + " holds series " + id + ", which the series dictionary does not know");
      SampleCursor cursor = series.samples(TimeRange.ALL);
      long previous = Long.MIN_VALUE;
      boolean first = true;
      while (cursor.next()) {
        for (int row = cursor.start(); row < cursor.end(); row++) {
          long time = cursor.timestamps()[row];
          if (!first && time <= previous) {
            damages.add(name + ": series " + id + " goes back in time at " + time);
          }
          first = false;
          previous = time;
          min = Math.min(min, time);
          max = Math.max(max, time);
        }
        count += cursor.end() - cursor.start();
      }
    }
    samples += count;
    expect(
        count == stored.count(),
        name + " holds " + count + " samples, the index says " + stored.count());
    expect(
        count == 0 || (min == stored.minTime() && max == stored.maxTime()),
        name + " spans other times than the index says");
    expect(
        block.firstOrder() == stored.firstOrder() && block.lastOrder() == stored.lastOrder(),
        name + " holds other series than the index says");
    expect(
        count == 0 || (stored.window().contains(min) && stored.window().contains(max)),
        name + " holds samples outside of its window");
  }

  private void walkExemplars(StoredBlock stored, SeriesRegistry registry) {
    String name = "block " + stored.id();
    ExemplarRows rows = ExemplarBlocks.read(backend, stored);
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int row = 0; row < rows.size(); row++) {
      int id = rows.series(row);
      expect(
          registry.isLive(id),
          name + " holds an exemplar of series " + id
              + ", which the series dictionary does not know");
      expect(
          row == 0 || rows.compare(row - 1, rows, row) < 0,
          name + ": exemplar " + row + " stands behind one that it should precede");
      rows.exemplar(row); // Its labels must be some; else this throws.
      min = Math.min(min, rows.timestamp(row));
      max = Math.max(max, rows.timestamp(row));
    }
    expect(
        rows.size() == stored.count(),
        name + " holds " + rows.size() + " exemplars, the index says " + stored.count());
    expect(
        !rows.isEmpty()
            && min == stored.minTime()
            && max == stored.maxTime()
            && rows.series(0) == stored.firstOrder()
            && rows.series(rows.size() - 1) == stored.lastOrder(),
        name + " spans other times or series than the index says");
  }

  private void expect(boolean holds, String damage) {
    if (!holds) {
      damages.add(damage);
    }
  }
}
