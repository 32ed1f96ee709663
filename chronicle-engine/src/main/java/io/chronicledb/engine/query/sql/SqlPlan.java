package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.plan.TableNode;
import java.util.List;

/** A statement ready to run. */
public sealed interface SqlPlan {

  /** Names that do not exist, and the like; empty in the ordinary case. */
  List<String> warnings();

  /** A statement that yields rows. */
  record Query(TableNode root, List<String> warnings) implements SqlPlan {
    public Query {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * A query whose plan is shown.
   *
   * @param analyze whether it is also run and measured
   */
  record Explain(Query query, boolean analyze) implements SqlPlan {
    @Override
    public List<String> warnings() {
      return query.warnings();
    }
  }

  /** Deletes the points of the series that all matchers of one of the selectors match, within a range. */
  record Delete(List<List<TagMatcher>> selectors, TimeRange range, List<String> warnings)
      implements SqlPlan {
    public Delete {
      selectors = List.copyOf(selectors);
      warnings = List.copyOf(warnings);
    }
  }
}
