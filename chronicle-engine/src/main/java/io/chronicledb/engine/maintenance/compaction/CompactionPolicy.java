package io.chronicledb.engine.maintenance.compaction;

import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.partition.PartitionCatalog;
import io.chronicledb.engine.partition.PartitionWindows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides what to merge; the package's description says by which rules. Works on the catalogue alone. */
final class CompactionPolicy {

  /** So many neighbours of about one size become one. */
  static final int FANOUT = 8;
  /** Late points are coalesced once they are at least this part of their span. */
  static final int LATE_SHARE = 8;
  /** Units that one merge reads at most; each takes a few buffers. */
  static final int UNITS_MAX = 64;

  private static final long DAY_NANOS = 86_400_000_000_000L;

  private final PartitionWindows spans;

  /** @param partitionNanos the width of a partition; a span is as wide where that is more than a day */
  CompactionPolicy(long partitionNanos) {
    this.spans = new PartitionWindows(Math.max(DAY_NANOS, partitionNanos));
  }

  /** Blocks of one span that have the same sequences: what one flush or one merge wrote, one part for each window or stretch of series. */
  private record Unit(List<StoredBlock> blocks, long bytes) {}

  /** The span that a window lies in; the window itself where it is too wide for one. */
  TimeRange span(TimeRange window) {
    TimeRange span = spans.window(window.start());
    return window.end() <= span.end() ? span : window;
  }

  /** All spans with blocks, ascending, and their blocks in the order of readers. */
  private Map<TimeRange, List<StoredBlock>> bySpan(PartitionCatalog catalog) {
    var bySpan = new LinkedHashMap<TimeRange, List<StoredBlock>>();
    catalog.blocks().stream()
        .sorted(Comparator.comparingLong((StoredBlock block) -> block.window().start())
            .thenComparingLong(StoredBlock::firstSequence)
            .thenComparingLong(StoredBlock::id))
        .forEach(block -> bySpan
            .computeIfAbsent(span(block.window()), span -> new ArrayList<>())
            .add(block));
    bySpan
        .values()
        .forEach(blocks -> blocks.sort(Comparator.comparingLong(StoredBlock::firstSequence)
            .thenComparingLong(StoredBlock::id)));
    return bySpan;
  }

  /** The highest sequence in each span: what has not changed since a former look is quiet. */
  Map<TimeRange, Long> lastSequences(PartitionCatalog catalog) {
    var last = new LinkedHashMap<TimeRange, Long>();
    bySpan(catalog)
        .forEach((span, blocks) -> last.put(
            span, blocks.stream().mapToLong(StoredBlock::lastSequence).max().orElse(0)));
    return last;
  }

  /** A merge of neighbours that have piled up in some span; null where none has enough. */
  @Nullable
  Merge piledUp(PartitionCatalog catalog) {
    for (Map.Entry<TimeRange, List<StoredBlock>> entry : bySpan(catalog).entrySet()) {
      List<Unit> units = units(entry.getValue());
      List<Unit> chosen = ofOneSize(units);
      if (!chosen.isEmpty()) {
        Merge merge = merge(chosen, entry.getKey(), Effort.FRESH, catalog);
        if (merge != null) {
          return merge;
        }
      }
    }
    return null;
  }

  /**
   * A merge that coalesces a span; null where none is due.
   *
   * @param quiet whether a span is not written to any more
   * @param force also where little came late
   */
  @Nullable
  Merge coalescing(PartitionCatalog catalog, Predicate<TimeRange> quiet, boolean force) {
    for (Map.Entry<TimeRange, List<StoredBlock>> entry : bySpan(catalog).entrySet()) {
      TimeRange span = entry.getKey();
      List<Unit> units = units(entry.getValue());
      if (isCoalesced(units, span) || !quiet.test(span)) {
        continue;
      }
      Unit first = units.get(0);
      long late = units.stream().skip(1).mapToLong(Unit::bytes).sum();
      boolean wholeBefore = isCoalesced(List.of(first), span);
      if (wholeBefore && !force && late < first.bytes / LATE_SHARE) {
        continue;
      }
      Merge merge = merge(units, span, Effort.COLD, catalog);
      if (merge != null) {
        return merge;
      }
    }
    return null;
  }

  private static boolean isCoalesced(List<Unit> units, TimeRange span) {
    return units.size() == 1
        && units.get(0).blocks.stream().allMatch(block -> block.window().equals(span));
  }

  private static List<Unit> units(List<StoredBlock> blocks) {
    var units = new ArrayList<Unit>();
    int from = 0;
    for (int i = 1; i <= blocks.size(); i++) {
      if (i == blocks.size()
          || blocks.get(i).firstSequence() != blocks.get(from).firstSequence()
          || blocks.get(i).lastSequence() != blocks.get(from).lastSequence()) {
        List<StoredBlock> parts = blocks.subList(from, i);
        units.add(new Unit(parts, parts.stream().mapToLong(StoredBlock::length).sum()));
        from = i;
      }
    }
    return units;
  }

  /** The newest stretch of neighbours that are within a factor of the fan-out of each other; empty where it is too short. */
  private static List<Unit> ofOneSize(List<Unit> units) {
    int end = units.size();
    while (end >= FANOUT) {
      long smallest = Math.max(1, units.get(end - 1).bytes);
      int start = end - 1;
      while (start > 0 && units.get(start - 1).bytes < smallest * FANOUT) {
        start--;
      }
      if (end - start >= FANOUT) {
        return units.subList(start, end);
      }
      end = start;
    }
    return List.of();
  }

  /** The longest part of a stretch, from its start, that may be merged; null where that is one unit that is as it should be. */
  private static @Nullable Merge merge(
      List<Unit> units, TimeRange span, Effort effort, PartitionCatalog catalog) {
    for (int start = 0; start < units.size(); start++) {
      int end = start + 1;
      while (end < units.size()
          && end - start < UNITS_MAX
          && isFree(units.subList(start, end + 1), catalog)) {
        end++;
      }
      List<Unit> chosen = units.subList(start, end);
      if (chosen.size() > 1 || (effort == Effort.COLD && !isCoalesced(chosen, span))) {
        List<StoredBlock> blocks = blocks(chosen);
        TimeRange window = blocks.get(0).window();
        boolean oneWindow =
            effort == Effort.FRESH && blocks.stream().allMatch(b -> b.window().equals(window));
        return new Merge(blocks, oneWindow ? window : span, effort);
      }
    }
    return null;
  }

  private static List<StoredBlock> blocks(List<Unit> units) {
    return units.stream().flatMap(unit -> unit.blocks.stream()).toList();
  }

  /**
   * Whether no block outside stands between the first of these and a later one in sequence while it overlaps that in time. Another part of the
   * first one's flush stands there too: once it is rewritten or moved, it would come after the merged block.
   */
  private static boolean isFree(List<Unit> units, PartitionCatalog catalog) {
    List<StoredBlock> blocks = blocks(units);
    Set<Long> ids = new HashSet<>();
    blocks.forEach(block -> ids.add(block.id()));
    long first = blocks.get(0).firstSequence();
    for (StoredBlock other : catalog.blocks()) {
      if (other.firstSequence() < first || ids.contains(other.id())) {
        continue;
      }
      for (StoredBlock block : blocks) {
        if (other.firstSequence() < block.firstSequence()
            && other.minTime() <= block.maxTime()
            && block.minTime() <= other.maxTime()) {
          return false;
        }
      }
    }
    return true;
  }
}
