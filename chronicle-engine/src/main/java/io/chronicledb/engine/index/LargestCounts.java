package io.chronicledb.engine.index;

import io.chronicledb.engine.model.SeriesStatistics.Count;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Supplier;

/** Keeps the largest of many counts, any of equal ones; only those that are kept in the end are given a name. Not thread-safe. */
final class LargestCounts {

  private record Candidate(long count, Supplier<String> name) {}

  private final int limit;
  private final PriorityQueue<Candidate> kept =
      new PriorityQueue<>(Comparator.comparingLong(Candidate::count));

  /** @param limit how many are kept; at least one */
  LargestCounts(int limit) {
    this.limit = limit;
  }

  void add(long count, Supplier<String> name) {
    if (kept.size() < limit) {
      kept.add(new Candidate(count, name));
    } else if (kept.element().count() < count) {
      kept.remove();
      kept.add(new Candidate(count, name));
    }
  }

  /** The largest first; equal ones by name. */
  List<Count> names() {
    return kept.stream()
        .map(candidate -> new Count(candidate.name().get(), candidate.count()))
        .sorted(Comparator.comparingLong(Count::count).reversed().thenComparing(Count::name))
        .toList();
  }
}
