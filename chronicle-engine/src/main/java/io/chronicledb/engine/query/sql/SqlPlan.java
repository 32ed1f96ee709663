package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.query.plan.PlanNode.TableNode;
import java.util.List;

/**
 * A SELECT ready to run.
 *
 * @param metrics names of the metrics that it reads, to warn about those that do not exist
 * @param tags names of the tags that it speaks of, likewise
 */
public record SqlPlan(TableNode root, List<String> metrics, List<String> tags) {

  public SqlPlan {
    metrics = List.copyOf(metrics);
    tags = List.copyOf(tags);
  }
}
