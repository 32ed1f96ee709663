package io.chronicledb.engine.query.optimize;

import io.chronicledb.engine.query.plan.TableNode;
import java.util.List;
import java.util.function.UnaryOperator;

/** One change of plans. Stateless. */
abstract class Rewrite {

  /** The plan, changed or as it is. */
  abstract TableNode apply(TableNode plan);

  /** Changes every node from the leaves up. */
  static TableNode bottomUp(TableNode node, UnaryOperator<TableNode> change) {
    List<TableNode> inputs =
        node.inputs().stream().map(input -> bottomUp((TableNode) input, change)).toList();
    return change.apply(inputs.isEmpty() ? node : node.withInputs(inputs));
  }
}
