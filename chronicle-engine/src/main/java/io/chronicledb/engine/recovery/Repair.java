package io.chronicledb.engine.recovery;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.backend.datafile.DamagedDataFile;
import io.chronicledb.engine.block.Block;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.exemplar.ExemplarBlock;
import io.chronicledb.engine.exemplar.ExemplarBlocks;
import io.chronicledb.engine.integrity.IntegrityCheck;
import io.chronicledb.engine.integrity.IntegrityReport;
import io.chronicledb.engine.metadata.MetadataBlocks;
import io.chronicledb.engine.metadata.MetadataFormat;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.partition.TombstoneList;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.wal.WalCoverage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Makes a sound data file out of a damaged one, which it does not touch. Every block that is whole is kept; of a data block that is not, every
 * chunk that is. Points of series whose names are lost are dropped, since a point under a wrong name is worse than none.
 *
 * <p>The new file is of the same database, so that the log belongs to it: put in the place of the damaged one, it is opened as ever, and what
 * only the log has is replayed.
 */
public final class Repair {

  private final DamagedDataFile file;
  private final RepairPlan plan;
  private final Progress progress;
  private final SurvivingSeries series = new SurvivingSeries();
  private final List<RepairReport.Loss> losses = new ArrayList<>();
  private final List<StoredBlock> stored = new ArrayList<>();

  /** Told how far a repair is. */
  public interface Progress {

    /** @param step what is being done, such as "reading" */
    void at(String step, long done, long total);
  }

  private Repair(DamagedDataFile file, RepairPlan plan, Progress progress) {
    this.file = file;
    this.plan = plan;
    this.progress = progress;
    losses.addAll(plan.losses());
  }

  /**
   * Repairs a data file that nobody writes; writers are kept out meanwhile.
   *
   * @param damaged the data file
   * @param lockPath what a writer of it locks; where there is none, nothing ever wrote here
   * @param log the directory of its log, which is only looked at; need not exist
   * @param target the new data file; must not exist
   * @throws ChronicleException with {@code corruption} where nothing can be saved, {@code bad_data} where the target exists, {@code locked}
   *     where the damaged file is open for writing
   */
  public static RepairReport run(
      Disk disk, Path damaged, Path lockPath, Path log, Path target, Progress progress) {
    if (!disk.exists(damaged)) {
      throw new ChronicleException(ErrorCode.NOT_FOUND, "there is no data file at " + damaged);
    }
    if (disk.exists(target)) {
      throw new ChronicleException(
          ErrorCode.BAD_DATA, target + " exists; a repair writes a new file and replaces none");
    }
    Path temporary = target.resolveSibling(target.getFileName() + ".repair");
    try (DamagedDataFile file = DamagedDataFile.open(
        disk, damaged, lockPath, offset -> progress.at("reading", offset, offset))) {
      OptionalLong logStart = WalCoverage.firstSequence(disk, log);
      if (disk.exists(temporary)) {
        disk.delete(temporary);
      }
      RepairReport report;
      var repair = new Repair(file, RepairPlan.of(file, logStart), progress);
      try (StorageBackend successor = file.createSuccessor(disk, temporary)) {
        report = repair.write(successor);
      }
      disk.rename(temporary, target);
      Path directory = target.toAbsolutePath().getParent();
      if (directory != null) {
        disk.syncDirectory(directory);
      }
      return report;
    } catch (IOException e) {
      throw new ChronicleException(
          ErrorCode.STORAGE_WRITE, "cannot repair " + damaged + " into " + target + ": " + e, e);
    }
  }

  private RepairReport write(StorageBackend successor) {
    loadSeries();
    for (NewBlock block : series.blocks()) {
      stored.add(successor.put(block));
    }
    long done = 0;
    for (Survivor survivor : plan.survivors()) {
      progress.at("writing", ++done, plan.survivors().size());
      try {
        switch (survivor.kind()) {
          case DATA -> keepData(survivor, successor);
          case TOMBSTONES -> keepTombstones(survivor, successor);
          case EXEMPLARS -> keepExemplars(survivor, successor);
          case METADATA -> keepMetadata(survivor, successor);
          default -> {} // Dictionaries are kept already, and an index is made anew.
        }
      } catch (ChronicleException e) {
        if (!isDamage(e, survivor)) {
          throw e;
        }
        losses.add(survivor.lost(String.valueOf(e.getMessage())));
      }
    }
    // Twice, so that both slots name it: neither must lead back to the empty root.
    commit(successor);
    commit(successor);
    IntegrityReport check = IntegrityCheck.run(successor);
    if (!check.isSound()) {
      throw new CorruptionException(
          "what is left of " + successor.name() + " contradicts itself: " + check.damages());
    }
    return new RepairReport(
        stored.size(),
        check.samples(),
        successor.storageBytes(),
        plan.checkpoint(),
        plan.rooted(),
        losses);
  }

