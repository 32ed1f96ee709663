package io.chronicledb.engine.query.optimize;

import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Groups;

/** Lets the statistics in the chunk directories answer for whole chunks. Whether they can is seen chunk by chunk. */
final class AnswerFromStatistics extends Rewrite {

  @Override
  TableNode apply(TableNode plan) {
    return bottomUp(
        plan,
        node -> node instanceof Groups groups
            ? new Groups(
                groups.parts(),
                groups.keys(),
                groups.buckets(),
                groups.range(),
                groups.always(),
                true)
            : node);
  }
}
