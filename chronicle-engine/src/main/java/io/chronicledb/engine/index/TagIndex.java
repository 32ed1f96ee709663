package io.chronicledb.engine.index;

import io.chronicledb.engine.model.Tags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * The inverted index: tag name to value to the postings of the series that carry it. Matchers work on the distinct values first, then on
 * postings. Guarded by the registry.
 */
final class TagIndex {

  private final Map<String, Map<String, RoaringBitmap>> postings = new HashMap<>();

  void add(int id, Tags labels) {
    labels.forEach((name, value) -> postings
        .computeIfAbsent(name, n -> new HashMap<>())
        .computeIfAbsent(value, v -> new RoaringBitmap())
        .add(id));
  }

  List<String> names() {
    return new ArrayList<>(postings.keySet());
  }

  List<String> values(String name) {
    return new ArrayList<>(postings.getOrDefault(name, Map.of()).keySet());
  }

  /**
   * What a matcher comes to: only series that carry one of some values, or all series but those.
   *
   * @param name the tag
   */
  record Condition(String name, Collection<String> values, boolean include) {}

  /** Ids for which all conditions hold, ascending. */
  int[] select(List<Condition> conditions, int size) {
    RoaringBitmap selected = null;
    // Conditions that name values narrow the set; those that hold for an absent tag then only take
    // away from it.
    for (Condition condition : conditions) {
      if (condition.include()) {
        RoaringBitmap matching = union(condition);
        if (selected == null) {
          selected = matching;
        } else {
          selected.and(matching);
        }
      }
    }
    if (selected == null) {
      selected = new RoaringBitmap();
      selected.add(0L, size);
    }
    for (Condition condition : conditions) {
      if (!condition.include()) {
        selected.andNot(union(condition));
      }
    }
    return selected.toArray();
  }

  /** The series that carry the tag with one of the values; a bitmap of the caller's own. */
  private RoaringBitmap union(Condition condition) {
    Map<String, RoaringBitmap> values = postings.getOrDefault(condition.name(), Map.of());
    var union = new RoaringBitmap();
    for (String value : condition.values()) {
      RoaringBitmap ids = values.get(value);
      if (ids != null) {
        union.or(ids);
      }
    }
    return union;
  }
}
