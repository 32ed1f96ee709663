package io.chronicledb.engine.query;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.column.StringColumn;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.query.exec.Measurements;
import io.chronicledb.engine.query.exec.Measurements.Step;
import io.chronicledb.engine.query.plan.PlanNode;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plan as a table: a row for each step, the last one first, its inputs indented below. */
final class Explanation {

  private final StringColumn steps = new StringColumn();
  private final DoubleColumn rows = new DoubleColumn(16);
  private final DoubleColumn millis = new DoubleColumn(16);
  private final StringColumn details = new StringColumn();

  private Explanation() {}

  /** @param measured null where the plan was not run */
  static Table of(PlanNode plan, @Nullable Measurements measured, List<String> warnings) {
    var explanation = new Explanation();
    explanation.add(plan, 0, measured);
    var columns = new ArrayList<Table.Column>();
    columns.add(Table.Column.strings("step", explanation.steps));
    if (measured != null) {
      columns.add(Table.Column.doubles("rows", explanation.rows));
      columns.add(Table.Column.doubles("ms", explanation.millis));
      columns.add(Table.Column.strings("details", explanation.details));
    }
    return new Table(columns, warnings);
  }

  private void add(PlanNode node, int depth, @Nullable Measurements measured) {
    steps.add("  ".repeat(depth) + node.describe());
    if (measured != null) {
      Step step = measured.step(node);
      rows.add(step.rows.sum());
      long nanos = step.nanos.sum();
      // A scan runs within the step above it, on several threads.
      millis.add(node instanceof Scan || nanos == 0 ? StaleMarker.value() : nanos / 1e6);
      details.add(node instanceof Scan ? describe(step) : null);
    }
    node.inputs().forEach(input -> add(input, depth + 1, measured));
  }

  private static String describe(Step step) {
    return "series=" + step.series.sum()
        + " samples=" + step.samples.sum()
        + " blocks_read=" + step.blocksRead.sum()
        + " blocks_skipped=" + step.blocksSkipped.sum()
        + " chunks_read=" + step.chunksRead.sum()
        + " chunks_described=" + step.chunksDescribed.sum()
        + " chunks_skipped=" + step.chunksSkipped.sum();
  }
}
