package io.chronicledb.engine.recovery;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.backend.datafile.DamagedDataFile;
import io.chronicledb.engine.backend.datafile.FoundBlock;
import io.chronicledb.engine.index.SeriesDictionary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which blocks of a damaged file count.
 *
 * <p><b>With a root</b> they are those that it names. The newest root whose blocks are all whole is taken if the log has everything after
 * it, even where a later one is known: replaying loses nothing, a damaged block does.
 *
 * <p><b>Without one</b> they are all that are found, except those that others replace. Whether the last commit was completed is unknown then,
 * so what it brought is dropped where what it came from is still there: the blocks that a merge replaced, or, for a flush, the log.
 *
 * @param survivors by ascending id
 * @param checkpoint of the new root
 * @param rooted whether a root says which blocks there were
 */
record RepairPlan(
    List<Survivor> survivors, long checkpoint, List<RepairReport.Loss> losses, boolean rooted) {

  /** @param logStart the first sequence that the log has; empty without a log */
  static RepairPlan of(DamagedDataFile file, OptionalLong logStart) {
    List<Root> roots = file.roots();
    for (Root root : roots) {
      RepairPlan plan = of(file, root);
      if (plan.survivors.stream().allMatch(Survivor::isSound)
          && hasAllAfter(root, file, logStart)) {
        return plan;
      }
    }
    if (!roots.isEmpty() && hasAllAfter(roots.get(0), file, logStart)) {
      return of(file, roots.get(0));
    }
    return new Walk(file, logStart).plan();
  }

  /** Whether no block, or else the log, has sequences after the root's. */
  private static boolean hasAllAfter(Root root, DamagedDataFile file, OptionalLong logStart) {
    return covers(logStart, root.checkpoint() + 1)
        || file.blocks().stream()
            .noneMatch(block -> isOwn(block, file)
                && block.kind() != BlockKind.INDEX
                && block.lastSequence() > root.checkpoint());
  }

  private static boolean covers(OptionalLong logStart, long sequence) {
    return logStart.isPresent() && logStart.getAsLong() <= sequence;
  }

  private static boolean isOwn(FoundBlock block, DamagedDataFile file) {
    return block.sound() && block.databaseId().equals(file.databaseId());
  }

  private static RepairPlan of(DamagedDataFile file, Root root) {
    var survivors = new ArrayList<Survivor>();
    for (StoredBlock block : root.blocks()) {
      survivors.add(new Survivor(block, file.find(block)));
    }
    return new RepairPlan(survivors, root.checkpoint(), List.of(), true);
  }

  /** The choice among the blocks that a walk over the file found. */
  private static final class Walk {

    private final DamagedDataFile file;
    private final OptionalLong logStart;
    private final List<RepairReport.Loss> losses = new ArrayList<>();
    private final Map<Long, FoundBlock> sound = new HashMap<>();
    private final List<FoundBlock> damaged = new ArrayList<>();
    private long lastGeneration;

    Walk(DamagedDataFile file, OptionalLong logStart) {
      this.file = file;
      this.logStart = logStart;
    }

    RepairPlan plan() {
      sort();
      Set<Long> dropped = replaced();
      var kept = new ArrayList<FoundBlock>();
      for (FoundBlock block : sound.values()) {
        if (!dropped.contains(block.id())) {
          kept.add(block);
        }
      }
      dropOlder(BlockKind.TOMBSTONES, kept);
      dropOlder(BlockKind.METADATA, kept);
      for (FoundBlock block : damaged) {
        if (!dropped.contains(block.id())) {
          kept.add(block);
        }
      }
      long checkpoint = dropLastFlush(kept);
      kept.sort(Comparator.comparingLong(FoundBlock::id));
      return new RepairPlan(kept.stream().map(Survivor::of).toList(), checkpoint, losses, false);
    }

    private void sort() {
      for (FoundBlock block : file.blocks()) {
        if (!block.databaseId().equals(file.databaseId())) {
          if (block.sound()) {
            losses.add(Survivor.of(block).lost("it belongs to database " + block.databaseId()));
          }
        } else if (block.sound()) {
          lastGeneration = Math.max(lastGeneration, block.generation());
          if (block.kind() != BlockKind.INDEX) {
            sound.merge(block.id(), block, (a, b) -> b.generation() > a.generation() ? b : a);
          }
        }
      }
      for (FoundBlock block : file.blocks()) {
        if (!block.sound()
            && block.databaseId().equals(file.databaseId())
            && block.kind() != BlockKind.INDEX
            && !sound.containsKey(block.id())) {
          damaged.add(block);
        }
      }
    }

    /** Ids of blocks that do not count since another one, or what they came from, does. */
    private Set<Long> replaced() {
      var merged = new ArrayList<>(sound.values());
      merged.addAll(damaged);
      merged.removeIf(block -> block.replaces().isEmpty());
      merged.sort(Comparator.comparingLong(FoundBlock::id).reversed());
      var undone = new HashSet<Long>();
      for (FoundBlock block : merged) {
        boolean doubtful = !block.sound() || block.generation() >= lastGeneration;
        if (doubtful && sound.keySet().containsAll(block.replaces())) {
          // With it go those that came from the same blocks, and hold the rest of their points.
          List<FoundBlock> siblings = merged.stream()
              .filter(other -> other.replaces().stream().anyMatch(block.replaces()::contains))
              .toList();
          // Metadata is right, committed or not: it was acknowledged before.
          boolean metadata = block.kind() == BlockKind.METADATA && block.sound();
          if (!metadata && !isWholeDictionary(siblings, block.replaces())) {
            siblings.forEach(sibling -> undone.add(sibling.id()));
          }
        }
      }
      var replaced = new HashSet<Long>();
      for (FoundBlock block : merged) {
        if (!undone.contains(block.id())) {
          for (long id : block.replaces()) {
            FoundBlock other = sound.get(id);
            // What a damaged header says is believed where the blocks agree.
            if (block.sound()
                || other != null
                    && other.firstSequence() >= block.firstSequence()
                    && other.lastSequence() <= block.lastSequence()) {
              replaced.add(id);
            }
          }
        }
      }
      replaced.addAll(undone);
      return replaced;
    }

    /**
     * Whether dictionary blocks have all ids of those that they replace. Then they are right, committed or not, and name series that points
     * of the last flush belong to.
     */
    private boolean isWholeDictionary(List<FoundBlock> siblings, List<Long> replaced) {
      if (!siblings.stream().allMatch(block -> block.kind() == BlockKind.SERIES && block.sound())) {
        return false;
      }
      int end = 0;
      for (FoundBlock block : siblings) {
        end = Math.max(end, SeriesDictionary.endId(file.payload(block)));
      }
      int replacedEnd = 0;
      for (long id : replaced) {
        FoundBlock block = sound.get(id);
        if (block != null && block.kind() == BlockKind.SERIES) {
          replacedEnd = Math.max(replacedEnd, SeriesDictionary.endId(file.payload(block)));
        }
      }
      return end >= replacedEnd;
    }

    /** A list of deletions replaces the one before, also where it does not say so; metadata as well. */
    private static void dropOlder(BlockKind kind, List<FoundBlock> kept) {
      long newest = kept.stream()
          .filter(block -> block.kind() == kind)
          .mapToLong(FoundBlock::id)
          .max()
          .orElse(0);
      kept.removeIf(block -> block.kind() == kind && block.id() < newest);
    }

    /**
     * Drops the blocks of the last flush where the log has their points: its other blocks may never have been written.
     *
     * @return the checkpoint
     */
    private long dropLastFlush(List<FoundBlock> all) {
      // Metadata tells of no other block of its flush, and replaying it again changes nothing.
      List<FoundBlock> metadata =
          all.stream().filter(block -> block.kind() == BlockKind.METADATA).toList();
      var kept = new ArrayList<>(all);
      kept.removeAll(metadata);
      long checkpoint = dropLastFlushOf(kept);
      all.retainAll(kept);
      all.addAll(metadata);
      long known = metadata.stream().mapToLong(FoundBlock::lastSequence).max().orElse(0);
      return covers(logStart, checkpoint + 1) ? checkpoint : Math.max(checkpoint, known);
    }

    private long dropLastFlushOf(List<FoundBlock> kept) {
      long last = kept.stream().mapToLong(FoundBlock::lastSequence).max().orElse(0);
      var flushed = new ArrayList<FoundBlock>();
      long before = 0;
      for (FoundBlock block : kept) {
        if (block.lastSequence() == last && block.replaces().isEmpty()) {
          flushed.add(block);
        } else {
          before = Math.max(before, block.lastSequence());
        }
      }
      long first = flushed.stream().mapToLong(FoundBlock::firstSequence).min().orElse(0);
      if (flushed.isEmpty() || before >= first || !covers(logStart, before + 1)) {
        return last;
      }
      kept.removeAll(flushed);
      return before;
    }
  }
}
