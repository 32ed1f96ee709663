package io.chronicledb.engine.query;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import java.util.List;

/** Deletes points, for the statement that says so. */
@FunctionalInterface
public interface Deletions {

  /**
   * Deletes all points written so far of the series that all matchers match, within a range.
   */
  void delete(List<TagMatcher> matchers, TimeRange range);
}
