package io.chronicledb.engine.index;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import java.util.ArrayList;
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

  /** Ids that all matchers match, ascending. */
  int[] select(List<TagMatcher> matchers, int size) {
    RoaringBitmap selected = null;
    // Matchers that name values narrow the set; those that hold for an absent tag then only take
    // away from it.
    for (TagMatcher matcher : matchers) {
      ValueMatcher values = ValueMatcher.of(matcher);
      if (!values.matches("")) {
        RoaringBitmap matching = union(matcher.name(), values);
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
    for (TagMatcher matcher : matchers) {
      ValueMatcher values = ValueMatcher.of(matcher);
      if (values.matches("")) {
        selected.andNot(union(matcher.name(), values.negate()));
      }
    }
    return selected.toArray();
  }

  /** The series that carry the tag with a matching value; a bitmap of the caller's own. */
  private RoaringBitmap union(String name, ValueMatcher matcher) {
    Map<String, RoaringBitmap> values = postings.getOrDefault(name, Map.of());
    var union = new RoaringBitmap();
    if (matcher.literals() != null) {
      for (String literal : matcher.literals()) {
        RoaringBitmap ids = values.get(literal);
        if (ids != null) {
          union.or(ids);
        }
      }
      return union;
    }
    values.forEach((value, ids) -> {
      if (matcher.matches(value)) {
        union.or(ids);
      }
    });
    return union;
  }
}