  /** A version that this program does not know is a flipped bit in a block that is damaged anyway, and a reason to stop in one that is not. */
  private static boolean isDamage(ChronicleException e, Survivor survivor) {
    return e.code() == ErrorCode.CORRUPTION
        || e.code() == ErrorCode.UNSUPPORTED && !survivor.isSound();
  }

  private void commit(StorageBackend successor) {
    Root root = successor.root();
    successor.commit(root, new Root(root.generation() + 1, plan.checkpoint(), stored));
  }

  private void loadSeries() {
    for (Survivor survivor : plan.survivors()) {
      if (survivor.kind() != BlockKind.SERIES) {
        continue;
      }
      if (!survivor.isSound()) {
        losses.add(survivor.lost("the names of its series do not match their checksum"));
        series.lose(survivor);
        continue;
      }
      try {
        series.load(survivor, survivor.payload(file));
      } catch (CorruptionException e) {
        losses.add(survivor.lost(String.valueOf(e.getMessage())));
      }
    }
  }

  private void keepData(Survivor survivor, StorageBackend successor) {
    ByteBuffer payload = survivor.payload(file);
    Block block = Block.open(
        (offset, length) -> BlockSalvage.slice(payload, offset, length), "block " + survivor.id());
    StoredBlock entry = survivor.entry();
    if (entry != null
        && (!block.window().equals(entry.window())
            || block.firstSequence() != entry.firstSequence()
            || block.lastSequence() != entry.lastSequence()
            || block.sampleCount() != entry.count())) {
      throw new CorruptionException("another block stands in its place");
    }
    if (survivor.isSound() && BlockSalvage.hasOnlyKnownSeries(block, series)) {
      stored.add(successor.put(BlockSalvage.data(block, payload)));
      return;
    }
    var salvage = new BlockSalvage(block, series);
    NewBlock rewritten = salvage.rewrite();
    if (rewritten != null) {
      stored.add(successor.put(rewritten));
    }
    RepairReport.Loss loss = salvage.loss(survivor.id(), rewritten == null ? 0 : rewritten.count());
    if (loss != null) {
      losses.add(loss);
    }
  }

  private void keepExemplars(Survivor survivor, StorageBackend successor) {
    var kept = new ExemplarRows(64);
    var lost = new ArrayList<Integer>();
    ExemplarBlock.decode(survivor.payload(file), (id, timestamp, value, labels, offset, length) -> {
      if (series.hasId(id)) {
        kept.add(id, timestamp, value, labels, offset, length);
      } else {
        lost.add(id);
      }
    });
    if (!kept.isEmpty()) {
      stored.add(successor.put(ExemplarBlocks.block(
          kept, survivor.firstSequence(), survivor.lastSequence(), List.of())));
    }
    if (!lost.isEmpty()) {
      losses.add(new RepairReport.Loss(
          survivor.id(),
          BlockKind.EXEMPLARS,
          new TimeRange(0, 0),
          survivor.firstSequence(),
          survivor.lastSequence(),
          lost.get(0),
          lost.get(lost.size() - 1),
          lost.size(),
          "exemplars of series whose names are lost"));
    }
  }

  private void keepMetadata(Survivor survivor, StorageBackend successor) {
    ByteBuffer payload = survivor.payload(file);
    int entries = MetadataFormat.decodeBlock(payload, entry -> {});
    // What a flush that does not count brought is in the log as well.
    long sequence = Math.min(survivor.lastSequence(), plan.checkpoint());
    stored.add(successor.put(MetadataBlocks.block(payload, entries, sequence, List.of())));
  }

  private void keepTombstones(Survivor survivor, StorageBackend successor) {
    if (!survivor.isSound()) {
      throw new CorruptionException(
          "the list of deletions does not match its checksum; deleted points that no merge has removed yet come back");
    }
    ByteBuffer payload = survivor.payload(file);
    int count = TombstoneList.decode(payload).size();
    stored.add(successor.put(new NewBlock(
        BlockKind.TOMBSTONES,
        survivor.firstSequence(),
        survivor.lastSequence(),
        new TimeRange(0, 0),
        0,
        0,
        0,
        0,
        count,
        List.of(),
        payload)));
  }
}
